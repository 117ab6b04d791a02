"""What tiles cost in seconds, and what they spare in memory.

    python benchmarks/tiles.py --sizes=2048 --tiles=512,1024
    python benchmarks/tiles.py --sizes= --content=PHOTO --style=PAINTING --megapixels=8,24

The first evaluates the objective of `gatys.Config` on a square picture, whole and in tiles in
turns, so that both have the machine's same moods. Columns:

    whole     the median seconds of one evaluation of the whole
    tiled     the same in tiles
    ratio     the second by the first, the median of the turns
    work      the same of the processors' seconds, all cores together: nearly the same on a machine
              that has other things to do, too
    error     of the gradient in tiles: its largest difference by the largest value of the whole one

The second paints a photograph, enlarged or shrunk to so many pixels, at one level in tiles, until
L-BFGS has all its pairs, each size in a process of its own. Columns:

    forecast  gigabytes that the package expects
    peak      gigabytes that the process held at most, libraries and all
    seam      root mean square step across the tiles' borders by that between other neighbours
"""

import argparse
import concurrent.futures
import functools
import multiprocessing
import os
import resource
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfstyle import image
from tfstyle.losses import perceptual
from tfstyle.losses.objective import Objective
from tfstyle.losses.tiling import grid
from tfstyle.losses.tiling.objective import TiledObjective
from tfstyle.methods import gatys
from tfstyle.methods.gatys import tiles
from tfstyle.networks import vgg19_layers

HISTORY = tiles.LEAN_HISTORY
"""Pairs of L-BFGS."""


class Cost(NamedTuple):
    """What one evaluation takes, in seconds."""

    time: float
    work: float
    """Of all cores together."""


def cost(evaluate: Callable) -> Cost:
    """Returns what one evaluation takes."""
    start = time.perf_counter(), time.process_time()
    evaluate()
    return Cost(time.perf_counter() - start[0], time.process_time() - start[1])


def compare(size: int, sides: list[int], precision: str, turns: int) -> None:
    """Prints a row for each size of tiles."""
    random = np.random.default_rng(0)
    content, style, start = random.random([3, 1, size, size, 3], np.float32)
    whole, _ = perceptual.build(gatys.Config(precision=precision))
    evaluate_whole = evaluation(whole, content, style, start)
    for side in sides:
        evaluate_tiled = evaluation(TiledObjective.of(whole, side), content, style, start)
        # Once each before the clock runs: that traces.
        expected, found = evaluate_whole()[1], evaluate_tiled()[1]
        error = np.abs(np.subtract(found, expected)).max() / np.abs(expected).max()
        costs = [(cost(evaluate_whole), cost(evaluate_tiled)) for _ in range(turns)]
        alone, tiled = (
            statistics.median(each.time for each in one) for one in zip(*costs, strict=True)
        )
        ratio = statistics.median(other.time / one.time for one, other in costs)
        work = statistics.median(other.work / one.work for one, other in costs)
        row = f"{size:6}  {side:5}  {precision:9}  {alone:7.2f}  {tiled:7.2f}"
        print(f"{row}  {ratio:5.2f}  {work:5.2f}  {error:.1e}", flush=True)


def evaluation(
    loss: Objective, content: np.ndarray, style: np.ndarray, start: np.ndarray
) -> Callable:
    """Returns what evaluates an objective at the start."""
    targets = loss.targets(content, [style], [1.0])
    return functools.partial(loss.value_and_gradient, tf.constant(start), targets)


def paint(content: str, style: str, pixels: float, config: gatys.Config) -> None:
    """Prints what painting a picture of so many pixels takes."""
    photograph = image.read(content)
    height, width = photograph.shape[1:3]
    factor = (pixels / (height * width)) ** 0.5
    size = round(height * factor), round(width * factor)
    (level,) = gatys.plan(size, config)
    forecast = tiles.needed(level, config, tiles.NO_STYLES, level.tile)
    result = gatys.stylize(image.resize(photograph, size), image.read(style), config)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    row = f"{size[1]:5} x {size[0]:5}  {level.tile or 0:5}  {forecast / 1e9:8.1f}"
    print(f"{row}  {peak / 1e9:5.1f}  {seam(result.image, level.tile, config):5.3f}", flush=True)


def seam(pixels: np.ndarray, side: int | None, config: gatys.Config) -> float:
    """Returns the steps across the tiles' borders, relative to those between other columns."""
    layers = config.weights().layers
    stride = max(map(vgg19_layers.stride, layers))
    found = grid.tiles(pixels.shape[1:3], side or stride, stride, vgg19_layers.halo(layers))
    borders = sorted({tile.inner.left for tile in found} - {0})
    squares = np.mean(np.square(np.diff(pixels, axis=2)), axis=(0, 1, 3))
    across = squares[[border - 1 for border in borders]]
    # Near the borders, since elsewhere there may be a plain sky, and at the same place among the
    # windows of pooling, between which any picture has larger steps.
    steps = (-2 * stride, -stride, stride, 2 * stride)
    beside = [border - 1 + step for border in borders for step in steps]
    return float(np.sqrt(np.mean(across) / np.mean(squares[beside])))


def in_fresh_process(function: Callable, *arguments) -> None:
    """Calls the function in a process that did nothing before."""
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        pool.submit(function, *arguments).result()


def whole_numbers(text: str) -> list[int]:
    """Returns numbers with commas between."""
    return [int(part) for part in text.split(",") if part]


def main() -> None:
    """Prints what the flags ask for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=whole_numbers, default=[2048])
    parser.add_argument("--tiles", type=whole_numbers, default=[512, 1024])
    parser.add_argument("--precision", default="float32")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--content")
    parser.add_argument("--style")
    parser.add_argument("--megapixels", type=whole_numbers, default=[8, 24])
    parser.add_argument("--tile", type=int, default=1024)
    parser.add_argument("--steps", type=int, default=HISTORY + 2)
    flags = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    if flags.sizes:
        print("  size   tile  precision    whole    tiled  ratio   work  error")
    for size in flags.sizes:
        compare(size, flags.tiles, flags.precision, flags.turns)
    if flags.content:
        print("        pixels   tile  forecast   peak   seam")
        config = gatys.Config(
            size=None, tile=flags.tile, start="content", levels=1, steps=flags.steps
        )
        for megapixels in flags.megapixels:
            arguments = flags.content, flags.style, 1e6 * megapixels, config
            in_fresh_process(paint, *arguments)


if __name__ == "__main__":
    main()
