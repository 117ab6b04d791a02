"""Which files are pictures: the one list of formats and suffixes, for every command."""

import importlib.util
from pathlib import Path

from tfstyle.system import extras

# Pillow reads AVIF from 11.3 on, and asked by name for what it does not know it fails.
HAS_AVIF = importlib.util.find_spec("PIL._avif") is not None

READ_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", *(["AVIF"] if HAS_AVIF else []))
"""What `read` opens, decided by a file's content and not by its name; HEIF with an extra."""

SUFFIXES = {
    # MPO is several JPEGs in one file, as stereo cameras and phones write.
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".pjpeg", ".pjp", ".mpo"),
    "PNG": (".png", ".apng"),
    "WEBP": (".webp",),
    "TIFF": (".tif", ".tiff"),
    "BMP": (".bmp", ".dib"),
    "GIF": (".gif",),
    "AVIF": (".avif", ".avifs"),
    "HEIF": (".heic", ".heif", ".hif", ".heics", ".heifs"),
}
"""How files of each format are named."""

FORMATS = {suffix: name for name, suffixes in SUFFIXES.items() for suffix in suffixes}
"""The format of each suffix."""

RAW_SUFFIXES = frozenset(
    ".3fr .ari .arw .bay .cap .cr2 .cr3 .crw .dcr .dcs .dng .drf .eip .erf .fff .gpr .iiq .k25 "
    ".kdc .mdc .mef .mos .mrw .nef .nrw .orf .pef .ptx .pxn .raf .raw .rw2 .rwl .rwz .sr2 .srf "
    ".srw .x3f".split()
)
"""How cameras name what their sensors saw, which is no picture yet."""

OTHER_SUFFIXES = frozenset(
    ".ai .bpg .dds .emf .eps .exr .fits .flif .hdr .icns .ico .j2c .j2k .jng .jp2 .jpc .jpf .jpm "
    ".jpx .jxl .jxr .pam .pbm .pcx .pfm .pgm .pict .pnm .ppm .psb .psd .qoi .sgi .svg .svgz .tga "
    ".wdp .wmf .xbm .xcf .xpm".split()
)
"""How pictures of other formats are named."""

HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
"""The kinds of HEIF that a file's header names."""

HEADER = 64
"""Bytes within which HEIF and AVIF say what they are."""


def why_left_out(path: Path) -> str:
    """Returns why a file of a folder is not taken, though it may be a picture.

    By its name alone, without opening it. Empty for what is taken, and for what is no picture.
    """
    suffix = path.suffix.lower()
    if suffix in RAW_SUFFIXES:
        return "raw files must be developed first"
    if suffix in OTHER_SUFFIXES:
        return f"pictures must be one of {', '.join(READ_FORMATS)}; convert them first"
    if not suffix:
        return "pictures are known by a suffix such as .jpg"
    if FORMATS.get(suffix) == "AVIF" and not HAS_AVIF:
        return "AVIF needs Pillow 11.3 or newer"
    if FORMATS.get(suffix) == "HEIF" and not _has_heif():
        return 'HEIF needs pip install "tfstyle[heif]"'
    return ""


def has_picture_suffix(path: Path) -> bool:
    """Returns whether a file is named as a picture that can be read here."""
    return path.suffix.lower() in FORMATS and not why_left_out(path)


def readable(header: bytes) -> tuple[str, ...]:
    """Returns the formats that a file may be opened as, whose first bytes are given.

    HEIF is among them where the file is of that format, which loads its reader.

    Args:
        header: at least 12 bytes, where the file has as many.

    Raises:
        ValueError: the file is HEIF, and the extra that reads it is not installed.
    """
    if header[4:8] != b"ftyp" or header[8:12] not in HEIF_BRANDS:
        return READ_FORMATS
    # "mif1" is of AVIF as well.
    if b"avif" in header:
        return READ_FORMATS
    extras.load("pillow_heif", "heif", "reading HEIC and HEIF").register_heif_opener()
    return (*READ_FORMATS, "HEIF")


def _has_heif() -> bool:
    return importlib.util.find_spec("pillow_heif") is not None
