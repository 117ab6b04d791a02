"""What earlier frames say of the next one: their pastiches, carried along by the flow."""

import collections
from collections.abc import Iterator, Sequence

import numpy as np

from tfstyle import image
from tfstyle.losses.objective import Held
from tfstyle.methods.video import flow, trust

MARGIN = 2
"""Pixels around what is not trusted that are trusted half."""

TINY = np.float32(1e-12)


class Memory:
    """The last frames and their pastiches, all `[height, width, 3]`, uint8.

    Pastiches are kept as they are written: a run that goes on from files goes on exactly.
    """

    def __init__(self, reach: Sequence[int] = (1,), cut: float = 0.3, preset: str = "medium"):
        """Begins with nothing seen.

        Args:
            reach: how many frames back pastiches are looked at, each from 1; the nearest counts
                first, and those before it only for what it does not show.
            cut: share of the picture that must be trusted; below it, the scene has changed.
            preset: how thoroughly the flow is searched; see `flow.estimate`.
        """
        self._reach = sorted(set(reach))
        self._cut, self._preset = cut, preset
        self._pairs: collections.deque[tuple[np.ndarray, np.ndarray]] = collections.deque(
            maxlen=self.length
        )

    @property
    def length(self) -> int:
        """How many frames it takes to fill it."""
        return max(self._reach)

    def pastiches(self) -> list[np.ndarray]:
        """Returns the pastiches that it holds, the last one last."""
        return [pastiche for _, pastiche in self._pairs]

    def remember(self, frame: np.ndarray, pastiche: np.ndarray) -> None:
        """Takes the next frame and its pastiche."""
        self._pairs.append((frame, pastiche))

    def hold(self, frame: np.ndarray) -> Held | None:
        """Returns what is known of a frame; None if it is the first, or the first of a scene."""
        # Frames of another size show another scene.
        if self._pairs and self._pairs[-1][0].shape != frame.shape:
            self._pairs.clear()
        near = self._views(frame)
        nearest = next(near, None)
        if nearest is None:
            return None
        # Before the views farther back, which cost a flow each: they are not asked across a cut.
        if nearest.trust.mean() < self._cut:
            self._pairs.clear()
            return None
        return combine([nearest, *near])

    def _views(self, frame: np.ndarray) -> Iterator[Held]:
        """Yields each pastiche within reach as the frame sees it, the nearest first."""
        for back in self._reach:
            if back <= len(self._pairs):
                earlier, pastiche = self._pairs[-back]
                yield see(frame, earlier, pastiche, self._preset)


def see(
    frame: np.ndarray, earlier: np.ndarray, pastiche: np.ndarray, preset: str = "medium"
) -> Held:
    """Returns an earlier frame's pastiche as a frame sees it; all `[height, width, 3]`, uint8."""
    backward = flow.estimate(frame, earlier, preset)
    forward = flow.estimate(earlier, frame, preset)
    carried = flow.carry(image.from_bytes(pastiche), backward, sharply=True)
    # Differs from Ruder et al. (2016): frames that do not look alike are not trusted, and what lies
    # near is trusted half; else what moves trails ghosts, for a network paints more than a thing's
    # own pixels.
    trusted = trust.of_flow(backward, forward) * trust.likeness(frame, earlier, backward)
    trusted = (trusted + trust.shrink(trusted, MARGIN)) / 2
    return Held(np.clip(carried, 0, 1)[np.newaxis], trusted[np.newaxis])


def combine(views: Sequence[Held]) -> Held:
    """Returns several views as one: each counts where those before it do not.

    The trust that counts of view k is c_k = max(t_k - sum_{l<k} t_l, 0), as in the paper. Holding
    an image to the one is holding it to all of them: sum_k c_k (x - w_k)^2 differs from
    c (x - w)^2, with c = sum c_k and w = sum c_k w_k / c, by what x does not alter.
    Reference: Ruder et al. (2016), section 4.3, long-term consistency.
    """
    # Differs from Ruder et al. (2016), who add up a loss for each view, by the constant said above.
    image, total = views[0].image, views[0].trust
    seen = total
    for view in views[1:]:
        more = np.maximum(view.trust - seen, 0)
        share = more / np.maximum(total + more, TINY)
        image, total = image + share * (view.image - image), total + more
        seen = seen + view.trust
    return Held(image, total)
