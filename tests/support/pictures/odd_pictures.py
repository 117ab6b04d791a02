"""Small picture files of every kind that servers are sent, by their names."""

import struct
import zlib

import icc_profiles
import numpy as np
from picture_parts import (
    HEIGHT,
    MASKS,
    PICTURE,
    WIDTH,
    bmp,
    deep_png,
    encoded,
    exif,
    in_jpeg,
    in_png,
    pixels,
    xmp,
)
from PIL import Image, ImageCms

ORIENTATIONS = range(10)
"""Those that there are, 1 to 8, and two that mean nothing."""

XMP_IN_PNG = b"XML:com.adobe.xmp\0"


# --- Orientation ---


def turned():
    """Returns files that are to be turned."""
    files = {}
    for value in ORIENTATIONS:
        for big_endian in (False, True):
            data = exif(value, big_endian, kind=4 if value % 2 else 3)
            files[f"EXIF {value} {big_endian}"] = in_jpeg([(0xE1, b"Exif\0\0" + data)])
        files[f"eXIf {value}"] = in_png([(b"eXIf", exif(value))])
        files[f"XMP {value}"] = in_jpeg([(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp(value))])
    packet = XMP_IN_PNG + b"\0\0\0\0" + xmp(8, as_attribute=False)
    # Its count is behind its tag and its type.
    two_numbers = exif(6).replace(b"\x12\1\3\0\1\0\0\0\6\0", b"\x12\1\3\0\2\0\0\0\6\0")
    return files | {
        "late eXIf": in_png([(b"eXIf", exif(6, True))], at=-12),
        "XMP in PNG": in_png([(b"iTXt", packet)]),
        "EXIF before XMP": in_jpeg(
            [
                (0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp(3)),
                (0xE1, b"Exif\0\0" + exif(8)),
            ]
        ),
        "EXIF of bytes": in_jpeg([(0xE1, b"Exif\0\0" + exif(6, kind=1))]),
        "EXIF of two numbers": in_jpeg([(0xE1, b"Exif\0\0" + two_numbers)]),
        "EXIF's mark in the other order": in_jpeg([(0xE1, b"Exif\0\0MM*\0" + exif(6, True)[4:])]),
        "damaged EXIF": in_jpeg([(0xE1, b"Exif\0\0II*\0\xff\xff\xff\xff")]),
        "cut EXIF": in_jpeg([(0xE1, b"Exif\0\0" + exif(6)[:-20])]),
        "empty EXIF": in_jpeg([(0xE1, b"Exif\0\0")]),
        "fill bytes": in_jpeg([], encoded("JPEG")).replace(b"\xff\xdb", b"\xff\xff\xff\xdb", 1),
    }


# --- Kinds ---


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
            "GIF",
            quantised,
            save_all=True,
            append_images=[PICTURE.rotate(180)],
            duration=9,
        ),
        "interlaced GIF": encoded("GIF", quantised, interlace=1),
    }


# --- Profiles ---


def of_srgb():
    """Returns files whose profile is sRGB's, or means nothing for them."""
    own = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    grey = PICTURE.convert("L")
    profiles = {
        "Pillow's": own,
        "a table": icc_profiles.profile(
            icc_profiles.SRGB, icc_profiles.sampled(icc_profiles.srgb_curve)
        ),
        "parametric": icc_profiles.profile(icc_profiles.SRGB, icc_profiles.SRGB_CURVE),
        "of grey": icc_profiles.profile((), icc_profiles.SRGB_CURVE, space=b"GRAY"),
        "broken": b"no profile at all" * 20,
    }
    files = {}
    for name, contents in profiles.items():
        files[f"JPEG, {name}"] = encoded("JPEG", quality=95, icc_profile=contents)
        files[f"PNG, {name}"] = encoded("PNG", icc_profile=contents)
        files[f"grey, {name}"] = encoded("JPEG", grey, quality=95, icc_profile=contents)
    return files | {
        "grey, Display P3": encoded("PNG", grey, icc_profile=icc_profiles.P3_PROFILE),
        "1 bit, Display P3": encoded(
            "PNG", PICTURE.convert("1"), icc_profile=icc_profiles.P3_PROFILE
        ),
    }


def refused():
    """Returns files that the graph would paint otherwise than the command line, and the cause."""
    other = "must be in sRGB; convert it first. Received: other colours, by the profile "
    wide = icc_profiles.profile(icc_profiles.ADOBE, icc_profiles.GAMMA, "Adobe RGB (1998)")
    linear = icc_profiles.profile(
        icc_profiles.SRGB, icc_profiles.sampled(lambda x: x), "linear sRGB"
    )
    power = icc_profiles.profile(icc_profiles.SRGB, icc_profiles.GAMMA, "sRGB by a power")
    rows = bytes(4 * HEIGHT * 6)
    clear = Image.new("P", (WIDTH, HEIGHT))
    grey_power = icc_profiles.profile((), icc_profiles.GAMMA, "Gray Gamma 2.2", b"GRAY")
    small = encoded("GIF", PICTURE.quantize(9))
    small = small[:6] + struct.pack("<HH", WIDTH + 5, HEIGHT + 3) + small[10:]
    return {
        "P3 JPEG": (
            encoded("JPEG", icc_profile=icc_profiles.P3_PROFILE),
            other + "Display P3",
        ),
        "P3 PNG": (
            encoded("PNG", icc_profile=icc_profiles.P3_PROFILE),
            other + "Display P3",
        ),
        "P3 palette": (
            encoded("PNG", PICTURE.quantize(9), icc_profile=icc_profiles.P3_PROFILE),
            "Display P3",
        ),
        "Adobe": (encoded("JPEG", icc_profile=wide), other + "Adobe RGB (1998)"),
        "linear": (encoded("JPEG", icc_profile=linear), other + "linear sRGB"),
        "power": (encoded("PNG", icc_profile=power), other + "sRGB by a power"),
        "grey": (
            encoded("JPEG", PICTURE.convert("L"), icc_profile=grey_power),
            "Gray Gamma 2.2",
        ),
        "CMYK": (encoded("JPEG", PICTURE.convert("CMYK")), "Received: a JPEG in CMYK"),
        "large profile": (
            encoded("JPEG", icc_profile=wide.ljust(90_000, b"\0")),
            "profile in several pieces",
        ),
        "1 bit BMP": (
            encoded("BMP", PICTURE.convert("1")),
            "Received: 1 bits",
        ),
        "4 bits BMP": (bmp(4, rows, bytes(64)), "Received: 4 bits"),
        "16 bits BMP": (
            bmp(16, bytes(4 * HEIGHT * 11)),
            "Received: 16 bits",
        ),
        "RLE BMP": (
            bmp(8, b"\0\1", bytes(1024), compression=1),
            "8 bits, compression 1",
        ),
        "BMP of other masks": (
            bmp(
                32,
                bytes(4 * HEIGHT * WIDTH),
                compression=3,
                masks=MASKS[::-1],
            ),
            "compression 3",
        ),
        "small frame": (small, "a GIF of height and width [17 26] with one of 14 x 21"),
        "Received: EXIF as text": (
            in_png([(b"tEXt", b"Raw profile type exif\0\nexif\n 6\n457869660000")]),
            "Received: EXIF as text",
        ),
        "compressed XMP": (
            in_png([(b"iTXt", XMP_IN_PNG + b"\1\0\0\0" + zlib.compress(xmp(6)))]),
            "uncompressed in a chunk iTXt",
        ),
        "XMP as text": (in_png([(b"tEXt", XMP_IN_PNG + xmp(6))]), "uncompressed in a chunk iTXt"),
        "WebP": (encoded("WEBP", lossless=True), "BMP. Received: a file in WebP"),
        "TIFF": (encoded("TIFF"), "BMP. Received: a file in TIFF"),
        "clear": (encoded("ICO", clear), "is no readable JPEG"),
    }
