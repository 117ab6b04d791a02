"""A stylizer as one file for ONNX Runtime or LiteRT, each compared with the network at once."""

import contextlib
import logging
import pathlib
import tempfile
import types
from collections.abc import Callable, Iterator

import numpy as np
import tensorflow as tf

from tfstyle.export import saving, stylizer_endpoints
from tfstyle.networks.layers import split_convolution
from tfstyle.networks.stylizers import family, styled
from tfstyle.system import extras, files

TOLERANCE = 1e-3
"""By which a file's pastiches may differ from the network's, in [0, 1]: a quarter of a byte."""

# Two batches and sizes, one of them odd: converters like to take what they see for constant.
SHAPES = (1, 96, 128), (2, 61, 45)
"""Batch, height and width at which they are compared."""

OPSET = 18
"""The version of ONNX's operators; ONNX Runtime has it since 1.14 (February 2023)."""


@split_convolution.for_any_processor()
def save_onnx(
    stylizer: family.AnyStylizer,
    path: str | pathlib.Path,
    style: styled.Style = None,
    strength: float = 1.0,
) -> None:
    """Writes the stylizer for ONNX Runtime, for any batch, height and width.

    In and out as in the signature `serving_default`, but nothing checks a request.

    Args:
        stylizer: what to write, with float32 arithmetic.
        path: where to.
        style: what to bake in: a name, or shares by name.
        strength: how much of the style, from 0 to 1; less than 1 for a network with `identity`.

    Raises:
        ValueError: tf2onnx or ONNX Runtime are missing, or the file would paint differently.
        OSError: the file cannot be written.
    """
    purpose = "format=onnx"
    converter = extras.load("tf2onnx", "onnx", purpose)
    runtime = extras.load("onnxruntime", "onnx", purpose)
    paint, specification = _frozen(stylizer, style, strength)
    # Its optimiser of transpositions fails and says so at length; ONNX Runtime has its own.
    with _silent("tf2onnx"):
        model, _ = converter.convert.from_function(
            tf.function(paint, autograph=False), specification, opset=OPSET
        )
    # Checked in memory, and written only when it paints as it should.
    contents = model.SerializeToString()
    session = runtime.InferenceSession(contents, providers=["CPUExecutionProvider"])
    _check("ONNX", paint, specification, lambda **inputs: session.run(["pastiches"], inputs)[0])
    _write(path, contents)


@split_convolution.for_any_processor()
def save_litert(
    stylizer: family.AnyStylizer,
    path: str | pathlib.Path,
    style: styled.Style = None,
    strength: float = 1.0,
) -> None:
    """Writes the stylizer for LiteRT, once TensorFlow Lite; see `save_onnx`.

    `Interpreter.get_signature_runner("serving_default")` takes any batch, height and width; of a
    family, whose styles have networks of their own, one row of `style_weights` for all images.
    """
    litert = extras.load("ai_edge_litert.interpreter", "litert", "format=litert")
    paint, specification = _frozen(stylizer, style, strength)
    if isinstance(stylizer, family.StylizerFamily):
        # LiteRT loops over no images of any size: one network paints all of a request.
        specification = [_one_row(each) for each in specification]
    traced = tf.function(paint, specification, autograph=False).get_concrete_function()
    contents = tf.lite.TFLiteConverter.from_concrete_functions([traced], tf.Module()).convert()
    run = _runner(litert, contents)
    _check("LiteRT", paint, specification, lambda **inputs: run(**inputs)["pastiches"])
    _write(path, contents)


def _one_row(specification: tf.TensorSpec) -> tf.TensorSpec:
    """Returns an input that has one row for all images where it had one for each."""
    shape = specification.shape
    return (
        tf.TensorSpec([1, shape[1]], name=specification.name) if shape.rank == 2 else specification
    )


def _runner(litert: types.ModuleType, contents: bytes) -> Callable[..., dict[str, np.ndarray]]:
    """Returns what a LiteRT file computes."""
    # XNNPACK, the delegate that is taken by default, announces itself on standard error.
    plain = litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    interpreter = litert.Interpreter(model_content=contents, experimental_op_resolver_type=plain)
    if "serving_default" not in interpreter.get_signature_list():
        # The converter writes a SavedModel there, and goes on without signatures where it cannot.
        raise OSError(
            "the folder for temporary files must have room for the network; let TMPDIR name "
            f"another. Received: {tempfile.gettempdir()}"
        )
    return interpreter.get_signature_runner("serving_default")


def _frozen(
    stylizer: family.AnyStylizer, style: styled.Style, strength: float
) -> tuple[Callable[..., dict[str, tf.Tensor]], list[tf.TensorSpec]]:
    """Returns the network as a function with its weights as constants, and what it takes.

    With variables, LiteRT's converter writes a file that paints nothing until it is initialised.
    """
    if stylizer.compute_dtype != "float32":
        raise ValueError(
            "precision must be float32 for the formats onnx and litert. "
            f"Received: precision={stylizer.compute_dtype}"
        )
    endpoints = stylizer_endpoints.Endpoints(stylizer, style, strength=strength)
    baked_in = None if endpoints.shares is None else endpoints.shares.numpy()
    network = endpoints.stylizer
    trained = [variable.numpy() for variable in network.trainable_variables]
    others = [variable.numpy() for variable in network.non_trainable_variables]

    def paint(images: tf.Tensor, style_weights: tf.Tensor | None = None) -> dict[str, tf.Tensor]:
        shares = baked_in
        if style_weights is not None:
            shares = style_weights / tf.reduce_sum(style_weights, axis=1, keepdims=True)
        faded = network.at_strength(shares, strength)
        pastiches, _ = network.stateless_call(trained, others, images, style=faded)
        return {"pastiches": pastiches}

    return paint, endpoints.input_signature("serving_default")


def _check(
    name: str,
    paint: Callable[..., dict[str, tf.Tensor]],
    specification: list[tf.TensorSpec],
    run: Callable[..., np.ndarray],
) -> None:
    """Raises ValueError when a file paints otherwise than the network."""
    random = np.random.default_rng(0)
    # Eagerly, the stylizer would keep the graph that was made with these weights as constants.
    paint = tf.function(paint, specification, autograph=False)
    for batch, height, width in SHAPES:
        shares = specification[-1].shape
        sides = {4: [batch, height, width, 3], 2: [shares[0] or batch, shares[-1]]}
        inputs = {
            spec.name: random.random(sides[spec.shape.rank], np.float32) for spec in specification
        }
        difference = _difference(run(**inputs), paint(**inputs)["pastiches"].numpy())
        # So put, a difference that is NaN is refused as well.
        if not difference <= TOLERANCE:
            raise ValueError(
                f"the {name} file would not paint as the network does; another version of the "
                f"converter may. Received: a difference of {difference:.2g} at {height} x {width} "
                f"pixels, where {TOLERANCE} is allowed"
            )


def _difference(painted: np.ndarray, expected: np.ndarray) -> float:
    return np.abs(painted - expected).max() if painted.shape == expected.shape else np.inf


@contextlib.contextmanager
def _silent(logger: str) -> Iterator[None]:
    """Drops what a library logs, errors aside."""
    before = logging.getLogger(logger).level
    logging.getLogger(logger).setLevel(logging.ERROR)
    try:
        yield
    finally:
        logging.getLogger(logger).setLevel(before)


def _write(path: str | pathlib.Path, contents: bytes) -> None:
    path = pathlib.Path(path)
    with saving.naming(path), files.making_folder(path.parent, parents=True):
        with files.atomically(path) as file:
            file.write(contents)
