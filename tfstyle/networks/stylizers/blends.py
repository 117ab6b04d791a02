"""Blends of styles by name: what is written of them, and each style's share."""

import numbers
from collections.abc import Mapping, Sequence
from typing import Any

from tfstyle import settings

LARGEST_SHARE = 1e9
"""Only the shares' ratios count; beyond it their sums overflow in the end."""


def shares(blend: str | Mapping[str, float], styles: Sequence[str]) -> list[float]:
    """Returns each style's share of a blend, in the order of the styles; the sum is 1.

    Args:
        blend: as text, see `parse`, or shares by name.
        styles: the names that there are.

    Raises:
        ValueError: a name is unknown, a share is not finite or below 0, or they sum to zero.
    """
    given = parse(blend, styles) if isinstance(blend, str) else _numbers(blend)
    for name, share in given.items():
        settings.check_choice("style", name, styles)
        _check_share(name, share)
    total = float(sum(given.values()))
    if not total > 0:
        raise ValueError(f"shares must be 0 or more, not all 0. Received: style={blend}")
    return [float(given.get(name, 0.0)) / total for name in styles]


def _numbers(shares: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the shares; of NumPy's numbers, Keras makes tensors when a model is called."""
    return {
        name: share.numpy() if hasattr(share, "numpy") else share for name, share in shares.items()
    }


def _check_share(name: str, share: Any) -> None:
    is_number = isinstance(share, numbers.Real) and not isinstance(share, bool)
    # No number lies in the range, either.
    if not is_number or not 0 <= share <= LARGEST_SHARE:
        raise ValueError(
            f"shares must be 0 or more, at most {LARGEST_SHARE:.0f}. "
            f"Received: {name}:{settings.shown(share) if isinstance(share, int) else share}"
        )


def parse(text: str, styles: Sequence[str]) -> dict[str, float]:
    """Returns shares by name from "great_wave" or "great_wave:0.6,the_scream:0.4".

    Names may have commas and colons: what is a name as a whole is not taken apart.

    Args:
        text: what was written.
        styles: the names that there are.

    Raises:
        ValueError: a share is no number, nothing stands beside a comma, or a style is named twice.
    """
    shares: dict[str, float] = {}
    pieces = text.split(",")
    while pieces:
        name, share, taken = _first_style(pieces, styles)
        if not name or share is None:
            raise ValueError(
                f"style must be a name, or names with shares as a:0.6,b:0.4. Received: style={text}"
            )
        if name in shares:
            raise ValueError(f"style must name each style once. Received: style={text}")
        shares[name] = share
        pieces = pieces[taken:]
    return shares


def _first_style(pieces: Sequence[str], styles: Sequence[str]) -> tuple[str, float | None, int]:
    """Returns the style that the pieces begin with, its share, and how many pieces these are.

    The share is None where it is no number.
    """
    most = 1 + max(name.count(",") for name in styles)
    # The longest first, so that a name with a comma wins over its pieces.
    for taken in range(min(most, len(pieces)), 0, -1):
        text = ",".join(pieces[:taken]).strip()
        if text in styles:
            return text, 1.0, taken
        name, _, share = text.rpartition(":")
        if name.strip() in styles and _number(share) is not None:
            return name.strip(), _number(share), taken
    # A name that there is not, which is told of with those that there are.
    name, colon, share = pieces[0].strip().rpartition(":")
    return (name, _number(share), 1) if colon else (share, 1.0, 1)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
