"""Neural style transfer by optimisation (Gatys et al. 2015): `Config`, `stylize`, `plan`."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={"config": ["STARTS", "Config"], "method": ["plan", "stylize", "weights_used"]},
)
