"""Style swap (Chen and Schmidt 2016): `Config`, `stylize`, `prepare`, `plan`."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "config": ["STARTS", "Config"],
        "method": [
            "StyleBank",
            "Styles",
            "plan",
            "prepare",
            "stylize",
            "weights_used",
        ],
    },
)
