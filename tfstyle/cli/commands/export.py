"""`tfstyle export`: a stylizer in, a SavedModel or a file for other runtimes out."""

import dataclasses
import types
from typing import Any

from tfstyle import settings
from tfstyle.cli import reports, shared_flags


@dataclasses.dataclass(frozen=True)
class Files:
    """The flags that `export` has beside those of its `Config`."""

    output: str = settings.setting(
        "",
        "What to write, required: a folder, of which TF Serving wants a number as the last part, "
        "as in served/NAME/1; or a file that ends in .onnx or .tflite.",
    )
    json: bool = shared_flags.json("at the end")
    quiet: bool = shared_flags.quiet()

    def __post_init__(self):
        """Raises ValueError when a flag is missing."""
        shared_flags.check(self)


def run(command: str, module: types.ModuleType, files: Files, config: Any) -> int:
    """Exports, and returns the exit status."""
    module.export(files.output, config)
    sentence = f"{files.output}  exported"
    model = None if config.model is None else str(config.model)
    facts = {"method": config.method, "model": model, "format": config.format}
    return reports.finish(command, "exported", files, sentence, **facts, output=files.output)
