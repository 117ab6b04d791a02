"""How near one pass comes to an optimisation: its loss against that of L-BFGS after 60 evaluations.

    python benchmarks/feed_forward_quality.py --contents=FOLDER --styles=FOLDER --cache=FILE.json
    python benchmarks/feed_forward_quality.py ... --passes

The loss is the training's, of `tfstyle.training.stylizer.Config` with the style weight 4 of version
0.1.0, so that figures stay comparable, for a photograph fitted to `--size` and the style at the
size that the training saw, by the objective of `gatys` in this machine's fastest precision.
One pass: the stylizer's pastiche, clipped to [0, 1]. L-BFGS: `gatys` from the photograph itself at
one level; the last loss in its curve that at most 60 evaluations had led to, that of the image as
the optimiser holds it, not clipped. A row is a style, its losses the means over the photographs; a
ratio of 1 is what Johnson et al. (2016) report against 50 to 100 iterations.

`--styles` is a folder with NAME.jpg for each style of the model. The losses of L-BFGS, an hour's
work, are kept in `--cache` after each pair, and an interrupted run goes on. `--passes` compares
the model with those that are there already, and optimises nothing.
"""

import argparse
import functools
import json
import pathlib
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tfstyle import image
from tfstyle.image import formats
from tfstyle.losses import objective
from tfstyle.methods import feed_forward, gatys
from tfstyle.networks import vgg19, vgg19_weights
from tfstyle.networks.stylizers import transform_net
from tfstyle.optimization import checkpoint_file
from tfstyle.system import files, precision
from tfstyle.training import stylizer as stylizer_training

EVALUATIONS = 60

TRAINING = stylizer_training.Config(style_weight=4.0)

HEADER = f"{'style':24} photographs  one pass  L-BFGS {EVALUATIONS}  ratio"


class Picture(NamedTuple):
    """A picture file, fitted to the size in question."""

    name: str
    pixels: np.ndarray


def read_contents(folder: pathlib.Path, size: int, most: int | None) -> list[Picture]:
    """Returns the folder's first photographs, by name."""
    paths = sorted(filter(formats.has_picture_suffix, folder.iterdir()))
    return [Picture(path.name, image.fit(image.read(path), size)) for path in paths[:most]]


def read_style(folder: pathlib.Path, name: str) -> Picture:
    """Returns a style's picture at the size that a training sees."""
    pixels = image.read(folder / f"{name}.jpg")
    return Picture(name, image.fit(pixels, TRAINING.style_size))


# --- One pass ---


def build_objective() -> objective.Objective:
    """Returns the objective that both are evaluated by."""
    terms = TRAINING.weights()
    vgg = vgg19_weights.load(gatys.Config().vgg_weights)
    features = vgg19.build(
        terms.layers, vgg, pooling="average", padding="reflect", precision="auto"
    )
    return objective.Objective(features, terms)


def loss_of_pass(
    loss: objective.Objective, stylizer: transform_net.Stylizer, content: Picture, style: Picture
) -> float:
    """Returns the loss of the stylizer's pastiche."""
    pastiche = feed_forward.stylize(content.pixels, style.name, stylizer=stylizer).image
    targets = loss.targets(content.pixels, [style.pixels], [1.0])
    return float(loss.value_and_gradient(tf.constant(pastiche), targets)[0])


# --- L-BFGS ---


class Cache:
    """The losses of L-BFGS by photograph, style and settings, kept in a file."""

    def __init__(self, path: pathlib.Path):
        """Reads what there is."""
        self._path = path
        self._losses = json.loads(path.read_text("utf-8")) if path.exists() else {}

    def loss(self, content: Picture, style: Picture, *, optimize: bool) -> float | None:
        """Returns the loss, computed at need if `optimize`, else None when it is not there."""
        config = settings(content)
        key = f"{content.name} as {style.name}, {fingerprint(content, style, config)}"
        if key not in self._losses and optimize:
            self._losses[key] = loss_of_lbfgs(content, style, config)
            self._write()
        return self._losses.get(key)

    def _write(self) -> None:
        with files.atomically(self._path) as file:
            file.write(json.dumps(self._losses, indent=1, sort_keys=True).encode())


def settings(content: Picture) -> gatys.Config:
    """Returns those of a run that minimises the training's loss from the photograph."""
    size = max(content.pixels.shape[1:3])
    shared = ("content_weight", "style_weight", "total_variation_weight", "range_weight")
    return gatys.Config(
        size=size,
        style_scale=TRAINING.style_size / size,
        start="content",
        levels="1",
        steps=EVALUATIONS,  # Each takes one at least.
        **{name: getattr(TRAINING, name) for name in shared},
    )


def fingerprint(content: Picture, style: Picture, config: gatys.Config) -> str:
    """Returns a short digest of all that decides the loss."""
    facts = digest_of_vgg19(), precision.resolve_precision(config.precision)
    return checkpoint_file.fingerprint(config, content.pixels, style.pixels, facts=facts)[:16]


@functools.cache
def digest_of_vgg19() -> str:
    """Returns the digest of the weights file."""
    return vgg19_weights.load(gatys.Config().vgg_weights).sha256


def loss_of_lbfgs(content: Picture, style: Picture, config: gatys.Config) -> float:
    """Returns the loss after at most so many evaluations."""
    curve = gatys.stylize(content.pixels, style.pixels, config).losses
    return [loss.terms["total"] for loss in curve if loss.evaluations <= EVALUATIONS][-1]


# --- The table ---


class Row(NamedTuple):
    """A style's mean losses over so many photographs."""

    style: str
    photographs: int
    one_pass: float
    lbfgs: float

    def __str__(self) -> str:
        """Returns its line of the table."""
        ratio = self.one_pass / self.lbfgs
        return (
            f"{self.style:24} {self.photographs:11} {self.one_pass:9.3f} {self.lbfgs:10.3f} "
            f"{ratio:6.2f}"
        )


def measure(
    style: Picture,
    contents: list[Picture],
    stylizer: transform_net.Stylizer,
    loss: objective.Objective,
    cache: Cache,
    *,
    optimize: bool,
) -> Row:
    """Returns the style's row, of those photographs whose loss by L-BFGS is there."""
    by_lbfgs = [cache.loss(content, style, optimize=optimize) for content in contents]
    pairs = [
        (loss_of_pass(loss, stylizer, content, style), target)
        for content, target in zip(contents, by_lbfgs, strict=True)
        if target is not None
    ]
    means = np.mean(pairs, axis=0) if pairs else (np.nan, np.nan)
    return Row(style.name, len(pairs), *means)


def total(rows: list[Row]) -> Row:
    """Returns the mean over the styles, the pairs added up."""
    losses = [(row.one_pass, row.lbfgs) for row in rows]
    return Row("all", sum(row.photographs for row in rows), *np.nanmean(losses, axis=0))


def main() -> None:
    """Prints a row a style as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--contents", required=True, type=pathlib.Path, help="photographs")
    parser.add_argument("--styles", required=True, type=pathlib.Path, help="NAME.jpg each")
    parser.add_argument("--cache", required=True, type=pathlib.Path, help="a JSON file")
    parser.add_argument("--model", default=feed_forward.Config().model, help="a stylizer")
    parser.add_argument("--size", type=int, default=512, help="longest side in pixels")
    parser.add_argument("--pairs", type=int, help="photographs a style, at most")
    parser.add_argument("--passes", action="store_true", help="take L-BFGS from the cache alone")
    arguments = parser.parse_args()
    stylizer = feed_forward.load(arguments.model, "auto")
    contents = read_contents(arguments.contents, arguments.size, arguments.pairs)
    loss, cache, rows = build_objective(), Cache(arguments.cache), []
    print(HEADER, flush=True)
    for name in stylizer.styles:
        style = read_style(arguments.styles, name)
        optimize = not arguments.passes
        rows.append(measure(style, contents, stylizer, loss, cache, optimize=optimize))
        print(rows[-1], flush=True)
    print(total(rows))


if __name__ == "__main__":
    main()
