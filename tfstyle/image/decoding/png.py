"""What Pillow makes of PNG files amiss: long texts, damaged remarks, clear colours.

Reference: PNG Specification, Third Edition (W3C, 2025), sections 5 and 11.
"""

import struct
import zlib
from collections.abc import Iterator

from PIL import ImageFile

SIGNATURE = b"\x89PNG\r\n\x1a\n"

MOST_OF_PROFILE = 2**26
"""Bytes that a colour profile may have; 64 MiB, many times what the largest have."""

_SCALES = {"L;2": 85, "L;4": 17}
"""Modes of Pillow's for grey of few bits -> what it multiplies levels by, to have 8 bits."""


def without_remarks(data: bytes) -> bytes:
    """Returns the file without texts, dates, colour profile and the like, and damaged EXIF.

    Pillow refuses files with more text than it likes, and with a wrong checksum in any chunk.
    """
    chunks = list(_chunks(data))
    end = len(SIGNATURE) + sum(map(len, chunks))
    # What is left of a file that was cut short stays.
    return SIGNATURE + b"".join(chunk for chunk in chunks if _is_picture(chunk)) + data[end:]


def profile(data: bytes) -> bytes | None:
    """Returns the colour profile, of any length; None where there is no sound one."""
    for chunk in _chunks(data):
        if chunk[4:8] == b"iCCP":
            # A name, its end, the method of compression, which is always the same.
            compressed = chunk[8:-4].partition(b"\0")[2][1:]
            try:
                return zlib.decompressobj().decompress(compressed, MOST_OF_PROFILE)
            except zlib.error:
                return None
    return None


def scale_clear_color(image: ImageFile.ImageFile) -> None:
    """Brings the colour that stands for clear to the 8 bits that Pillow brings pixels to.

    Args:
        image: what was opened and is not loaded yet.
    """
    clear = image.info.get("transparency")
    mode = image.tile[0][3] if image.tile else None
    if isinstance(clear, int) and mode in _SCALES:
        image.info["transparency"] = clear * _SCALES[mode]
    elif isinstance(clear, tuple) and mode == "RGB;16B":
        image.info["transparency"] = tuple(level >> 8 for level in clear)


def _chunks(data: bytes) -> Iterator[bytes]:
    """Yields what follows the signature: length, kind, content and checksum together."""
    at = len(SIGNATURE)
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">L", data, at)
        chunk = data[at : at + 12 + length]
        if len(chunk) < 12 + length:
            return
        yield chunk
        at += len(chunk)


def _is_picture(chunk: bytes) -> bool:
    kind, checksum = chunk[4:8], chunk[-4:]
    # A capital letter marks what no reader may do without, and tRNS is what is clear.
    if kind[:1].isupper() or kind == b"tRNS":
        return True
    return kind == b"eXIf" and zlib.crc32(chunk[4:-4]).to_bytes(4, "big") == checksum
