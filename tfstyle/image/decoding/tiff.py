"""Which picture of a TIFF file is meant, and which kinds of TIFF Pillow cannot read rightly.

Reference: TIFF 6.0 (1992); TIFF/EP (ISO 12234-2) for the pictures of raw files.
"""

import collections
import contextlib
import io
from typing import Any, BinaryIO, Literal

from PIL import TiffImagePlugin
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from tfstyle.image.arrays import ImageError
from tfstyle.image.decoding import raw, tiff_page
from tfstyle.image.decoding.tiff_page import Page

MOST_PAGES = 100
"""How many pictures of a file are looked at."""


def find_page(file: BinaryIO, name: str) -> tuple[BinaryIO, Page | None]:
    """Returns a file whose first picture is the one that is meant, and that picture's tags.

    That is the first in full resolution, unless another has twice its width and height: of that
    one it is a thumbnail, whether or not it says so. What is no TIFF comes back as it is, with
    None.

    Raises:
        ImageError: the file is a camera's raw file.
    """
    header = file.read(16)
    pages = _pages(file, header)
    file.seek(0)
    if not pages:
        return file, None
    # Canon's older files have no tag that says so, but a mark of their own.
    if header[8:10] == b"CR" or any(page.photometric in tiff_page.SENSOR for page in pages):
        raise raw.refusal(name)
    page = _meant(pages)
    return (file if page.start == pages[0].start else _beginning_with(page, file)), page


def check_kind(page: Page, name: str) -> None:
    """Raises ImageError for what Pillow would read, but wrongly."""
    is_plain = page.number(TiffImagePlugin.COMPRESSION, 1) == 1
    is_signed = page.number(TiffImagePlugin.SAMPLEFORMAT, tiff_page.UNSIGNED) == tiff_page.SIGNED
    misread = (
        # Pillow refuses these by a logger's line on standard error.
        page.number(TiffImagePlugin.SAMPLESPERPIXEL, 1) > TiffImagePlugin.MAX_SAMPLESPERPIXEL
        # Takes negative numbers for bright ones.
        or (is_signed and page.bits == 8)
        or (is_plain and page.is_separate and not _has_plain_planes(page))
        # Takes no account of colours that are stored at less than full resolution.
        or (is_plain and page.photometric == tiff_page.YCBCR and _is_subsampled(page))
    )
    if misread:
        raise kind_refusal(page, name)


def kind_refusal(page: Page, name: str) -> ImageError:
    """Returns the error for a kind of TIFF that is not read, which it names."""
    return ImageError(
        f"path must be a TIFF of a usual kind; save this one ({page.kind}) as 8-bit RGB. "
        f"Received: path={name}"
    )


def _pages(file: BinaryIO, header: bytes) -> list[Page]:
    """Returns the pictures that a TIFF's directories lead to; none where it is no TIFF."""
    if not header.startswith(tuple(TiffImagePlugin.PREFIXES)):
        return []
    # BigTIFF, whose version is 43, has a longer one.
    header = header[: 16 if header[2] == 43 else 8]
    pages: dict[int, Page] = {}
    # Damaged directories raise anything; what was found until then remains.
    with contextlib.suppress(Exception):
        waiting = collections.deque([ImageFileDirectory_v2(header).next])
        while waiting and len(pages) < MOST_PAGES:
            start = waiting.popleft()
            if not start or start in pages:
                continue
            tags = ImageFileDirectory_v2(header)
            file.seek(start)
            tags.load(file)
            pages[start] = Page(start, tags)
            waiting += [tags.next, *_sub_directories(tags)]
    return list(pages.values())


def _sub_directories(tags: ImageFileDirectory_v2) -> list[int]:
    starts = tags.get(tiff_page.SUB_IFDS, ())
    # One alone is no tuple.
    starts = starts if isinstance(starts, tuple) else (starts,)
    return [start for start in starts if isinstance(start, int)]


def _meant(pages: list[Page]) -> Page:
    full = [page for page in pages if page.is_full] or pages
    largest = max(full, key=lambda page: page.size[0] * page.size[1])
    is_thumbnail = all(
        2 * own <= other for own, other in zip(full[0].size, largest.size, strict=True)
    )
    return largest if is_thumbnail else full[0]


def _beginning_with(page: Page, file: BinaryIO) -> BinaryIO:
    """Returns a copy in memory whose header leads to that page, as Pillow begins there."""
    content = bytearray(file.read())
    order: Literal["little", "big"] = "little" if content[:2] == b"II" else "big"
    # BigTIFF has offsets of 8 bytes.
    place = slice(8, 16) if content[2] == 43 else slice(4, 8)
    content[place] = page.start.to_bytes(place.stop - place.start, order)
    return io.BytesIO(content)


def _has_plain_planes(page: Page) -> bool:
    # Pillow takes each letter of a mode, such as RGB, for the kind of a plane's bytes.
    is_plain = page.photometric in (
        tiff_page.BLACK_IS_ZERO,
        tiff_page.RGB,
        tiff_page.PALETTE,
        tiff_page.CMYK,
    ) and page.bits in (1, 8)
    return is_plain and page.number(TiffImagePlugin.FILLORDER, 1) == 1


def _is_subsampled(page: Page) -> bool:
    # 2, 2 is TIFF's own default.
    shares: Any = (2, 2)
    with contextlib.suppress(Exception):
        shares = page.tags.get(TiffImagePlugin.YCBCRSUBSAMPLING, (2, 2))
    return bool(shares != (1, 1))
