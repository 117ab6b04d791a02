"""Artistic style transfer with TensorFlow: a photograph painted in a picture's style.

    from tfstyle import gatys, image

Importing the package loads nothing: a method's module is imported when first asked for.
"""

import importlib

from tfstyle.version import __version__

__all__ = [
    "__version__",
    "analogies",
    "color",
    "feed_forward",
    "gatys",
    "image",
    "jobs",
    "load_stylizer",
    "quilting",
    "style_swap",
    "video",
]

_MODULES = {
    "analogies": "tfstyle.methods.analogies",
    "color": "tfstyle.image.color",
    "feed_forward": "tfstyle.methods.feed_forward",
    "gatys": "tfstyle.methods.gatys",
    "image": "tfstyle.image",
    "jobs": "tfstyle.jobs",
    "quilting": "tfstyle.methods.quilting",
    "style_swap": "tfstyle.methods.style_swap",
    "video": "tfstyle.methods.video",
}


def __getattr__(name: str):
    """Imports the public module of that name."""
    if name in _MODULES:
        return importlib.import_module(_MODULES[name])
    if name == "load_stylizer":
        return importlib.import_module("tfstyle.networks.pretrained").load
    raise AttributeError(f"module 'tfstyle' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Lists the public names."""
    return __all__
