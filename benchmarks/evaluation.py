"""How near one evaluation of the objective comes to what the machine can do, and its memory.

    python benchmarks/evaluation.py --sizes=256,512,1024 --precisions=float32,bfloat16
    python benchmarks/evaluation.py --sizes= --content=PHOTO --style=PAINTING --size=512

Every measurement has a process of its own. The work counted is that of the convolutions,
forward and backward to the image; the Gram matrices and all else come on top. Columns:

    GFLOP/s   that work by the median time of one evaluation, settings as in gatys.Config
    of peak   by the best rate of any single convolution of VGG19's shapes on this machine
    of roof   the sum of the network's convolutions, each alone at its best, by that time
    eval GB   peak resident memory of a process that evaluates, libraries and all
    run GB    the same of a whole run at one level, the history of L-BFGS filled

With pictures it prints what a run costs beside the evaluations themselves.
"""

import argparse
import concurrent.futures
import contextlib
import functools
import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfstyle import image
from tfstyle.losses import perceptual
from tfstyle.methods import gatys
from tfstyle.networks import vgg19_layers
from tfstyle.result import Interrupted

PEAK_SIZES = (256, 512)
"""Image sizes whose layers are tried for the machine's peak, besides the size in question."""

HEADER = "  size  precision   seconds  GFLOP/s     peak  of peak  of roof  eval GB  run GB"


class Convolution(NamedTuple):
    """A 3x3 convolution of a square picture, borders kept."""

    side: int
    inputs: int
    outputs: int

    @property
    def work(self) -> int:
        """Floating-point operations of one direction."""
        return 2 * self.side**2 * 9 * self.inputs * self.outputs


class Speed(NamedTuple):
    """What one evaluation takes, and what it is held against."""

    seconds: float
    work: int
    """Floating-point operations, both directions."""
    peak: float
    """Best rate of a single convolution, operations a second."""
    roof: float
    """Seconds of all convolutions, each alone at its best, both directions."""


def in_fresh_process(function: Callable, *arguments):
    """Returns the function's result, computed in a process that did nothing before."""
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(function, *arguments).result()


def peak_memory() -> float:
    """Returns the most gigabytes that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def durations(run: Callable, *, at_least: int, seconds: float) -> list[float]:
    """Returns how long each of several runs took, two for warming up left out."""
    taken = []
    while len(taken) < 2 + at_least or sum(taken[2:]) < seconds:
        taken.append(duration(run))
    return taken[2:]


def duration(run: Callable) -> float:
    """Returns how long one run took, the device's work included."""
    begin = time.perf_counter()
    run()
    tf.test.experimental.sync_devices()
    return time.perf_counter() - begin


# --- One evaluation against the machine ---


def print_table(sizes: list[int], precisions: list[str]) -> None:
    """Prints one row a size and precision."""
    print(HEADER, flush=True)
    for size in sizes:
        for precision in precisions:
            speed = in_fresh_process(measure_speed, size, precision)
            evaluation = in_fresh_process(memory_of_evaluation, size, precision)
            run = in_fresh_process(memory_of_run, size, precision)
            rate = speed.work / speed.seconds
            print(
                f"{size:6} {precision:>10} {speed.seconds:9.4f} {rate / 1e9:8.0f} "
                f"{speed.peak / 1e9:8.0f} {rate / speed.peak:8.2f} "
                f"{speed.roof / speed.seconds:8.2f} {evaluation:8.2f} {run:7.2f}",
                flush=True,
            )


def measure_speed(size: int, precision: str) -> Speed:
    """Returns the peak, the roof and, right after them, the time of one evaluation."""
    network = convolutions(size)
    seconds = [best_seconds(convolution, precision) for convolution in network]
    candidates = {*network}.union(*(convolutions(other) for other in PEAK_SIZES))
    evaluations = durations(build_evaluation(size, precision), at_least=7, seconds=3)
    return Speed(
        seconds=statistics.median(evaluations),
        work=2 * sum(convolution.work for convolution in network),
        peak=max(best_rate(convolution, precision) for convolution in candidates),
        roof=sum(forward + backward for forward, backward in seconds),
    )


def memory_of_evaluation(size: int, precision: str) -> float:
    """Returns the gigabytes that a process needs to evaluate the objective."""
    evaluate = build_evaluation(size, precision)
    for _ in range(3):
        evaluate()
    return peak_memory()


def memory_of_run(size: int, precision: str) -> float:
    """Returns the gigabytes that a run needs once its history of pairs is full."""
    config = gatys.Config(size=size, levels="1", steps=12, precision=precision)
    content, style = (image.noise((size, size), seed) for seed in (1, 2))
    gatys.stylize(content, style, config)
    return peak_memory()


def build_evaluation(size: int, precision: str) -> Callable:
    """Returns what evaluates the objective and its gradient once, on a square picture."""
    loss = perceptual.build(gatys.Config(precision=precision))[0]
    pixels, content, style = (image.noise((size, size), seed) for seed in (0, 1, 2))
    targets = loss.targets(content, [style], [1.0])
    return functools.partial(loss.value_and_gradient, tf.constant(pixels), targets)


def convolutions(size: int) -> list[Convolution]:
    """Returns the network's convolutions for a picture of that side, shallow to deep."""
    deepest = max(vgg19_layers.LAYERS.index(layer) for layer in gatys.Config().weights().layers)
    inputs = (3, *vgg19_layers.CHANNELS)
    return [
        Convolution(
            size >> int(name[len("block")]) - 1, inputs[index], vgg19_layers.CHANNELS[index]
        )
        for index, name in enumerate(vgg19_layers.LAYERS[: deepest + 1])
    ]


def best_rate(convolution: Convolution, precision: str) -> float:
    """Returns the operations a second of the convolution's better direction."""
    return convolution.work / min(best_seconds(convolution, precision))


@functools.cache
def best_seconds(convolution: Convolution, precision: str) -> tuple[float, float]:
    """Returns the least time of the convolution alone, forward and backward to its input."""
    side, inputs, outputs = convolution
    kernel = normal([3, 3, inputs, outputs], precision)

    @tf.function
    def forward(features: tf.Tensor) -> tf.Tensor:
        return tf.nn.conv2d(features, tf.constant(kernel), 1, "SAME")

    @tf.function
    def backward(upstream: tf.Tensor) -> tf.Tensor:
        shape = [1, side, side, inputs]
        return tf.nn.conv2d_transpose(upstream, tf.constant(kernel), shape, 1, "SAME")

    features = tf.constant(normal([1, side, side, inputs], precision))
    upstream = tf.constant(normal([1, side, side, outputs], precision))
    return (
        min(durations(lambda: forward(features), at_least=5, seconds=0.2)),
        min(durations(lambda: backward(upstream), at_least=5, seconds=0.2)),
    )


def normal(shape: list[int], precision: str) -> np.ndarray:
    """Returns Gaussian noise of a shape and dtype."""
    values = np.random.default_rng(0).standard_normal(shape, np.float32)
    return values.astype(tf.as_dtype(precision).as_numpy_dtype)


# --- What a run costs beside its evaluations ---


def print_run(content: str, style: str, size: int) -> None:
    """Prints the costs of a run on two picture files."""
    cold = in_fresh_process(seconds_to_first_step, time.time(), content, style, size)
    print(f"process start to first step: {cold:.1f} s", flush=True)
    for side, extra, usual in in_fresh_process(first_evaluations, content, style, size):
        print(f"first evaluation at {side} px: {extra:.2f} s above the usual {usual:.3f} s")
    per_step = in_fresh_process(evaluations_per_step, content, style, size)
    print(f"evaluations per step after the first ten, {size} px: {per_step:.2f}", flush=True)


def seconds_to_first_step(started: float, content: str, style: str, size: int) -> float:
    """Returns the seconds from `started`, a time, to the end of a run's first step."""
    first = []

    def stop(progress) -> None:
        first.append(time.time() - started)
        raise KeyboardInterrupt

    with contextlib.suppress(Interrupted):
        gatys.stylize(
            image.read(content), image.read(style), gatys.Config(size=size), callback=stop
        )
    return first[0]


def first_evaluations(content: str, style: str, size: int) -> list[tuple[int, float, float]]:
    """Returns each level's longest side, what its first evaluation took more, and the median."""
    config = gatys.Config(size=size)
    content, style = image.read(content), image.read(style)
    loss = perceptual.build(config)[0]
    costs = []
    for level in gatys.plan(content.shape[1:3], config):
        longest = max(level.size)
        targets = loss.targets(
            image.resize(content, level.size), [image.fit(style, longest)], [1.0]
        )
        pixels = tf.constant(image.noise(level.size, config.seed))
        evaluate = functools.partial(loss.value_and_gradient, pixels, targets)
        first = duration(evaluate)
        usual = statistics.median(durations(evaluate, at_least=5, seconds=0))
        costs.append((longest, first - usual, usual))
    return costs


def evaluations_per_step(content: str, style: str, size: int) -> float:
    """Returns the evaluations that steps 11 to 60 took on average."""
    config = gatys.Config(size=size, levels="1", steps=60)
    curve = gatys.stylize(image.read(content), image.read(style), config).losses
    tenth, last = curve[9], curve[-1]
    return (last.evaluations - tenth.evaluations) / (last.step - tenth.step)


def main() -> None:
    """Prints the table, and the costs of a run if pictures are given."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="256,512,1024")
    parser.add_argument("--precisions", default="float32,bfloat16")
    parser.add_argument("--content", help="a photograph, for the costs of a run")
    parser.add_argument("--style", help="a painting, for the costs of a run")
    parser.add_argument("--size", type=int, default=512, help="longest side of that run")
    arguments = parser.parse_args()
    sizes = [int(size) for size in arguments.sizes.split(",") if size]
    print_table(sizes, arguments.precisions.split(","))
    if arguments.content and arguments.style:
        print_run(arguments.content, arguments.style, arguments.size)


if __name__ == "__main__":
    main()
