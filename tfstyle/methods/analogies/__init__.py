"""Image analogies (Hertzmann et al. 2001): `Config`, `stylize`, `plan`."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__, submod_attrs={"method": ["Config", "plan", "stylize"]}
)
