"""What every method paints in a process whose global settings are others than usual.

    python tests/support/global_settings.py plain.npz
    python tests/support/global_settings.py other.npz mixed_float16 channels_first

Each is a name of `SETTINGS`. Small pictures, networks of VGG19's shape with seeded weights: what
is painted is no sight, but has to be the same bit for bit.
"""

import functools
import pathlib
import sys
import tempfile

import keras
import numpy as np
import samples
import tensorflow as tf

from tfstyle import analogies, feed_forward, gatys, image, quilting, style_swap, video
from tfstyle.export import onnx_litert, savedmodel
from tfstyle.networks import inverse_net, pretrained, vgg19_layers, vgg19_weights
from tfstyle.networks.stylizers import transform_net
from tfstyle.training import inverse, stylizer

SETTINGS = {
    "mixed_float16": lambda: keras.config.set_dtype_policy("mixed_float16"),
    "mixed_bfloat16": lambda: keras.config.set_dtype_policy("mixed_bfloat16"),
    "float64": lambda: keras.config.set_dtype_policy("float64"),
    "floatx_16": lambda: keras.config.set_floatx("float16"),
    "floatx_64": lambda: keras.config.set_floatx("float64"),
    "channels_first": lambda: keras.config.set_image_data_format("channels_first"),
    "epsilon": lambda: keras.config.set_epsilon(0.1),
    "traceback": keras.config.disable_traceback_filtering,
    "numpy_prints": lambda: np.set_printoptions(precision=1, threshold=2, legacy="1.13"),
    "numpy_raises": lambda: np.seterr(all="raise"),
    "hard_placement": lambda: tf.config.set_soft_device_placement(False),
    "deterministic": lambda: (
        keras.utils.set_random_seed(0),
        tf.config.experimental.enable_op_determinism(),
    ),
}
"""What a user may have set, by a name of ours."""

CONTENT, STYLE = samples.picture(40, 48, seed=1), samples.picture(36, 40, seed=2, smoothing=0)

BRIEF = {"size": None, "precision": "float32"}


@functools.cache
def vgg() -> vgg19_weights.Vgg19Weights:
    """Returns convolutions of VGG19's shapes with seeded weights."""
    random, channels, convolutions = np.random.default_rng(0), 3, []
    for filters in vgg19_layers.CHANNELS:
        kernel = random.standard_normal([3, 3, channels, filters], np.float32)
        convolutions.append((kernel * np.float32((9 * channels / 2) ** -0.5), np.zeros(filters)))
        channels = filters
    return vgg19_weights.Vgg19Weights("seeded", "", convolutions)


def pictures():
    """Yields every method's picture by name."""
    for optimizer in ("lbfgs", "adam"):
        config = gatys.Config(**BRIEF, levels="1", steps=3, optimizer=optimizer)
        yield f"gatys_{optimizer}", gatys.stylize(CONTENT, STYLE, config).image
    for decode in ("inverse", "optimize"):
        config = style_swap.Config(**BRIEF, decode=decode, steps=3)
        yield f"swap_{decode}", style_swap.stylize(CONTENT, STYLE, config).image
    for precision in ("float32", "bfloat16"):
        config = feed_forward.Config(model="slim", precision=precision)
        yield f"apply_{precision}", feed_forward.stylize(CONTENT, config=config).image
    yield "quilt", quilting.stylize(CONTENT, STYLE, quilting.Config(block_size=8, passes=1)).image
    yield "texture", quilting.synthesize(STYLE, quilting.Config(size=40, block_size=8)).image
    yield "analogy", analogies.stylize(CONTENT, STYLE, analogies.Config(levels=2)).image
    frames = [image.to_bytes(CONTENT)[0]] * 2
    method = video.GatysConfig(**BRIEF, levels="1", steps=2, frame_steps=2)
    *_, last = video.stylize(frames, STYLE, video.Config(), method)
    yield "video", last


def trainings(folder: pathlib.Path):
    """Yields the weights of short trainings, and what their files paint, by name."""
    photos = samples.write_photos(folder / "photos")
    settings = {**samples.TINY_TRAINING, "steps": 3}
    styles = {"smooth": STYLE, "dark": 0.3 * STYLE}
    for name, room, more in (
        ("train", stylizer, {"residual_blocks": 1}),
        ("train_inverse", inverse, {"layer": "block2_conv1"}),
    ):
        config = room.Config(**settings, **more)
        trained = room.train(photos, styles, folder / name, config, quiet=True)
        yield name, np.concatenate([np.ravel(each) for each in trained.get_weights()])
    opened = pretrained.load(folder / "train")
    yield "opened", np.asarray(opened(CONTENT, style="dark"))
    net = inverse_net.load(folder / "train_inverse")
    yield "opened_inverse", np.asarray(net(np.ones([1, 6, 7, 128], np.float32)))


def pipelines(folder: pathlib.Path):
    """Yields what models paint that have a stylizer in them, fresh and from a file, by name."""
    inputs = keras.Input([None, None, 3], dtype="float32")
    model = keras.Model(inputs, pretrained.load("slim")(inputs))
    yield "pipeline", np.asarray(model(CONTENT))
    model.save(folder / "pipeline.keras")
    yield "pipeline_opened", np.asarray(keras.models.load_model(folder / "pipeline.keras")(CONTENT))
    keras.utils.set_random_seed(3)
    fresh = transform_net.Stylizer(["one"], width=4, residual_blocks=1)
    yield "fresh", np.concatenate([np.ravel(each) for each in fresh.get_weights()])


def exports(folder: pathlib.Path):
    """Yields what exported models paint by name."""
    slim = pretrained.load("slim")
    savedmodel.save(slim, folder / "slim")
    signatures = tf.saved_model.load(str(folder / "slim")).signatures
    painted = signatures["serving_default"](images=tf.constant(CONTENT))
    yield "served", painted["pastiches"].numpy()
    # Their own comparison with the network refuses a file that paints otherwise.
    onnx_litert.save_onnx(slim, folder / "slim.onnx")
    onnx_litert.save_litert(slim, folder / "slim.tflite")


def main(output: str, *names: str) -> None:
    """Sets what is named and writes what is painted, arrays by name."""
    vgg19_weights.load = lambda *_: vgg()
    for name in names:
        SETTINGS[name]()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        found = dict(pictures())
        for source in (trainings, pipelines, exports):
            found.update(source(folder))
    np.savez(output, **found)


if __name__ == "__main__":
    main(*sys.argv[1:])
