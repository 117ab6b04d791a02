"""Clips that do not flicker (Ruder et al. 2016): `Config`, `stylize`, `painter`."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "config": ["METHODS", "Config", "GatysConfig", "Method"],
        "method": ["Painter", "painter", "stylize"],
    },
)
