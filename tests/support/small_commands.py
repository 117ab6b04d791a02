"""Every command at its smallest, for tests that take its disk or its process away.

All of them run in one process, since TensorFlow takes seconds to load.
"""

import contextlib
import io
import os

import clips
import keras
import samples

from tfstyle import image
from tfstyle.cli import app
from tfstyle.networks import inverse_net, pretrained
from tfstyle.networks.stylizers import transform_net

PAINT = ["--content=in/a.png", "--style=style.png", "--precision=float32"]
TRAIN = [
    "--photos=photos",
    "--styles=style.png,in/a.png",
    "--steps=4",
    *(f"--{name}={value}" for name, value in samples.TINY_TRAINING.items()),
]
FILM = ["video", "--input=clip.mp4", "--model=pair.npz", "--style=wave"]

COMMANDS = {
    "gatys": ["gatys", *PAINT, "--size=48", "--levels=1", "--steps=6", "--output={}/out.png"],
    "apply": [
        *("apply", "--model=pair.npz", "--precision=float32", "--content=in/a.png"),
        *("--style=wave", "--output={}/out.jpg"),
    ],
    "swap": ["swap", *PAINT, "--model=net.npz", "--size=48", "--output={}/out.webp"],
    "prepare": [
        *("prepare", "--style=style.png", "--precision=float32", "--size=48"),
        "--output={}/out.npz",
    ],
    "quilt": ["quilt", "--texture=style.png", "--block_size=8", "--output={}/out.tif"],
    "analogy": [
        *("analogy", "--filtered=style.png", "--target=in/a.png", "--size=24", "--levels=2"),
        "--output={}/out.png",
    ],
    "styles": ["styles", "--model=pair.npz", "--content=in/a.png", "--sheet={}/out.png"],
    "train": ["train", *TRAIN, "--residual_blocks=1", "--model={}/out"],
    "train_inverse": ["train_inverse", *TRAIN, "--pooling=average", "--model={}/out"],
    "video": [*FILM, "--output={}/out.mp4"],
    "frames": [*FILM, "--output={}/out"],
}
"""The words of each; {} is the folder of the output, whose name is `out`."""


def prepare(folder):
    """Goes to a folder and fills it with what the commands read."""
    os.chdir(folder)
    os.mkdir("in")
    for seed, name in enumerate(("in/a.png", "in/b.png", "style.png")):
        image.write(name, samples.picture(36, 48, seed))
    samples.write_photos(folder / "photos")
    clips.write(folder / "clip.mp4", clips.frames(6))
    keras.utils.set_random_seed(1)
    stylizer = transform_net.Stylizer(samples.STYLES, width=4, residual_blocks=1)
    pretrained.pack(stylizer, folder / "pair.npz")
    inverse_net.pack(inverse_net.InverseNet(channels=6, width=4), folder / "net.npz")


def take_tiny_network():
    """Puts a tiny network in the place of VGG19."""
    from tfstyle.losses import perceptual
    from tfstyle.methods.gatys import method as gatys
    from tfstyle.networks import vgg19, vgg19_weights

    encoder, build = samples.build_tiny_encoder(), perceptual.build
    perceptual.build = lambda config, features=None, *others: build(config, encoder, *others)
    gatys.weights_used = lambda config: {"name": "tiny", "sha256": "0" * 64}
    vgg19.build = lambda *args, **kwargs: encoder
    vgg19_weights.load = lambda name: None


def output(name, folder):
    """Returns what a command writes."""
    return COMMANDS[name][-1].partition("=")[2].format(folder)


def is_file(name):
    """Returns whether it writes one file, no folder."""
    return bool(os.path.splitext(output(name, ""))[1])


def run(name, folder, *flags):
    """Runs a command, and returns its exit status and what it said on stderr."""
    return run_words([*(word.format(folder) for word in COMMANDS[name]), *flags])


def run_words(words):
    """See `run`."""
    if words[0] != "styles":
        words = [*words, "--quiet"]
    said = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
        status = app.main(words)
    return status, said.getvalue()
