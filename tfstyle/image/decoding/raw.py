"""Cameras' raw files that are no TIFF, known by their first bytes."""

from tfstyle.image.arrays import ImageError

_MARKS = (
    (0, b"FUJIFILMCCD-RAW"),
    (0, b"IIRO"),
    (0, b"IIRS"),
    (0, b"MMOR"),
    (0, b"IIU\0"),
    (0, b"FOVb"),
    (0, b"\0MRM"),
    (4, b"ftypcrx "),
    (6, b"HEAPCCDR"),
)
"""Place and bytes of what marks files of Fujifilm, Olympus, Panasonic, Sigma, Minolta, Canon."""


def is_raw(start: bytes) -> bool:
    """Returns whether a file that begins so is a raw file."""
    return any(start[at : at + len(mark)] == mark for at, mark in _MARKS)


def refusal(name: str) -> ImageError:
    """Returns the error for a raw file, which messages call `name`."""
    return ImageError(
        "path must be a developed picture, and this is a camera's raw file; save it as TIFF, PNG "
        f"or JPEG with a raw converter. Received: path={name}"
    )
