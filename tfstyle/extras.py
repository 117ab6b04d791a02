"""Packages that only some methods need: imported where they are used."""

import importlib
import types


def load(module: str, extra: str) -> types.ModuleType:
    """Returns a module of an extra's package.

    Raises:
        ValueError: it is missing; the message says which extra brings it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ValueError(
            f'this needs {module}: pip install "tfstyle[{extra}]". Received: {error}'
        ) from error
