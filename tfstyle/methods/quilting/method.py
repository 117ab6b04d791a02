"""A picture sewn of a texture's blocks (Efros and Freeman 2001): more of it, or a photograph."""

import contextlib
import math
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from tfstyle import image
from tfstyle.image import color
from tfstyle.methods.quilting import block_search, guide
from tfstyle.methods.quilting import canvas as quilt_canvas
from tfstyle.methods.quilting.config import Config, parse_size
from tfstyle.result import Interrupted, Level, LevelTrace, Loss, Progress, Result
from tfstyle.system import memory

SMALLEST_BLOCK = 4
"""Pixels of a block's side below which passes shrink it no further."""

SMALLEST_TEXTURE = 2
"""Pixels of a texture's side, as of the smallest block."""


def stylize(
    content: np.ndarray,
    styles: np.ndarray | Sequence[np.ndarray],
    config: Config = Config(),  # noqa: B008 (frozen)
    *,
    callback: Callable[[Progress], None] | None = None,
) -> Result:
    """Returns the content painted with blocks of the styles, its light by theirs.

    Reference: Efros and Freeman (2001), "Image quilting for texture synthesis and transfer",
    section 3.

    Args:
        content: `[height, width, 3]` or `[1, height, width, 3]`, in [0, 1], or uint8.
        styles: one such image, the texture, or several whose blocks are pooled.
        config: the settings.
        callback: called after every block.

    Raises:
        ValueError: an image or a setting cannot be used; the message says what is expected.
        MemoryError: the size does not fit; the message says what would.
        Interrupted: Ctrl-C; carries the image so far.
    """
    content = image.as_image(content, "content")
    levels = plan(content.shape[1:3], config)
    size = levels[-1].size
    textures, blocks = image.as_images(styles, "style"), _blocks(size, config)
    _check_memory(size, _scaled_sizes(textures, size, config), config)
    content = image.resize(content, size)
    textures = _scaled(textures, size, content, config)
    _check_block(textures, blocks[0], config.style_scale)
    wanted = guide.of_content(content, textures, config.blur, config.match_range)
    search = block_search.BlockSearch([guide.of_texture(each, config.blur) for each in textures])
    work = _Work(search, levels, config, callback)
    work.finish = lambda pixels: color.restore(pixels, content, config.preserve_color)
    picture = guide.as_planes(content)
    with work.kept():
        for number, block in enumerate(blocks):
            alpha = alpha_of_pass(number, config.passes)
            previous = picture if number else None
            wishes = quilt_canvas.Wishes(alpha, previous, wanted, 1 - alpha)
            grid = quilt_canvas.grid(size, block, _overlap(block, config))
            picture = work.fill(quilt_canvas.Canvas(grid, picture, wishes))
        return work.result(picture, "painted with blocks of the texture")


def synthesize(
    textures: np.ndarray | Sequence[np.ndarray],
    config: Config = Config(),  # noqa: B008 (frozen)
    *,
    callback: Callable[[Progress], None] | None = None,
) -> Result:
    """Returns more of a texture, in blocks cut where they differ least.

    Reference: Efros and Freeman (2001), section 2.

    Args:
        textures: one image as `stylize` takes them, or several whose blocks are pooled.
        config: the settings; `size` is the result's.
        callback: called after every block.

    Raises:
        ValueError: an image or a setting cannot be used; the message says what is expected.
        MemoryError: the size does not fit; the message says what would.
        Interrupted: Ctrl-C; carries the image so far.
    """
    textures = image.as_images(textures, "texture")
    block = _synthesis_block(textures[0].shape[1:3], config)
    _check_block(textures, block)
    (level,) = levels = synthesis_plan(textures[0].shape[1:3], config)
    _check_memory(level.size, [texture.shape[1:3] for texture in textures])
    search = block_search.BlockSearch([guide.as_planes(each) for each in textures])
    work = _Work(search, levels, config, callback)
    backdrop = np.full([3, *level.size], np.float32(0.5))
    with work.kept():
        picture = work.fill(
            quilt_canvas.Canvas(_synthesis_grid(level.size, block, config), backdrop)
        )
        return work.result(picture, "filled with blocks of the texture")


def plan(content_size: tuple[int, int], config: Config) -> tuple[Level, ...]:
    """Returns the passes over a content of (height, width) pixels; a step is a block."""
    wanted = parse_size(config.size)
    if config.tileable:
        raise ValueError(
            "tileable is for more of a texture, without a content. Received: tileable=True"
        )
    if isinstance(wanted, tuple):
        raise ValueError(
            "size must be the longest side where a content is painted. "
            f"Received: size={config.size}"
        )
    size = content_size if wanted is None else image.fit_size(*content_size, wanted)
    grids = (
        quilt_canvas.grid(size, block, _overlap(block, config)) for block in _blocks(size, config)
    )
    return tuple(Level(size, grid.count) for grid in grids)


def synthesis_plan(texture_size: tuple[int, int], config: Config) -> tuple[Level, ...]:
    """Returns the one pass of `synthesize`, for a texture of (height, width) pixels."""
    size = parse_size(config.size)
    if size is None:
        size = texture_size[0] * 2, texture_size[1] * 2
    size = (size, size) if isinstance(size, int) else size
    block = _synthesis_block(texture_size, config)
    return (Level(size, _synthesis_grid(size, block, config).count),)


def alpha_of_pass(number: int, passes: int) -> float:
    """Returns how much neighbours count beside the content: from 0.1 to 0.9 over the passes.

    alpha_i = 0.8 (i - 1) / (N - 1) + 0.1, Efros and Freeman (2001), section 3; of one pass alone,
    the middle.

    Args:
        number: the pass, from 0.
        passes: how many there are.
    """
    return 0.8 * number / (passes - 1) + 0.1 if passes > 1 else 0.5


class _Work:
    """Fills canvases pass after pass, and tells how far it is."""

    def __init__(self, search, levels, config: Config, callback):
        self._search, self._levels = search, levels
        self._tolerance, self._callback = config.tolerance, callback
        self._random = np.random.default_rng(config.seed)
        self._began = time.monotonic()
        self._done: list[tuple[LevelTrace, Loss]] = []
        self._canvas: quilt_canvas.Canvas | None = (
            None  # The last one: while the next is made, as well.
        )
        self._errors: list[float] = []  # Of the blocks of the pass at work.
        self.finish = lambda pixels: pixels

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """Turns Ctrl-C, in a pass or between two, into `Interrupted` with the picture so far."""
        try:
            yield
        except KeyboardInterrupt:
            if self._canvas is None:
                raise
            if self._errors:
                self._end_level()
            raise Interrupted(self.result(self._canvas.picture(), "interrupted")) from None

    def fill(self, canvas: quilt_canvas.Canvas) -> np.ndarray:
        """Returns the canvas's picture, `[3, height, width]`, with every block laid."""
        self._canvas, self._level_began = canvas, time.monotonic()
        for match in quilt_canvas.fill(canvas, self._search, self._tolerance, self._random):
            self._errors.append(match.error)
            self._report(canvas, self._errors)
        self._end_level()
        return canvas.picture()

    def result(self, picture: np.ndarray, outcome: str) -> Result:
        """Returns what there is of a picture `[3, height, width]`."""
        return Result(
            image=self.finish(guide.as_picture(picture)),
            losses=tuple(loss for _, loss in self._done),
            levels=tuple(level for level, _ in self._done),
            outcome=outcome,
        )

    def _blocks_before(self) -> int:
        return sum(level.steps for level, _ in self._done)

    def _loss(self, errors: Sequence[float]) -> Loss:
        blocks = self._blocks_before() + len(errors)
        return Loss(
            blocks, blocks, time.monotonic() - self._began, {"total": float(np.mean(errors))}
        )

    def _end_level(self) -> None:
        errors, self._errors = self._errors, []  # First, so that Ctrl-C counts none of them twice.
        size, blocks = self._levels[len(self._done)].size, len(errors)
        level = LevelTrace(size, blocks, blocks, time.monotonic() - self._level_began)
        self._done.append((level, self._loss(errors)))

    def _report(self, canvas: quilt_canvas.Canvas, errors: Sequence[float]) -> None:
        if self._callback is None:
            return
        level = len(self._done)
        progress = Progress(
            level=level,
            levels=len(self._levels),
            size=self._levels[level].size,
            step=len(errors),
            steps=self._levels[level].steps,
            evaluations=len(errors),
            total_step=self._blocks_before() + len(errors),
            loss=self._loss(errors[-1:]),
            image=lambda: self.finish(guide.as_picture(canvas.picture())),
        )
        self._callback(progress)


def _blocks(size: tuple[int, int], config: Config) -> list[int]:
    """Returns each pass's block, smaller by a third from one to the next."""
    sides = [config.block_size or max(SMALLEST_BLOCK, round(max(size) / 21))]
    for _ in range(config.passes - 1):
        sides.append(max(min(SMALLEST_BLOCK, sides[0]), round(sides[-1] * 2 / 3)))
    return sides


def _synthesis_block(texture_size: tuple[int, int], config: Config) -> int:
    return config.block_size or max(2, round(min(texture_size) / 5))


def _overlap(block: int, config: Config) -> int:
    """Returns the pixels that a block lies on its neighbour: none only where none are asked for."""
    return min(block // 2, max(round(block * config.overlap), config.overlap > 0))


def _synthesis_grid(size: tuple[int, int], block: int, config: Config) -> quilt_canvas.Grid:
    if config.tileable and min(size) < 2 * block:
        raise ValueError(
            f"block_size must be at most half of the result's shorter side, {min(size) // 2}, for "
            f"a tileable one. Received: block_size={block}"
        )
    return quilt_canvas.grid(size, block, _overlap(block, config), config.tileable)


def _scaled(
    styles: Sequence[np.ndarray], size: tuple[int, int], content: np.ndarray, config: Config
) -> list[np.ndarray]:
    """Returns the textures at their size beside the result, in colours that the mode asks for."""
    colored = [color.prepare_style(style, content, config.preserve_color) for style in styles]
    sizes = _scaled_sizes(styles, size, config)
    return [image.resize(style, each) for style, each in zip(colored, sizes, strict=True)]


def _scaled_sizes(
    styles: Sequence[np.ndarray], size: tuple[int, int], config: Config
) -> list[tuple[int, int]]:
    if config.style_scale is None:
        return [style.shape[1:3] for style in styles]
    longest = max(1, round(max(size) * config.style_scale))
    return [image.fit_size(*style.shape[1:3], longest) for style in styles]


def _check_memory(
    size: tuple[int, int], texture_sizes: Sequence[tuple[int, int]], config: Config | None = None
) -> None:
    """Raises MemoryError unless it fits; with a config, the textures grow with the size."""
    is_scaled = config is not None and config.style_scale is not None

    def needed_at(longest: int) -> float:
        scale = (longest / max(size)) ** 2
        texture_pixels = sum(map(math.prod, texture_sizes)) * (scale if is_scaled else 1)
        return memory.needed_to_quilt(scale * math.prod(size), texture_pixels, quilt_canvas.THREADS)

    memory.check_need(size, needed_at)


def _check_block(
    textures: Sequence[np.ndarray], block: int, style_scale: float | None = None
) -> None:
    """Raises ValueError unless each texture, scaled by so much if at all, has a block."""
    scaled = f", scaled beside the result by style_scale={style_scale}" if style_scale else ""
    for texture in textures:
        height, width = texture.shape[1:3]
        if min(height, width) < SMALLEST_TEXTURE:
            raise ValueError(
                f"texture must have at least {SMALLEST_TEXTURE}x{SMALLEST_TEXTURE} pixels"
                f"{'; raise style_scale, or let it be none' if scaled else ''}. "
                f"Received: {width}x{height} pixels{scaled}"
            )
        if min(height, width) < block:
            raise ValueError(
                f"block_size must be at most {min(height, width)}, the shorter side of the texture "
                f"of {width}x{height} pixels{scaled}; lower it"
                f"{', or raise style_scale' if scaled else ''}. Received: block_size={block}"
            )
