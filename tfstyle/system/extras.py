"""Packages that only some of tfstyle needs, loaded where they are used."""

import importlib
import types

APART = {"web": ("gradio", "gradio==6.31.*")}
"""Extras that lack a package, with what pip takes for it: one that excludes the Pillow that tfstyle
needs, by which it runs as well, so that it is installed without its dependencies."""


def install_command(extra: str) -> str:
    """Returns what installs an extra, as one types it."""
    command = f'pip install "tfstyle[{extra}]"'
    if extra not in APART:
        return command
    return f'{command} && pip install --no-deps "{APART[extra][1]}"'


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
        raise ValueError(f"{purpose} needs {install_command(extra)}. Received: {error}") from error
