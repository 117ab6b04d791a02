"""Keeping the content's colours: luminance only, histogram or covariance matching.

Reference: Gatys et al. (2016), "Controlling Perceptual Factors in Neural Style Transfer".
Every function is pure; images are `[1, height, width, 3]`, float32, RGB in [0, 1].
"""

import numpy as np

from tfstyle import settings
from tfstyle.image import color_matching

MODES = ("none", "luminance", "histogram", "covariance")
"""How the content's colours are kept; "none" lets the style bring its own."""

RANGES = ("none", "deviation", "histogram")
"""How luminances are brought to the range of others."""

REC_601 = np.array([0.299, 0.587, 0.114])
"""Shares of red, green and blue in the luminance, by ITU-R BT.601."""


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
        return _as_grey(color_matching.match_deviation(luminance(style), luminance(content)))
    if mode == "covariance":
        return color_matching.match_covariance(style, content)
    if mode == "histogram":
        return color_matching.match_histograms(style, content)
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
    return color_matching.as_unit_range(content + (luminance(pastiche) - luminance(content)))


def luminance(image: np.ndarray) -> np.ndarray:
    """Returns the brightness of each pixel, Y = 0.299 R + 0.587 G + 0.114 B (Rec. 601).

    Args:
        image: `[1, height, width, 3]`.

    Returns:
        `[1, height, width, 1]`, float32 in [0, 1].
    """
    return color_matching.as_unit_range(image @ REC_601[:, np.newaxis])


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
        return color_matching.match_deviation(luminances, reference)
    if mode == "histogram":
        return color_matching.as_unit_range(color_matching.match_ranks(luminances, reference))
    return luminances.copy()


def _as_grey(values: np.ndarray) -> np.ndarray:
    return np.repeat(values, 3, axis=-1)
