"""Seconds and memory of a style swap, and of matching its patches against PyTorch.

    python benchmarks/style_swap.py --sizes=512,1024

Content and style are square pictures. First the parts of one swap, one after the other:

    encode    both pictures, VGG19 as far as the layer
    prepare   the style's patches
    match     each of the content's patches with the nearest of the style's; in GFLOP/s against
              the fastest product of two matrices that TensorFlow does here in that precision
    fold      the mean of the overlapping patches
    decode    the inverse network

Then prepare, match and fold against the paper's formulation in PyTorch on the same features: the
scores of all patches as one convolution, their maximum as a one-hot map, and its transposed
convolution with the patches (`--theirs` is the largest size for it, which needs 8 bytes for each
pair of patches). At last the seconds and the peak memory of a whole `tfstyle swap`, each in a
process of its own.
"""

import argparse
import functools
import pathlib
import tempfile
import time
from collections.abc import Callable

import contest
import numpy as np
from contest import Contestant

import tfstyle
from tfstyle import image

PICTURES = pathlib.Path(tfstyle.__file__).parents[1] / "examples" / "inputs"

LAYER = "block3_conv1"

PRODUCTS = ((4096, 2304, 4096), (8192, 2304, 4096), (4096, 4096, 4096))
"""Rows, inner sides and columns of the matrices whose product gives the peak."""

AGREEMENT = 0.01
"""Greatest share of positions, in float32, where ours may differ from PyTorch's: near ties."""


def contestants(precisions: list[str]) -> list[Contestant]:
    """Returns everyone, tfstyle first."""
    return [
        *(Contestant(contest.OURS, "", precision) for precision in precisions),
        *(Contestant("PyTorch", "one-hot", precision) for precision in precisions),
    ]


# --- The parts of a swap ---


def print_parts(pictures: tuple[str, str], size: int, precision: str, repetitions: int) -> None:
    """Prints the least seconds of each part."""
    import tensorflow as tf

    from tfstyle.losses import perceptual
    from tfstyle.methods import style_swap
    from tfstyle.methods.style_swap.exchange import matching, patches
    from tfstyle.networks import inverse_net

    content, style = (tf.constant(square(path, size)) for path in pictures)
    loss, _ = perceptual.build(style_swap.Config(precision=precision))
    net = inverse_net.load("inverse", precision)
    own, theirs = (loss.features(each)[LAYER] for each in (content, style))
    bank = patches.prepare([theirs])
    matches = matching.nearest(own, bank)
    swapped = matching.fold_back(matches, bank)
    parts = {
        "encode": lambda: [loss.features(each)[LAYER] for each in (content, style)],
        "prepare": lambda: patches.prepare([theirs]).directions,
        "match": lambda: matching.nearest(own, bank),
        "fold": lambda: matching.fold_back(matches, bank),
        "decode": lambda: net(swapped),
    }
    seconds = {name: least(part, repetitions) for name, part in parts.items()}
    work = 2 * np.size(matches) * np.size(bank.directions) / 1e9
    speed, peak = work / seconds["match"], product_peak(precision, repetitions)
    columns = "  ".join(f"{name} {taken:.3f}" for name, taken in seconds.items())
    print(f"{size:5} {precision:9} {columns}  all {sum(seconds.values()):.3f} s")
    print(
        f"{size:5} {precision:9} match {speed:.0f} of {peak:.0f} GFLOP/s: {speed / peak:.2f}\n",
        flush=True,
    )


def product_peak(precision: str, repetitions: int) -> float:
    """Returns the GFLOP/s of the fastest product of two matrices."""
    import tensorflow as tf

    def speed(rows: int, inner: int, columns: int) -> float:
        left = tf.cast(tf.random.normal([rows, inner]), precision)
        right = tf.cast(tf.random.normal([inner, columns]), precision)
        return 2e-9 * rows * inner * columns / least(lambda: left @ right, repetitions)

    return max(speed(*sides) for sides in PRODUCTS)


def least(function: Callable, repetitions: int) -> float:
    """Returns the least seconds of so many calls, after one that is not counted."""
    function()
    taken = []
    for _ in range(repetitions):
        begin = time.perf_counter()
        np.asarray(function()[0])
        taken.append(time.perf_counter() - begin)
    return min(taken)


# --- Against PyTorch ---


def write_features(pictures: tuple[str, str], size: int, path: pathlib.Path) -> None:
    """Writes the features of both pictures, float32, for everyone."""
    from tfstyle.losses import perceptual
    from tfstyle.methods import style_swap

    loss, _ = perceptual.build(style_swap.Config(precision="float32"))
    content, style = (loss.features(square(each, size))[LAYER] for each in pictures)
    np.savez(path, content=content, style=style)


def swap(contestant: Contestant, features: pathlib.Path) -> np.ndarray:
    """Returns the contestant's swapped features, `[1, rows, columns, channels]`, float32."""
    return swapper(contestant, features)()


def duration(contestant: Contestant, features: pathlib.Path) -> float:
    """Returns how many seconds one swap takes."""
    run = swapper(contestant, features)
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


@functools.lru_cache(maxsize=2)
def swapper(contestant: Contestant, features: pathlib.Path) -> Callable[[], np.ndarray]:
    """Returns what swaps, its features at hand."""
    make = our_swapper if contestant.framework == contest.OURS else torch_swapper
    with np.load(features) as file:
        return make(contestant.precision, file["content"], file["style"])


def our_swapper(precision: str, content: np.ndarray, style: np.ndarray):
    """Returns this package's."""
    import tensorflow as tf

    from tfstyle.methods.style_swap.exchange import matching, patches

    own, theirs = (tf.cast(each, precision) for each in (content, style))
    return lambda: np.asarray(matching.swap(own, patches.prepare([theirs])))


def torch_swapper(precision: str, content: np.ndarray, style: np.ndarray):
    """Returns Chen and Schmidt's, as their section 3.2 puts it: convolutions only."""
    import torch
    from torch.nn import functional

    own, theirs = (
        torch.from_numpy(each.transpose(0, 3, 1, 2).copy()).to(getattr(torch, precision))
        for each in (content, style)
    )

    @torch.inference_mode()
    def run() -> np.ndarray:
        pieces = theirs[0].unfold(1, 3, 1).unfold(2, 3, 1)  # [channels, down, across, 3, 3]
        pieces = pieces.permute(1, 2, 0, 3, 4).flatten(0, 1)
        units = pieces / pieces.flatten(1).norm(dim=1)[:, None, None, None]
        scores = functional.conv2d(own, units)
        chosen = torch.zeros_like(scores).scatter_(1, scores.argmax(1, keepdim=True), 1)
        total = functional.conv_transpose2d(chosen, pieces)
        ones = torch.ones(1, 1, 3, 3, dtype=own.dtype)
        count = functional.conv_transpose2d(chosen.sum(1, keepdim=True), ones)
        return (total / count).float().numpy().transpose(0, 2, 3, 1)

    return run


def compare(pictures: tuple[str, str], size: int, precisions: list[str], repetitions: int) -> None:
    """Prints everyone's seconds, after their float32 results have been compared."""
    everyone = contestants(precisions)
    with tempfile.TemporaryDirectory() as folder, contest.Processes(everyone) as processes:
        features = pathlib.Path(folder) / "features.npz"
        contest.in_fresh_process(write_features, pictures, size, features)
        results = {
            each.framework: processes.ask(each, swap, features)
            for each in everyone
            if each.precision == "float32"
        }
        if results:
            check_agreement(*results.values())
        seconds = contest.least_seconds(processes, everyone, repetitions, duration, features)
        contest.print_ratios(f"{size} px", "swaps/s", seconds)


def check_agreement(ours: np.ndarray, theirs: np.ndarray) -> None:
    """Raises unless both have the same features nearly everywhere."""
    differ = np.abs(ours - theirs).max(axis=-1) > 1e-3 * np.abs(theirs).max()
    if differ.mean() > AGREEMENT:
        raise RuntimeError(f"results must agree. Received: {differ.mean():.1%} of positions differ")


# --- The command ---


def print_costs(pictures: tuple[str, str], size: int) -> None:
    """Prints what a whole `tfstyle swap` costs, once warm to the disk and once more."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [pathlib.Path(folder) / name for name in ("content.png", "style.png")]
        for picture, path in zip(pictures, paths, strict=True):
            image.write(path, square(picture, size))
        files = [f"--content={paths[0]}", f"--style={paths[1]}", f"--output={folder}/out.png"]
        costs = [contest.cost_of("swap", *files, f"--size={size}", "--quiet") for _ in range(2)]
    seconds = min(cost.seconds for cost in costs)
    print(f"tfstyle swap, {size} px: {seconds:.1f} s, {max(c.gigabytes for c in costs):.2f} GB")


@functools.cache
def square(path: str, size: int) -> np.ndarray:
    """Returns the picture as a square, whatever its aspect."""
    return image.resize(image.read(path), (size, size))


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--content", default=str(PICTURES / "chelsea.jpg"))
    parser.add_argument("--style", default=str(PICTURES / "painted_style.jpg"))
    parser.add_argument("--sizes", default="512,1024", help="sides in pixels")
    parser.add_argument("--theirs", type=int, default=512, help="PyTorch's largest size")
    parser.add_argument("--precisions", default="float32,bfloat16")
    parser.add_argument("--repetitions", type=int, default=3)
    arguments = parser.parse_args()
    pictures = arguments.content, arguments.style
    sizes = list(map(int, arguments.sizes.split(",")))
    precisions = arguments.precisions.split(",")
    contest.warn_if_busy()
    for size in sizes:
        for precision in precisions:
            task = pictures, size, precision, arguments.repetitions
            contest.in_fresh_process(print_parts, *task)
    for size in sizes:
        if size <= arguments.theirs:
            compare(pictures, size, precisions, arguments.repetitions)
    for size in sizes:
        print_costs(pictures, size)


if __name__ == "__main__":
    main()
