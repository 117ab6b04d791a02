"""How near the inverse network comes to an optimisation: the features' loss of both pictures.

    python benchmarks/style_swap_quality.py --contents=FOLDER --styles=FOLDER --cache=FILE.json

For each content and style, the swapped features are decoded by one pass, and by L-BFGS from the
content as far as 100 evaluations lead (`decode=optimize`). The loss is ||Phi(picture) - target||^2
divided by ||target||^2, of pictures clipped to [0, 1], in this machine's fastest precision. A row
is a style, its losses the means over the contents; a ratio of 1.5 or less is the aim. L-BFGS also
minimises the total variation and the range term of `style_swap.Config`, as users have it. Its
losses, hours of work, are kept in `--cache` after each pair, and an interrupted run goes on.
"""

import argparse
import functools
import json
import pathlib

import numpy as np
import tensorflow as tf

from tfstyle import image
from tfstyle.image import formats
from tfstyle.losses import objective, perceptual
from tfstyle.methods import style_swap
from tfstyle.methods.style_swap import grid as patch_grid
from tfstyle.methods.style_swap import swap as feature_swap
from tfstyle.networks import inverse_net
from tfstyle.optimization import checkpoint_file, loop

EVALUATIONS = 100

CONFIG = style_swap.Config(decode="optimize")

HEADER = f"{'style':24} contents  one pass  L-BFGS {EVALUATIONS}  ratio"


def stop_in_time(trace: loop.Trace) -> None:
    """Ends an optimisation at its last evaluation, as Ctrl-C does."""
    if trace.evaluations >= EVALUATIONS:
        raise KeyboardInterrupt


def optimized(loss: objective.Objective, start: tf.Tensor, target: tf.Tensor) -> np.ndarray:
    """Returns the picture that L-BFGS finds for the target features."""
    targets = loss.targets_of({CONFIG.layer: target})
    function = functools.partial(loss.value_and_gradient, targets=targets)
    return loop.minimize(function, start.numpy(), EVALUATIONS, callback=stop_in_time).image


def relative_loss(loss: objective.Objective, picture: np.ndarray, target: tf.Tensor) -> float:
    """Returns ||Phi(picture) - target||^2 / ||target||^2."""
    features = tf.cast(loss.features(np.clip(picture, 0, 1))[CONFIG.layer], tf.float32)
    wanted = tf.cast(target, tf.float32)
    return float(tf.reduce_sum((features - wanted) ** 2) / tf.reduce_sum(wanted**2))


def compare(
    content: pathlib.Path, style: pathlib.Path, size: int, net: inverse_net.InverseNet, known: dict
) -> tuple[float, float]:
    """Returns the losses of one pass and of L-BFGS; notes the latter among those known."""
    loss, vgg = perceptual.build(CONFIG)
    grid = patch_grid.Grid(CONFIG.layer)
    swap = feature_swap.FeatureSwap(lambda images: loss.features(images)[CONFIG.layer], grid)
    start = grid.grow(image.fit(image.read(content), size))
    target = swap.exchange(swap.encode(start), swap.prepare([image.fit(image.read(style), size)]))
    decided = checkpoint_file.fingerprint(CONFIG, target.numpy(), facts=tuple(vgg.values()))
    name = f"{content.name} as {style.name}, {size} px, {decided[:16]}"
    if name not in known:
        known[name] = relative_loss(loss, optimized(loss, start, target), target)
    return relative_loss(loss, net(target).numpy(), target), known[name]


def pictures(folder: pathlib.Path, most: int | None) -> list[pathlib.Path]:
    """Returns the folder's first pictures, by name."""
    return sorted(filter(formats.has_picture_suffix, folder.iterdir()))[:most]


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for flag in ("--contents", "--styles", "--cache"):
        parser.add_argument(flag, required=True, type=pathlib.Path)
    parser.add_argument("--model", default=inverse_net.NAME, help="as tfstyle swap takes it")
    parser.add_argument("--size", type=int, default=512, help="longest side in pixels")
    parser.add_argument("--most", type=int, help="contents for each style")
    arguments = parser.parse_args()
    net = inverse_net.load(arguments.model, "auto")
    cache = arguments.cache
    known = json.loads(cache.read_text("utf-8")) if cache.exists() else {}
    print(HEADER)
    rows = []
    for style in pictures(arguments.styles, None):
        pairs = []
        for content in pictures(arguments.contents, arguments.most):
            pairs.append(compare(content, style, arguments.size, net, known))
            cache.write_text(json.dumps(known, indent=1), "utf-8")
        rows.append(np.mean(pairs, axis=0))
        one_pass, lbfgs = rows[-1]
        print(
            f"{style.stem:24} {len(pairs):8} {one_pass:9.3f} {lbfgs:11.3f} {one_pass / lbfgs:6.2f}",
            flush=True,
        )
    one_pass, lbfgs = np.mean(rows, axis=0)
    print(f"{'all':24} {'':8} {one_pass:9.3f} {lbfgs:11.3f} {one_pass / lbfgs:6.2f}")


if __name__ == "__main__":
    main()
