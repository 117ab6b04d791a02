"""How large style pictures are: the settings that methods share, and what they come to.

Nothing here loads TensorFlow: flags and their help are made of these fields.
"""

import math
from typing import Any, Protocol

from tfstyle.image import scalars
from tfstyle.image.scalars import Scalar
from tfstyle.optimization import pyramid
from tfstyle.settings import setting

STROKES = ("relative", "absolute")

SMALLEST_SCALE = 0.05


def scale() -> Any:
    """Returns the field of the styles' size beside the result."""
    return setting(
        1.0,
        "Longest side of the style pictures, relative to the result's or as strokes says: larger "
        "strokes above 1.",
        minimum=SMALLEST_SCALE,
        maximum=8,
        only_with="style_size=none",
    )


def size() -> Any:
    """Returns the field of the styles' size in pixels."""
    return setting(
        None,
        "Longest side of the style pictures beside the full-sized result, whatever that one's "
        "size; none leaves it to style_scale.",
        unit="pixels",
        minimum=1,
        maximum=pyramid.GREATEST,
    )


def strokes() -> Any:
    """Returns the field of what the strokes' size is kept beside."""
    return setting(
        "relative",
        "What style_scale is relative to: relative, the result, so that strokes are the same share "
        "of the picture at every size; absolute, the style picture itself, so that they are as "
        "many pixels wide at every size.",
        choices=STROKES,
        only_with="style_size=none",
    )


class Sized(Protocol):
    """What says how large style pictures are."""

    @property
    def style_scale(self) -> float:
        """Beside the result or the style picture."""

    @property
    def style_size(self) -> int | None:
        """In pixels; goes before the scale."""

    @property
    def strokes(self) -> str:
        """One of `STROKES`."""


def check(config: Sized) -> None:
    """Raises ValueError where a style's size is given twice."""
    if config.style_size is not None and config.style_scale != 1:
        raise ValueError(
            "style_scale must be left out where style_size gives the styles' size. Received: "
            f"style_scale={config.style_scale}, style_size={config.style_size}"
        )


def is_relative(config: Sized) -> bool:
    """Returns whether styles grow with the result."""
    return config.style_size is None and config.strokes == "relative"


def side(config: Sized, own: Scalar, level: Scalar, full: Scalar) -> Scalar:
    """Returns the longest side that a style has at a level; numbers, or tensors of float64.

    Styles shrink with the levels, so that strokes stay as large beside the picture.

    Args:
        config: the settings.
        own: the style's own longest side, in pixels.
        level: that of the picture at the level.
        full: that of the result.
    """
    return scalars.rounded(_exact_side(config, own, level, full))


def _exact_side(config: Sized, own: Scalar, level: Scalar, full: Scalar) -> Scalar:
    if is_relative(config):
        return level * config.style_scale
    at_full = config.style_size or own * config.style_scale
    return at_full * level / full


def check_room(config: Sized, own: int, level: int, full: int, least: int, needed_by: str) -> None:
    """Raises ValueError where a setting makes a style smaller than what looks at it.

    A style whose shorter side alone is too short is enlarged instead.

    Args:
        config: the settings.
        own: the style's own longest side, in pixels.
        level: that of the picture at the level.
        full: that of the result.
        least: how long it must be there.
        needed_by: what needs it.
    """
    if config.style_size is None and config.style_scale >= 1:
        return
    if side(config, own, level, full) < least:
        name = "style_scale" if config.style_size is None else "style_size"
        factor = least / float(_exact_side(config, own, level, full))
        where = "" if level == full else f" where the picture has {level}"
        raise ValueError(
            f"{name} must leave a style of {least} pixels at least{where}, for {needed_by}; take "
            f"{rescaled(config, factor)}. Received: {name}={getattr(config, name)}"
        )


def rescaled(config: Sized, factor: float) -> str:
    """Returns the setting, as NAME=VALUE, by which styles are larger or smaller by a factor.

    It is rounded away from the present one; nothing is returned below the least that may be set.
    """
    rounded = math.ceil if factor > 1 else math.floor
    if config.style_size is not None:
        return f"style_size={max(1, rounded(config.style_size * factor))}"
    relative = rounded(100 * config.style_scale * factor) / 100
    return f"style_scale={relative}" if relative >= SMALLEST_SCALE else ""
