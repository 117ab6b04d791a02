"""Seconds and memory of the methods before neural networks, and how they grow.

    python benchmarks/classical.py --sizes=256,512,1024

    synthesis   quilting of a square picture from a texture of 256 x 256, blocks of 48 pixels
    transfer    quilting of a square content with a texture as large, three passes
    analogy     a square target, a filtered picture as large, the source made by smoothing

For each size, in a process of its own with everything loaded beforehand:

    seconds     the least of the repetitions
    target      what this package set itself for the size, and how many times over it is
    growth      the exponent of the number of pixels, from the size before: 1 is linear
    memory      the most that the process held

At last the analogy's quick search (a few candidates, an error allowed, the first principal
components) against an exact one over all of the filtered picture, on a small pair: the mean squared
distance of the chosen sources at the full size, and seconds.
"""

import argparse
import math
import pathlib
import resource
import time

import contest

import tfstyle
from tfstyle import image

PICTURES = pathlib.Path(tfstyle.__file__).parents[1] / "examples" / "inputs"

TARGETS = {
    ("synthesis", 512): 3,
    ("transfer", 512): 20,
    ("analogy", 256): 10,
    ("analogy", 512): 60,
}
"""Seconds on two cores."""

Pictures = tuple[str, str]
"""Paths of a content and a style."""


def synthesis(pictures: Pictures, size: int):
    """Makes more of a texture of 256 x 256 pixels."""
    from tfstyle.methods import quilting

    texture = image.resize(image.read(pictures[1]), (256, 256))
    config = quilting.Config(size=size, block_size=48)
    return lambda: quilting.synthesize(texture, config)


def transfer(pictures: Pictures, size: int):
    """Paints a content with blocks of a texture."""
    from tfstyle.methods import quilting

    content, texture = (image.resize(image.read(path), (size, size)) for path in pictures)
    return lambda: quilting.stylize(content, texture, quilting.Config(size=size))


def analogy(pictures: Pictures, size: int, **settings):
    """Paints a target as the filtered picture is."""
    from tfstyle.methods import analogies

    target, filtered = (image.resize(image.read(path), (size, size)) for path in pictures)
    config = analogies.Config(size=size, **settings)
    return lambda: analogies.stylize(target, filtered, config)


METHODS = {"synthesis": synthesis, "transfer": transfer, "analogy": analogy}


def measure(method: str, pictures: Pictures, size: int, repetitions: int, settings: dict):
    """Returns the least seconds, the most gigabytes, and the last loss's terms."""
    work, taken = METHODS[method](pictures, size, **settings), []
    for _ in range(repetitions):
        began = time.perf_counter()
        result = work()
        taken.append(time.perf_counter() - began)
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    return min(taken), gigabytes, result.losses[-1].terms


def print_growth(method: str, pictures: Pictures, sizes: list[int], repetitions: int) -> None:
    """Prints a row for each size."""
    before = None
    for size in sizes:
        task = method, pictures, size, repetitions, {}
        seconds, gigabytes, _ = contest.in_fresh_process(measure, *task)
        row = f"{method:10} {size:5} px  {seconds:7.2f} s  {gigabytes:5.2f} GB"
        if before is not None:
            growth = math.log(seconds / before[1]) / math.log((size / before[0]) ** 2)
            row += f"  growth {growth:.2f}"
        target = TARGETS.get((method, size))
        if target:
            row += f"  target {target} s, {target / seconds:.1f} times as fast"
        print(row, flush=True)
        before = size, seconds


def print_gap(pictures: Pictures, size: int) -> None:
    """Prints what an exact search would gain an analogy, whole runs apart."""
    exact = {"candidates": size * size, "search_error": 0.0}
    distances = {}
    for name, settings in (("quick", {}), ("exact", exact)):
        task = "analogy", pictures, size, 1, settings
        seconds, _, terms = contest.in_fresh_process(measure, *task)
        distance = distances[name] = terms["distance"]
        print(f"{name} search, {size} px: mean squared distance {distance:.6f}, {seconds:.2f} s")
    print(f"quick / exact: {distances['quick'] / distances['exact']:.4f}")


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--content", default=str(PICTURES / "chelsea.jpg"))
    parser.add_argument("--style", default=str(PICTURES / "painted_style.jpg"))
    parser.add_argument("--methods", default=",".join(METHODS))
    parser.add_argument("--sizes", default="256,512,1024", help="sides in pixels")
    parser.add_argument("--exact", type=int, default=96, help="side of the small pair")
    parser.add_argument("--repetitions", type=int, default=2)
    arguments = parser.parse_args()
    pictures = arguments.content, arguments.style
    methods, sizes = arguments.methods.split(","), [*map(int, arguments.sizes.split(","))]
    contest.warn_if_busy()
    for method in methods:
        print_growth(method, pictures, sizes, arguments.repetitions)
    if "analogy" in methods:
        print_gap(pictures, arguments.exact)


if __name__ == "__main__":
    main()
