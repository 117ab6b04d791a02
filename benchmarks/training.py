"""Steps a second of a training, against PyTorch's fast_neural_style set-up.

    python benchmarks/training.py --batch=4 --crop=256

tfstyle: the step that `tfstyle train` takes, as Keras's `fit` calls it. PyTorch: the same, written
anew along the lines of its example fast_neural_style, eager, with Adam: the same transform net and
first weights, VGG19's same layers with average pooling, the same losses, weights, batch and crop.
In bfloat16 under `torch.autocast`, VGG19's fixed weights converted beforehand; in both layouts; and
with VGG19's borders as ours, mirrored, or zero as that example has them, which costs less. Neither
side reads photographs: one batch of noise serves all steps. `--optimizer=muon` shows what our
default costs; PyTorch keeps Adam.

Before they are timed, everyone's loss on that batch is compared with the first one's, those with
zero borders aside. The ratio is the time of PyTorch's best step by that of our best: 1.5 or more
is the aim. Each framework has one process, with its own default of threads; they take turns, and
the least of their times counts.
"""

import argparse
import dataclasses
import functools
import json
import pathlib
import tempfile
import time
from collections.abc import Callable
from typing import NamedTuple

import contest
import numpy as np
from contest import Contestant

from tfstyle import image

BETAS = (0.9, 0.99)
LEARNING_RATE = 1e-3
LONGEST_GRADIENT = 1.0
"""Adam's, and where gradients are clipped: as `tfstyle.training` has it."""

BORDERS = ("reflect", "zero")

AGREEMENT = {"float32": 0.001, "bfloat16": 0.01}
"""Greatest relative difference between the losses at the first weights."""


class Task(NamedTuple):
    """What is trained."""

    batch: int
    crop: int
    optimizer: str
    """Ours: PyTorch has Adam."""
    folder: pathlib.Path
    """Of the files that `prepare` writes."""

    @property
    def arrays(self) -> pathlib.Path:
        """The transform net's first weights, in order."""
        return self.folder / "arrays.npz"

    @property
    def terms(self) -> pathlib.Path:
        """The fields of `loss_weights.Weights`."""
        return self.folder / "terms.json"


def contestants(precisions: list[str]) -> list[Contestant]:
    """Returns everyone, tfstyle first."""
    ours = [Contestant(contest.OURS, "", precision) for precision in precisions]
    layouts = ("contiguous", "channels last")
    ways = [f"{layout}, {borders}" for layout in layouts for borders in BORDERS]
    return [*ours, *(Contestant("PyTorch", way, p) for way in ways for p in precisions)]


def pictures(task: Task) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns the photographs, the same with noise, and the style picture."""
    seeds = range(task.batch)
    size = (task.crop, task.crop)
    photographs = np.concatenate([image.noise(size, seed, deviation=0.2) for seed in seeds])
    noise = np.random.default_rng(0).standard_normal(photographs.shape, np.float32)
    return photographs, photographs + noise * np.float32(8 / 255), image.noise((512, 512), 99, 0.3)


def prepare(task: Task) -> None:
    """Writes what PyTorch takes over from a training of this package."""
    from tfstyle.training import stylizer

    np.savez(task.arrays, *our_training(task, "float32").stylizer.net.get_weights())
    terms = stylizer.Config().weights()
    task.terms.write_text(json.dumps({**dataclasses.asdict(terms), "layers": terms.layers}))


# --- The contestants; each runs in its framework's process ---


def loss(contestant: Contestant, task: Task) -> float:
    """Returns the loss before the next step, which is taken."""
    return stepper(contestant, task)()


def duration(contestant: Contestant, task: Task) -> float:
    """Returns how many seconds one step takes."""
    step = stepper(contestant, task)
    begin = time.perf_counter()
    step()
    return time.perf_counter() - begin


@functools.cache
def stepper(contestant: Contestant, task: Task) -> Callable[[], float]:
    """Returns what takes one step and returns the loss before it."""
    make = our_stepper if contestant.framework == contest.OURS else torch_stepper
    return make(contestant, task)


def our_stepper(contestant: Contestant, task: Task) -> Callable[[], float]:
    """Returns this package's."""
    import tensorflow as tf

    training = our_training(task, contestant.precision)
    with np.load(task.arrays) as arrays:
        training.stylizer.net.set_weights(list(arrays.values()))
    photographs, noisy, _ = pictures(task)
    batch = photographs, noisy, np.zeros(task.batch, np.int32)
    batches = iter(tf.data.Dataset.from_tensors(batch).repeat())
    training.make_train_function()

    def step() -> float:
        training.reset_metrics()
        return float(np.squeeze(training.train_function(batches)["loss"]))

    return step


def our_training(task: Task, precision: str):
    """Returns the model that `tfstyle train` fits, for one style."""
    import keras

    from tfstyle.training import stylizer

    keras.utils.set_random_seed(0)
    config = stylizer.Config(
        batch=task.batch, crop=task.crop, precision=precision, optimizer=task.optimizer
    )
    # Of photographs only what is taken from a network to begin from needs any.
    return stylizer.build("", {"noise": pictures(task)[-1]}, config)


def torch_stepper(contestant: Contestant, task: Task) -> Callable[[], float]:
    """Returns PyTorch's."""
    import torch
    import torch_networks

    from tfstyle.networks import vgg19_weights

    layout_name, borders = contestant.way.split(", ")
    layout = torch_networks.LAYOUTS[layout_name]
    with np.load(task.arrays) as arrays:
        net = torch_networks.TransformNet(list(arrays.values())).to(memory_format=layout)
    photographs, noisy, style = map(torch_networks.from_images, pictures(task))
    photographs, noisy = (each.contiguous(memory_format=layout) for each in (photographs, noisy))
    terms = json.loads(task.terms.read_text())
    vgg = torch_networks.Vgg19(vgg19_weights.load().convolutions, terms["layers"], borders)
    vgg = vgg.to(dtype=getattr(torch, contestant.precision), memory_format=layout)
    evaluate = torch_objective(vgg, style, terms)
    optimizer = torch.optim.Adam(net.parameters(), lr=LEARNING_RATE, betas=BETAS)

    def step() -> float:
        optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=contestant.precision == "bfloat16"):
            total = evaluate(net(noisy), photographs)
        total.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), LONGEST_GRADIENT)
        optimizer.step()
        return total.item()

    return step


def torch_objective(vgg, style, terms: dict) -> Callable:
    """Returns the loss of pastiches of photographs: as `tfstyle.objective`, relative to itself.

    L = w_content sum_l |F - F'|^2 / |F'|^2 + w_style sum_l |G - G'|^2 / |G'|^2
    + (w_tv TV + w_range sum excess^2) / area, the mean over the batch.
    """
    import torch

    with torch.no_grad():
        features = vgg(style)
        grams = {layer: gram_matrix(features[layer]) for layer in terms["style_layers"]}

    def objective(pastiches, photographs):
        with torch.no_grad():
            wanted = vgg(photographs)
        features = vgg(pastiches)
        content = sum(
            relative(features[layer].float() - wanted[layer].float(), wanted[layer].float())
            for layer in terms["content_layers"]
        )
        style_loss = sum(
            relative(gram_matrix(features[layer]) - gram, gram) for layer, gram in grams.items()
        )
        area = pastiches[0, 0].numel() / terms["at_size"] ** 2
        excess = pastiches - pastiches.clamp(0, 1)
        return (
            terms["content"] * content
            + terms["style"] * style_loss
            + terms["total_variation"] / area * total_variation(pastiches) / len(pastiches)
            + terms["out_of_range"] / area * excess.square().sum() / len(pastiches)
        )

    return objective


def relative(difference, target):
    """Returns each image's squared differences by the target's squares, the mean over the batch."""
    axes = tuple(range(1, target.ndim))
    return (difference.square().sum(axes) / target.square().sum(axes)).mean()


def gram_matrix(features):
    """Returns F^T F / (C * H * W), float32, of `[batch, channels, height, width]`."""
    rows = features.flatten(2)
    return (rows @ rows.mT).float() / features[0].numel()


def total_variation(images):
    """Returns the summed squared differences of neighbours of `[batch, 3, height, width]`."""
    right = (images[..., 1:] - images[..., :-1]).square().sum()
    return right + (images[..., 1:, :] - images[..., :-1, :]).square().sum()


# --- The report ---


def compare(
    processes: contest.Processes, everyone: list[Contestant], repetitions: int, task: Task
) -> dict[Contestant, float]:
    """Returns each contestant's least seconds, once all have been found to have the same loss."""
    losses = {each: processes.ask(each, loss, task) for each in everyone}
    expected = losses[everyone[0]]
    for each, found in losses.items():
        allowed = AGREEMENT[each.precision]
        if not abs(found - expected) <= allowed * expected and not each.way.endswith("zero"):
            raise RuntimeError(
                f"all must have the same loss within {allowed:.1%} of {expected:.4g}. "
                f"Received: {each} with {found:.4g}"
            )
    return contest.least_seconds(processes, everyone, repetitions, duration, task)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=4, help="photographs a step")
    parser.add_argument("--crop", type=int, default=256, help="their side in pixels")
    parser.add_argument("--optimizer", default="adam", help="adam or muon, ours only")
    parser.add_argument("--precisions", default="float32,bfloat16")
    parser.add_argument("--repetitions", type=int, default=7, help="steps of each contestant")
    arguments = parser.parse_args()
    everyone = contestants(arguments.precisions.split(","))
    contest.warn_if_busy()
    with tempfile.TemporaryDirectory() as folder:
        task = Task(arguments.batch, arguments.crop, arguments.optimizer, pathlib.Path(folder))
        contest.in_fresh_process(prepare, task)
        with contest.Processes(everyone) as processes:
            seconds = compare(processes, everyone, arguments.repetitions, task)
    contest.print_ratios(f"{task.batch} of {task.crop}", "steps/s", seconds)


if __name__ == "__main__":
    main()
