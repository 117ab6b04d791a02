"""The training of networks: `stylizer` for fast style transfer, `inverse` for style swap.

Each of these modules has `Config` and `train`. Nothing is loaded before it is asked for.
"""

import lazy_loader

from tfstyle.system import keras_backend

keras_backend.choose_tensorflow()

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submodules=["inverse", "stylizer"])
