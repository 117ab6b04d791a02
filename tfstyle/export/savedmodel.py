"""A trained network for others to run: TF Serving, ONNX Runtime, LiteRT."""

import os
import pathlib

import keras

from tfstyle.export import (
    onnx_litert,
    saving,
    stylizer_endpoints,
    swap_endpoints,
    swap_levels,
    warmup,
)
from tfstyle.export.config import MAX_PIXELS, SUFFIXES, Config
from tfstyle.export.endpoints import Endpoints
from tfstyle.methods.style_swap import config as swap_config
from tfstyle.networks import inverse_net, pretrained
from tfstyle.networks.layers import split_convolution
from tfstyle.networks.stylizers import family, styled
from tfstyle.system import destinations, files
from tfstyle.system.unfinished import parts


def export(output: str | pathlib.Path, config: Config = Config()) -> None:  # noqa: B008 (frozen)
    """Writes the network that the settings name.

    See `save` and `save_swap`, and `onnx_litert` for other formats.

    Raises:
        ValueError: the output exists or its name belongs to another format, the model or style is
            unknown, or what the format needs is not installed.
        OSError: the output cannot be written.
    """
    # Before a network is loaded: a name that will not do is said at once.
    _check_output(pathlib.Path(output), config.format)
    if config.method == "swap":
        _export_swap(output, config)
    else:
        _export_stylizer(output, config)


def _export_swap(output: str | pathlib.Path, config: Config) -> None:
    settings = swap_config.Config() if config.whiten else swap_levels.PLAIN
    net = inverse_net.load(os.fspath(config.model or settings.inverse_model()), config.precision)
    limit = config.max_pixels or MAX_PIXELS["swap"]
    save_swap(net, output, settings, vgg_weights=config.vgg_weights, max_pixels=limit)


def _export_stylizer(output: str | pathlib.Path, config: Config) -> None:
    stylizer = pretrained.load(os.fspath(config.model or pretrained.NAME), config.precision)
    # `Config` has refused the other formats without a strength.
    if config.format == "onnx" and config.strength is not None:
        onnx_litert.save_onnx(stylizer, output, config.style, config.strength)
    elif config.format == "litert" and config.strength is not None:
        onnx_litert.save_litert(stylizer, output, config.style, config.strength)
    else:
        limit = config.max_pixels or MAX_PIXELS["apply"]
        save(
            stylizer,
            output,
            style=config.style,
            strength=config.strength,
            max_pixels=limit,
        )


def save(
    stylizer: family.AnyStylizer,
    folder: str | pathlib.Path,
    *,
    style: styled.Style = None,
    strength: float | None = 1.0,
    max_pixels: int = MAX_PIXELS["apply"],
) -> None:
    """Writes the stylizer as a SavedModel, whole or not at all, with requests to warm it up.

    Signatures, each for any batch, height and width:

    - `serving_default`: `images` float32 `[batch, height, width, 3]` in [0, 1] to `pastiches`;
    - `uint8`: the same in bytes, 0 to 255;
    - `image_bytes`: strings `[batch]`, JPEG, PNG, BMP or GIF (its first frame) of any sizes, to
      `pastiche_bytes`, PNG strings. TF Serving's REST API writes both in base64. Files are read as
      `image.read` does, upright and in sRGB; what would come out otherwise is refused by name.

    A stylizer of several styles also takes `style_weights`, float32 `[batch or 1, styles]`, of
    which only the ratios count, unless a style or blend is baked in. With `strength=None` each
    takes `strength`, float32 `[batch or 1]` from 0 to 1, too; TF Serving fills in 1 where a request
    has none, and who calls a signature in Python must give it.

    Each checks its request, and fails with a sentence that names the cause.

    Args:
        stylizer: what to export.
        folder: where to; TF Serving wants a number as its last part. It must not exist yet.
        style: what to bake in: a name, or shares by name.
        strength: how much of the style to bake in, from 0 to 1; None leaves it to each request.
            Other than 1 is for a network with `identity`.
        max_pixels: the limit of a request, or of each file in one, checked in the graph.

    Raises:
        ValueError: the folder exists, the style is unknown, or the network has no such strength.
        OSError: the folder cannot be written.
    """
    endpoints = stylizer_endpoints.Endpoints(stylizer, style, max_pixels, strength)
    _write(endpoints, pathlib.Path(folder))


def save_swap(
    net: inverse_net.InverseNet,
    folder: str | pathlib.Path,
    config: swap_config.Config = swap_config.Config(),  # noqa: B008 (frozen)
    *,
    vgg_weights: str | os.PathLike = "auto",
    features: keras.Model | None = None,
    max_pixels: int = MAX_PIXELS["swap"],
) -> None:
    """Writes the whole style swap as a SavedModel: a content and any style in, the pastiche out.

    Signatures, each for any batch and any sizes of contents and of styles:

    - `serving_default`: `contents` and `styles`, float32 `[batch, height, width, 3]` in [0, 1], to
      `pastiches`; the styles are as many as the contents, or one for all;
    - `uint8`: the same in bytes, 0 to 255;
    - `image_bytes`: `content_bytes` and `style_bytes`, as `save`'s, to `pastiche_bytes`.

    Each also takes `strength`, float32 `[batch or 1]` from 0 to 1; TF Serving fills in that of the
    settings where a request has none, and who calls a signature in Python must give it.

    Each paints what `style_swap.stylize` does by the same settings at the content's own size,
    within a grey level or two, and checks its request, as `save`'s do.

    Args:
        net: the inverse network, in the precision that all is computed in.
        folder: where to; TF Serving wants a number as its last part. It must not exist yet.
        config: the settings; size, model and precision, and what the network was trained for
            (layer, pooling, padding), count for nothing.
        vgg_weights: see `vgg19_weights.load`.
        features: a model from image to features by layer name instead of VGG19.
        max_pixels: the limit of a request's contents together, of its styles, or of each file:
            the work grows with the product of both.

    Raises:
        ValueError: the folder exists, or the settings ask for what no graph does.
        OSError: it cannot be written.
    """
    painter = swap_levels.build(net, config, vgg_weights, features)
    endpoints = swap_endpoints.Endpoints(painter, max_pixels)
    _write(endpoints, pathlib.Path(folder))


# What a processor is fastest with must not be written: another one is going to serve it.
@split_convolution.for_any_processor()
def _write(endpoints: Endpoints, folder: pathlib.Path) -> None:
    """Writes the SavedModel of the endpoints, whole or not at all."""
    _check_output(folder, "savedmodel")
    archive = keras.export.ExportArchive()
    # Keras finds an endpoint's variables by itself. What `archive.track` is told of besides is
    # written a second time, in Keras's own lists.
    for name in endpoints.names:
        specification = endpoints.input_signature(name)
        archive.add_endpoint(name, endpoints.function(name), input_signature=specification)
    with saving.naming(folder):
        _write_out(archive, endpoints, folder)


def _write_out(
    archive: keras.export.ExportArchive, endpoints: Endpoints, folder: pathlib.Path
) -> None:
    # Beside the folder, so that the move is one rename: TF Serving watches it for new versions.
    with files.making_folder(folder.parent, parents=True), parts.folder_for(folder) as unfinished:
        model = unfinished / "model"
        archive.write_out(model, verbose=False)
        warmup.write(model, endpoints)
        model.rename(folder)


def _check_output(output: pathlib.Path, chosen: str) -> None:
    """Raises ValueError unless something of that format may be written there."""
    # A link that leads nowhere is there as well.
    if os.path.lexists(output):
        raise ValueError(
            f"output must not exist yet; remove it or choose another. Received: output={output}"
        )
    wanted = SUFFIXES[chosen]
    suffix = output.suffix.lower()
    if suffix != wanted:
        ending = wanted or "no suffix, as a folder's name,"
        named = [name for name, each in SUFFIXES.items() if each and each == suffix]
        hint = f"; {output.suffix} is of format={named[0]}" if named else ""
        raise ValueError(
            f"output must end in {ending} for format={chosen}{hint}. "
            f"Received: output={output}, format={chosen}"
        )
    destinations.check_folder(output, "output")
