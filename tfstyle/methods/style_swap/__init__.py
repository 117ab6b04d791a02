"""Style swap (Chen and Schmidt 2016): `Config`, `stylize`, `prepare`, `plan`; prepared styles."""

import typing

import lazy_loader

from tfstyle.system import keras_backend

if typing.TYPE_CHECKING:
    from tfstyle.methods.style_swap.config import STARTS as STARTS
    from tfstyle.methods.style_swap.config import Config as Config
    from tfstyle.methods.style_swap.method import plan as plan
    from tfstyle.methods.style_swap.method import prepare as prepare
    from tfstyle.methods.style_swap.method import stylize as stylize
    from tfstyle.methods.style_swap.method import weights_used as weights_used
    from tfstyle.methods.style_swap.style_bank import StyleBank as StyleBank
    from tfstyle.methods.style_swap.style_bank import Styles as Styles
    from tfstyle.methods.style_swap.styles.bank_file import load_style as load_style
    from tfstyle.methods.style_swap.styles.bank_file import save_style as save_style

keras_backend.choose_tensorflow()

# `Config` comes without TensorFlow: flags and help are made of it.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "config": ["STARTS", "Config"],
        "method": ["plan", "prepare", "stylize", "weights_used"],
        "styles.bank_file": ["load_style", "save_style"],
        "style_bank": ["StyleBank", "Styles"],
    },
)
