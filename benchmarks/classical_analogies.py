"""Seconds and memory of an image analogy, how they grow, and what its quick search gives away.

    python benchmarks/classical_analogies.py --sizes=256,512,1024

Target and filtered picture are square pictures of one size; the source is made by smoothing. For
each size, in a process of its own, loaded beforehand:

    seconds   of `analogies.stylize`, the least of the repetitions, with the search's share
    target    the seconds that this package set itself for the size, and how many times over it is
    growth    the exponent of the number of pixels, from the size before: 1 is linear
    memory    the most that the process held, and what it was told beforehand that it would need

Then the quick search (a few candidates, an error allowed, the first principal components) against
an exact one over all of the filtered picture, on a small pair: the mean squared distance of the
chosen sources at the full size, and seconds.
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

TARGETS = {256: 10, 512: 60}
"""Seconds on two cores, by side."""


def measure(pictures: tuple[str, str], size: int, repetitions: int, settings: dict) -> tuple:
    """Returns the least seconds, the search's among them, gigabytes, and the mean distance."""
    from tfstyle import row_search
    from tfstyle.methods import analogies

    searching = 0.0
    nearest = row_search.RowSearch.nearest

    def timed(*arguments):
        nonlocal searching
        begin = time.perf_counter()
        found = nearest(*arguments)
        searching += time.perf_counter() - begin
        return found

    row_search.RowSearch.nearest = timed
    content, style = (image.resize(image.read(path), (size, size)) for path in pictures)
    taken = []
    for _ in range(repetitions):
        begin, searching = time.perf_counter(), 0.0
        result = analogies.stylize(content, style, analogies.Config(size=size, **settings))
        taken.append((time.perf_counter() - begin, searching))
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    return *min(taken), gigabytes, result.losses[-1].terms["distance"]


def print_growth(pictures: tuple[str, str], sizes: list[int], repetitions: int) -> None:
    """Prints a row for each size."""
    from tfstyle import memory

    before = None
    for size in sizes:
        task = pictures, size, repetitions, {}
        seconds, searching, gigabytes, _ = contest.in_fresh_process(measure, *task)
        row = f"{size:5} px  {seconds:7.2f} s, {searching / seconds:.0%} search"
        if size in TARGETS:
            row += f"  target {TARGETS[size]} s, {TARGETS[size] / seconds:.1f} times as fast"
        if before is not None:
            growth = math.log(seconds / before[1]) / math.log((size / before[0]) ** 2)
            row += f"  growth {growth:.2f}"
        foreseen = memory.needed_for_analogy(size**2, size**2, 1) / 1e9
        print(f"{row}  {gigabytes:.2f} GB ({foreseen:.2f} foreseen)", flush=True)
        before = size, seconds


def print_gap(pictures: tuple[str, str], size: int) -> None:
    """Prints what an exact search would gain, from pixel to pixel and whole runs apart."""
    exact = {"candidates": size * size, "search_error": 0.0}
    results = {
        name: contest.in_fresh_process(measure, pictures, size, 1, settings)
        for name, settings in (("quick", {}), ("exact", exact))
    }
    for name, (seconds, _, _, distance) in results.items():
        print(f"{size:5} px  {name}  mean squared distance {distance:.6f}  {seconds:.2f} s")
    print(f"{size:5} px  quick / exact {results['quick'][3] / results['exact'][3]:.4f}")


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--content", default=str(PICTURES / "chelsea.jpg"))
    parser.add_argument("--style", default=str(PICTURES / "painted_style.jpg"))
    parser.add_argument("--sizes", default="256,512,1024", help="sides in pixels")
    parser.add_argument("--exact", type=int, default=96, help="side of the small pair")
    parser.add_argument("--repetitions", type=int, default=3)
    arguments = parser.parse_args()
    pictures = arguments.content, arguments.style
    contest.warn_if_busy()
    print_growth(pictures, list(map(int, arguments.sizes.split(","))), arguments.repetitions)
    print_gap(pictures, arguments.exact)


if __name__ == "__main__":
    main()
