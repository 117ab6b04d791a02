"""A page to paint in, on this machine: `Config` and `serve`.

from tfstyle import web

web.serve(web.Config(port=8000))
"""

import typing

import lazy_loader

if typing.TYPE_CHECKING:
    from tfstyle.web.config import Config as Config
    from tfstyle.web.page.app import serve as serve

# `Config` comes without gradio and TensorFlow: flags and help are made of it.
__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__, submod_attrs={"config": ["Config"], "page.app": ["serve"]}
)
