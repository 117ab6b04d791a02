"""`tfstyle web`: a page to paint in, on this machine."""

import types
from collections.abc import Sequence
from typing import Any

from tfstyle.cli import process


def groups(module: types.ModuleType, arguments: Sequence[str]) -> Sequence[type]:
    """Returns the class whose fields are the flags; the page needs no files."""
    return (module.Config,)


def run(command: str, module: types.ModuleType, config: Any) -> int:
    """Shows the page until Ctrl-C, and returns the exit status."""
    module.serve(config, lambda url: process.say(f"{url}  Ctrl-C ends the page"))
    return process.DONE
