"""PNG files without what is no part of the picture.

Reference: PNG Specification, Third Edition (W3C, 2025), section 5.
"""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"

_PART_OF_THE_PICTURE = (b"tRNS", b"iCCP")
"""Chunks that may be missing, and that pictures would look otherwise without."""


def without_remarks(data: bytes) -> bytes:
    """Returns the file without texts, dates and the like, and without damaged EXIF.

    Pillow refuses files with more text than it likes, or with a wrong checksum in any chunk.
    """
    kept, at = bytearray(SIGNATURE), len(SIGNATURE)
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">L", data, at)
        chunk = data[at : at + 12 + length]
        if _is_kept(chunk):
            kept += chunk
        at += len(chunk)
    # What is left of a file that was cut short.
    return bytes(kept + data[at:])


def _is_kept(chunk: bytes) -> bool:
    kind, checksum = chunk[4:8], chunk[-4:]
    # A capital letter marks what no reader may do without.
    if kind[:1].isupper() or kind in _PART_OF_THE_PICTURE:
        return True
    return kind == b"eXIf" and zlib.crc32(chunk[4:-4]).to_bytes(4, "big") == checksum
