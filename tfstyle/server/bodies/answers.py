"""What the server says, as TF Serving's REST API says it: predictions, states, signatures."""

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from google.protobuf import json_format

from tfstyle.server.bodies.requests import Form
from tfstyle.server.bodies.tensors import BASE64
from tfstyle.server.models import Status

KEYS = {Form.ROWS: "predictions", Form.COLUMNS: "outputs"}
"""Under which the outputs lie, by the form of the request."""

BYTES_SUFFIX = "_bytes"
"""What names of outputs end in whose strings are bytes."""


def predictions(outputs: Mapping[str, np.ndarray], form: Form) -> bytes:
    """Returns the body of an answer, in the form of the request.

    Where there is one output, its name is left out.
    """
    values = {name: _values(name, array) for name, array in outputs.items()}
    if len(values) == 1:
        (found,) = values.values()
    elif form is Form.ROWS:
        rows = zip(*values.values(), strict=True)
        found = [dict(zip(values, row, strict=True)) for row in rows]
    else:
        found = values
    return dump({KEYS[form]: found})


def _values(name: str, array: np.ndarray) -> Any:
    """Returns nested lists of what JSON has a form for."""
    if array.dtype != object:
        return array.tolist()
    write = _in_base64 if name.endswith(BYTES_SUFFIX) else _as_text
    return np.vectorize(write, otypes=[object])(array).tolist()


def _in_base64(contents: bytes) -> dict[str, str]:
    return {BASE64: base64.b64encode(contents).decode("ascii")}


def _as_text(contents: bytes) -> str:
    return contents.decode("utf-8", "replace")


def statuses(found: Iterable[Status]) -> bytes:
    """Returns what versions are at, as the message GetModelStatusResponse."""
    rows = [
        {
            "version": str(each.version),
            "state": each.state.name,
            "status": {
                "error_code": "UNKNOWN" if each.problem else "OK",
                "error_message": each.problem,
            },
        }
        for each in found
    ]
    return dump({"model_version_status": rows}, indent=1)


def metadata(model: str, version: int, signatures: Mapping[str, Any]) -> bytes:
    """Returns what the signatures of a version take and give, as GetModelMetadataResponse."""
    described = {
        name: json_format.MessageToDict(
            each, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
        )
        for name, each in sorted(signatures.items())
    }
    spec = {"name": model, "signature_name": "", "version": str(version)}
    # Twice, as the message has a map of that name in a map.
    found = {"model_spec": spec, "metadata": {"signature_def": {"signature_def": described}}}
    return dump(found, indent=1)


def error(sentence: str) -> bytes:
    """Returns what is said of a request that is refused."""
    return dump({"error": sentence})


def dump(value: Any, indent: int | None = None) -> bytes:
    """Returns a value in JSON, numbers that are not finite as TF Serving writes them."""
    return json.dumps(value, ensure_ascii=False, indent=indent).encode("utf-8", "replace")
