"""Image quilting (Efros and Freeman 2001): `Config`, `stylize`, `synthesize`, `plan`."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "method": ["Config", "parse_size", "plan", "stylize", "synthesis_plan", "synthesize"]
    },
)
