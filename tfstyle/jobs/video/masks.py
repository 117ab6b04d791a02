"""Where the frames of a clip are painted: one mask for all, or a folder with one for each."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tfstyle import image
from tfstyle.image import masks as image_masks
from tfstyle.image.paths import is_many
from tfstyle.jobs import record
from tfstyle.jobs.beside import masks
from tfstyle.system import files
from tfstyle.video_io.clip import Clip

UNSURE = 2
"""Frames by which a video file's length may be wrong, which often is that of its duration; one that
has no mask after all is told of at its turn."""


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
        self._check_count(clip)
        self._first = masks.read(self._paths[0])
        self._check(self._first, self._paths[0])

    def described(self) -> record.Input:
        """Returns what the record keeps of them; a folder's digest is that of all its files."""
        if not self._is_one_each:
            return self._first.described
        digest = hashlib.sha256()
        for path in self._paths:
            digest.update(bytes.fromhex(files.digest(path, "sha256")))
        height, width = self._first.values.shape
        return record.Input(self._mask, width, height, digest.hexdigest())

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
        if number >= len(self._paths):
            raise ValueError(self._too_few(number + 1))
        mask = masks.read(self._paths[number])
        self._check(mask, self._paths[number])
        return mask.values

    def _check(self, mask: masks.Mask, path: Path) -> None:
        # What is painted may be out of sight in some frames.
        may_be_black = self._is_one_each
        image_masks.check(mask.values, self._size, "mask", os.fspath(path), may_be_black)

    def _check_count(self, clip: Clip) -> None:
        frames = (clip.length or 0) - (UNSURE if clip.is_file else 0)
        if self._is_one_each and len(self._paths) < frames:
            raise ValueError(self._too_few(frames))

    def _too_few(self, frames: int) -> str:
        return (
            f"mask must hold a picture for each frame, of which there are {frames} or more. "
            f"Received: mask={self._mask}, {len(self._paths)} pictures"
        )


def paths(mask: str | None) -> Sequence[Path]:
    """Returns the files of a clip's masks, none where it has none."""
    return [] if mask is None else masks.in_order(mask)
