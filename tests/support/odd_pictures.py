"""Small picture files of every kind that servers are sent, made here by hand and by Pillow."""

import io
import struct
import zlib

import numpy as np
from PIL import Image, ImageCms

HEIGHT, WIDTH = 14, 21

ORIENTATIONS = range(10)
"""Those that there are, 1 to 8, and two that mean nothing."""


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


# --- Orientation ---


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


def turned():
    """Returns files that are to be turned."""
    files = {}
    for value in ORIENTATIONS:
        for big_endian in (False, True):
            data = exif(value, big_endian, kind=4 if value % 2 else 3)
            files[f"EXIF {value} {big_endian}"] = in_jpeg([(0xE1, b"Exif\0\0" + data)])
        files[f"eXIf {value}"] = in_png([(b"eXIf", exif(value))])
        files[f"XMP {value}"] = in_jpeg([(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp(value))])
    packet = b"XML:com.adobe.xmp\0\0\0\0\0" + xmp(8, as_attribute=False)
    return files | {
        "late eXIf": in_png([(b"eXIf", exif(6, True))], at=-12),
        "XMP in PNG": in_png([(b"iTXt", packet)]),
        "EXIF before XMP": in_jpeg(
            [(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp(3)), (0xE1, b"Exif\0\0" + exif(8))]
        ),
        "EXIF of bytes": in_jpeg([(0xE1, b"Exif\0\0" + exif(6, kind=1))]),
        "damaged EXIF": in_jpeg([(0xE1, b"Exif\0\0II*\0\xff\xff\xff\xff")]),
        "cut EXIF": in_jpeg([(0xE1, b"Exif\0\0" + exif(6)[:-20])]),
        "empty EXIF": in_jpeg([(0xE1, b"Exif\0\0")]),
        "fill bytes": in_jpeg([], encoded("JPEG")).replace(b"\xff\xdb", b"\xff\xff\xff\xdb", 1),
    }


# --- Kinds ---


def bmp(bits, data, palette=b"", compression=0, header=40, height=HEIGHT, masks=b""):
    """Returns a BMP by hand."""
    info = struct.pack("<IiiHHIIiiII", header, WIDTH, height, 1, bits, compression, 0, 0, 0, 0, 0)
    beginning = info + masks.ljust(header - 40, b"\0") if header > 40 else info + masks
    offset = 14 + len(beginning) + len(palette)
    return (
        struct.pack("<2sIHHI", b"BM", offset + len(data), 0, 0, offset) + beginning + palette + data
    )


MASKS = struct.pack("<III", 0xFF0000, 0xFF00, 0xFF)


def decoded_here():
    """Returns files that the graph decodes."""
    four = PICTURE.copy()
    four.putalpha(Image.fromarray(pixels()[..., 0]))
    deep = (np.indices([HEIGHT, WIDTH]).sum(0) * 1801).astype(np.uint16)
    indices = np.indices([HEIGHT, WIDTH]).sum(0).astype(np.uint8)
    palette = b"".join(bytes([i, 255 - i, i * 7 % 256, 0]) for i in range(256))
    grey, quantised = PICTURE.convert("L"), PICTURE.quantize(40)
    rows = np.pad(indices, [[0, 0], [0, 3]]).tobytes()
    blue_first = np.pad(pixels()[..., ::-1], [[0, 0], [0, 0], [0, 1]]).tobytes()
    return {
        **{f"JPEG {q}": encoded("JPEG", quality=q, subsampling=q % 3) for q in (20, 60, 90)},
        "progressive JPEG": encoded("JPEG", progressive=True),
        "grey JPEG": encoded("JPEG", grey),
        "CMYK JPEG": encoded("JPEG", PICTURE.convert("CMYK")),
        "MPO": encoded("MPO", save_all=True, append_images=[grey.convert("RGB")]),
        "PNG": encoded("PNG"),
        "grey PNG": encoded("PNG", grey),
        "1 bit": encoded("PNG", PICTURE.convert("1")),
        "palette": encoded("PNG", quantised),
        "2 bits": encoded("PNG", PICTURE.quantize(4), bits=2),
        "palette with a clear colour": encoded("PNG", quantised, transparency=3),
        "clear RGB": encoded("PNG", transparency=(0, 0, 0)),
        "clear grey": encoded("PNG", grey, transparency=9),
        "RGBA": encoded("PNG", four),
        "LA": encoded("PNG", four.convert("LA")),
        "16 bits": encoded("PNG", Image.fromarray(deep)),
        "16 bits with a clear one": encoded("PNG", Image.fromarray(deep), transparency=1801),
        "16 bits in colour": deep_png(np.repeat(deep[..., None], 3, -1) // [1, 2, 3], 2),
        "16 bits, grey with alpha": deep_png(np.repeat(deep[..., None], 2, -1), 4),
        "APNG": encoded("PNG", save_all=True, append_images=[PICTURE.rotate(180)]),
        "BMP": encoded("BMP"),
        "BMP of 32 bits": encoded("BMP", four),
        "grey BMP": encoded("BMP", grey),
        "palette BMP": encoded("BMP", quantised),
        "palette BMP by hand": bmp(8, rows, palette),
        "BMP from the top": bmp(32, blue_first, height=-HEIGHT),
        "BMP with masks": bmp(32, blue_first, compression=3, masks=MASKS),
        "BMP with masks in the header": bmp(32, blue_first, compression=3, header=108, masks=MASKS),
        "GIF": encoded("GIF", quantised),
        "grey GIF": encoded("GIF", grey),
        "GIF with a clear colour": encoded("GIF", quantised, transparency=3),
        "GIF with a comment": encoded("GIF", quantised, comment=b"c" * 700),
        "animated GIF": encoded(
            "GIF", quantised, save_all=True, append_images=[PICTURE.rotate(180)], duration=9
        ),
        "interlaced GIF": encoded("GIF", quantised, interlace=1),
    }


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


# --- Profiles ---


def profile(colorants, curve, description="by hand", space=b"RGB "):
    """Returns an ICC profile of three colours, or of grey, and their curve."""
    tags = {
        b"desc": _mluc(description),
        b"cprt": _mluc("none"),
        b"wtpt": b"XYZ \0\0\0\0" + fixed(0.9642, 1, 0.8249),
    }
    if space == b"GRAY":
        tags[b"kTRC"] = curve
    else:
        for name, colour in zip("rgb", colorants, strict=True):
            tags[f"{name}XYZ".encode()] = b"XYZ \0\0\0\0" + fixed(*colour)
            tags[f"{name}TRC".encode()] = curve
    offset, table, data = 132 + 12 * len(tags), b"", b""
    for name, body in tags.items():
        table += name + struct.pack(">II", offset + len(data), len(body))
        data += body + bytes(-len(body) % 4)
    length = offset + len(data)
    header = struct.pack(">I4sI4s4s4s", length, bytes(4), 0x04300000, b"mntr", space, b"XYZ ")
    header += bytes(12) + b"acsp" + bytes(28) + fixed(0.9642, 1, 0.8249)
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + data


def fixed(*values):
    """Returns numbers of 16 bits before and 16 after the point."""
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def _mluc(text):
    return (
        b"mluc\0\0\0\0"
        + struct.pack(">II2s2sII", 1, 12, b"en", b"US", 2 * len(text), 28)
        + text.encode("utf-16-be")
    )


def parametric(*values):
    """Returns a curve of type 3."""
    return b"para\0\0\0\0\0\3\0\0" + fixed(*values)


def sampled(function, count=1024):
    """Returns a curve as a table."""
    levels = np.round(function(np.linspace(0, 1, count)) * 65535).astype(">u2")
    return b"curv\0\0\0\0" + struct.pack(">I", count) + levels.tobytes()


def srgb_curve(x):
    """Returns sRGB's linear values."""
    return np.where(x > 0.04045, ((x + 0.055) / 1.055) ** 2.4, x / 12.92)


SRGB_CURVE = parametric(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
GAMMA = b"curv\0\0\0\0\0\0\0\1" + bytes([2, 0x33])
SRGB = (0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)
P3 = (0.5151, 0.2412, -0.0011), (0.2919, 0.6922, 0.0419), (0.1572, 0.0666, 0.7841)
ADOBE = (0.6097, 0.3111, 0.0195), (0.2053, 0.6257, 0.0609), (0.1492, 0.0632, 0.7446)

P3_PROFILE = profile(P3, SRGB_CURVE, "Display P3")


def of_srgb():
    """Returns files whose profile is sRGB's, or means nothing for them."""
    own = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    grey = PICTURE.convert("L")
    profiles = {
        "Pillow's": own,
        "a table": profile(SRGB, sampled(srgb_curve)),
        "parametric": profile(SRGB, SRGB_CURVE),
        "of grey": profile((), SRGB_CURVE, space=b"GRAY"),
        "broken": b"no profile at all" * 20,
    }
    files = {}
    for name, contents in profiles.items():
        files[f"JPEG, {name}"] = encoded("JPEG", quality=95, icc_profile=contents)
        files[f"PNG, {name}"] = encoded("PNG", icc_profile=contents)
        files[f"grey, {name}"] = encoded("JPEG", grey, quality=95, icc_profile=contents)
    return files | {
        "grey, Display P3": encoded("PNG", grey, icc_profile=P3_PROFILE),
        "1 bit, Display P3": encoded("PNG", PICTURE.convert("1"), icc_profile=P3_PROFILE),
    }


def refused():
    """Returns files that the graph would paint otherwise than the command line, and the cause."""
    other = "must be in sRGB; convert it first. Received: the colour profile "
    wide = profile(ADOBE, GAMMA, "Adobe RGB (1998)")
    linear = profile(SRGB, sampled(lambda x: x), "linear sRGB")
    power = profile(SRGB, GAMMA, "sRGB by a power")
    rows = bytes(4 * HEIGHT * 6)
    clear = Image.new("P", (WIDTH, HEIGHT))
    grey_power = profile((), GAMMA, "Gray Gamma 2.2", b"GRAY")
    small = encoded("GIF", PICTURE.quantize(9))
    small = small[:6] + struct.pack("<HH", WIDTH + 5, HEIGHT + 3) + small[10:]
    return {
        "P3 JPEG": (encoded("JPEG", icc_profile=P3_PROFILE), other + "Display P3"),
        "P3 PNG": (encoded("PNG", icc_profile=P3_PROFILE), other + "Display P3"),
        "P3 palette": (encoded("PNG", PICTURE.quantize(9), icc_profile=P3_PROFILE), "Display P3"),
        "Adobe": (encoded("JPEG", icc_profile=wide), other + "Adobe RGB (1998)"),
        "linear": (encoded("JPEG", icc_profile=linear), other + "linear sRGB"),
        "power": (encoded("PNG", icc_profile=power), other + "sRGB by a power"),
        "grey": (encoded("JPEG", PICTURE.convert("L"), icc_profile=grey_power), "Gray Gamma 2.2"),
        "CMYK with a profile": (
            encoded("JPEG", PICTURE.convert("CMYK"), icc_profile=wide),
            "a JPEG in CMYK",
        ),
        "CMYK of nobody": (
            encoded("JPEG", PICTURE.convert("CMYK")).replace(b"Adobe", b"Other"),
            "a JPEG in CMYK",
        ),
        "large profile": (
            encoded("JPEG", icc_profile=wide.ljust(90_000, b"\0")),
            "profile in several pieces",
        ),
        "1 bit BMP": (encoded("BMP", PICTURE.convert("1")), "Received: 1 bits"),
        "4 bits BMP": (bmp(4, rows, bytes(64)), "Received: 4 bits"),
        "16 bits BMP": (bmp(16, bytes(4 * HEIGHT * 11)), "Received: 16 bits"),
        "RLE BMP": (bmp(8, b"\0\1", bytes(1024), compression=1), "8 bits, compression 1"),
        "BMP of other masks": (
            bmp(32, bytes(4 * HEIGHT * WIDTH), compression=3, masks=MASKS[::-1]),
            "compression 3",
        ),
        "small frame": (small, "a GIF of height and width [17 26] with one of 14 x 21"),
        "EXIF as text": (
            in_png([(b"tEXt", b"Raw profile type exif\0\nexif\n 6\n457869660000")]),
            "EXIF as text",
        ),
        "WebP": (encoded("WEBP", lossless=True), "BMP. Received: a file in WebP"),
        "TIFF": (encoded("TIFF"), "BMP. Received: a file in TIFF"),
        "clear": (encoded("ICO", clear), "is no readable JPEG"),
    }
