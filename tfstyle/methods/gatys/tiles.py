"""Which levels are painted in tiles, how large those are, and how many steps that leaves."""

import dataclasses
import math
import pathlib
from collections.abc import Callable, Iterator, Sequence

from tfstyle.methods import style_scaling
from tfstyle.methods.gatys.config import Config
from tfstyle.networks import vgg19_layers
from tfstyle.optimization import checkpoint_file
from tfstyle.optimization import memory as forecast
from tfstyle.result import Level
from tfstyle.system import memory
from tfstyle.system.precision import resolve_precision

SIDES = (2048, 1024, 512)
"""Longest sides of tiles in pixels that `auto` chooses from: of larger ones less is halo."""

LEAN_HISTORY = 5
"""Pairs of L-BFGS in tiles, unless it is told how many; each is as large as an image."""

FALL = 3
"""What each level in tiles has of the steps of the level before; Galerne et al. (2024)."""


@dataclasses.dataclass(frozen=True)
class Styles:
    """What of the style pictures decides how much memory a level takes."""

    sizes: Callable[[Level], Sequence[tuple[int, int]]] = lambda level: ()
    """From a level to their (height, width) beside it."""
    by_region: bool = False
    """Whether the picture is compared with them region by region."""


NO_STYLES = Styles()
"""Of pictures that are not known."""


def side(
    finest: Level, config: Config, styles: Styles, kept: str | pathlib.Path | None
) -> int | None:
    """Returns the longest side of the tiles, None where the image is painted whole.

    Args:
        finest: the last level.
        config: the settings.
        styles: the style pictures'.
        kept: the folder of a run that is to go on, which does so in the tiles that it had begun
            with, whatever memory there is now.
    """
    if config.tile != "auto":
        return config.tile_side()
    if kept is not None and checkpoint_file.is_there(kept):
        return checkpoint_file.tile(kept)
    limit = memory.available()
    if limit is None or config.must_be_whole() or needed(finest, config, styles) <= limit:
        return None
    fitting = (each for each in SIDES if needed(finest, config, styles, each) <= limit)
    return next(fitting, SIDES[-1])


def cut(
    levels: Sequence[Level], side: int | None, config: Config, styles: Styles
) -> tuple[Level, ...]:
    """Returns the levels with tiles where those spare memory, and with the steps of such levels."""
    finest = levels[-1]
    if side is None or max(finest.size) <= side:
        return tuple(levels)
    most = needed(finest, config, styles, side)
    # A coarser level that takes no more than the finest does is painted sooner as a whole.
    tiled = [
        dataclasses.replace(level, tile=side)
        if level is finest or needed(level, config, styles) > most
        else level
        for level in levels
    ]
    return tuple(_with_fewer_steps(tiled, config))


def needed(level: Level, config: Config, styles: Styles, side: int | None = None) -> float:
    """Returns the bytes that a level takes, whole or in tiles of that side."""
    return forecast.needed(_painting(level, config, styles), _tiles(side, config))


def check(level: Level, config: Config, styles: Styles) -> None:
    """Raises MemoryError, saying what would fit, unless a level does."""
    forecast.check(
        _painting(level, config, styles),
        _tiles(level.tile, config),
        styles_grow=style_scaling.is_relative(config),
        smaller_styles=lambda factor: style_scaling.rescaled(config, factor),
    )


def _painting(level: Level, config: Config, styles: Styles) -> forecast.Painting:
    return forecast.Painting(
        level.size,
        resolve_precision(config.precision),
        config.course().history,
        styles.sizes(level),
        by_region=styles.by_region,
        with_histograms=config.histogram_weight > 0,
    )


def _tiles(side: int | None, config: Config) -> forecast.Tiles | None:
    if side is None:
        return None
    shown = side + 2 * vgg19_layers.halo(config.weights().layers)
    return forecast.Tiles((shown, shown), history(config))


def history(config: Config) -> int:
    """Returns how many pairs L-BFGS keeps of a level in tiles."""
    return config.history or min(LEAN_HISTORY, config.course().history)


def _with_fewer_steps(levels: Sequence[Level], config: Config) -> Iterator[Level]:
    """Yields the levels, with fewer and fewer steps towards the finest where they are in tiles.

    By then strokes and colours are found, and what is left are details of the last level's size.
    """
    fewer = 1
    for number, level in enumerate(levels):
        # The first one finds everything. What the user says stands.
        given = config.steps if level is levels[-1] else config.coarse_steps
        if level.tile is None or number == 0:
            yield level
            continue
        fewer *= FALL
        steps = level.steps if given is not None else math.ceil(level.steps / fewer)
        yield dataclasses.replace(level, steps=steps)
