"""Where pictures are painted: which mask belongs to which content, and its part in the painting."""

import dataclasses
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tfstyle.image import masks, paths
from tfstyle.image.paths import find_contents, is_many
from tfstyle.jobs import inputs, record
from tfstyle.jobs.beside import by_name
from tfstyle.jobs.inputs import Described
from tfstyle.jobs.method import Callback, Method, as_resumable
from tfstyle.result import Interrupted, Level, Progress, Result


@dataclasses.dataclass(frozen=True)
class Mask:
    """A mask that was read, and what the record keeps of it."""

    values: np.ndarray
    """`[height, width]`, float32 from 0, the photograph, to 1, the pastiche."""
    described: record.Input


def find(mask: str, contents: Sequence[Path | None], flag: str = "content") -> list[Path]:
    """Returns the mask of each content: one for all, or of a folder the one of its name.

    Args:
        mask: a picture, a folder or a pattern.
        contents: the pictures to be painted.
        flag: what the caller calls them.

    Raises:
        ValueError: the one for all cannot be used, or a content has none or several.
    """
    named = [content for content in contents if content is not None]
    if len(named) < len(contents):
        raise ValueError(f"mask must be none where there is no {flag}. Received: mask={mask}")
    if not is_many(mask):
        # Before the first is painted: what is wrong with it is wrong for all. A pipe can be read
        # once only.
        if os.path.isfile(mask) or not os.path.exists(mask):
            masks.check(read(mask).values, None, "mask", mask)
        elif len(named) > 1:
            raise ValueError(
                f"mask must be a file where there are several {flag}s: a pipe can be read once. "
                f"Received: mask={mask}"
            )
        return [Path(mask)] * len(named)
    return by_name.find(mask, named, "mask", flag=flag, warn=True)


def in_order(mask: str) -> list[Path]:
    """Returns the masks of a clip's frames, one for each; a single one is for all.

    Raises:
        ValueError: there is none, or numbers are missing between the first and the last.
    """
    if not is_many(mask):
        return [Path(mask)]
    found = find_contents(mask, "mask", warn=True)
    missing = paths.numbers(mask, found)[-1] + 1 - len(found)
    if missing:
        raise ValueError(
            f"mask must have every number between the first and the last; {missing} are missing. "
            f"Received: mask={mask}"
        )
    return found


def read(path: str | os.PathLike[str]) -> Mask:
    """Returns the mask in a file.

    Raises:
        ImageError: there is no picture of that name, or it cannot be read.
    """
    found = inputs.read_input(path, "mask")
    return Mask(masks.of_picture(found.picture), found.described)


def read_for(path: str | os.PathLike[str], content: np.ndarray) -> Mask:
    """Returns the mask in a file, checked beside the content `[1, height, width, 3]`.

    Raises:
        ImageError: it cannot be read, is black all over, or of another aspect.
    """
    mask = read(path)
    height, width = content.shape[1:3]
    masks.check(mask.values, (height, width), "mask", os.fspath(path))
    return mask


@dataclasses.dataclass(frozen=True)
class Masked:
    """A method whose pastiches are laid over the content where a mask lets them.

    It paints the whole picture, so that a state goes on with another mask, too.
    """

    method: Method
    mask: Mask

    @property
    def command(self) -> str:
        """The method's."""
        return self.method.command

    @property
    def config(self) -> Any:
        """The method's."""
        return self.method.config

    @property
    def inputs(self) -> Sequence[Described]:
        """The method's; the record has a place of its own for the mask."""
        return self.method.inputs

    def plan(self, content_size: tuple[int, int]) -> Sequence[Level]:
        """Returns the method's levels."""
        return self.method.plan(content_size)

    def stylize(self, content: np.ndarray, callback: Callback) -> Result:
        """Returns the pastiche where the mask is white, and the content elsewhere."""
        return self._laid_over(content, callback, lambda watch: self.method.stylize(content, watch))

    def stylize_from(
        self, content: np.ndarray, callback: Callback, checkpoint: str, resume: bool
    ) -> Result:
        """Returns what `stylize` does; the run keeps its state."""
        method = as_resumable(self.method, Path(checkpoint))
        return self._laid_over(
            content,
            callback,
            lambda watch: method.stylize_from(content, watch, checkpoint, resume),
        )

    def _laid_over(
        self, content: np.ndarray, callback: Callback, paint: Callable[[Callback], Result]
    ) -> Result:
        """Returns what `paint` does, its results and all that it shows on the way masked."""

        def lay(pastiche: np.ndarray) -> np.ndarray:
            return masks.lay_over(pastiche, content, self.mask.values)

        def watch(progress: Progress) -> None:
            callback(dataclasses.replace(progress, image=lambda: lay(progress.image())))

        def masked(result: Result) -> Result:
            return dataclasses.replace(result, image=lay(result.image))

        try:
            return masked(paint(watch))
        except Interrupted as interruption:
            raise Interrupted(masked(interruption.result)) from None


def told(method: Method) -> dict[str, Any]:
    """Returns what the record says of a method's mask, by its key; of none nothing."""
    if not isinstance(method, Masked):
        return {}
    return {record.MASK: dataclasses.asdict(method.mask.described)}
