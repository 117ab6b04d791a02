"""Neural style transfer by optimisation (Gatys et al. 2015): `Config`, `stylize`, `plan`."""

import typing

import lazy_loader

from tfstyle.system import keras_backend

if typing.TYPE_CHECKING:
    from tfstyle.methods.gatys.config import STARTS as STARTS
    from tfstyle.methods.gatys.config import Config as Config
    from tfstyle.methods.gatys.config import is_painted as is_painted
    from tfstyle.methods.gatys.method import plan as plan
    from tfstyle.methods.gatys.method import stylize as stylize
    from tfstyle.methods.gatys.method import weights_used as weights_used

keras_backend.choose_tensorflow()

# `Config` comes without TensorFlow: flags and help are made of it.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "config": ["STARTS", "Config", "is_painted"],
        "method": ["plan", "stylize", "weights_used"],
    },
)
