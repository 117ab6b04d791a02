"""The settings of the style swap that a prepared style depends on; nothing here loads TensorFlow.

`Config` has these alone: the flags of `tfstyle prepare` are made of it.
"""

import dataclasses
import os
import pathlib
import typing

from tfstyle.methods.style_swap import config as style_swap

SUFFIX = ".npz"
"""How the names of prepared styles' files end, in small letters or capitals."""

# The shares, the number of swaps and the decoding concern contents alone.
DEPENDED_ON = (
    "whiten",
    "levels",
    "first_size",
    "match_size",
    "components",
    "style_scale",
    "style_size",
    "strokes",
    "layer",
    "patch_size",
    "patch_stride",
    "vgg_weights",
    "pooling",
    "padding",
    "precision",
)
"""The settings that a content must share with a style that is prepared."""

# A content may be of another size, and go farther or less far; what the style was prepared at is
# what its own levels' sizes follow.
FIELDS = ("size", "strength", *DEPENDED_ON)
"""The settings that alter what is prepared."""


def _field(name: str) -> tuple[str, typing.Any, typing.Any]:
    field = style_swap.Config.__dataclass_fields__[name]
    hints = typing.get_type_hints(style_swap.Config)
    return name, hints[name], dataclasses.field(default=field.default, metadata=field.metadata)


Config = dataclasses.make_dataclass("Config", map(_field, FIELDS), frozen=True)
"""`style_swap.Config` without what concerns contents alone."""


def is_prepared(path: str | os.PathLike[str]) -> bool:
    """Returns whether a file's name ends as those of prepared styles do."""
    return pathlib.Path(path).suffix.lower() == SUFFIX


def whole(config: typing.Any) -> style_swap.Config:
    """Returns a `Config` of here as the method has it, checked.

    Raises:
        ValueError: a field lies outside its range.
    """
    return style_swap.Config(**vars(config))
