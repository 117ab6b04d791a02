"""One level of an image analogy: every pixel's source, found in waves.

A pixel is matched by what was painted above it and to its left. So pixels (y, x) of equal
x + 3 y do not see each other: they are matched together, as a wave from the top left to the
bottom right, with the very result of one after the other in reading order.
"""

import dataclasses
from collections.abc import Iterator

import numpy as np

from tfstyle.methods.analogies import neighbourhoods
from tfstyle.methods.analogies.nearest import RowSearch
from tfstyle.methods.analogies.neighbourhoods import Coarser

SLOPE = neighbourhoods.FINE + 1
"""Columns by which a wave lags from row to row: those to the right that a pixel sees above, + 1."""

COMPARED = 2**22
"""Numbers that are compared at once, so that many candidates do not take much memory."""


@dataclasses.dataclass(frozen=True)
class Known:
    """What is copied from, at one size: A and A' of Hertzmann et al."""

    unfiltered: np.ndarray
    filtered: np.ndarray
    coarser: Coarser | None

    def beyond(self) -> np.ndarray:
        """Returns the colour of the frame where there is no picture of half the size."""
        return self.filtered.mean(axis=(0, 1), dtype=np.float64).astype(np.float32)


class Level:
    """The filtered picture of one size, while it comes about: B' of Hertzmann et al."""

    def __init__(
        self,
        known: Known,
        unfiltered: np.ndarray,
        coarser: Coarser | None,
        *,
        penalty: float,
        candidates: int,
        error: float,
        threads: int | None = None,
    ):
        """Prepares what the waves need.

        Args:
            known: the pair to copy from.
            unfiltered: `[height, width, channels]`, what is to be filtered: B.
            coarser: it, and its filtered picture, at half the size; None at the coarsest level.
            penalty: by what share the squared distance of a coherent source may be greater than
                the nearest's: 2^(l - L) kappa.
            candidates: how many sources the search proposes for each pixel.
            error: see `RowSearch`.
            threads: see `RowSearch.nearest`.
        """
        self.known, self.unfiltered = known, unfiltered
        self.size = unfiltered.shape[:2]
        self._penalty = penalty
        self._candidates, self._threads = candidates, threads
        beyond = known.beyond()
        self._rows = neighbourhoods.rows(known.unfiltered, known.filtered, known.coarser, beyond)
        self._search = RowSearch(self._rows, error)
        self._static = neighbourhoods.static_rows(unfiltered, coarser)
        self._framed = neighbourhoods.framed(np.zeros_like(unfiltered), coarser, beyond)
        self._sources = np.full(self._framed.shape[:2], -1)
        self.painted = self.coherent = 0
        self.distance = 0.0
        """Sums over the pixels painted so far: of them, of coherent ones, of squared distances."""

    @property
    def filtered(self) -> np.ndarray:
        """What is painted so far, `[height, width, channels]`."""
        return _unframed(self._framed)

    @property
    def sources(self) -> np.ndarray:
        """The pixel that each was copied from, `[height, width]`; -1 where there is none yet."""
        return _unframed(self._sources)

    @property
    def waves(self) -> int:
        """How many waves there are."""
        return waves(self.size)

    def fill(self) -> Iterator[int]:
        """Paints wave after wave, and yields how many are done after each."""
        for wave in range(self.waves):
            rows, columns = pixels_of(wave, self.size)
            # Narrower than SLOPE, a picture has waves without a pixel.
            if rows.size:
                self._paint(rows, columns)
            yield wave + 1

    def _paint(self, rows: np.ndarray, columns: np.ndarray) -> None:
        height, width = self.size
        places = neighbourhoods.framed_places(rows, columns, width)
        earlier = neighbourhoods.earlier_rows(self._framed, places)
        # [pixels of the wave, numbers of a row]
        queries = np.concatenate([self._static[rows * width + columns], earlier], axis=1)
        sources, distances, is_coherent = self._match(queries, places)
        self._sources.reshape(-1)[places] = sources
        channels = self._framed.shape[2]
        pixels = self.known.filtered.reshape(-1, channels)[sources]
        self._framed.reshape(-1, channels)[places] = pixels
        self.painted += len(sources)
        self.coherent += int(is_coherent.sum())
        self.distance += float(distances.sum(dtype=np.float64))

    def _match(
        self, queries: np.ndarray, places: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Returns sources, squared distances, and whether each is a coherent one: `[queries]`."""
        # Differs from Hertzmann et al. (2001): of several found, the whole rows choose the nearest.
        found = self._search.nearest(queries, self._candidates, self._threads)
        nearest, distances = self._best(queries, found)
        continued, coherent_distances = self._best(queries, self._continued(places))
        # d_coh <= d_app (1 + 2^(l - L) kappa), Hertzmann et al. (2001); distances are squares.
        is_coherent = coherent_distances <= distances * (1 + self._penalty)
        return (
            np.where(is_coherent, continued, nearest),
            np.where(is_coherent, coherent_distances, distances),
            is_coherent,
        )

    def _best(self, queries: np.ndarray, candidates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Returns each query's nearest candidate, and its squared distance.

        Args:
            queries: `[queries, numbers]`.
            candidates: `[queries, candidates]`, of which negative ones are none.
        """
        sources = np.empty(len(queries), candidates.dtype)
        distances = np.empty(len(queries), queries.dtype)
        together = max(1, COMPARED // (candidates.shape[1] * queries.shape[1]))
        for first in range(0, len(queries), together):
            some = slice(first, first + together)
            apart = self._rows[candidates[some]] - queries[some, np.newaxis]
            squares = np.einsum("qcd,qcd->qc", apart, apart)
            # A negative number has read the last row instead: it must not win.
            squares[candidates[some] < 0] = np.inf
            best = squares.argmin(axis=1)[:, np.newaxis]
            sources[some] = np.take_along_axis(candidates[some], best, axis=1)[:, 0]
            distances[some] = np.take_along_axis(squares, best, axis=1)[:, 0]
        return sources, distances

    def _continued(self, places: np.ndarray) -> np.ndarray:
        """Returns the sources that would go on where an earlier pixel's left off.

        For the pixel at q and an earlier one at r this is s(r) + (q - r), if inside of A.

        Returns:
            `[places, 12]`; -1 where there is none.
        """
        known_height, known_width = self.known.filtered.shape[:2]
        # [places, 12], as all that follows
        around = places[:, np.newaxis] + neighbourhoods.earlier_steps(self.size[1])
        sources = self._sources.reshape(-1)[around]
        steps = np.array(neighbourhoods.EARLIER)
        rows, columns = sources // known_width - steps[:, 0], sources % known_width - steps[:, 1]
        is_inside = (sources >= 0) & (rows < known_height)
        is_inside &= (columns >= 0) & (columns < known_width)
        return np.where(is_inside, rows * known_width + columns, -1)


def waves(size: tuple[int, int]) -> int:
    """Returns how many waves fill (height, width) pixels."""
    height, width = size
    return width + SLOPE * (height - 1)


def pixels_of(wave: int, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Returns the rows and the columns of a wave's pixels."""
    height, width = size
    first = max(0, -(-(wave - width + 1) // SLOPE))
    rows = np.arange(first, min(height - 1, wave // SLOPE) + 1)
    return rows, wave - SLOPE * rows


def _unframed(framed: np.ndarray) -> np.ndarray:
    return framed[neighbourhoods.FINE :, neighbourhoods.FINE : -neighbourhoods.FINE]
