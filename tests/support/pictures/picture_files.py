"""Small sound picture files of every format that is read, and mutations of them."""

import io

import numpy as np
from PIL import Image

SIZE = (24, 20)


def encode(picture, file_format, **options):
    """Returns the bytes of a Pillow image as a file."""
    buffer = io.BytesIO()
    picture.save(buffer, file_format, **options)
    return buffer.getvalue()


def sound_files():
    """Returns name -> bytes, of pictures of 24 x 20 pixels in every format and kind of pixel."""
    return {**_png_files(), **_jpeg_files(), **_other_files(), **_tiff_files()}


def mutate(data, random):
    """Returns `data` after one to four of the things that happen to files."""
    changed = bytearray(data)
    for _ in range(random.integers(1, 5)):
        _MUTATIONS[random.integers(len(_MUTATIONS))](changed, random)
    return bytes(changed)


# --- The files ---


def _pictures():
    """Returns mode -> a picture of noise, whose every pixel decoders have to work for."""
    random = np.random.default_rng(0)
    levels = random.integers(0, 256, [*SIZE[::-1], 4], np.uint8)
    rgb = Image.fromarray(levels[..., :3])
    pictures = {mode: rgb.convert(mode) for mode in ("1", "L", "P", "RGB", "CMYK", "YCbCr")}
    lab = Image.frombytes("LAB", SIZE, rgb.tobytes())
    deep = random.integers(0, 65536, SIZE[::-1], np.uint16)
    floats = (deep / 65535).astype(np.float32)
    return {
        **pictures,
        "RGBA": Image.fromarray(levels),
        "LA": Image.fromarray(levels[..., :2]),
        "LAB": lab,
        "I;16": Image.fromarray(deep),
        "F": Image.fromarray(floats),
    }


def _exif():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "a quarter turn"
    return exif.tobytes()


def _png_files():
    pictures, second = _pictures(), Image.new("RGB", SIZE, "red")
    files = {f"png {mode}": encode(pictures[mode], "PNG") for mode in ("1", "L", "P", "RGB", "LA")}
    return {
        **files,
        "png rgba": encode(pictures["RGBA"], "PNG", exif=_exif()),
        "png 16": encode(pictures["I;16"], "PNG", transparency=1000),
        "png animated": encode(pictures["RGB"], "PNG", save_all=True, append_images=[second]),
    }


def _jpeg_files():
    pictures, second = _pictures(), Image.new("RGB", SIZE, "red")
    return {
        "jpeg baseline": encode(pictures["RGB"], "JPEG", exif=_exif()),
        "jpeg progressive": encode(pictures["RGB"], "JPEG", progressive=True),
        "jpeg grey": encode(pictures["L"], "JPEG"),
        "jpeg cmyk": encode(pictures["CMYK"], "JPEG"),
        "mpo": encode(pictures["RGB"], "MPO", save_all=True, append_images=[second]),
    }


def _other_files():
    pictures, second = _pictures(), Image.new("RGB", SIZE, "red")
    several = {"save_all": True, "append_images": [second]}
    return {
        "webp": encode(pictures["RGBA"], "WEBP", exif=_exif()),
        "webp lossless": encode(pictures["RGB"], "WEBP", lossless=True),
        "webp animated": encode(pictures["RGB"], "WEBP", **several),
        "gif": encode(pictures["P"], "GIF", transparency=3),
        "gif animated": encode(pictures["RGB"], "GIF", **several),
        "bmp": encode(pictures["RGB"], "BMP"),
        "bmp palette": encode(pictures["P"], "BMP"),
        "bmp 1 bit": encode(pictures["1"], "BMP"),
        "avif": encode(pictures["RGBA"], "AVIF", exif=_exif()),
        "avif animated": encode(pictures["RGB"], "AVIF", **several),
    }


def _tiff_files():
    pictures = _pictures()
    modes = ("1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "YCbCr", "LAB", "I;16", "F")
    compressions = ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "zstd", "lzma")
    thumbnail = pictures["RGB"].resize((8, 6))
    return {
        **{f"tiff {mode}": encode(pictures[mode], "TIFF") for mode in modes},
        **{f"tiff {one}": encode(pictures["RGB"], "TIFF", compression=one) for one in compressions},
        "tiff group4": encode(pictures["1"], "TIFF", compression="group4"),
        "tiff big": encode(pictures["RGB"], "TIFF", big_tiff=True),
        "tiff pages": encode(thumbnail, "TIFF", save_all=True, append_images=[pictures["RGB"]]),
    }


# --- What happens to files ---


def _set_bytes(data, random):
    for at in random.integers(0, max(1, len(data)), random.integers(1, 9)):
        data[at : at + 1] = bytes(random.integers(0, 256, 1, np.uint8))


def _set_header_bytes(data, random):
    # Formats keep sizes, depths and offsets at the beginning.
    for at in random.integers(0, max(1, min(len(data), 120)), 3):
        data[at : at + 1] = bytes(random.integers(0, 256, 1, np.uint8))


def _flip_bit(data, random):
    if data:
        data[random.integers(len(data))] ^= 1 << int(random.integers(8))


def _cut(data, random):
    del data[random.integers(len(data) + 1) :]


def _drop(data, random):
    at = random.integers(len(data) + 1)
    del data[at : at + random.integers(1, 33)]


def _repeat(data, random):
    at = random.integers(len(data) + 1)
    data[at:at] = data[at : at + random.integers(1, 65)]


def _set_number(data, random):
    numbers = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 0x10000, 30000)
    number = numbers[random.integers(len(numbers))]
    order = ("little", "big")[random.integers(2)]
    at = random.integers(len(data) + 1)
    data[at : at + 4] = number.to_bytes(4, order)


def _append(data, random):
    data += bytes(random.integers(0, 256, random.integers(1, 200), np.uint8))


_MUTATIONS = (
    _set_bytes,
    _set_header_bytes,
    _flip_bit,
    _cut,
    _drop,
    _repeat,
    _set_number,
    _append,
)
