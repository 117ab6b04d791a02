"""A painting without its strokes: blurred within its areas, not across their edges."""

import numpy as np

STEP = 0.2
"""The step of time, at most 0.25 for the scheme to be stable."""


def diffuse(image: np.ndarray, sigma: float, edge: float) -> np.ndarray:
    """Returns the image after anisotropic diffusion.

    dI/dt = div(g(|grad I|) grad I) with g(s) = 1 / (1 + (s / edge)^2), until t = sigma^2 / 2,
    where a diffusion without edges is a Gaussian blur. All channels share g.
    Reference: Perona and Malik (1990).

    Args:
        image: `[1, height, width, 3]`, in [0, 1].
        sigma: of that blur, in pixels.
        edge: difference of neighbouring pixels that halves the flow between them, in [0, 1].

    Returns:
        A new image of the same shape.
    """
    # A diffusion without edges is a Gaussian of variance 2 t.
    pixels, time = image.copy(), sigma**2 / 2
    steps = int(np.ceil(time / STEP))
    for _ in range(steps):
        pixels += np.float32(time / steps) * _divergence(pixels, edge)
    return pixels


def _divergence(pixels: np.ndarray, edge: float) -> np.ndarray:
    total = np.zeros_like(pixels)
    for axis in (1, 2):
        slopes = np.diff(pixels, axis=axis)
        # (s / edge)^2, one for all channels, so that colours do not come apart at an edge.
        steepness = np.square(slopes / np.float32(edge)).mean(axis=-1, keepdims=True)
        # Nothing flows across the border of the picture.
        widths = [(1, 1) if each == axis else (0, 0) for each in range(pixels.ndim)]
        total += np.diff(np.pad(slopes / (1 + steepness), widths), axis=axis)
    return total
