"""Seconds to the same loss: PyTorch's L-BFGS, as the usual tools run it, against this package.

    python benchmarks/peers.py --content=PHOTO --style=PAINTING --size=512 --evaluations=300

PyTorch: `torch.optim.LBFGS`, lr 1, no line search, 100 pairs, float32, its default layout and
threads; its clock starts when network and targets are ready. This package: the defaults of
`gatys.Config` but for the step limit, at one level from the same start images, then coarse to fine,
and then with `quality="fast"`, from what the style swap paints; its clock starts at the call of
`gatys.stylize`, so it counts loading, tracing, targets and the swap too. Network, weights, pictures
and objective are the same; the float32 objective of PyTorch evaluates both final images, clipped,
and the pictures of the coarse levels, enlarged to full size.

Every run has a process of its own, one after the other. The torch process never imports
TensorFlow, hence the imports inside functions.
"""

import argparse
import concurrent.futures
import dataclasses
import json
import math
import multiprocessing
import pathlib
import time
from collections.abc import Callable

import numpy as np
from matplotlib import pyplot, ticker

IMAGENET_MEAN = (103.939, 116.779, 123.68)
"""Blue, green, red, in grey levels: what Caffe's VGG was trained to have subtracted."""

USUAL_LOSS = 1e6
"""What the loss is scaled to at the start. The usual tools' losses are about as large; torch's
first step, and its test of new pairs, are made for that and not for losses near 1."""

AGREEMENT = 0.01
"""Greatest relative difference between the two objectives at a start image."""

STEPS = 500
"""Step limit of this package's runs at one level, which stop at PyTorch's loss."""

EVALUATE_EVERY = 10
"""Steps between two pictures of a coarse level that are evaluated at full size."""


@dataclasses.dataclass
class Problem:
    """What both sides minimise, free of either framework."""

    content: np.ndarray
    """`[1, height, width, 3]` in [0, 1], as are the others; the size of the result."""
    style: np.ndarray
    starts: dict[str, np.ndarray]
    start_losses: dict[str, float]
    """This package's objective at the starts, in float32."""
    weights: dict
    """The fields of `loss_weights.Weights`."""
    content_weights: dict[str, float]
    """Per layer, as the objective has them for these pictures."""
    style_weights: dict[str, float]
    layers: tuple[str, ...]
    """All of VGG19's convolutions by name, shallow to deep."""
    convolutions: list[tuple[np.ndarray, np.ndarray]]
    pooling: str
    padding: str


@dataclasses.dataclass
class Run:
    """What one run did."""

    name: str
    seconds: list[float]
    losses: list[float]
    """At full size."""
    image: np.ndarray
    """The best of PyTorch's, the result of this package's: `[1, height, width, 3]`, clipped."""
    final_loss: float = math.nan
    """PyTorch's float32 loss of `image`."""

    def seconds_to(self, loss: float) -> float:
        """Returns when the loss was first as low as that, infinity if never."""
        pairs = zip(self.seconds, self.losses, strict=True)
        return next((second for second, reached in pairs if reached <= loss), math.inf)


def in_fresh_process(function: Callable, *arguments):
    """Returns the function's result, computed in a process that did nothing before."""
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(function, *arguments).result()


def compare(problem: Problem, arguments: argparse.Namespace) -> list[Run]:
    """Returns PyTorch's run from each start, this package's from the same, and its qualities'."""
    paths = arguments.content, arguments.style
    peers = [
        in_fresh_process(run_torch, problem, start, arguments.evaluations)
        for start in problem.starts
    ]
    ours = []
    for start, peer in zip(problem.starts, peers, strict=True):
        settings = {"size": arguments.size, "levels": "1", "start": start, "steps": STEPS}
        ours.append(in_fresh_process(run_tfstyle, paths, settings, min(peer.losses), problem))
    for quality in ("default", "fast"):
        settings = {"size": arguments.size, "steps": STEPS, "quality": quality}
        ours.append(in_fresh_process(run_tfstyle, paths, settings, min(peers[0].losses), problem))
    runs = [*peers, *ours]
    losses = in_fresh_process(evaluate, problem, [run.image for run in runs])
    return [
        dataclasses.replace(run, final_loss=loss) for run, loss in zip(runs, losses, strict=True)
    ]


# --- This package ---


def prepare(content: str, style: str, size: int) -> Problem:
    """Returns what a run of `gatys.stylize` on these files minimises."""
    from tfstyle import image
    from tfstyle.methods import gatys
    from tfstyle.networks import vgg19_layers, vgg19_weights

    config = gatys.Config(size=size)
    photograph, painting = image.read(content), image.read(style)
    full = gatys.plan(photograph.shape[1:3], config)[-1].size
    vgg = vgg19_weights.load(config.vgg_weights)
    problem = Problem(
        content=image.resize(photograph, full),
        style=image.fit(painting, max(1, round(max(full) * config.style_scale))),
        starts={"noise": image.noise(full, config.seed)},
        start_losses={},
        weights=dataclasses.asdict(config.weights()),
        content_weights={},
        style_weights={},
        layers=vgg19_layers.LAYERS,
        convolutions=vgg.convolutions,
        pooling=config.pooling,
        padding=config.padding,
    )
    problem.starts["content"] = problem.content
    note_objective(problem, config, vgg)
    return problem


def note_objective(problem: Problem, config, vgg) -> None:
    """Notes the layers' weights, and this package's objective at the starts, in float32."""
    import tensorflow as tf

    from tfstyle.losses import objective
    from tfstyle.networks import vgg19

    terms = config.weights()
    features = vgg19.build(terms.layers, vgg, pooling=config.pooling, padding=config.padding)
    loss = objective.Objective(features, terms)
    targets = loss.targets(problem.content, [problem.style], [1.0])
    problem.content_weights, problem.style_weights = (
        {layer: float(comparison.weight[0]) for layer, comparison in targets[term].items()}
        for term in ("content", "style")
    )
    problem.start_losses = {
        name: float(loss.value_and_gradient(tf.constant(start), targets)[0])
        for name, start in problem.starts.items()
    }


def run_tfstyle(paths: tuple[str, str], settings: dict, target: float, problem: Problem) -> Run:
    """Returns a run of `gatys.stylize`, ended at the target loss."""
    from tfstyle import image
    from tfstyle.methods import gatys
    from tfstyle.result import Interrupted

    content, style = (image.read(path) for path in paths)
    config = gatys.Config(**settings)
    watch = Watch(target)
    try:
        result = gatys.stylize(content, style, config, callback=watch)
    except Interrupted as interrupted:
        result = interrupted.result
    seconds, losses = watch.curve(problem)
    levels = "one level" if len(result.levels) == 1 else "coarse to fine"
    return Run(f"tfstyle, {config.course().start}, {levels}", seconds, losses, result.image)


class Watch:
    """Follows a run of this package by the clock on the wall."""

    def __init__(self, target: float):
        """Starts the clock; `target` is the loss at full size that ends the run."""
        self._target = target
        self._begin = time.perf_counter()
        self._coarse: list[tuple[float, np.ndarray]] = []
        self._full: list[tuple[float, float]] = []

    def __call__(self, progress) -> None:
        """Notes the time and the loss, or at a coarse level, now and then, the picture."""
        seconds = time.perf_counter() - self._begin
        if progress.level == progress.levels - 1:
            loss = progress.loss.terms["total"]
            self._full.append((seconds, loss))
            if loss <= self._target:
                raise KeyboardInterrupt
        elif progress.step % EVALUATE_EVERY == 0:
            self._coarse.append((seconds, progress.image()))

    def curve(self, problem: Problem) -> tuple[list[float], list[float]]:
        """Returns the seconds and the losses at full size."""
        coarse = in_fresh_process(evaluate, problem, [picture for _, picture in self._coarse])
        seconds = [seconds for seconds, _ in self._coarse + self._full]
        return seconds, coarse + [loss for _, loss in self._full]


# --- PyTorch ---


def run_torch(problem: Problem, start: str, evaluations: int) -> Run:
    """Returns a run of PyTorch's L-BFGS; every evaluation is a point of its curve."""
    import torch

    loss = torch_objective(problem)
    pixels = to_torch(problem.starts[start]).requires_grad_()
    check_agreement(problem.start_losses[start], float(loss(pixels.detach())), start)
    scale = USUAL_LOSS / problem.start_losses[start]
    curve, best = [], [math.inf, None]
    begin = time.perf_counter()

    def closure():
        pixels.grad = None
        value = loss(pixels)
        (value * scale).backward()
        curve.append((time.perf_counter() - begin, value.item()))
        if curve[-1][1] < best[0]:
            best[:] = curve[-1][1], pixels.detach().clone()
        return value * scale

    # Tolerances below 0: as the usual tools, go on whatever happens.
    torch.optim.LBFGS(
        [pixels],
        lr=1,
        max_iter=evaluations,
        max_eval=evaluations,
        tolerance_grad=-1,
        tolerance_change=-1,
        history_size=100,
    ).step(closure)
    seconds, losses = (list(values) for values in zip(*curve, strict=True))
    return Run(f"PyTorch, {start}", seconds, losses, from_torch(best[1]))


def check_agreement(ours: float, theirs: float, start: str) -> None:
    """Raises unless both objectives have the same value at a start image."""
    if not abs(ours - theirs) <= AGREEMENT * abs(theirs):
        raise RuntimeError(
            f"both objectives must agree within {AGREEMENT:.0%} at the start. "
            f"Received: start={start}, tfstyle={ours}, torch={theirs}"
        )


def evaluate(problem: Problem, images: list[np.ndarray]) -> list[float]:
    """Returns PyTorch's float32 loss of images `[1, height, width, 3]` in [0, 1]."""
    import torch

    if not images:
        return []
    loss = torch_objective(problem)
    with torch.no_grad():
        return [float(loss(to_torch(image))) for image in images]


def to_torch(image: np.ndarray):
    """Returns `[1, 3, height, width]`, BGR from 0 to 255 minus the mean, as those tools hold it."""
    import torch

    mean = torch.tensor(IMAGENET_MEAN).view(1, 3, 1, 1)
    return torch.from_numpy(image[..., ::-1].copy()).permute(0, 3, 1, 2).contiguous() * 255 - mean


def from_torch(pixels) -> np.ndarray:
    """Returns the opposite of `to_torch`, clipped."""
    import torch

    mean = torch.tensor(IMAGENET_MEAN).view(1, 3, 1, 1)
    image = ((pixels + mean) / 255).permute(0, 2, 3, 1).numpy()[..., ::-1]
    return np.clip(image, 0, 1)


def torch_objective(problem: Problem) -> Callable:
    """Returns the objective as a function of what `to_torch` returns, targets at hand."""
    import torch

    network = torch_network(problem)
    mean = torch.tensor(IMAGENET_MEAN).view(1, 3, 1, 1)
    weights = problem.weights
    area = 1.0
    if weights["at_size"] is not None:
        area = problem.content.shape[1] * problem.content.shape[2] / weights["at_size"] ** 2
    with torch.no_grad():
        content = network(to_torch(problem.content))
        style = {
            name: gram_matrix(value) for name, value in network(to_torch(problem.style)).items()
        }

    def loss(pixels):
        features = network(pixels)
        unit_range = (pixels + mean) / 255
        excess = unit_range - unit_range.clamp(0, 1)
        terms = [
            weights["total_variation"] / area * total_variation(unit_range),
            weights["out_of_range"] / area * excess.square().sum(),
        ]
        for name, weight in problem.content_weights.items():
            difference = features[name] - content[name]
            terms.append(weights["content"] * weight * difference.square().mean())
        for name, weight in problem.style_weights.items():
            squares = (gram_matrix(features[name]) - style[name]).square().sum()
            terms.append(weights["style"] * weight * squares / features[name].numel())
        return sum(terms)

    return loss


def torch_network(problem: Problem) -> Callable:
    """Returns VGG19 down to the deepest layer that a term looks at: from pixels to features."""
    import torch
    from torch.nn import functional

    wanted = {*problem.content_weights, *problem.style_weights}
    depth = 1 + max(problem.layers.index(name) for name in wanted)
    convolutions = [
        (torch.from_numpy(kernel.transpose(3, 2, 0, 1).copy()), torch.from_numpy(bias))
        for kernel, bias in problem.convolutions[:depth]
    ]
    pool = functional.max_pool2d if problem.pooling == "max" else functional.avg_pool2d
    mode = "reflect" if problem.padding == "reflect" else "constant"

    def network(pixels) -> dict:
        flow, features = pixels, {}
        for name, (kernel, bias) in zip(problem.layers, convolutions, strict=False):
            if name.endswith("conv1") and name != problem.layers[0]:
                flow = pool(flow, 2)
            border = functional.pad(flow, (1, 1, 1, 1), mode=mode) if mode == "reflect" else flow
            padding = 0 if mode == "reflect" else 1
            flow = functional.relu(functional.conv2d(border, kernel, bias, padding=padding))
            features.update({name: flow} if name in wanted else {})
        return features

    return network


def gram_matrix(features):
    """Returns F^T F / (C * H * W) of `[1, channels, height, width]`."""
    rows = features.flatten(2)[0]
    return rows @ rows.T / features.numel()


def total_variation(image):
    """Returns the summed squared differences of neighbours of `[1, 3, height, width]`."""
    right = (image[..., 1:] - image[..., :-1]).square().sum()
    return right + (image[..., 1:, :] - image[..., :-1, :]).square().sum()


# --- The report ---


def peers_of(runs: list[Run]) -> list[Run]:
    """Returns PyTorch's run that each of this package's is compared with."""
    noise, content = runs[:2]
    return [noise, content, noise, noise]


def print_report(runs: list[Run]) -> None:
    """Prints who reached which loss when, and what the final images are worth."""
    for peer, ours in zip(peers_of(runs), runs[2:], strict=True):
        target, seconds = min(peer.losses), peer.seconds_to(min(peer.losses))
        reached = ours.seconds_to(target)
        print(
            f"{peer.name}: {target:.5g} after {seconds:.1f} s, {len(peer.losses)} evaluations in "
            f"{peer.seconds[-1]:.1f} s. {ours.name}: first step after {ours.seconds[0]:.1f} s, "
            f"that loss after {reached:.1f} s, {seconds / reached:.2f} times as fast."
        )
    print("\nfinal image, clipped, evaluated by PyTorch in float32")
    for run in runs:
        print(f"{run.name:44} {run.final_loss:12.5g}   (logged: {min(run.losses):.5g})")


def save_curves(runs: list[Run], path: pathlib.Path) -> None:
    """Writes every run's curve as JSON."""
    fields = ("name", "seconds", "losses", "final_loss")
    curves = [{field: getattr(run, field) for field in fields} for run in runs]
    path.write_text(json.dumps(curves, indent=1), encoding="utf-8")


def plot(runs: list[Run], size: tuple[int, int], path: pathlib.Path) -> None:
    """Draws loss against seconds, both logarithmic; a dot marks PyTorch's best loss."""
    figure, axes = pyplot.subplots(figsize=(8, 5), layout="constrained")
    styles = (("0.45", "-"), ("0.45", "--"), ("C0", "-"), ("C0", "--"), ("C1", "-"), ("C2", "-"))
    for run, (color, line) in zip(runs, styles, strict=True):
        axes.plot(run.seconds, run.losses, line, color=color, label=run.name)
    for run, peer in zip(runs, (*runs[:2], *peers_of(runs)), strict=True):
        target = min(peer.losses)
        if math.isfinite(run.seconds_to(target)):
            axes.plot(run.seconds_to(target), target, "o", color="black", markersize=5, zorder=3)
    axes.set(xscale="log", yscale="log", xlabel="seconds", ylabel="loss at full size")
    axes.set_title(f"{size[1]} x {size[0]} pixels; dots: PyTorch's best loss reached")
    axes.set_ylim(top=2 * max(run.losses[0] for run in runs))  # Wild steps leave the picture.
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter(ticker.NullFormatter())
    axes.grid(which="both", color="0.9")
    axes.legend(frameon=False)
    figure.savefig(path, dpi=150)


def main() -> None:
    """Prints the comparison and saves its curves beside its plot."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--content", required=True, help="a photograph")
    parser.add_argument("--style", required=True, help="a painting")
    parser.add_argument("--size", type=int, default=512, help="longest side in pixels")
    parser.add_argument("--evaluations", type=int, default=300, help="PyTorch's, each start")
    parser.add_argument("--output", type=pathlib.Path, default="examples/gallery/peers.png")
    arguments = parser.parse_args()
    problem = in_fresh_process(prepare, arguments.content, arguments.style, arguments.size)
    runs = compare(problem, arguments)
    print_report(runs)
    save_curves(runs, arguments.output.with_suffix(".json"))
    plot(runs, problem.content.shape[1:3], arguments.output)


if __name__ == "__main__":
    main()
