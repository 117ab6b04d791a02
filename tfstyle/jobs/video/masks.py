"""Where the frames of a clip are painted: one mask for all, or a folder with one for each."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tfstyle import image
from tfstyle.image import masks as image_masks
from tfstyle.image.paths import is_many
from tfstyle.jobs import record
from tfstyle.jobs.beside import masks
from tfstyle.jobs.video import one_each
from tfstyle.video_io.clip import Clip


class FrameMasks:
    """The masks of a clip, in the order of its frames; one alone is for all of them."""

    def __init__(self, mask: str, clip: Clip):
        """Finds them, and checks what can be known before the first frame is painted.

        Args:
            mask: a picture, a folder, or a pattern such as mask_%04d.png.
            clip: the open clip.

        Raises:
            ValueError: there is none or there are too few, or the first cannot be used.
        """
        self._mask, self._size = mask, clip.size
        self._paths = masks.in_order(mask)
        if self._is_one_each:
            self._check_count(one_each.fewest(clip))
        self._first = masks.read(self._paths[0])
        self._check(self._first, self._paths[0])

    def described(self) -> record.Input:
        """Returns what the record keeps of them; a folder's digest is that of all its files."""
        if not self._is_one_each:
            return self._first.described
        height, width = self._first.values.shape
        return record.Input(self._mask, width, height, one_each.digest(self._paths))

    def lay_over(self, pastiche: np.ndarray, frame: np.ndarray, number: int) -> np.ndarray:
        """Returns a frame's pastiche where its mask lets it, and the frame elsewhere.

        Args:
            pastiche: `[height, width, 3]`, uint8.
            frame: likewise.
            number: of the frame, from 0 at the first that is painted.

        Raises:
            ValueError: the frame has no mask, or one that cannot be used.
        """
        over, under = image.as_image(pastiche, "pastiche"), image.as_image(frame, "frame")
        return image.to_bytes(image_masks.lay_over(over, under, self._of(number))[0])

    @property
    def _is_one_each(self) -> bool:
        return is_many(self._mask)

    def _of(self, number: int) -> np.ndarray:
        if not self._is_one_each:
            return self._first.values
        self._check_count(number + 1)
        mask = masks.read(self._paths[number])
        self._check(mask, self._paths[number])
        return mask.values

    def _check(self, mask: masks.Mask, path: Path) -> None:
        # What is painted may be out of sight in some frames.
        may_be_black = self._is_one_each
        image_masks.check(mask.values, self._size, "mask", os.fspath(path), may_be_black)

    def _check_count(self, frames: int) -> None:
        one_each.check_count("mask", self._mask, "picture", len(self._paths), frames)


def paths(mask: str | None) -> Sequence[Path]:
    """Returns the files of a clip's masks, none where it has none."""
    return [] if mask is None else masks.in_order(mask)
