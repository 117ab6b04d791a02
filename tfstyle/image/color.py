"""Keeping the content's colours: luminance only, histogram or covariance matching.

Reference: Gatys et al. (2016), "Controlling Perceptual Factors in Neural Style Transfer".
Every function is pure; images are `[1, height, width, 3]`, float32, RGB in [0, 1].
"""

import numpy as np

from tfstyle import settings

MODES = ("none", "luminance", "histogram", "covariance")
"""How the content's colours are kept; "none" lets the style bring its own."""

RANGES = ("none", "deviation", "histogram")
"""How luminances are brought to the range of others."""

_REC_601 = np.array([0.299, 0.587, 0.114])
_REGULARISER = 1e-5
_FLAT = 1e-3


def prepare_content(content: np.ndarray, mode: str) -> np.ndarray:
    """Returns the content to optimise against: its luminance as grey RGB for "luminance".

    Args:
        content: `[1, height, width, 3]`.
        mode: one of `MODES`.

    Returns:
        A new image of the same shape; equal to `content` in the other modes.
    """
    settings.check_choice("mode", mode, MODES)
    return _as_grey(luminance(content)) if mode == "luminance" else content.copy()


def prepare_style(style: np.ndarray, content: np.ndarray, mode: str) -> np.ndarray:
    """Returns the style to optimise against, with its colours brought near the content's.

    "luminance" gives grey RGB of the content's mean and deviation, "covariance" the
    content's mean colour and covariance, "histogram" the content's histogram in each
    channel, and "none" a copy.

    Args:
        style: `[1, style_height, style_width, 3]`.
        content: `[1, height, width, 3]`, coloured.
        mode: one of `MODES`.

    Returns:
        A new image of the style's shape.
    """
    settings.check_choice("mode", mode, MODES)
    if mode == "luminance":
        return _as_grey(_match_deviation(luminance(style), luminance(content)))
    if mode == "covariance":
        return _match_covariance(style, content)
    if mode == "histogram":
        return _match_histograms(style, content)
    return style.copy()


def restore(pastiche: np.ndarray, content: np.ndarray, mode: str) -> np.ndarray:
    """Returns the finished image: for "luminance", the pastiche's luminance in content chroma.

    Adding one amount to R, G and B moves the Y of YIQ by that amount and leaves I and Q
    alone, so R'G'B' = content + (Y_pastiche - Y_content).

    Args:
        pastiche: `[1, height, width, 3]`, coloured or grey.
        content: the coloured content; for "luminance", of the pastiche's shape.
        mode: one of `MODES`.

    Returns:
        A new image of the same shape; equal to `pastiche` in the other modes.
    """
    settings.check_choice("mode", mode, MODES)
    if mode != "luminance":
        return pastiche.copy()
    if content.shape != pastiche.shape:
        raise ValueError(
            f"content must have the pastiche's shape, {list(pastiche.shape)}; resize it first. "
            f"Received: content.shape={list(content.shape)}"
        )
    return _as_unit_range(content + (luminance(pastiche) - luminance(content)))


def luminance(image: np.ndarray) -> np.ndarray:
    """Returns the brightness of each pixel, Y = 0.299 R + 0.587 G + 0.114 B (Rec. 601).

    Args:
        image: `[1, height, width, 3]`.

    Returns:
        `[1, height, width, 1]`, float32 in [0, 1].
    """
    return _as_unit_range(image @ _REC_601[:, np.newaxis])


def match_luminance(luminances: np.ndarray, reference: np.ndarray, mode: str) -> np.ndarray:
    """Returns luminances in the range of a reference's.

    "deviation" gives them its mean and standard deviation, (sigma_R / sigma) (Y - mu) + mu_R,
    as Hertzmann et al. (2001), section 3.4, remap luminances; "histogram" its whole
    distribution; "none" a copy.

    Args:
        luminances: any shape, in [0, 1].
        reference: any shape, in [0, 1].
        mode: one of `RANGES`.

    Returns:
        The shape of `luminances`, float32 in [0, 1].
    """
    settings.check_choice("mode", mode, RANGES)
    if mode == "deviation":
        return _match_deviation(luminances, reference)
    if mode == "histogram":
        return _as_unit_range(_match_ranks(luminances, reference))
    return luminances.copy()


def _as_grey(values: np.ndarray) -> np.ndarray:
    return np.repeat(values, 3, axis=-1)


def _as_unit_range(values: np.ndarray) -> np.ndarray:
    return np.clip(values, 0, 1).astype(np.float32)


def _match_deviation(style: np.ndarray, content: np.ndarray) -> np.ndarray:
    """Returns (sigma_C / sigma_S) (L - mu_S) + mu_C for luminances `[1, height, width, 1]`.

    A style flatter than a quarter of an 8-bit level is not stretched to the full deviation,
    which would only magnify its rounding errors.
    """
    style, content = style.astype(np.float64), content.astype(np.float64)
    gain = content.std() / max(style.std(), _FLAT)
    return _as_unit_range(gain * (style - style.mean()) + content.mean())


def _match_covariance(style: np.ndarray, content: np.ndarray) -> np.ndarray:
    """Returns A (p - mu_S) + mu_C for each colour p, where A Sigma_S A^T = Sigma_C.

    A = S^-1/2 (S^1/2 C S^1/2)^1/2 S^-1/2, symmetric: of all A that match, the one that
    moves the colours least (the Monge map between two normal distributions).
    """
    style_mean, style_covariance = _color_statistics(style)
    content_mean, content_covariance = _color_statistics(content)
    root = _power(style_covariance, 1 / 2)
    inverse_root = _power(style_covariance, -1 / 2)
    transform = inverse_root @ _power(root @ content_covariance @ root, 1 / 2) @ inverse_root
    return _as_unit_range((style - style_mean) @ transform.T + content_mean)


def _color_statistics(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the mean, `[3]`, and the covariance, `[3, 3]`, regularised to be invertible."""
    colors = image.reshape([-1, 3]).astype(np.float64)  # [height * width, 3]
    mean = colors.mean(axis=0)
    covariance = (colors - mean).T @ (colors - mean) / len(colors)
    return mean, covariance + _REGULARISER * np.eye(3)


def _power(matrix: np.ndarray, exponent: float) -> np.ndarray:
    """Returns a symmetric positive definite matrix to a real power."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * values**exponent) @ vectors.T


def _match_histograms(style: np.ndarray, content: np.ndarray) -> np.ndarray:
    channels = [_match_ranks(style[..., c], content[..., c]) for c in range(3)]
    return _as_unit_range(np.stack(channels, axis=-1))


def _match_ranks(style: np.ndarray, content: np.ndarray) -> np.ndarray:
    """Returns, for each style value, the content value of the same rank.

    Equal values share the middle of their ranks, so flat areas stay flat. Any shapes; the
    result has the style's.
    """
    _, group, counts = np.unique(style, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - counts / 2) / style.size
    content_ranks = (np.arange(content.size) + 0.5) / content.size
    matched = np.interp(ranks, content_ranks, np.sort(content, axis=None))
    return matched[group].reshape(style.shape)
