"""Fast style transfer by one pass of a trained network (Johnson et al. 2016)."""

import typing

import lazy_loader

if typing.TYPE_CHECKING:
    from tfstyle.methods.feed_forward.config import Config as Config
    from tfstyle.methods.feed_forward.method import load as load
    from tfstyle.methods.feed_forward.method import stylize as stylize
    from tfstyle.methods.feed_forward.method import weights_used as weights_used

# `Config` comes without TensorFlow: flags and help are made of it.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "config": ["Config"],
        "method": ["load", "stylize", "weights_used"],
    },
)
