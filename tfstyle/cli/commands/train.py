"""`tfstyle train` and `train_inverse`: pictures and photographs in, a trained network out."""

import dataclasses
import types
from pathlib import Path
from typing import Any

from tfstyle import image, settings
from tfstyle.cli import process, shared_flags
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
    quiet: bool = shared_flags.quiet()

    def __post_init__(self):
        """Raises ValueError when a flag is missing."""
        shared_flags.check(self)


def run(command: str, module: types.ModuleType, files: Files, config: Any) -> int:
    """Trains, and returns the exit status."""
    styles = {}
    for path in inputs.split_paths(files.styles, "styles"):
        name = Path(path).stem
        # A network knows its styles by name: two of one name would be one style.
        if name in styles:
            raise ValueError(f"styles must have different names. Received: {name} twice")
        with inputs.naming("styles"):
            styles[name] = image.read(path)
    module.train(files.photos, styles, files.model, config, quiet=files.quiet)
    if not files.quiet:
        process.say(f"{files.model}  trained; {USES[command].format(model=files.model)}")
    return process.DONE
