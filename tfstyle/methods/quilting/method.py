"""A picture quilted of a texture's blocks (Efros and Freeman 2001): more of it, or a photograph."""

from collections.abc import Callable, Sequence

import numpy as np

from tfstyle import image
from tfstyle.image import color
from tfstyle.methods.quilting import block_search, correspondence, layout, memory
from tfstyle.methods.quilting import canvas as quilt_canvas
from tfstyle.methods.quilting import textures as quilt_textures
from tfstyle.methods.quilting.config import Config, parse_size
from tfstyle.methods.quilting.run import Run
from tfstyle.result import Level, Progress, Result

BACKDROP = np.float32(0.5)
"""The grey that an interrupted picture shows where no block lies yet."""


def stylize(
    content: np.ndarray,
    styles: np.ndarray | Sequence[np.ndarray],
    config: Config = Config(),  # noqa: B008 (frozen)
    *,
    callback: Callable[[Progress], None] | None = None,
) -> Result:
    """Returns the content painted with blocks of the styles, matched by luminance.

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
    textures, blocks = image.as_images(styles, "style"), layout.blocks_of_passes(size, config)
    texture_sizes = quilt_textures.scaled_sizes(textures, size, config)
    memory.check(size, texture_sizes, grow=config.style_scale is not None)
    content = image.resize(content, size)
    textures = quilt_textures.scaled(textures, size, content, config)
    quilt_textures.check(textures, blocks[0], config.style_scale)
    wanted = correspondence.of_content(content, textures, config.blur, config.match_range)
    planes = [correspondence.of_texture(each, config.blur) for each in textures]
    search = block_search.BlockSearch(planes)
    run = Run(search, levels, config, callback, _keep_colors(content, config))
    picture = correspondence.as_planes(content)
    with run.interruptible():
        for number, block in enumerate(blocks):
            alpha = alpha_of_pass(number, config.passes)
            # The first pass has no result before it: its overlaps count alone.
            previous = picture if number else None
            wishes = quilt_canvas.Wishes(alpha, previous, wanted, 1 - alpha)
            grid = layout.grid_of_pass(size, block, config)
            picture = run.fill(quilt_canvas.Canvas(grid, picture, wishes))
        return run.result(picture, "painted with blocks of the texture")


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
    block = layout.block_of_synthesis(textures[0].shape[1:3], config)
    quilt_textures.check(textures, block)
    (level,) = levels = synthesis_plan(textures[0].shape[1:3], config)
    memory.check(level.size, [texture.shape[1:3] for texture in textures])
    search = block_search.BlockSearch([correspondence.as_planes(each) for each in textures])
    run = Run(search, levels, config, callback)
    grid = layout.grid_of_synthesis(level.size, block, config)
    with run.interruptible():
        picture = run.fill(quilt_canvas.Canvas(grid, np.full([3, *level.size], BACKDROP)))
        return run.result(picture, "filled with blocks of the texture")


def plan(content_size: tuple[int, int], config: Config) -> tuple[Level, ...]:
    """Returns the passes over a content of (height, width) pixels; a step is a block.

    Raises:
        ValueError: a setting is for more of a texture, without a content.
    """
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
    blocks = layout.blocks_of_passes(size, config)
    grids = (layout.grid_of_pass(size, block, config) for block in blocks)
    return tuple(Level(size, grid.count) for grid in grids)


def synthesis_plan(texture_size: tuple[int, int], config: Config) -> tuple[Level, ...]:
    """Returns the one pass of `synthesize`, for a texture of (height, width) pixels."""
    size = parse_size(config.size)
    if size is None:
        size = texture_size[0] * 2, texture_size[1] * 2
    size = (size, size) if isinstance(size, int) else size
    block = layout.block_of_synthesis(texture_size, config)
    return (Level(size, layout.grid_of_synthesis(size, block, config).count),)


def alpha_of_pass(number: int, passes: int) -> float:
    """Returns how much neighbours count beside the content: from 0.1 to 0.9 over the passes.

    alpha_i = 0.8 (i - 1) / (N - 1) + 0.1, Efros and Freeman (2001), section 3; of one pass alone,
    the middle.

    Args:
        number: the pass, from 0.
        passes: how many there are.
    """
    # Differs from Efros and Freeman (2001), section 3: of one pass their schedule makes 0 / 0.
    return 0.8 * number / (passes - 1) + 0.1 if passes > 1 else 0.5


def _keep_colors(content: np.ndarray, config: Config) -> Callable[[np.ndarray], np.ndarray]:
    return lambda pixels: color.restore(pixels, content, config.preserve_color)
