"""Clips that do not flicker (Ruder et al. 2016): `Config`, `stylize`, `painter`."""

import typing

import lazy_loader

if typing.TYPE_CHECKING:
    from tfstyle.methods.video.config import METHODS as METHODS
    from tfstyle.methods.video.config import Config as Config
    from tfstyle.methods.video.config import GatysConfig as GatysConfig
    from tfstyle.methods.video.config import Method as Method
    from tfstyle.methods.video.method import Painter as Painter
    from tfstyle.methods.video.method import painter as painter
    from tfstyle.methods.video.method import stylize as stylize

# `Config` comes without TensorFlow: flags and help are made of it.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "config": ["METHODS", "Config", "GatysConfig", "Method"],
        "method": ["Painter", "painter", "stylize"],
    },
)
