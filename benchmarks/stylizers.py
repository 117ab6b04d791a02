"""The content's and the style's errors of stylizers, apart, and their pictures to look at.

    python benchmarks/stylizers.py --contents=FOLDER --styles=FOLDER masters
    python benchmarks/stylizers.py ... --style=udnie --pictures=FOLDER masters runs/udnie

The terms are those of `feed_forward_quality.py`: content is the sum of two layers' relative errors,
style four times the style loss. A row is a style painted by a model, its figures the means over the
photographs. The last rows are the means over the styles. Their sum is no judge of a picture: at a
great style weight it falls while houses and faces go. So `--pictures` keeps what was painted.

`--styles` is a folder with NAME.jpg for each style. Without `--style` all that the first model has
are painted. `--plain` paints without the grain that a model sees.
"""

import argparse
import pathlib
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from feed_forward_quality import Picture, build_objective, read_contents, read_style

from tfstyle import image
from tfstyle.losses import objective
from tfstyle.methods import feed_forward
from tfstyle.networks.stylizers import family

HEADER = f"{'style':24} {'model':24} content  style x 4"


class Model(NamedTuple):
    """A stylizer, and the name by which it was asked for."""

    name: str
    stylizer: family.AnyStylizer


class Errors(NamedTuple):
    """Of a picture, or means of many."""

    content: float
    style: float


def errors_of(
    loss: objective.Objective, pastiche: np.ndarray, content: Picture, style: Picture
) -> Errors:
    """Returns how far a pastiche is from its photograph and from its style."""
    targets = loss.targets(content.pixels, [style.pixels], [1.0])
    terms = loss.terms(tf.constant(pastiche), targets)
    return Errors(float(terms["content"]), float(terms["style"]))


def measure(
    model: Model,
    style: Picture,
    contents: list[Picture],
    loss: objective.Objective,
    given: argparse.Namespace,
) -> Errors:
    """Returns the means over the photographs, whose pictures are kept where that is asked for."""
    found = []
    for content in contents:
        painted = model.stylizer(content.pixels, style=style.name, grained=not given.plain)
        pastiche = np.asarray(painted)
        found.append(errors_of(loss, pastiche, content, style))
        if given.pictures:
            name = f"{pathlib.Path(content.name).stem}_{style.name}_{pathlib.Path(model.name).stem}"
            image.write(given.pictures / f"{name}.png", pastiche)
    return Errors(*np.mean(found, axis=0))


def show(style: str, model: Model, errors: Errors) -> None:
    """Prints a row."""
    print(f"{style:24} {model.name:24} {errors.content:7.2f} {errors.style:10.2f}", flush=True)


def main() -> None:
    """Prints a row a style and model as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--contents", required=True, type=pathlib.Path, help="photographs")
    parser.add_argument("--styles", required=True, type=pathlib.Path, help="NAME.jpg each")
    parser.add_argument("--style", help="one of the styles, instead of all")
    parser.add_argument("--size", type=int, default=512, help="longest side in pixels")
    parser.add_argument("--plain", action="store_true", help="without grain")
    parser.add_argument("--pictures", type=pathlib.Path, help="a folder for what is painted")
    parser.add_argument("models", nargs="+", help="stylizers, by name or path")
    given = parser.parse_args()
    if given.pictures:
        given.pictures.mkdir(parents=True, exist_ok=True)
    models = [Model(name, feed_forward.load(name, "auto")) for name in given.models]
    contents = read_contents(given.contents, given.size, None)
    loss, rows = build_objective(), {model.name: [] for model in models}
    print(HEADER, flush=True)
    for name in [given.style] if given.style else models[0].stylizer.styles:
        style = read_style(given.styles, name)
        for model in models:
            rows[model.name].append(measure(model, style, contents, loss, given))
            show(name, model, rows[model.name][-1])
    for model in models:
        show("all", model, Errors(*np.mean(rows[model.name], axis=0)))


if __name__ == "__main__":
    main()
