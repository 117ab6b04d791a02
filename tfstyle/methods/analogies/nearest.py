"""The rows nearest to others, by SciPy's k-d tree over their principal components.

Neither the tree nor anything before it depends on the number of threads: no product of matrices
is left to a library that shares it out.
"""

import os

import numpy as np

from tfstyle.system import extras

COMPONENTS = 12
"""Principal components that rows of 37 to 165 numbers are compared by: they have nearly all of the
variance. Sixteen take a third longer and find sources no nearer."""

SAMPLES = 4096
"""Rows, evenly spread, that the components are found from."""

SCALE = 2**20
"""The components are rounded to multiples of 1 / SCALE: the last bits of an eigenvector may
differ with the number of threads."""

QUERIES_A_THREAD = 32
"""Fewer take no longer than starting a thread does."""


class RowSearch:
    """A tree of rows."""

    def __init__(self, rows: np.ndarray, error: float):
        """Builds the tree.

        Args:
            rows: `[rows, numbers]`, float32.
            error: how much farther than the nearest a found row may be, in their components.
        """
        self._mean = rows.mean(axis=0, dtype=np.float64)
        self._components = components(rows)
        self._error = error
        spatial = extras.load("scipy.spatial", "classical", "an image analogy")
        self._tree = spatial.cKDTree(self._project(rows))

    def nearest(self, queries: np.ndarray, count: int, threads: int | None = None) -> np.ndarray:
        """Returns the numbers of the nearest rows, `[queries, count]`, int64, nearest first.

        Args:
            queries: `[queries, numbers]`.
            count: how many for each; all rows if there are fewer.
            threads: at most so many; none takes all cores. The result is the same.
        """
        count = min(count, self._tree.n)
        # A short wave would wait longer for threads than for its search.
        threads = min(threads or os.cpu_count() or 1, -(-len(queries) // QUERIES_A_THREAD))
        _, found = self._tree.query(
            self._project(queries), k=count, eps=self._error, workers=threads
        )
        return found.reshape(len(queries), count)

    def _project(self, rows: np.ndarray) -> np.ndarray:
        # Not a product of matrices: BLAS would share it out and round by the number of threads.
        return np.einsum("nd,dc->nc", rows - self._mean, self._components)


def components(rows: np.ndarray) -> np.ndarray:
    """Returns the directions in which rows differ most, `[numbers, components]`, about unit."""
    samples = rows[:: -(-len(rows) // SAMPLES)].astype(np.float64)
    samples -= samples.mean(axis=0)
    # Principal components are the eigenvectors of the covariance; the last have the most variance.
    _, directions = np.linalg.eigh(np.einsum("nd,ne->de", samples, samples))
    return np.round(directions[:, -COMPONENTS:] * SCALE) / SCALE
