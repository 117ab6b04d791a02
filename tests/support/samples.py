"""Small pictures, a tiny seeded encoder and a short training's settings, for all tests."""

import pathlib

import numpy as np

ROOT = pathlib.Path(__file__).parents[2]
"""The checkout."""

DATA = ROOT.parent / "shared" / "data"
"""Example pictures beside the checkout, where there are some."""

TINY_CHANNELS = {
    "block1_conv1": 4,
    "block2_conv1": 4,
    "block3_conv1": 6,
    "block3_conv2": 6,
    "block4_conv1": 8,
    "block4_conv2": 8,
    "block5_conv1": 8,
}
"""The layers that the losses look at by default, and how few channels the tiny network has."""

STYLES = ("wave", "scream")
"""What the stylizer's styles are called."""

TINY_TRAINING = {
    "evaluate_every": 2,
    "crop": 32,
    "photo_size": 48,
    "style_size": 40,
    "batch": 2,
    "width": 4,
    "precision": "float32",
}
"""Settings of a training that is over in seconds."""

SHALLOW_GATYS = {
    "size": 40,
    "levels": 1,
    "style_layers": "block3_conv1",
    "content_layers": "block3_conv1",
    "precision": "float32",
}
"""Settings of an optimisation that is over at once, by the shallow encoder's layer."""


def build_tiny_encoder():
    """A network with VGG19's names, pooling and ReLU, but a handful of seeded random kernels."""
    import keras

    inputs = keras.Input([None, None, 3])
    flow, features, block = inputs, {}, "1"
    for seed, (name, channels) in enumerate(TINY_CHANNELS.items()):
        if name[len("block")] != block:
            flow, block = keras.layers.MaxPooling2D(2)(flow), name[len("block")]
        flow = keras.layers.Conv2D(
            channels,
            3,
            padding="same",
            activation="relu",
            kernel_initializer=keras.initializers.HeNormal(seed),
            name=name,
        )(flow)
        features[name] = flow
    return keras.Model(inputs, features, name="tiny_encoder")


def write_photos(folder):
    """Five smooth pictures to train on."""
    from tfstyle import image

    folder.mkdir()
    for index in range(5):
        image.write(folder / f"{index}.png", picture(40, 48, seed=index))
    return folder


def picture(height, width, seed, smoothing=3):
    pixels = np.random.default_rng(seed).random([1, height, width, 3], np.float32)
    for _ in range(smoothing):
        pixels = sum(np.roll(pixels, shift, axis) for axis in (1, 2) for shift in (-1, 0, 1)) / 6
    return pixels.astype(np.float32)
