"""A map drawn in flat colours, one region a colour; what JPEG adds to it is forgiven."""

import numpy as np

from tfstyle import image
from tfstyle.image import ImageError
from tfstyle.regions import labels
from tfstyle.regions.maps import Map

SAME = 48
"""Levels of 255 that colours may differ by in a channel and still be one region's."""

FLAT = 24
"""Levels that a pixel's neighbours may differ by in a flat area; JPEG's ripples stay below."""

SAME_IF_FEW = 8
"""In place of `SAME` where a map has few colours in all, as no JPEG has: similar ones are meant."""

MOST = 64
"""Regions that a map may have; a photograph has more colours."""

LEAST_SHARE = 1e-3
"""Of a map's pixels, what a colour among many needs to be a region and no trace of JPEG's."""

LEAST_FLAT = 0.1
"""Of a map's pixels, how many must lie in flat areas."""

CLOSE = 12
"""Levels that most pixels of a map lie within of their region's colour, and those of photographs
do not."""

LEAST_CLOSE = 0.65
"""Of a map's pixels, how many must lie so close: photographs had 0.5 at most, maps 0.85 or more."""


def from_colors(picture: np.ndarray, called: str = "regions") -> Map:
    """Returns the regions of a picture of flat colours, in the order in which one reads a page.

    A pixel among others of its colour belongs to that colour's region. Edges, whether smoothed or
    blurred by JPEG, are given to the region that is nearest: a grey edge between black and white is
    no part of a grey region.

        >>> from_colors(image.read("map.png")).names
        ('#0000ff', '#00ff00')

    Args:
        picture: `[1, height, width, 3]`, in [0, 1].
        called: what messages call the map.

    Returns:
        The map; its names are the colours, as #ff0000, and its masks are 0 or 1.

    Raises:
        ImageError: the picture has no flat colours, or too many.
    """
    # [height, width, 3]
    levels = image.to_bytes(picture)[0]
    few = len(_count(levels.reshape([-1, 3]))[0]) <= MOST
    same = SAME_IF_FEW if few else SAME
    is_flat = labels.are_flat(levels, 0 if few else FLAT)
    _check_share(is_flat, LEAST_FLAT, called)
    palette = _palette(levels[is_flat], same, 0 if few else LEAST_SHARE * is_flat.size)
    _check_number(palette, called)
    nearest, far = _nearest(levels, palette)
    _check_share(far <= CLOSE, LEAST_CLOSE, called)
    found = labels.spread(np.where(is_flat & (far <= same), nearest, labels.NONE))
    order = labels.in_reading_order(found)
    names = tuple(_name(palette[label]) for label in order)
    return Map(names, np.stack([found == label for label in order]).astype(np.float32), called)


def difference(name: str, other: str) -> int:
    """Returns how many levels two colours, as #ff0000, differ by in the channel of the most."""
    return max(abs(one - two) for one, two in zip(_levels(name), _levels(other), strict=True))


def is_color(name: str) -> bool:
    """Returns whether a region's name is a colour."""
    return len(name) == 7 and name[0] == "#" and all(c in "0123456789abcdef" for c in name[1:])


def _name(color: np.ndarray) -> str:
    return "#" + bytes(color.tolist()).hex()


def _levels(name: str) -> bytes:
    return bytes.fromhex(name.removeprefix("#"))


def _check_share(is_flat: np.ndarray, least: float, called: str) -> None:
    if is_flat.mean() < least:
        raise ImageError(_expected(called, f"{is_flat.mean():.0%} of it in flat colours"))


def _check_number(palette: list[np.ndarray], called: str) -> None:
    if not 0 < len(palette) <= MOST:
        raise ImageError(_expected(called, f"{len(palette)} colours"))


def _palette(pixels: np.ndarray, same: int, least: float) -> list[np.ndarray]:
    """Returns the colours that are regions, each `[3]`, uint8, the most frequent first.

    Args:
        pixels: those of flat areas, `[n, 3]`, uint8.
        same: levels by which the colours of one region may differ.
        least: pixels that a region must have.
    """
    colors, counts = _count(pixels)
    palette = []
    while len(colors):
        peak = colors[counts.argmax()]
        belongs = _differences(colors, peak) <= same
        if counts[belongs].sum() >= least:
            palette.append(peak)
        colors, counts = colors[~belongs], counts[~belongs]
    return palette


def _expected(called: str, found: str) -> str:
    return (
        f"{called} must be a picture of at most {MOST} flat colours, or name=mask.png pairs. "
        f"Received: {found}"
    )


def _count(colors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the different colours of `[n, 3]`, uint8, and how often there is each."""
    # As one number each: rows are sorted at a tenth of the speed.
    packed = colors.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    values, counts = np.unique(packed, return_counts=True)
    unpacked = np.stack([values >> 16, values >> 8 & 255, values & 255], axis=-1)
    return unpacked.astype(np.uint8), counts


def _differences(colors: np.ndarray, color: np.ndarray) -> np.ndarray:
    """Returns the largest difference of `[..., 3]` from a colour over the channels."""
    return np.abs(colors.astype(np.int16) - color.astype(np.int16)).max(axis=-1)


def _nearest(levels: np.ndarray, palette: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Returns each pixel's nearest colour, by its place in the palette, and how far it is."""
    nearest = np.zeros(levels.shape[:2], np.int16)
    least = _differences(levels, palette[0])
    # One after the other: all at once would take a picture's memory for each.
    for place, color in enumerate(palette[1:], start=1):
        differences = _differences(levels, color)
        closer = differences < least
        nearest[closer], least[closer] = place, differences[closer]
    return nearest, least
