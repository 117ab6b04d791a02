"""Colours and luminances of one picture brought to the statistics of another's.

Reference: Gatys et al. (2016), "Controlling Perceptual Factors in Neural Style Transfer".
Every function is pure; images are `[1, height, width, 3]`, float32, RGB in [0, 1].
"""

import numpy as np

_REGULARISER = 1e-5
"""Added to each channel's variance: a grey picture's covariance has no inverse square root."""

_FLAT = 1e-3
"""The least deviation that is stretched: a quarter of an 8-bit level."""


def match_deviation(style: np.ndarray, content: np.ndarray) -> np.ndarray:
    """Returns (sigma_C / sigma_S) (L - mu_S) + mu_C for luminances `[1, height, width, 1]`.

    A style flatter than a quarter of an 8-bit level is not stretched to the full deviation,
    which would only magnify its rounding errors.
    """
    style, content = style.astype(np.float64), content.astype(np.float64)
    gain = content.std() / max(style.std(), _FLAT)
    return as_unit_range(gain * (style - style.mean()) + content.mean())


def match_covariance(style: np.ndarray, content: np.ndarray) -> np.ndarray:
    """Returns a style with a content's mean colour and covariance.

    Each colour p becomes A (p - mu_S) + mu_C, where A Sigma_S A^T = Sigma_C:
    A = S^-1/2 (S^1/2 C S^1/2)^1/2 S^-1/2, symmetric: of all A that match, the one that
    moves the colours least (the Monge map between two normal distributions).
    """
    style_mean, style_covariance = _color_statistics(style)
    content_mean, content_covariance = _color_statistics(content)
    root = _power(style_covariance, 1 / 2)
    inverse_root = _power(style_covariance, -1 / 2)
    transform = inverse_root @ _power(root @ content_covariance @ root, 1 / 2) @ inverse_root
    return as_unit_range((style - style_mean) @ transform.T + content_mean)


def _color_statistics(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the mean, `[3]`, and the covariance, `[3, 3]`, regularised to be invertible."""
    # [height * width, 3]
    colors = image.reshape([-1, 3]).astype(np.float64)
    mean = colors.mean(axis=0)
    covariance = (colors - mean).T @ (colors - mean) / len(colors)
    return mean, covariance + _REGULARISER * np.eye(3)


def _power(matrix: np.ndarray, exponent: float) -> np.ndarray:
    """Returns a symmetric positive definite matrix to a real power."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * values**exponent) @ vectors.T


def match_histograms(style: np.ndarray, content: np.ndarray) -> np.ndarray:
    """Returns a style `[1, height, width, 3]` with a content's histogram in each channel."""
    channels = [match_ranks(style[..., c], content[..., c]) for c in range(3)]
    return as_unit_range(np.stack(channels, axis=-1))


def match_ranks(style: np.ndarray, content: np.ndarray) -> np.ndarray:
    """Returns, for each style value, the content value of the same rank.

    Equal values share the middle of their ranks, so flat areas stay flat. Any shapes; the
    result has the style's.
    """
    _, group, counts = np.unique(style, return_inverse=True, return_counts=True)
    # Middles of the ranks, from 0 to 1, in both pictures: their sizes may differ.
    ranks = (np.cumsum(counts) - counts / 2) / style.size
    content_ranks = (np.arange(content.size) + 0.5) / content.size
    matched = np.interp(ranks, content_ranks, np.sort(content, axis=None))
    return matched[group].reshape(style.shape)


def as_unit_range(values: np.ndarray) -> np.ndarray:
    """Returns values clipped to [0, 1], float32."""
    return np.clip(values, 0, 1).astype(np.float32)
