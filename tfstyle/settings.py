"""How a method's `Config` describes its fields, and how their values are checked.

A field made by `setting` carries its help, unit, range and choices, so that the
checks, the command line's flags and the documentation all read one place.
"""

import dataclasses
import difflib
import math
from collections.abc import Iterable
from typing import Any


def setting(
    default: Any,
    help: str,
    *,
    unit: str = "",
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """Returns a dataclass field that carries its own documentation and range.

    Args:
        default: the value when none is given; must be immutable.
        help: one sentence, with the source where a paper fixes the value.
        unit: what the number counts, such as "pixels"; empty when it has none.
        minimum: lowest value allowed, inclusive; for tuples, of every element.
        maximum: highest value allowed, inclusive; for tuples, of every element.
        choices: the only strings allowed, when not empty; for tuples, of every element.
    """
    metadata = {
        "help": help,
        "unit": unit,
        "minimum": minimum,
        "maximum": maximum,
        "choices": choices,
    }
    return dataclasses.field(default=default, metadata=metadata)


def check(config: Any) -> None:
    """Raises ValueError, naming the field, when a value lies outside its declared range."""
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        elements = value if isinstance(value, tuple) else (value,)
        for element in elements:
            _check_element(field, element)


def _check_element(field: dataclasses.Field, value: Any) -> None:
    if isinstance(value, str) and field.metadata["choices"]:
        check_choice(field.name, value, field.metadata["choices"])
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        _check_number(field, value)


def _check_number(field: dataclasses.Field, value: float) -> None:
    minimum, maximum = field.metadata["minimum"], field.metadata["maximum"]
    low = -math.inf if minimum is None else minimum
    high = math.inf if maximum is None else maximum
    if not (math.isfinite(value) and low <= value <= high):
        raise ValueError(
            f"{field.name} must be {describe_range(field)}. Received: {field.name}={value}"
        )


def check_choice(name: str, value: str, choices: Iterable[str]) -> None:
    """Raises ValueError that lists the choices and suggests the nearest, unless `value` is one."""
    choices = sorted(choices)
    if value in choices:
        return
    nearest = difflib.get_close_matches(value, choices, n=1)
    suggestion = f" Did you mean {nearest[0]}?" if nearest else ""
    raise ValueError(
        f"{name} must be one of {', '.join(choices)}.{suggestion} Received: {name}={value}"
    )


def describe_range(field: dataclasses.Field) -> str:
    """Returns the field's allowed values in words, such as "from 1 to 8192 pixels"."""
    metadata = field.metadata
    if metadata["choices"]:
        return "one of " + ", ".join(metadata["choices"])
    minimum, maximum, unit = metadata["minimum"], metadata["maximum"], metadata["unit"]
    words = {
        (True, True): f"from {minimum} to {maximum}",
        (True, False): f"at least {minimum}",
        (False, True): f"at most {maximum}",
        (False, False): "any finite number",
    }[minimum is not None, maximum is not None]
    return f"{words} {unit}".strip()
