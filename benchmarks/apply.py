"""Frames a second of one pass, against ONNX Runtime and PyTorch; what `tfstyle apply` costs cold.

    python benchmarks/apply.py --sizes=640x360,512x512,1920x1080 --large

All paint the same picture with the same network and weights, from a numpy array to a numpy array;
before a size is timed, their pastiches are compared with tfstyle's in float32. The contestants:

    tfstyle, stylize      `feed_forward.stylize` with the stylizer at hand
    tfstyle, graph        the stylizer inside a `tf.function`
    ONNX Runtime          `tfstyle.export.onnx_litert`'s file; its CPU kernels know no bfloat16
    PyTorch               eager, in inference mode, its two layouts

A ratio is the time of the fastest other by that of our fastest: 1 or more is the aim. Each
framework has one process, with its own default of threads; they take turns, and the least of
their times counts. Then the seconds and the peak memory of a whole `tfstyle apply` from a file to
a file, each a process of its own; `--large` adds one of 6000 x 4000 pixels. Without `--model`, the
network is a seeded untrained one of width 32.
"""

import argparse
import functools
import pathlib
import tempfile
import time
from collections.abc import Callable
from typing import NamedTuple

import contest
import numpy as np
from contest import Contestant

import tfstyle
from tfstyle import image

PHOTOGRAPH = pathlib.Path(tfstyle.__file__).parent / "models" / "photograph.jpg"

LARGE = (6000, 4000)
"""Width and height."""

AGREEMENT = {"float32": 1e-4, "bfloat16": 2e-2}
"""Greatest mean difference of a contestant's pastiche from tfstyle's in float32, in [0, 1]."""

Painter = Callable[[np.ndarray], np.ndarray]
"""From `[1, height, width, 3]` to the same shape, both float32 in [0, 1]."""


class Files(NamedTuple):
    """What the contestants share; any of them can be read without TensorFlow but the first."""

    stylizer: pathlib.Path
    onnx: pathlib.Path
    arrays: pathlib.Path
    """The net's weights, in order."""
    style: str
    inner_norms: bool
    """Whether all of the net's stages normalise, or the first three only."""


def contestants(precisions: list[str]) -> list[Contestant]:
    """Returns everyone, tfstyle first."""
    ours = [Contestant(contest.OURS, way, p) for way in ("stylize", "graph") for p in precisions]
    layouts = ("contiguous", "channels last")
    theirs = [Contestant("PyTorch", layout, p) for layout in layouts for p in precisions]
    return [*ours, Contestant("ONNX Runtime", "", "float32"), *theirs]


# --- The network, written for everyone ---


def prepare(model: str | None, folder: pathlib.Path) -> Files:
    """Writes the stylizer, its ONNX file and its arrays into the folder."""
    from tfstyle.export import onnx_litert
    from tfstyle.networks import pretrained
    from tfstyle.networks.stylizers import transform_net

    # Of a family, the network of the first style; without grain, which the others would not see.
    trained, _ = (pretrained.load(model) if model else untrained()).single(None)
    stylizer = transform_net.Stylizer(**{**pretrained.architecture(trained), "grain": 0.0})
    stylizer.set_weights(trained.get_weights())
    paths = (folder / name for name in ("stylizer.npz", "stylizer.onnx", "arrays.npz"))
    files = Files(*paths, stylizer.styles[0], stylizer.architecture.inner_norms)
    pretrained.pack(stylizer, files.stylizer)
    stylizer = pretrained.load(files.stylizer)  # Packing rounds the weights.
    onnx_litert.save_onnx(stylizer, files.onnx, files.style)
    np.savez(files.arrays, *stylizer.net.get_weights())
    return files


def untrained():
    """Returns a stylizer of one style, always the same."""
    import keras

    from tfstyle.networks.stylizers import transform_net

    keras.utils.set_random_seed(0)
    return transform_net.Stylizer(("untrained",))


# --- The contestants; each runs in its framework's process ---


def paint(contestant: Contestant, files: Files, content: str, size: tuple[int, int]) -> np.ndarray:
    """Returns the contestant's pastiche."""
    return painter(contestant, files)(picture(content, size))


def duration(contestant: Contestant, files: Files, content: str, size: tuple[int, int]) -> float:
    """Returns how many seconds one pass takes."""
    run, pixels = painter(contestant, files), picture(content, size)
    begin = time.perf_counter()
    run(pixels)
    return time.perf_counter() - begin


@functools.lru_cache(maxsize=1)
def picture(content: str, size: tuple[int, int]) -> np.ndarray:
    """Returns the photograph at (width, height), whatever its aspect."""
    return image.resize(image.read(content), size[::-1])


@functools.cache
def painter(contestant: Contestant, files: Files) -> Painter:
    """Returns what paints, ready but for its first use of a size."""
    makers = {contest.OURS: our_painter, "ONNX Runtime": onnx_painter, "PyTorch": torch_painter}
    return makers[contestant.framework](contestant, files)


def our_painter(contestant: Contestant, files: Files) -> Painter:
    """Returns this package's."""
    import tensorflow as tf

    from tfstyle.methods import feed_forward
    from tfstyle.networks import pretrained

    stylizer = pretrained.load(files.stylizer, contestant.precision)
    if contestant.way == "stylize":
        return lambda pixels: feed_forward.stylize(pixels, files.style, stylizer=stylizer).image
    graph = tf.function(lambda pixels: stylizer(pixels, style=files.style), reduce_retracing=True)
    return lambda pixels: graph(tf.constant(pixels)).numpy()


def onnx_painter(_: Contestant, files: Files) -> Painter:
    """Returns ONNX Runtime's, all its optimisations on, as they are by default."""
    import onnxruntime

    session = onnxruntime.InferenceSession(files.onnx, providers=["CPUExecutionProvider"])
    return lambda pixels: session.run(["pastiches"], {"images": pixels})[0]


def torch_painter(contestant: Contestant, files: Files) -> Painter:
    """Returns PyTorch's."""
    import torch
    import torch_networks

    with np.load(files.arrays) as arrays:
        net = torch_networks.TransformNet(list(arrays.values()), files.inner_norms)
    dtype = getattr(torch, contestant.precision)
    layout = torch_networks.LAYOUTS[contestant.way]
    net = net.to(dtype=dtype, memory_format=layout)

    @torch.inference_mode()
    def run(pixels: np.ndarray) -> np.ndarray:
        images = torch_networks.from_images(pixels).to(dtype).contiguous(memory_format=layout)
        return net(images).clamp(0, 1).permute(0, 2, 3, 1).contiguous().numpy()

    return run


# --- One size ---


def compare(
    processes: contest.Processes, everyone: list[Contestant], repetitions: int, *task
) -> dict[Contestant, float]:
    """Returns each contestant's least seconds, once all have been found to paint the same."""
    expected = processes.ask(Contestant(contest.OURS, "graph", "float32"), paint, *task)
    for each in everyone:
        check_agreement(each, processes.ask(each, paint, *task), expected)
    return contest.least_seconds(processes, everyone, repetitions, duration, *task)


def check_agreement(contestant: Contestant, painted: np.ndarray, expected: np.ndarray) -> None:
    """Raises unless the contestant paints what tfstyle does in float32."""
    allowed, difference = AGREEMENT[contestant.precision], np.abs(painted - expected).mean()
    if not difference <= allowed:
        raise RuntimeError(
            f"all must paint the same within {allowed} on average. "
            f"Received: {contestant} with a difference of {difference:.2g}"
        )


# --- The command, from a file to a file ---


def print_costs(files: Files, content: str, sizes: list[tuple[int, int]], repetitions: int) -> None:
    """Prints the least seconds and the most memory of `tfstyle apply`, the sizes taking turns."""
    rounds = [[apply(files, content, size) for size in sizes] for _ in range(repetitions)]
    for size, costs in zip(sizes, zip(*rounds, strict=True), strict=True):
        seconds = min(cost.seconds for cost in costs)
        gigabytes = max(cost.gigabytes for cost in costs)
        print(f"{name(size):>10}  tfstyle apply {seconds:9.2f} s {gigabytes:9.2f} GB", flush=True)


def apply(files: Files, content: str, size: tuple[int, int]) -> contest.Cost:
    """Returns what `tfstyle apply` costs on a JPEG file, from the start of Python on."""
    folder = files.stylizer.parent
    photograph = folder / f"{name(size)}.jpg"
    if not photograph.exists():
        contest.in_fresh_process(write, photograph, content, size)
    return contest.cost_of(
        "apply",
        f"--content={photograph}",
        f"--output={folder / 'pastiche.png'}",
        f"--model={files.stylizer}",
        f"--style={files.style}",
        "--quiet",
    )


def write(path: pathlib.Path, content: str, size: tuple[int, int]) -> None:
    """Writes the photograph at (width, height).

    In a process of its own, for one begins with as much memory as its parent held.
    """
    image.write(path, picture(content, size))


def parse_size(text: str) -> tuple[int, int]:
    """Returns (width, height) from "640x360"; PyTorch's net takes multiples of four."""
    width, height = map(int, text.split("x"))
    if width % 4 or height % 4:
        raise ValueError(f"sizes must be multiples of 4. Received: sizes={text}")
    return width, height


def name(size: tuple[int, int]) -> str:
    """Returns the opposite of `parse_size`."""
    return "{}x{}".format(*size)


def main() -> None:
    """Prints a table a size, and what the command costs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", help="a stylizer, as tfstyle apply takes it")
    parser.add_argument("--content", default=str(PHOTOGRAPH), help="a photograph")
    parser.add_argument("--sizes", default="640x360,512x512,1920x1080", help="WIDTHxHEIGHT,...")
    parser.add_argument("--precisions", default="float32,bfloat16")
    parser.add_argument("--repetitions", type=int, default=7, help="passes of each contestant")
    parser.add_argument("--cold", type=int, default=3, help="runs of tfstyle apply; 0 for none")
    parser.add_argument("--large", action="store_true", help="apply it to 6000x4000 too")
    arguments = parser.parse_args()
    sizes = [parse_size(size) for size in arguments.sizes.split(",") if size]
    everyone = contestants(arguments.precisions.split(","))
    contest.warn_if_busy()
    with tempfile.TemporaryDirectory() as folder:
        files = contest.in_fresh_process(prepare, arguments.model, pathlib.Path(folder))
        with contest.Processes(everyone) as processes:
            for size in sizes:
                task = files, arguments.content, size
                seconds = compare(processes, everyone, arguments.repetitions, *task)
                contest.print_ratios(name(size), "frames/s", seconds)
        cold_sizes = [*sizes, LARGE] if arguments.large else sizes
        if arguments.cold:
            print_costs(files, arguments.content, cold_sizes, arguments.cold)


if __name__ == "__main__":
    main()
