"""Image quilting (Efros and Freeman 2001): `Config`, `stylize`, `synthesize`, `plan`."""

import typing

import lazy_loader

if typing.TYPE_CHECKING:
    from tfstyle.methods.quilting.config import Config as Config
    from tfstyle.methods.quilting.config import parse_size as parse_size
    from tfstyle.methods.quilting.method import plan as plan
    from tfstyle.methods.quilting.method import stylize as stylize
    from tfstyle.methods.quilting.method import synthesis_plan as synthesis_plan
    from tfstyle.methods.quilting.method import synthesize as synthesize

# `Config` comes without TensorFlow: flags and help are made of it.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "config": ["Config", "parse_size"],
        "method": ["plan", "stylize", "synthesis_plan", "synthesize"],
    },
)
