"""A stylizer as a SavedModel with named inputs and outputs, for TF Serving and others."""

import dataclasses
import os
import pathlib
import shutil
import tempfile

import keras
import tensorflow as tf

from tfstyle import encoder, networks, settings, stylizers
from tfstyle.settings import setting

MAX_PIXELS = 4096 * 4096
"""Of a request's images together, of each file for `image_bytes`: more would exhaust a server."""

SIGNATURES = ("serving_default", "uint8", "image_bytes")


@dataclasses.dataclass(frozen=True)
class Config:
    """Every setting of an export; the only home of its defaults."""

    model: str | os.PathLike = stylizers.model_setting()
    style: str | None = setting(
        None,
        "A style or blend to bake in, such as great_wave:0.6,the_scream:0.4; none leaves the "
        "choice to each request.",
    )
    precision: str = setting(
        "float32",
        "The network's arithmetic; float32 runs everywhere.",
        choices=encoder.PRECISIONS,
    )
    max_pixels: int = setting(
        MAX_PIXELS,
        "Pixels of a request's images together, or of each file.",
        minimum=1,
        maximum=2**31 - 1,
    )

    def __post_init__(self):
        """Raises ValueError when a field lies outside its range."""
        settings.check(self)


def export(folder: str | pathlib.Path, config: Config = Config()) -> None:  # noqa: B008 (frozen)
    """Writes the stylizer that the settings name as a SavedModel; see `save`."""
    stylizer = stylizers.load(config.model, config.precision)
    style = None if config.style is None else networks.parse_style(config.style)
    save(stylizer, folder, style=style, max_pixels=config.max_pixels)


def save(
    stylizer: networks.Stylizer,
    folder: str | pathlib.Path,
    *,
    style: networks.Style = None,
    max_pixels: int = MAX_PIXELS,
) -> None:
    """Writes the stylizer as a SavedModel, whole or not at all.

    Signatures, each for any batch, height and width:

    - `serving_default`: `images` float32 `[batch, height, width, 3]` in [0, 1] to `pastiches`;
    - `uint8`: the same in bytes, 0 to 255;
    - `image_bytes`: strings `[batch]`, JPEG, PNG, GIF or BMP of any sizes, to `pastiche_bytes`,
      PNG strings. TF Serving's REST API writes both in base64. EXIF orientation is not looked at.

    A stylizer of several styles also takes `style_weights`, float32 `[batch, styles]`, unless a
    style or blend is baked in.

    Args:
        stylizer: what to export.
        folder: where to; TF Serving wants a number as its last part. It must not exist yet.
        style: what to bake in: a name, or shares by name.
        max_pixels: the limit of a request, or of each file in one, checked in the graph.

    Raises:
        ValueError: the folder exists, or the style is unknown.
    """
    folder = pathlib.Path(folder)
    if folder.exists():
        raise ValueError(f"output must not exist yet. Received: output={folder}")
    stylizer.shares(style)
    folder.parent.mkdir(parents=True, exist_ok=True)
    archive = keras.export.ExportArchive()
    archive.track(stylizer)
    for name, function, specification in _endpoints(stylizer, style, max_pixels):
        archive.add_endpoint(name, function, input_signature=specification)
    with tempfile.TemporaryDirectory(dir=folder.parent) as unfinished:
        archive.write_out(pathlib.Path(unfinished) / "model", verbose=False)
        shutil.move(pathlib.Path(unfinished) / "model", folder)


def _endpoints(stylizer: networks.Stylizer, style: networks.Style, max_pixels: int):
    """Yields each signature's name, its function and its inputs' specification."""
    baked = style is not None or len(stylizer.styles) == 1
    shares = stylizer.shares(style) if baked else None
    weights = tf.TensorSpec([None, len(stylizer.styles)], tf.float32, name="style_weights")
    extra = [] if baked else [weights]

    def paint(images: tf.Tensor, style_weights: tf.Tensor) -> tf.Tensor:
        with tf.control_dependencies([_check_pixels(images, max_pixels)]):
            return stylizer(tf.clip_by_value(images, 0.0, 1.0), style=style_weights)

    def paint_floats(images, style_weights):
        return {"pastiches": paint(images, style_weights)}

    def paint_bytes(images, style_weights):
        return {"pastiches": _to_bytes(paint(_to_floats(images), style_weights))}

    def paint_files(image_bytes, style_weights):
        each = tf.broadcast_to(style_weights, [tf.size(image_bytes), len(stylizer.styles)])

        def paint_file(file_and_shares):
            contents, own_shares = file_and_shares
            pixels = tf.io.decode_image(contents, channels=3, expand_animations=False)
            pastiche = paint(_to_floats(pixels[tf.newaxis]), own_shares[tf.newaxis])
            return tf.io.encode_png(_to_bytes(pastiche)[0])

        painted = tf.map_fn(paint_file, (image_bytes, each), fn_output_signature=tf.string)
        return {"pastiche_bytes": painted}

    floats = tf.TensorSpec([None, None, None, 3], tf.float32, name="images")
    whole = tf.TensorSpec([None, None, None, 3], tf.uint8, name="images")
    files = tf.TensorSpec([None], tf.string, name="image_bytes")
    endpoints = (paint_floats, floats), (paint_bytes, whole), (paint_files, files)
    for name, (function, specification) in zip(SIGNATURES, endpoints, strict=True):
        bound = _without_style_weights(function, shares) if baked else function
        yield name, bound, [specification, *extra]


def _without_style_weights(function, shares: tf.Tensor):
    """Returns a function of one argument, and so a signature of one input."""
    return lambda inputs: function(inputs, shares)


def _check_pixels(images: tf.Tensor, max_pixels: int) -> tf.Operation:
    pixels = tf.reduce_prod(tf.shape(images, out_type=tf.int64)[:3])
    return tf.debugging.Assert(
        (pixels > 0) & (pixels <= max_pixels),
        [f"images must have 1 to {max_pixels} pixels in all, and have", pixels],
    )


def _to_floats(images: tf.Tensor) -> tf.Tensor:
    return tf.cast(images, tf.float32) / 255


def _to_bytes(images: tf.Tensor) -> tf.Tensor:
    return tf.cast(tf.round(images * 255), tf.uint8)
