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


def __getattr__(name: str) -> typing.Any:
    """Returns the public module of that name, or `load_stylizer`, imported now."""
    if name in _MODULES:
        return importlib.import_module(_MODULES[name])
    if name == "load_stylizer":
        return importlib.import_module("tfstyle.networks.pretrained").load
    raise AttributeError(f"module 'tfstyle' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Lists the public names."""
    return __all__


saved_models.register_with_keras()
