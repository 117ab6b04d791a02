"""`tfstyle train` and `train_inverse`: pictures and photographs in, a trained network out."""

import dataclasses
import time
import types
from pathlib import Path
from typing import Any

from tfstyle import image, settings
from tfstyle.cli import reports, shared_flags
from tfstyle.jobs import inputs

USES = {
    "train": "tfstyle apply --model={model} paints with it",
    "train_inverse": "tfstyle swap --model={model} decodes with it",
}
"""What is done with the network that a command has trained."""


@dataclasses.dataclass(frozen=True)
class Files:
    """The flags that a training has beside those of its `Config`."""

    photos: str = settings.setting(
        "", "A folder of photographs, subfolders included, or a quoted pattern; required."
    )
    styles: str = settings.setting(
        "", "The style pictures, with commas between; files' names name the styles; required."
    )
    model: str = settings.setting(
        "",
        "The folder for the network, its curves and the state, from which the same command "
        "goes on after an interruption; required.",
    )
    json: bool = shared_flags.json("at the end")
    quiet: bool = shared_flags.quiet()

    def __post_init__(self):
        """Raises ValueError when a flag is missing."""
        shared_flags.check(self)


def run(command: str, module: types.ModuleType, files: Files, config: Any) -> int:
    """Trains, and returns the exit status."""
    styles, paths = {}, inputs.split_paths(files.styles, "styles")
    for path in paths:
        name = Path(path).stem
        # A network knows its styles by name: two of one name would be one style.
        if name in styles:
            raise ValueError(f"styles must have different names. Received: {name} twice")
        with inputs.naming("styles"):
            styles[name] = image.read(path)
    began = time.monotonic()
    module.train(files.photos, styles, files.model, config, quiet=files.quiet or files.json)
    seconds = round(time.monotonic() - began, 3)
    sentence = f"{files.model}  trained; {USES[command].format(model=files.model)}"
    facts = {"photos": files.photos, "styles": paths, "model": files.model, "seconds": seconds}
    return reports.finish(command, "trained", files, sentence, **facts)
