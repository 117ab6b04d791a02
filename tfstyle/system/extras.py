"""Packages that only some of tfstyle needs, loaded where they are used."""

import importlib
import types


def load(module: str, extra: str, purpose: str) -> types.ModuleType:
    """Returns a module that comes with one of tfstyle's extras.

    Args:
        module: its name, such as "cv2".
        extra: the extra, such as "video".
        purpose: what it is needed for, such as "format=onnx".

    Raises:
        ValueError: it is not installed; the message says how to.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ValueError(
            f'{purpose} needs pip install "tfstyle[{extra}]". Received: {error}'
        ) from error
