"""Trained networks for TF Serving, ONNX Runtime and LiteRT: `Config`, `export`, `save`.

Nothing is loaded before it is asked for; `config` loads no TensorFlow at all.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "config": ["Config"],
        "onnx_litert": ["save_litert", "save_onnx"],
        "savedmodel": ["export", "save", "save_swap"],
    },
)
