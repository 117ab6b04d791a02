"""Style swap (Chen and Schmidt 2016): `Config`, `stylize`, `prepare`, `plan`."""

import typing

import lazy_loader

if typing.TYPE_CHECKING:
    from tfstyle.methods.style_swap.config import STARTS as STARTS
    from tfstyle.methods.style_swap.config import Config as Config
    from tfstyle.methods.style_swap.method import StyleBank as StyleBank
    from tfstyle.methods.style_swap.method import Styles as Styles
    from tfstyle.methods.style_swap.method import plan as plan
    from tfstyle.methods.style_swap.method import prepare as prepare
    from tfstyle.methods.style_swap.method import stylize as stylize

# `Config` comes without TensorFlow: flags and help are made of it.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "config": ["STARTS", "Config"],
        "method": ["StyleBank", "Styles", "plan", "prepare", "stylize"],
    },
)
