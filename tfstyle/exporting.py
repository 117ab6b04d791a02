"""`tfstyle export`: a stylizer in, a SavedModel for TF Serving out."""

import dataclasses
import types
from typing import Any

from tfstyle import process, settings, shared_flags


@dataclasses.dataclass(frozen=True)
class Files:
    """The flags that `export` has beside those of its `Config`."""

    output: str = settings.setting(
        "", "The folder to write; TF Serving wants a version number last: served/NAME/1; required."
    )
    quiet: bool = shared_flags.quiet()

    def __post_init__(self):
        """Raises ValueError when a flag is missing."""
        shared_flags.check(self)


def run(command: str, method: types.ModuleType, files: Files, config: Any) -> int:
    """Exports, and returns the exit status."""
    method.export(files.output, config)
    if not files.quiet:
        process.say(f"{files.output}  exported")
    return process.DONE
