"""A trained stylizer for others to run: TF Serving, ONNX Runtime, LiteRT."""

import dataclasses
import os
import pathlib
import shutil
import tempfile

import keras

from tfstyle import conversion, encoder, networks, serving, settings, stylizers, warmup
from tfstyle.settings import setting

SUFFIXES = {"savedmodel": "", "litert": ".tflite", "onnx": ".onnx"}
"""How the output of each format ends; a SavedModel is a folder."""


@dataclasses.dataclass(frozen=True)
class Config:
    """Every setting of an export; the only home of its defaults."""

    model: str | os.PathLike = stylizers.model_setting()
    format: str = setting(
        "savedmodel",
        "savedmodel for TF Serving and TensorFlow; one file for ONNX Runtime or LiteRT.",
        choices=tuple(SUFFIXES),
    )
    style: str | None = setting(
        None,
        "A style or blend to bake in, such as great_wave:0.6,the_scream:0.4; none leaves the "
        "choice to each request.",
    )
    precision: str = setting(
        "float32",
        "The network's arithmetic; float32 runs everywhere, and is all that onnx and litert take.",
        choices=encoder.PRECISIONS,
    )
    max_pixels: int = setting(
        serving.MAX_PIXELS,
        "Pixels of a request's images together, or of each file; for savedmodel.",
        minimum=1,
        maximum=2**31 - 1,
    )

    def __post_init__(self):
        """Raises ValueError when a field lies outside its range."""
        settings.check(self)


def export(output: str | pathlib.Path, config: Config = Config()) -> None:  # noqa: B008 (frozen)
    """Writes the stylizer that the settings name; see `save`, and `conversion` for other formats.

    Raises:
        ValueError: the output exists or its name belongs to another format, the model or style is
            unknown, or what the format needs is not installed.
    """
    _check_output(pathlib.Path(output), config.format)
    stylizer = stylizers.load(config.model, config.precision)
    style = None if config.style is None else networks.parse_style(config.style)
    if config.format == "onnx":
        conversion.save_onnx(stylizer, output, style)
    elif config.format == "litert":
        conversion.save_litert(stylizer, output, style)
    else:
        save(stylizer, output, style=style, max_pixels=config.max_pixels)


def save(
    stylizer: networks.Stylizer,
    folder: str | pathlib.Path,
    *,
    style: networks.Style = None,
    max_pixels: int = serving.MAX_PIXELS,
) -> None:
    """Writes the stylizer as a SavedModel, whole or not at all, with requests to warm it up.

    Signatures, each for any batch, height and width:

    - `serving_default`: `images` float32 `[batch, height, width, 3]` in [0, 1] to `pastiches`;
    - `uint8`: the same in bytes, 0 to 255;
    - `image_bytes`: strings `[batch]`, JPEG, PNG, BMP or GIF (its first frame) of any sizes, to
      `pastiche_bytes`, PNG strings. TF Serving's REST API writes both in base64. EXIF orientation
      is not looked at.

    A stylizer of several styles also takes `style_weights`, float32 `[batch or 1, styles]`, of
    which only the ratios count, unless a style or blend is baked in.

    Each checks its request, and fails with a sentence that names the cause.

    Args:
        stylizer: what to export.
        folder: where to; TF Serving wants a number as its last part. It must not exist yet.
        style: what to bake in: a name, or shares by name.
        max_pixels: the limit of a request, or of each file in one, checked in the graph.

    Raises:
        ValueError: the folder exists, or the style is unknown.
    """
    folder = pathlib.Path(folder)
    _check_output(folder, "savedmodel")
    endpoints = serving.Endpoints(stylizer, style, max_pixels)
    archive = keras.export.ExportArchive()
    archive.track(stylizer)
    for name in serving.SIGNATURES:
        specification = endpoints.input_signature(name)
        archive.add_endpoint(name, getattr(endpoints, name), input_signature=specification)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as unfinished:
        model = pathlib.Path(unfinished) / "model"
        archive.write_out(model, verbose=False)
        warmup.write(model, endpoints)
        shutil.move(model, folder)


def _check_output(output: pathlib.Path, chosen: str) -> None:
    """Raises ValueError unless something of that format may be written there."""
    if output.exists():
        raise ValueError(f"output must not exist yet. Received: output={output}")
    for name, suffix in SUFFIXES.items():
        if suffix and (output.suffix == suffix) != (name == chosen):
            raise ValueError(
                f"output must end in {suffix} for format={name}, and only then. "
                f"Received: output={output}, format={chosen}"
            )
