"""Image analogies (Hertzmann et al. 2001): `Config`, `stylize`, `plan`."""

import typing

import lazy_loader

if typing.TYPE_CHECKING:
    from tfstyle.methods.analogies.config import Config as Config
    from tfstyle.methods.analogies.method import plan as plan
    from tfstyle.methods.analogies.method import stylize as stylize

# `Config` comes without TensorFlow: flags and help are made of it.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "config": ["Config"],
        "method": ["plan", "stylize"],
    },
)
