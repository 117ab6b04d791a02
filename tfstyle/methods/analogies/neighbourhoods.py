"""What image analogies compare: the surroundings of every pixel, at two sizes, as rows of numbers.

A picture here is `[height, width, channels]`, float32: luminance, or RGB. An unfiltered picture
and its filtered one are registered: of one size, pixel upon pixel. A row holds the square roots
of Gaussian weights times, in this order:

    5 x 5 pixels of the unfiltered picture
    3 x 3 pixels around the same place of the unfiltered picture of half the size
    3 x 3 pixels around the same place of the filtered picture of half the size
    the 12 pixels of the filtered picture's 5 x 5 that come before its middle in reading order

so that the squared distance of two rows is Hertzmann et al.'s. Each of the four has the same sum
of weights. The smallest pictures of a pyramid have no picture of half their size; two parts fall
away.
"""

import dataclasses

import numpy as np

FINE, COARSE = 2, 1
"""Pixels to each side of the middle, of a picture and of the one of half its size."""

DEVIATIONS = {FINE: 1.0, COARSE: 0.5}
"""Standard deviations of the Gaussian weights, in pixels."""

BINOMIAL = np.array([1, 4, 6, 4, 1], np.float32) / 16
"""The Gaussian of the pyramids (Burt and Adelson 1983)."""

EARLIER = tuple(
    (row, column)
    for row in range(-FINE, 1)
    for column in range(-FINE, FINE + 1)
    if (row, column) < (0, 0)
)
"""Where the 12 pixels lie, from the middle: rows down, columns to the right."""


@dataclasses.dataclass(frozen=True)
class Coarser:
    """An unfiltered and a filtered picture of half the size."""

    unfiltered: np.ndarray
    filtered: np.ndarray


def pyramid(picture: np.ndarray, levels: int) -> list[np.ndarray]:
    """Returns the picture at so many sizes, each half the next (rounded up), coarse to fine."""
    pictures = [picture]
    while len(pictures) < levels:
        pictures.insert(0, halve(pictures[0]))
    return pictures


def halve(picture: np.ndarray) -> np.ndarray:
    """Returns every second pixel, from the first on, of the blurred picture."""
    for axis in (0, 1):
        picture = _blur(picture, axis)
    return np.ascontiguousarray(picture[::2, ::2])


def _blur(picture: np.ndarray, axis: int) -> np.ndarray:
    radius, length = len(BINOMIAL) // 2, picture.shape[axis]
    widths = [(0, 0)] * picture.ndim
    widths[axis] = (radius, radius)
    padded = np.pad(picture, widths, mode="reflect")
    # SciPy's correlate1d adds up in float64 and would end a bit elsewhere.
    total = np.zeros_like(picture)
    for start, weight in enumerate(BINOMIAL):
        total += weight * np.take(padded, range(start, start + length), axis)
    return total


def enlarge(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Returns the picture at twice its size, each pixel four times, cut to (height, width)."""
    rows, columns = (np.arange(side) // 2 for side in size)
    return picture[np.ix_(rows, columns)]


def static_rows(unfiltered: np.ndarray, coarser: Coarser | None) -> np.ndarray:
    """Returns the parts of every pixel's row that are known before its level is filled.

    Args:
        unfiltered: `[height, width, channels]`.
        coarser: both pictures of half the size; None at the coarsest level.

    Returns:
        `[height * width, numbers]`, float32.
    """
    size = unfiltered.shape[:2]
    parts = [_windows(unfiltered, FINE)]
    if coarser is not None:
        for half in (coarser.unfiltered, coarser.filtered):
            # Windows are made at half the size, and then seen by four pixels each.
            windows = _windows(half, COARSE)
            parts.append(enlarge(windows, size))
    return np.concatenate([part.reshape(size[0] * size[1], -1) for part in parts], axis=1)


def _windows(picture: np.ndarray, radius: int) -> np.ndarray:
    """Returns each pixel's weighted window, `[height, width, window * window * channels]`."""
    height, width, _ = picture.shape
    side = 2 * radius + 1
    padded = np.pad(picture, [(radius, radius), (radius, radius), (0, 0)], mode="reflect")
    # [height, width, channels, window, window]
    windows = np.lib.stride_tricks.sliding_window_view(padded, (side, side), axis=(0, 1))
    # [height, width, window, window, channels]
    rows = np.moveaxis(windows, 2, -1)
    weighted = np.multiply(rows, gaussian(radius)[..., np.newaxis], order="C")
    return weighted.reshape(height, width, -1)


def gaussian(radius: int) -> np.ndarray:
    """Returns the square roots of a window's weights, which sum to 1."""
    squares = np.arange(-radius, radius + 1) ** 2 / (2 * DEVIATIONS[radius] ** 2)
    # The Gaussian of the rows times that of the columns: [window, window]
    weights = np.exp(-squares[:, np.newaxis] - squares)
    return np.sqrt(weights / weights.sum()).astype(np.float32)


def earlier_weights() -> np.ndarray:
    """Returns the square roots of the 12 earlier pixels' weights, `[12, 1]`, which sum to 1."""
    # In reading order the first 12 of the 25 are those before the middle.
    weights = gaussian(FINE).ravel()[: len(EARLIER), np.newaxis]
    return weights / np.sqrt(np.square(weights).sum())


def framed(
    filtered: np.ndarray, coarser: Coarser | None, beyond: np.ndarray | None = None
) -> np.ndarray:
    """Returns the filtered picture in a frame of what its first pixels see beyond the border.

    Mirrored pixels would be later ones, unknown while they are being painted; so the frame is the
    mirrored picture of half the size, or, where there is none, one colour.

    Args:
        filtered: `[height, width, channels]`.
        coarser: both pictures of half the size; None at the coarsest level.
        beyond: `[channels]`, that colour.

    Returns:
        `[height + 2, width + 4, channels]`: two rows above, two columns at each side.
    """
    # Differs from Hertzmann et al. (2001): borders are searched as the rest, not by brute force.
    height, width, _ = filtered.shape
    if coarser is not None:
        guess = enlarge(coarser.filtered, (height, width))
    else:
        guess = np.broadcast_to(0 if beyond is None else beyond, filtered.shape)
    framed = np.pad(guess, [(FINE, 0), (FINE, FINE), (0, 0)], mode="reflect")
    framed = np.ascontiguousarray(framed, np.float32)
    framed[FINE:, FINE:-FINE] = filtered
    return framed


def earlier_steps(width: int) -> np.ndarray:
    """Returns how far the 12 pixels lie from the middle in a framed picture laid flat, `[12]`."""
    return np.array([row * (width + 2 * FINE) + column for row, column in EARLIER])


def framed_places(rows: np.ndarray, columns: np.ndarray, width: int) -> np.ndarray:
    """Returns where pixels lie in a framed picture of that width (frame left out), laid flat."""
    return (rows + FINE) * (width + 2 * FINE) + columns + FINE


def earlier_rows(framed: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Returns the last part of the rows, `[places, 12 * channels]`.

    Args:
        framed: see `framed`.
        places: of the middles; see `framed_places`.
    """
    width, channels = framed.shape[1] - 2 * FINE, framed.shape[2]
    around = places[:, np.newaxis] + earlier_steps(width)
    # [places, 12, channels]
    pixels = framed.reshape(-1, channels)[around]
    return (pixels * earlier_weights()).reshape(len(places), -1)


def rows(
    unfiltered: np.ndarray,
    filtered: np.ndarray,
    coarser: Coarser | None,
    beyond: np.ndarray | None = None,
) -> np.ndarray:
    """Returns the whole row of every pixel of two pictures that are both known."""
    height, width, _ = unfiltered.shape
    down, across = np.indices([height, width]).reshape(2, -1)
    places = framed_places(down, across, width)
    earlier = earlier_rows(framed(filtered, coarser, beyond), places)
    return np.concatenate([static_rows(unfiltered, coarser), earlier], axis=1)
