"""The body of a `:predict`, in the two forms that TF Serving takes, made to tensors.

Form and rules: https://www.tensorflow.org/tfx/serving/api_rest.
"""

import dataclasses
import enum
import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tfstyle import settings
from tfstyle.server import refusals
from tfstyle.server.bodies import tensors

DEFAULT = "serving_default"
"""The signature where none is named."""


class Form(enum.Enum):
    """How tensors lie in a body: the key of the inputs; see `answers` for the outputs'."""

    ROWS = "instances"
    """A list with an entry for each image."""
    COLUMNS = "inputs"
    """The whole tensors."""


@dataclasses.dataclass(frozen=True)
class Request:
    """What is asked for."""

    signature: str
    inputs: dict[str, np.ndarray]
    form: Form


def parse(body: bytes, signature: Callable[[str], Any]) -> Request:
    """Returns the request that a body holds.

    Args:
        body: JSON, of which NaN and Infinity are numbers as well.
        signature: returns what the signature of a name takes, and raises Refusal of others.

    Raises:
        Refusal: it is no such request.
    """
    parsed = _parse_json(body)
    name = parsed.get("signature_name") or DEFAULT
    if not isinstance(name, str):
        raise refusals.invalid(
            f"'signature_name' must be a string. Received: {tensors.shown(name)}"
        )
    definition = signature(name)
    forms = [form for form in Form if form.value in parsed]
    if len(forms) != 1:
        raise refusals.invalid("the body must have either 'instances' or 'inputs', and not both")
    (form,) = forms
    read = _read_rows if form is Form.ROWS else _read_columns
    columns = read(parsed[form.value], definition)
    _check_names(columns, definition)
    inputs = {
        each: tensors.to_array(each, value, definition.inputs[each])
        for each, value in columns.items()
    }
    return Request(name, inputs, form)


def _parse_json(body: bytes) -> dict[str, Any]:
    if not body:
        raise refusals.invalid("JSON Parse error: The document is empty")
    try:
        parsed = json.loads(body)
    # Of an encoding, of digits by the thousand, of depth.
    except (ValueError, RecursionError) as error:
        raise refusals.invalid(f"JSON Parse error: {error}") from error
    if not isinstance(parsed, dict):
        raise refusals.invalid(f"the body must be a JSON object. Received: {tensors.shown(parsed)}")
    return parsed


def _read_rows(rows: Any, definition: Any) -> dict[str, Any]:
    """Returns each input's values, of the rows in their order."""
    if not isinstance(rows, list) or not rows:
        raise refusals.invalid(
            f"'instances' must be a list of one or more. Received: {tensors.shown(rows)}"
        )
    if not _is_named(rows[0]):
        return {_lone_name(definition, "'instances'"): rows}
    for index, row in enumerate(rows):
        if not _is_named(row) or set(row) != set(rows[0]):
            raise refusals.invalid(
                f"'instances' must be objects with the same keys, {', '.join(rows[0])}. "
                f"Received: {tensors.shown(row)} at {index}"
            )
    return {name: [row[name] for row in rows] for name in rows[0]}


def _read_columns(columns: Any, definition: Any) -> dict[str, Any]:
    if _is_named(columns):
        return columns
    return {_lone_name(definition, "'inputs'"): columns}


def _is_named(value: Any) -> bool:
    """Returns whether a value has inputs by name; an object may also stand for bytes."""
    return isinstance(value, dict) and not tensors.is_bytes(value)


def _lone_name(definition: Any, key: str) -> str:
    if len(definition.inputs) != 1:
        raise refusals.invalid(
            f"{key} must name its inputs, as there are several: {', '.join(definition.inputs)}"
        )
    return next(iter(definition.inputs))


def _check_names(columns: Mapping[str, Any], definition: Any) -> None:
    for name in columns:
        if name not in definition.inputs:
            hint = settings.suggest(name, definition.inputs)
            raise refusals.invalid(
                f"there is no input of that name; there are {', '.join(definition.inputs)}.{hint} "
                f"Received: {name}"
            )
    missing = set(definition.inputs) - set(definition.defaults) - set(columns)
    if missing:
        raise refusals.invalid(f"Missing named input: {', '.join(sorted(missing))}")
