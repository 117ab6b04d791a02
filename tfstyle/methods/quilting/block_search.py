"""A wanted block compared with textures at every position at once, by Fourier transforms.

They are SciPy's, which take half as long as NumPy's: those of several rows go abreast.
"""

import itertools
import types
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tfstyle.system import extras

SMALLEST_DIFFERENCE = 0.5 / 255
"""Differences below half an 8-bit level count as none."""

MASKS = 32
"""Weights whose energies are kept: a grid has few kinds of blocks."""


class Term(NamedTuple):
    """What is wanted of some planes: the error is sum(weights * (block - target)^2)."""

    planes: slice
    weights: np.ndarray
    """`[block, block]`, float32, not negative; the same for each of the planes."""
    target: np.ndarray
    """`[planes, block, block]`, float32."""


class Match(NamedTuple):
    """A block of a texture."""

    block: np.ndarray
    """`[planes, block, block]`, float32, a view of the texture."""
    error: float


class BlockSearch:
    """Textures as planes (red, green, blue and others), transformed once for all searches."""

    def __init__(self, textures: Sequence[np.ndarray]):
        """Takes textures, each `[planes, height, width]`, float32 in [0, 1], of any sizes."""
        self._textures = [_Texture(planes) for planes in textures]

    def find(self, terms: Sequence[Term], tolerance: float, draw: float) -> Match:
        """Returns a block whose error is within (1 + tolerance) of the least, drawn among those.

        Reference: Efros and Freeman (2001), section 2.1.
        Differs: differences below half an 8-bit level count as none, so that a perfect match
        does not shut out others that are as good.

        Args:
            terms: whose errors are added.
            tolerance: 0 or more.
            draw: from 0 (inclusive) to 1 (exclusive): which of the candidates.
        """
        side = len(terms[0].weights)
        errors = [texture.errors(terms) for texture in self._textures]
        ends = list(itertools.accumulate(each.size for each in errors))
        together = np.concatenate([each.ravel() for each in errors])
        # Differs from Efros and Freeman (2001): what nobody sees counts as no error.
        allowed = max(together.min() * (1 + tolerance), _negligible(terms))
        candidates = np.flatnonzero(together <= allowed)
        chosen = int(candidates[int(draw * len(candidates))])
        # Numbers go on from texture to texture: the first end beyond it is that of its own.
        number = int(np.searchsorted(ends, chosen, side="right"))
        place = chosen - ends[number] + errors[number].size
        row, column = np.unravel_index(place, errors[number].shape)
        block = self._textures[number].planes[:, row : row + side, column : column + side]
        return Match(block, float(together[chosen]))


class _Texture:
    """One texture and its transforms."""

    def __init__(self, planes: np.ndarray):
        self._fft = _load_fft()
        self.planes = planes
        # Without the means there is less to round off.
        self._means = planes.mean(axis=(1, 2), keepdims=True)
        centred = planes - self._means
        self._shape = tuple(fast_length(side) for side in planes.shape[1:])
        self._spectra = self._transform(centred)
        self._spectra_of_squares = self._transform(centred**2)
        self._energies: dict[bytes, np.ndarray] = {}

    def errors(self, terms: Sequence[Term]) -> np.ndarray:
        """Returns the error of the block at each position, `[rows, columns]`, not negative.

        sum w (s - t)^2 = sum w s^2 - 2 sum w t s + sum w t^2: the middle one, a correlation of the
        texture with w t, is a product of their transforms; the first depends on the mask alone.
        """
        shape = len(self.planes), *terms[0].weights.shape
        weights, pull, constant = np.zeros(shape, np.float32), np.zeros(shape, np.float32), 0.0
        for term in terms:
            target = term.target - self._means[term.planes]
            weighted = term.weights * target
            weights[term.planes] += term.weights
            pull[term.planes] += weighted
            constant += float((weighted * target).sum())
        errors = self._correlate(self._spectra, pull)
        errors *= -2
        errors += self._energy(weights)
        errors += np.float32(constant)
        return np.maximum(errors, 0, out=errors)

    def _energy(self, weights: np.ndarray) -> np.ndarray:
        """Returns sum w s^2 at each position, from memory for weights of late."""
        key = weights.tobytes()
        # Asked once: other threads may forget it at any time.
        energy = self._energies.get(key)
        if energy is None:
            energy = self._correlate(self._spectra_of_squares, weights)
            if len(self._energies) >= MASKS:
                self._energies.clear()
            self._energies[key] = energy
        return energy

    def _transform(self, planes: np.ndarray) -> np.ndarray:
        """Returns the spectra, `[planes, width // 2 + 1, height]`, complex64."""
        # Transposed between the two, since transforms along the last axis are the faster ones.
        # [planes, height, width // 2 + 1]
        half = self._fft.rfft(planes, self._shape[1], axis=2)
        return self._fft.fft(half.swapaxes(1, 2), self._shape[0], axis=2)

    def _correlate(self, spectra: np.ndarray, kernels: np.ndarray) -> np.ndarray:
        """Returns sum_x kernel(x) plane(p + x) at each position p, all planes together.

        Only positions where the kernel lies inside are kept, so that nothing wraps around. Of
        the kernels, most rows are zeros and need no transform of their own.
        """
        height, width = self._shape
        half = self._fft.rfft(kernels, width, axis=2).conj()
        # The inverse transform of a conjugate, unscaled, is the conjugate of the transform itself.
        full = self._fft.ifft(half.swapaxes(1, 2), height, axis=2, norm="forward")
        full *= spectra
        rows, columns = (
            side - kernel + 1
            for side, kernel in zip(self.planes.shape[1:], kernels.shape[1:], strict=True)
        )
        kept = self._fft.ifft(full.sum(axis=0), axis=1)[:, :rows]
        return self._fft.irfft(kept.T, width, axis=1)[:, :columns]


def fast_length(least: int) -> int:
    """Returns the first length from `least` on without a prime factor above 5."""
    # Those of real transforms, which only half of ours are: complex ones may have 7 and 11 too, but
    # other lengths would round otherwise, and now and then another block would be drawn.
    return _load_fft().next_fast_len(least, real=True)


def _load_fft() -> types.ModuleType:
    return extras.load("scipy.fft", "classical", "image quilting")


def _negligible(terms: Sequence[Term]) -> float:
    """Returns the error of differences that nobody sees."""
    weight = sum(float(term.weights.sum()) * len(term.target) for term in terms)
    return weight * SMALLEST_DIFFERENCE**2
