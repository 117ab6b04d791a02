"""`tfstyle web`: a page to paint in, on this machine."""

import dataclasses
import types
from typing import Any

from tfstyle.cli import process, shared_flags


@dataclasses.dataclass(frozen=True)
class Files:
    """The flags that `web` has beside those of its `Config`."""

    quiet: bool = shared_flags.quiet()

    def __post_init__(self) -> None:
        """Raises ValueError when a flag is not what it should be."""
        shared_flags.check(self)


def run(command: str, module: types.ModuleType, files: Files, config: Any) -> int:
    """Shows the page until Ctrl-C, and returns the exit status."""

    def tell(url: str) -> None:
        if not files.quiet:
            process.say(f"{url}  the page is open; Ctrl-C ends it")

    module.serve(config, tell)
    return process.DONE
