"""Seconds of image quilting, against what this package set itself, and how they grow.

    python benchmarks/classical_quilting.py --sizes=256,512,1024

    synthesis   of a square picture from a texture of 256 x 256, blocks of 48 pixels
    transfer    of a square content with a texture of its size, three passes, blocks as by default

For each size the least seconds of the repetitions, the target and how many times over it is, and
the exponent of the number of pixels from the size before: 1 is linear.
"""

import argparse
import math
import pathlib
import time

import tfstyle
from tfstyle import image
from tfstyle.methods import quilting

PICTURES = pathlib.Path(tfstyle.__file__).parents[1] / "examples" / "inputs"

TARGETS = {("synthesis", 512): 3, ("transfer", 512): 20}
"""Seconds on two cores."""


def synthesis(content, texture, size: int):
    """Makes more of a texture of 256 x 256 pixels."""
    config = quilting.Config(size=size, block_size=48)
    return quilting.synthesize(image.resize(texture, (256, 256)), config)


def transfer(content, texture, size: int):
    """Paints a content."""
    square = image.resize(content, (size, size))
    return quilting.stylize(square, texture, quilting.Config(size=size))


def least_seconds(work, repetitions: int, *arguments) -> float:
    """Returns the least of several runs' seconds."""
    taken = []
    for _ in range(repetitions):
        began = time.perf_counter()
        work(*arguments)
        taken.append(time.perf_counter() - began)
    return min(taken)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--content", default=str(PICTURES / "chelsea.jpg"))
    parser.add_argument("--texture", default=str(PICTURES / "painted_style.jpg"))
    parser.add_argument("--sizes", default="256,512,1024")
    parser.add_argument("--repetitions", type=int, default=2)
    given = parser.parse_args()
    pictures = image.read(given.content), image.read(given.texture)
    print(f"{'':10} {'size':>5} {'seconds':>8} {'target':>7} {'times':>6} {'growth':>7}")
    for work in (synthesis, transfer):
        before = None
        for size in map(int, given.sizes.split(",")):
            seconds = least_seconds(work, given.repetitions, *pictures, size)
            target = TARGETS.get((work.__name__, size))
            growth = before and math.log(seconds / before[1]) / math.log((size / before[0]) ** 2)
            print(
                f"{work.__name__:10} {size:5} {seconds:8.2f} {target or '':>7} "
                f"{f'{target / seconds:.1f}' if target else '':>6} "
                f"{f'{growth:.2f}' if growth else '':>7}",
                flush=True,
            )
            before = size, seconds


if __name__ == "__main__":
    main()
