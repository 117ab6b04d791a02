"""Small picture files by hand, and parts of them: what no library writes as it is wanted."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

HEIGHT, WIDTH = 14, 21


def pixels(height=HEIGHT, width=WIDTH):
    """Returns a smooth picture, of bytes, that no mirroring leaves as it is."""
    rows, columns = np.indices([height, width]) / [[[height]], [[width]]]
    values = [rows, columns, (rows + columns * columns) / 2]
    return (np.stack(values, -1) * 255).astype(np.uint8)


PICTURE = Image.fromarray(pixels())


def encoded(file_format, picture=PICTURE, **options):
    """Returns the picture as a file's bytes."""
    file = io.BytesIO()
    picture.save(file, file_format, **options)
    return file.getvalue()


def exif(orientation, big_endian=False, kind=3):
    """Returns EXIF data by hand, with other tags around the orientation's."""
    order = ">" if big_endian else "<"
    value = {3: "Hxx", 4: "I", 1: "Bxxx"}[kind]
    entries = [
        struct.pack(order + "HHII", 0x0100, 4, 1, 100),
        struct.pack(order + "HHI" + value, 0x0112, kind, 1, orientation),
        struct.pack(order + "HHII", 0x0213, 4, 1, 6),
    ]
    header = (b"MM\0*" if big_endian else b"II*\0") + struct.pack(order + "I", 12)
    # Four bytes between: the table need not follow at once.
    return (
        header + b"\1\2\3\4" + struct.pack(order + "H", len(entries)) + b"".join(entries) + bytes(4)
    )


def xmp(orientation, as_attribute=True):
    """Returns a packet of XMP."""
    written = '="{}"' if as_attribute else ">{}</tiff:Orientation>"
    return f"<x:xmpmeta>\xe9 tiff:Orientation{written.format(orientation)}".encode()


def in_jpeg(segments, contents=None):
    """Returns a JPEG with (marker, body) pairs after its start."""
    contents = encoded("JPEG", quality=95) if contents is None else contents
    written = [
        bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body for marker, body in segments
    ]
    return contents[:2] + b"".join(written) + contents[2:]


def in_png(chunks, contents=None, at=33):
    """Returns a PNG with (kind, body) pairs after its header, or before its end at -12."""
    contents = encoded("PNG") if contents is None else contents
    written = [
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    ]
    return contents[:at] + b"".join(written) + contents[at:]


def bmp(bits, data, palette=b"", compression=0, header=40, height=HEIGHT, masks=b""):
    """Returns a BMP by hand."""
    info = struct.pack("<IiiHHIIiiII", header, WIDTH, height, 1, bits, compression, 0, 0, 0, 0, 0)
    beginning = info + masks.ljust(header - 40, b"\0") if header > 40 else info + masks
    offset = 14 + len(beginning) + len(palette)
    return (
        struct.pack("<2sIHHI", b"BM", offset + len(data), 0, 0, offset) + beginning + palette + data
    )


MASKS = struct.pack("<III", 0xFF0000, 0xFF00, 0xFF)


def deep_png(levels, kind):
    """Returns a PNG of 16 bits a channel by hand, `levels` [height, width, channels]."""
    height, width, _ = levels.shape
    rows = [b"\0" + row.astype(">u2").tobytes() for row in levels]
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 16, kind, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"".join(rows))),
        (b"IEND", b""),
    ]
    return in_png(chunks, b"\x89PNG\r\n\x1a\n", at=8)
