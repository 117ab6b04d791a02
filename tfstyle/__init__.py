"""Artistic style transfer with TensorFlow: a photograph painted in a picture's style.

    from tfstyle import gatys, image

Importing the package loads no TensorFlow: a method's module is imported when first asked for.
`keras.models.load_model` opens saved networks from then on.
"""

import importlib
import typing

from tfstyle import saved_models
from tfstyle.version import __version__

# For checkers and editors, which do not run `__getattr__`.
if typing.TYPE_CHECKING:
    from tfstyle import image as image
    from tfstyle import regions as regions
    from tfstyle.image import color as color
    from tfstyle.methods import analogies as analogies
    from tfstyle.methods import feed_forward as feed_forward
    from tfstyle.methods import gatys as gatys
    from tfstyle.methods import quilting as quilting
    from tfstyle.methods import style_swap as style_swap
    from tfstyle.methods import video as video
    from tfstyle.networks.pretrained import load as load_stylizer
    from tfstyle.networks.stylizers.family import join as join_stylizers

__all__ = [
    "__version__",
    "analogies",
    "color",
    "feed_forward",
    "gatys",
    "image",
    "jobs",
    "join_stylizers",
    "load_stylizer",
    "quilting",
    "regions",
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
    "regions": "tfstyle.regions",
    "style_swap": "tfstyle.methods.style_swap",
    "video": "tfstyle.methods.video",
}

_FUNCTIONS = {
    "join_stylizers": ("tfstyle.networks.stylizers.family", "join"),
    "load_stylizer": ("tfstyle.networks.pretrained", "load"),
}


def __getattr__(name: str) -> typing.Any:
    """Returns the public module or function of that name, imported now."""
    if name in _MODULES:
        return importlib.import_module(_MODULES[name])
    if name in _FUNCTIONS:
        module, function = _FUNCTIONS[name]
        return getattr(importlib.import_module(module), function)
    raise AttributeError(f"module 'tfstyle' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Lists the public names."""
    return __all__


saved_models.register_with_keras()
