"""The settings of image quilting (Efros and Freeman 2001)."""

import dataclasses
import re

from tfstyle import settings
from tfstyle.image import color
from tfstyle.methods import shared_settings
from tfstyle.optimization import pyramid
from tfstyle.settings import setting


@dataclasses.dataclass(frozen=True)
class Config:
    """Every setting of the method; the only home of its defaults."""

    size: str | int | None = setting(
        512,
        "With a content, the result's longest side, or none to keep the content's. Without one, "
        "WIDTHxHEIGHT, or one number for a square; none is twice the texture's width and height.",
        unit="pixels",
        minimum=1,
        maximum=pyramid.GREATEST,
    )
    block_size: int | None = setting(
        None,
        "Side of a block in the first pass: larger pieces of the texture. None takes a 21st of the "
        "result's longest side with a content, a fifth of the texture's shorter side without.",
        unit="pixels",
        minimum=2,
        maximum=4096,
    )
    overlap: float = setting(
        1 / 6,
        "Share of a block's side that lies on its neighbour (Efros and Freeman 2001: a sixth).",
        minimum=0,
        maximum=0.5,
    )
    tolerance: float = setting(
        0.1,
        "How much worse than the best a block may be and still be drawn (Efros and Freeman 2001: "
        "0.1).",
        minimum=0,
        maximum=1e9,
    )
    passes: int = setting(
        3,
        "With a content: how often it is painted, each time with blocks smaller by a third.",
        unit="passes",
        minimum=1,
        maximum=20,
        only_with="content",
    )
    blur: float = setting(
        1.0,
        "With a content: how much luminances are blurred before they are compared.",
        unit="pixels",
        minimum=0,
        maximum=100,
        only_with="content",
    )
    match_range: str = setting(
        "histogram",
        "With a content: how its luminance is brought to the texture's range, without which a dark "
        "painting has no block for a bright sky.",
        choices=color.RANGES,
        only_with="content",
    )
    style_scale: float | None = setting(
        1.0,
        "With a content: longest side of the texture, relative to the result's; none keeps the "
        "texture's own pixels.",
        minimum=0.05,
        maximum=8,
        only_with="content",
    )
    preserve_color: str = shared_settings.preserve_color(
        "With a content: how its colours are kept (Gatys et al. 2016).", only_with="content"
    )
    tileable: bool = setting(
        False,
        "Without a content: whether the result's opposite borders fit together.",
        only_with="content=none",
    )
    seed: int = setting(0, "Seed of the drawing of blocks.", minimum=0, maximum=2**32 - 1)

    def __post_init__(self):
        """Raises ValueError when a field lies outside its range."""
        settings.check(self)
        parse_size(self.size)


def parse_size(size: str | int | None) -> tuple[int, int] | int | None:
    """Returns (height, width) of "1024x768", a whole number of "512" or 512, None of None.

    Raises:
        ValueError: it is none of these.
    """
    if not isinstance(size, str):
        return size
    found = re.fullmatch(r"([1-9][0-9]{0,4})(?:x([1-9][0-9]{0,4}))?", size)
    sides = [int(side) for side in found.groups() if side] if found else []
    if not sides or max(sides) > pyramid.GREATEST:
        raise ValueError(
            f"size must be a number of pixels up to {pyramid.GREATEST}, or WIDTHxHEIGHT as "
            f"1024x768. Received: size={size}"
        )
    return (sides[1], sides[0]) if len(sides) == 2 else sides[0]
