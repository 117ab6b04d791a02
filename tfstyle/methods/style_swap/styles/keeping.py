"""The last styles that were prepared, kept: the contents of a folder have them in common."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from tfstyle.methods.style_swap import style_settings
from tfstyle.methods.style_swap.config import Config

Prepared = TypeVar("Prepared")

_last: list[tuple[Any, Any]] = []
"""What tells one preparation from others, and what came of it: one pair at most."""


def kept(key: Any, prepare: Callable[[], Prepared]) -> Prepared:
    """Returns what `prepare` returns, or returned when it was last asked for by the same key."""
    for known, prepared in _last:
        if known == key:
            return prepared
    # Before the next is made: there is memory for one.
    _last.clear()
    prepared = prepare()
    _last[:] = [(key, prepared)]
    return prepared


def key(
    styles: Sequence[Sequence[np.ndarray]],
    longest: int,
    config: Config,
    extractor: object,
    masks: Sequence[Sequence[np.ndarray] | None] = (),
) -> tuple[Any, ...]:
    """Returns what a preparation depends on.

    Args:
        styles: each style's pictures, `[1, height, width, 3]`.
        longest: side of the content in pixels.
        config: the settings.
        extractor: what features are of. By itself, since other weights may come under its name.
        masks: the region of each style's pictures; None is all.
    """
    settings = tuple(getattr(config, name) for name in style_settings.FIELDS)
    digests = [[(each.shape, _digest(each)) for each in given or ()] for given in (*styles, *masks)]
    return extractor, longest, settings, digests


def _digest(picture: np.ndarray) -> bytes:
    return hashlib.sha256(np.ascontiguousarray(picture).data).digest()
