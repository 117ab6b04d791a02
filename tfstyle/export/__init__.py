"""Trained networks for TF Serving, ONNX Runtime and LiteRT: `Config`, `export`, `save`.

Nothing is loaded before it is asked for; `config` loads no TensorFlow at all.
"""

import typing

import lazy_loader

from tfstyle.system import keras_backend

if typing.TYPE_CHECKING:
    from tfstyle.export.config import Config as Config
    from tfstyle.export.onnx_litert import save_litert as save_litert
    from tfstyle.export.onnx_litert import save_onnx as save_onnx
    from tfstyle.export.savedmodel import export as export
    from tfstyle.export.savedmodel import save as save
    from tfstyle.export.savedmodel import save_swap as save_swap

keras_backend.choose_tensorflow()

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "config": ["Config"],
        "onnx_litert": ["save_litert", "save_onnx"],
        "savedmodel": ["export", "save", "save_swap"],
    },
)
