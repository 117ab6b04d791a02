"""How a method's `Config` describes its fields, and how their values are checked.

A field made by `setting` carries its help, unit, range and choices, so that the
checks, the command line's flags and the documentation all read one place.
"""

import dataclasses
import difflib
import math
import numbers
import os
import types
import typing
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

GUARD = 1e9
"""From here on, a maximum only guards against absurd values; descriptions leave it out."""

MOST_BITS = 2000
"""Whole numbers of more count as infinite: Python refuses to write those of thousands of digits."""

# By the abstract kinds of number, which NumPy's numbers are of too.
TYPES = {
    bool: ("True or False", bool),
    int: ("a whole number", numbers.Integral),
    float: ("a number", numbers.Real),
    str: ("a string", str),
    os.PathLike: ("a path", os.PathLike),
    types.NoneType: ("none", types.NoneType),
}
"""The types that a field may declare, alone, in tuples or in unions: in words, and what fits."""


def setting(
    default: Any,
    help: str,
    *,
    unit: str = "",
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[str, ...] = (),
    only_with: str = "",
    placeholder: str = "PATH",
) -> Any:
    """Returns a dataclass field that carries its own documentation and range.

    Args:
        default: the value when none is given; must be immutable.
        help: one sentence, with the source where a paper fixes the value.
        unit: what the number counts, such as "pixels"; empty when it has none.
        minimum: lowest value allowed, inclusive; for tuples, of every element.
        maximum: highest value allowed, inclusive; for tuples, of every element.
        choices: the only strings allowed, when not empty; for tuples, of every element.
        only_with: the setting beside which alone it does something: `checkpoint` where that must be
            given, `source=none` where it must not, `optimizer=adam|muon` where it must be one of
            these. Elsewhere the command line refuses it.
        placeholder: what stands for the value in help, of a field without a default.
    """
    metadata = {
        "help": help,
        "unit": unit,
        "minimum": minimum,
        "maximum": maximum,
        "choices": choices,
        "only_with": only_with,
        "placeholder": placeholder,
    }
    return dataclasses.field(default=default, metadata=metadata)


def check(config: "DataclassInstance") -> None:
    """Raises ValueError, naming the field, when a value is not of its declared type and range.

    NumPy's numbers, fractions and the like become Python's own: TensorFlow computes with no others.
    """
    # Resolved: under `from __future__ import annotations` the hints themselves are text.
    hints = typing.get_type_hints(type(config))
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        _check_type(field.name, value, hints[field.name])
        elements = value if isinstance(value, (tuple, list)) else (value,)
        for element in elements:
            _check_element(field, element)
        # For what is frozen, as Configs are.
        object.__setattr__(config, field.name, _as_own(value))


def _as_own(value: Any) -> Any:
    """Returns a value whose numbers, its own or its elements, are of Python's types."""
    if isinstance(value, (tuple, list)):
        return type(value)(map(_as_own, value))
    if isinstance(value, (bool, int, float)) and type(value).__module__ == "builtins":
        return value
    if isinstance(value, numbers.Integral):
        return int(value)
    return float(value) if isinstance(value, numbers.Real) else value


def described(config: "DataclassInstance") -> dict[str, Any]:
    """Returns the settings by name, as records keep them and as runs are told apart by them.

    A dataclass of which some fields stand for others says by a method of this name what they mean.
    """
    own = getattr(config, "described", None)
    return dataclasses.asdict(config) if own is None else own()


def _check_type(name: str, value: Any, hint: Any) -> None:
    if not _fits(value, hint):
        raise ValueError(f"{name} must be {describe_type(hint)}. Received: {name}={shown(value)}")


def _fits(value: Any, hint: Any) -> bool:
    kinds = typing.get_args(hint)
    if typing.get_origin(hint) is tuple:
        return isinstance(value, (tuple, list)) and all(_fits(each, kinds[0]) for each in value)
    if kinds:
        return any(_fits(value, kind) for kind in kinds)
    # To Python it is a whole number, too.
    if isinstance(value, bool):
        return hint is bool
    return isinstance(value, TYPES[hint][1])


def _check_element(field: dataclasses.Field[Any], value: Any) -> None:
    if isinstance(value, str) and field.metadata["choices"]:
        check_choice(field.name, value, field.metadata["choices"])
    # To Python, True is a whole number, but no range speaks of it.
    if isinstance(value, numbers.Real) and not isinstance(value, bool):
        _check_number(field, value)


def _check_number(field: dataclasses.Field[Any], value: Any) -> None:
    minimum, maximum = field.metadata["minimum"], field.metadata["maximum"]
    low = -math.inf if minimum is None else minimum
    high = math.inf if maximum is None else maximum
    # Infinity would pass where there is no maximum. Compared as Python's own: NumPy's narrow ones
    # would overflow.
    number = int(value) if isinstance(value, numbers.Integral) else float(value)
    is_finite = (
        number.bit_length() <= MOST_BITS if isinstance(number, int) else math.isfinite(number)
    )
    if not (is_finite and low <= number <= high):
        allowed = describe_range(field, guards=number > high)
        written = shown(number) if isinstance(number, int) else value
        raise ValueError(f"{field.name} must be {allowed}. Received: {field.name}={written}")


def shown(value: Any) -> str:
    """Returns a value as Python writes it, and what it is where Python refuses to."""
    try:
        return repr(value)
    except ValueError:
        return f"{type(value).__name__} of thousands of digits"


def check_choice(name: str, value: str, choices: Iterable[str]) -> None:
    """Raises ValueError that lists the choices and suggests the nearest, unless `value` is one."""
    choices = sorted(choices)
    if value in choices:
        return
    raise ValueError(
        f"{name} must be one of {', '.join(map(_quoted, choices))}.{suggest(str(value), choices)} "
        f"Received: {name}={value}"
    )


def _quoted(choice: str) -> str:
    # Styles' names may have commas, which would part them here.
    return f'"{choice}"' if "," in choice else choice


def suggest(name: str, names: Iterable[str], prefix: str = "") -> str:
    """Returns a sentence that suggests the name meant, to go after another; or nothing.

    Args:
        name: what was given.
        names: what there is.
        prefix: what is written before a name, such as "--".
    """
    nearest = difflib.get_close_matches(name, list(names), n=1)
    return f" Did you mean {prefix}{nearest[0]}?" if nearest else ""


def describe_type(hint: Any) -> str:
    """Returns a field's declared type in words, such as "a whole number or none"."""
    kinds = typing.get_args(hint)
    if typing.get_origin(hint) is tuple:
        return f"a tuple of {describe_type(kinds[0]).removeprefix('a ')}s"
    return " or ".join(map(describe_type, kinds)) if kinds else TYPES[hint][0]


def describe_range(field: dataclasses.Field[Any], guards: bool = False) -> str:
    """Returns the field's allowed values in words, such as "from 1 to 8192 pixels".

    Args:
        field: a field made by `setting`.
        guards: whether to name a maximum even if it only guards against absurd values.
    """
    metadata = field.metadata
    if metadata["choices"]:
        return "one of " + ", ".join(metadata["choices"])
    minimum, maximum, unit = metadata["minimum"], metadata["maximum"], metadata["unit"]
    if maximum is not None and maximum >= GUARD and not guards:
        maximum = None
    return f"{_range_in_words(minimum, maximum)} {unit}".strip()


def _range_in_words(minimum: float | None, maximum: float | None) -> str:
    if minimum is not None and maximum is not None:
        return f"from {_in_words(minimum)} to {_in_words(maximum)}"
    if minimum is not None:
        return f"at least {_in_words(minimum)}"
    return "any finite number" if maximum is None else f"at most {_in_words(maximum)}"


def _in_words(number: float) -> str:
    """Returns a number as one would write it: 100000, 0.05, 1e-6, 1e9."""
    if abs(number) < GUARD and number == int(number):
        return str(int(number))
    mantissa, _, exponent = f"{number:.12g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa
