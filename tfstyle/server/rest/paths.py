"""What a path asks for, as TF Serving's REST API has them."""

import dataclasses
import re
import urllib.parse

from tfstyle.server import refusals

_MODEL = r"/v1/models(?:/(?P<model>[^/:]+))?"
_VERSION = r"(?:/versions/(?P<version>[0-9]+)|/labels/(?P<label>[^/:]+))?"

FORMS = {
    "POST": re.compile(_MODEL + _VERSION + ":(?P<verb>predict|classify|regress)", re.IGNORECASE),
    "GET": re.compile(_MODEL + _VERSION + "(?:/(?P<verb>metadata))?", re.IGNORECASE),
}
"""The form of a path by the method of the request."""

GREATEST_VERSION = 2**63 - 1


@dataclasses.dataclass(frozen=True)
class Asked:
    """What is asked of which version of a model."""

    model: str
    version: int | None
    label: str | None
    verb: str
    """`predict`, `classify`, `regress`, `metadata`, or `status`."""


def read(method: str, path: str) -> Asked:
    """Returns what a request asks for.

    Args:
        method: GET or POST.
        path: as it was sent, its percent signs included.

    Raises:
        Refusal: it is none of the API's.
    """
    found = FORMS[method].fullmatch(path) if method in FORMS else None
    if found is None:
        raise refusals.invalid(f"Malformed request: {method} {path}")
    if found["model"] is None:
        raise refusals.invalid("Missing model name in request.")
    version = None if found["version"] is None else int(found["version"][:20])
    if version is not None and version > GREATEST_VERSION:
        raise refusals.invalid(f"Failed to convert version: {found['version']} to numeric.")
    label = None if found["label"] is None else urllib.parse.unquote(found["label"])
    verb = (found["verb"] or "status").lower()
    return Asked(urllib.parse.unquote(found["model"]), version, label, verb)
