"""What a run will need, asked before it starts rather than when the machine gives up."""

import math
import pathlib
from collections.abc import Callable, Sequence

BASE = 900e6
"""Bytes of the libraries and the network's weights."""

PER_PIXEL = {"float32": 2200, "bfloat16": 1400, "float16": 1400}
"""Bytes that one evaluation keeps for each pixel of the image; measured, as BASE is."""

PER_STYLE_PIXEL = {"float32": 1300, "bfloat16": 800, "float16": 800}
"""Bytes for each pixel of a style picture while its Gram matrices are made; measured."""

PER_SWAPPED_PIXEL = {"float32": 520, "bfloat16": 220, "float16": 220}
"""Bytes for each pixel of a content and of a style whose features are swapped, patches left out;
measured."""

BASE_WITHOUT_NETWORK = 100e6
"""Bytes of the libraries alone, without TensorFlow; measured, as the next five are."""

PER_PIXEL_OF_ANALOGY = 250
"""Bytes for each pixel of an image analogy's pictures, whatever is compared."""

PER_CHANNEL_OF_ANALOGY = 400
"""Bytes for each pixel and channel that is compared."""

PER_QUILTED_PIXEL = 70
"""Bytes for each pixel that is laid of blocks."""

PER_PIXEL_OF_TEXTURE = 150
"""Bytes for each pixel of a texture that blocks are taken from."""

PER_SEARCHED_PIXEL = 30
"""Bytes for each pixel of a texture and each search that goes on at the same time."""

COPIES_OF_PATCHES = 2
"""A style's patches exist this often while they are put together."""

COPIES_OF_HISTORY = 3
"""L-BFGS's pairs exist this often while a new one is pushed."""

BYTES_PER_PIXEL_OF_IMAGE = 3 * 4

SMALLEST_SUGGESTED = 32
"""Longest side in pixels; nobody wants a smaller picture."""

MEMINFO = pathlib.Path("/proc/meminfo")

CONTAINER_LIMITS = (
    pathlib.Path("/sys/fs/cgroup/memory.max"),
    pathlib.Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
"""Where Linux's control groups, version 2 and 1, say how much a container may take."""

USED = {"memory.max": "memory.current", "memory.limit_in_bytes": "memory.usage_in_bytes"}
"""The file beside each that says how much it has taken, files that it keeps cached included."""

CACHED = ("inactive_file", "total_inactive_file")
"""The rows of memory.stat with what of that can be had back; the total has its subgroups'."""


def needed(
    size: tuple[int, int], precision: str, history: int, styles: Sequence[tuple[int, int]] = ()
) -> float:
    """Returns the bytes that optimising an image takes, all sizes as (height, width) in pixels.

    The style pictures are looked at one by one, before the optimisation.
    """
    pair = 2 * BYTES_PER_PIXEL_OF_IMAGE
    per_pixel = PER_PIXEL[precision] + history * pair * COPIES_OF_HISTORY
    style_pixels = max(map(math.prod, styles), default=0)
    return BASE + max(math.prod(size) * per_pixel, style_pixels * PER_STYLE_PIXEL[precision])


def needed_to_swap(
    content_pixels: float, style_pixels: float, precision: str, patch_bytes: float
) -> float:
    """Returns the bytes that swapping features takes.

    Args:
        content_pixels: of the content.
        style_pixels: of all styles together.
        precision: of the arithmetic.
        patch_bytes: what the patches take for each pixel of a style, once.
    """
    pixels = content_pixels + style_pixels
    patches = style_pixels * patch_bytes * COPIES_OF_PATCHES
    return BASE + pixels * PER_SWAPPED_PIXEL[precision] + patches


def needed_for_analogy(target_pixels: float, known_pixels: float, channels: int) -> float:
    """Returns the bytes that an image analogy takes.

    Args:
        target_pixels: of the picture to filter.
        known_pixels: of the filtered picture.
        channels: how many are compared.
    """
    per_pixel = PER_PIXEL_OF_ANALOGY + channels * PER_CHANNEL_OF_ANALOGY
    return BASE_WITHOUT_NETWORK + (target_pixels + known_pixels) * per_pixel


def needed_to_quilt(pixels: float, texture_pixels: float, searches: int) -> float:
    """Returns the bytes that image quilting takes.

    Args:
        pixels: of the result.
        texture_pixels: of all textures together.
        searches: how many go on at the same time.
    """
    per_texture_pixel = PER_PIXEL_OF_TEXTURE + searches * PER_SEARCHED_PIXEL
    return BASE_WITHOUT_NETWORK + pixels * PER_QUILTED_PIXEL + texture_pixels * per_texture_pixel


def available() -> float | None:
    """Returns the bytes that can be had without swapping; None where that cannot be told."""
    if not MEMINFO.exists():
        return None
    lines = dict(line.split(":", 1) for line in MEMINFO.read_text().splitlines())
    in_machine = float(lines["MemAvailable"].split()[0]) * 1024
    return min([in_machine, *map(_left_below, CONTAINER_LIMITS)])


def check(
    size: tuple[int, int], precision: str, history: int, styles: Sequence[tuple[int, int]] = ()
) -> None:
    """Raises MemoryError, saying which longest side would fit, unless an optimisation does.

    Takes what `needed` takes; the styles' sizes are those for this size.
    """

    def needed_at(longest: int) -> float:
        scaled = [_scaled(each, longest / max(size)) for each in (size, *styles)]
        return needed(scaled[0], precision, history, scaled[1:])

    check_need(size, needed_at)


def check_need(size: tuple[int, int], needed_at: Callable[[int], float]) -> None:
    """Raises MemoryError, saying which longest side would fit, unless the size does.

    Args:
        size: (height, width) in pixels.
        needed_at: the bytes that a longest side in pixels needs, at the same aspect.
    """
    limit, need = available(), needed_at(max(size))
    if limit is None or need <= limit:
        return
    fitting = max(size)
    while fitting > 1 and needed_at(fitting) > limit:
        fitting = int(fitting * 0.95)
    advice = (
        f"a size of {fitting} would fit"
        if fitting >= SMALLEST_SUGGESTED
        else "too little for any size: end other programs"
    )
    raise MemoryError(
        f"{size[1]}x{size[0]} pixels need about {need / 1e9:.1f} GB of memory and "
        f"{limit / 1e9:.1f} GB are free; {advice}. Received: size={max(size)}"
    )


def _left_below(limit: pathlib.Path) -> float:
    """Returns the bytes below a container's limit, cached files not counted; inf without one."""
    try:
        most = float(limit.read_text())
        used = float(limit.with_name(USED[limit.name]).read_text())
        rows = (line.split() for line in limit.with_name("memory.stat").read_text().splitlines())
        cached = max(float(row[1]) for row in rows if row[0] in CACHED)
    except (OSError, ValueError):  # Version 2 writes "max" where there is no limit.
        return math.inf
    return max(0.0, most - used + cached)


def _scaled(size: tuple[int, int], factor: float) -> tuple[int, int]:
    return int(size[0] * factor), int(size[1] * factor)
