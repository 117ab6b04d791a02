"""What a run will need, asked before it starts rather than when the machine gives up."""

import pathlib

BASE = 900e6
"""Bytes of the libraries and the network's weights."""

PER_PIXEL = {"float32": 2200, "bfloat16": 1400, "float16": 1400}
"""Bytes that one evaluation keeps for each pixel of the image; measured, as BASE is."""

COPIES_OF_HISTORY = 3
"""L-BFGS's pairs exist this often while a new one is pushed."""

BYTES_PER_PIXEL_OF_IMAGE = 3 * 4


def needed(size: tuple[int, int], precision: str, history: int) -> float:
    """Returns the bytes that optimising an image of (height, width) pixels takes."""
    pair = 2 * BYTES_PER_PIXEL_OF_IMAGE
    per_pixel = PER_PIXEL[precision] + history * pair * COPIES_OF_HISTORY
    return BASE + size[0] * size[1] * per_pixel


def available() -> float | None:
    """Returns the bytes that can be had without swapping; None where that cannot be told."""
    meminfo = pathlib.Path("/proc/meminfo")
    if not meminfo.exists():
        return None
    lines = dict(line.split(":", 1) for line in meminfo.read_text().splitlines())
    return float(lines["MemAvailable"].split()[0]) * 1024


def check(size: tuple[int, int], precision: str, history: int) -> None:
    """Raises MemoryError, saying which longest side would fit, unless the size does."""
    limit = available()
    need = needed(size, precision, history)
    if limit is None or need <= limit:
        return
    longest = max(size)
    fitting = longest
    while fitting > 1 and needed(_scaled(size, fitting / longest), precision, history) > limit:
        fitting = int(fitting * 0.95)
    raise MemoryError(
        f"{size[1]}x{size[0]} pixels need about {need / 1e9:.1f} GB of memory and "
        f"{limit / 1e9:.1f} GB are free; a size of {fitting} would fit. Received: size={longest}"
    )


def _scaled(size: tuple[int, int], factor: float) -> tuple[int, int]:
    return int(size[0] * factor), int(size[1] * factor)
