"""A picture of a TIFF file as its tags describe it.

Reference: TIFF 6.0 (1992), sections 8 and 19, and appendix A.
"""

import contextlib
import dataclasses

from PIL import TiffImagePlugin, TiffTags
from PIL.TiffImagePlugin import ImageFileDirectory_v2

_REDUCED, _MASK = 1, 4
"""Bits of NewSubfileType: a reduced version of another picture, a mask of one."""

_NEW_SUBFILE_TYPE, _SUBFILE_TYPE, SUB_IFDS = 254, 255, 330

_WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK, YCBCR = 0, 1, 2, 3, 5, 6
"""Values of PhotometricInterpretation."""

SENSOR = (32803, 34892)
"""More of these: what a camera's sensor saw, through its filters or without their pattern."""

UNSIGNED, SIGNED, _FLOAT = 1, 2, 3
_SAMPLE_FORMATS = {UNSIGNED: "unsigned", SIGNED: "signed", _FLOAT: "float"}


@dataclasses.dataclass(frozen=True)
class Page:
    """One picture of a file, as its tags describe it."""

    start: int
    """Where its directory lies in the file, in bytes."""
    tags: ImageFileDirectory_v2

    def number(self, tag: int, default: int) -> int:
        """Returns a tag's value, the first of several; `default` where it is missing or damaged."""
        value = None
        # Damaged tags raise anything.
        with contextlib.suppress(Exception):
            value = self.tags.get(tag)
        value = value[0] if isinstance(value, tuple) and value else value
        return value if isinstance(value, int) else default

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        width = self.number(TiffImagePlugin.IMAGEWIDTH, 0)
        return width, self.number(TiffImagePlugin.IMAGELENGTH, 0)

    @property
    def bits(self) -> int:
        """Bits of each sample."""
        return self.number(TiffImagePlugin.BITSPERSAMPLE, 1)

    @property
    def is_unsigned(self) -> bool:
        """Whether samples are whole numbers from 0."""
        return self.number(TiffImagePlugin.SAMPLEFORMAT, UNSIGNED) == UNSIGNED

    @property
    def is_separate(self) -> bool:
        """Whether each channel lies in a plane of its own."""
        return self.number(TiffImagePlugin.PLANAR_CONFIGURATION, 1) == 2

    @property
    def is_white_zero(self) -> bool:
        """Whether grey is stored as ink: 0 is white."""
        return self.photometric == _WHITE_IS_ZERO

    @property
    def photometric(self) -> int:
        """What its numbers stand for, as TIFF counts such."""
        return self.number(TiffImagePlugin.PHOTOMETRIC_INTERPRETATION, _WHITE_IS_ZERO)

    @property
    def is_full(self) -> bool:
        """Whether it says of itself neither that it is a smaller version nor that it is a mask."""
        # An older tag says the same by the value 2.
        is_part = self.number(_NEW_SUBFILE_TYPE, 0) & (_REDUCED | _MASK)
        return not is_part and self.number(_SUBFILE_TYPE, 1) != 2

    @property
    def kind(self) -> str:
        """What it is, for messages."""
        samples = self.number(TiffImagePlugin.SAMPLESPERPIXEL, 1)
        stored = _SAMPLE_FORMATS.get(self.number(TiffImagePlugin.SAMPLEFORMAT, 1), "other")
        photometric = _name(TiffImagePlugin.PHOTOMETRIC_INTERPRETATION, self.photometric)
        compression = self.number(TiffImagePlugin.COMPRESSION, 1)
        planes = "in separate planes, " if self.is_separate else ""
        return (
            f"{photometric}, {samples} x {self.bits} bits, {stored}, {planes}compression "
            f"{_name(TiffImagePlugin.COMPRESSION, compression)}"
        )


def _name(tag: int, value: int) -> str:
    """Returns what TIFF calls a tag's value; the value itself where it has no name."""
    names = {number: name for name, number in TiffTags.lookup(tag).enum.items()}
    return names.get(value, str(value))
