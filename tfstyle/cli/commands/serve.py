"""`tfstyle serve`: exported networks behind TF Serving's REST API, on this machine."""

import dataclasses
import types
from typing import Any

from tfstyle import settings
from tfstyle.cli import process, shared_flags
from tfstyle.jobs import inputs
from tfstyle.server import folders
from tfstyle.system import extras

EXTRA = ("starlette", "uvicorn", "prometheus_client")
"""The modules that the extra `serve` brings."""


@dataclasses.dataclass(frozen=True)
class Files:
    """The flags that `serve` has beside those of its `Config`."""

    model: str = settings.setting(
        "",
        "What to serve: the folder of a network's numbered versions, such as served/my_styles, or "
        "NAME=FOLDER; several have commas between; required.",
    )
    quiet: bool = shared_flags.quiet()

    def __post_init__(self) -> None:
        """Raises ValueError when a flag is missing."""
        shared_flags.check(self)


def run(command: str, module: types.ModuleType, files: Files, config: Any) -> int:
    """Serves until it is asked to end, and returns the exit status."""
    models = folders.read_models(inputs.split_paths(files.model, "model", "folder"))

    def ready(address: str) -> None:
        if not files.quiet:
            process.say(*(f"{address}/v1/models/{name}  ready" for name in models))

    def tell(sentence: str) -> None:
        if not files.quiet:
            process.note(f"tfstyle {command}: {sentence}")

    for name in EXTRA:
        extras.load(name, "serve", "tfstyle serve")
    # Loads TensorFlow, which what is wrong with the flags does without.
    process.load("tfstyle.server.run").serve(models, config, ready=ready, tell=tell)
    return process.DONE
