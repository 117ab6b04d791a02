"""TIFF files of any kind, written tag by tag, where Pillow writes a few kinds only."""

import struct

_LONG = 4
_SHORT = 3

# Numbers of tags. Reference: TIFF 6.0, appendix A.
NEW_SUBFILE_TYPE, SUBFILE_TYPE, WIDTH, LENGTH, BITS = 254, 255, 256, 257, 258
COMPRESSION, PHOTOMETRIC = 259, 262
FILL_ORDER, OFFSETS, SAMPLES, ROWS, COUNTS, PLANAR = 266, 273, 277, 278, 279, 284
PREDICTOR, EXTRA_SAMPLES, SAMPLE_FORMAT = 317, 338, 339
SUB_IFDS, SUBSAMPLING = 330, 530


def page(size, data, photometric=2, bits=(8, 8, 8), **tags):
    """Returns the tags of a picture of (width, height); keywords are tags.

    `data` are the bytes of its only strip, or a list of such, one for each plane or strip.
    """
    strips = [data] if isinstance(data, bytes) else data
    described = {WIDTH: size[0], LENGTH: size[1], BITS: bits, COMPRESSION: 1}
    described |= {PHOTOMETRIC: photometric, SAMPLES: len(bits), ROWS: size[1], OFFSETS: strips}
    named = {globals()[name.upper()]: value for name, value in tags.items()}
    return described | named


def write(*pages, order="<", subs=()):
    """Returns a file of `pages`, chained; `subs` are pages that the first one refers to."""
    mark, first = (b"II", b"MM")[order == ">"], 8
    content = bytearray(mark + struct.pack(f"{order}HL", 42, first))
    sub_starts = []
    for sub in subs:
        content += _end_of_chain(content, order)
        sub_starts.append(len(content))
        _add(content, sub, order, last=True)
    starts = [dict(one) for one in pages]
    if subs:
        starts[0][SUB_IFDS] = tuple(sub_starts)
    struct.pack_into(f"{order}L", content, 4, len(content))
    for number, one in enumerate(starts):
        _add(content, one, order, last=number == len(starts) - 1)
    return bytes(content)


def _end_of_chain(content, order):
    return bytes(len(content) % 2)


def _add(content, tags, order, last):
    """Adds a directory, then what its tags point to, then where the next directory lies."""
    strips = tags[OFFSETS]
    tags = {**tags, COUNTS: tuple(len(strip) for strip in strips)}
    start = len(content)
    after = start + 2 + 12 * len(tags) + 4
    outside = bytearray()
    places = []
    for strip in strips:
        places.append(after + len(outside))
        outside += strip + bytes(len(strip) % 2)
    tags[OFFSETS] = tuple(places)
    entries = bytearray(struct.pack(f"{order}H", len(tags)))
    for tag, value in sorted(tags.items()):
        values = value if isinstance(value, tuple) else (value,)
        kind, letter = (_LONG, "L") if tag in (OFFSETS, COUNTS, SUB_IFDS, WIDTH) else (_SHORT, "H")
        packed = struct.pack(f"{order}{len(values)}{letter}", *values)
        entries += struct.pack(f"{order}HHL", tag, kind, len(values))
        if len(packed) <= 4:
            entries += packed.ljust(4, b"\0")
        else:
            entries += struct.pack(f"{order}L", after + len(outside))
            outside += packed + bytes(len(packed) % 2)
    following = 0 if last else after + len(outside)
    content += entries + struct.pack(f"{order}L", following) + outside
