"""`tfstyle quilt`: more of a texture, or contents painted with it."""

import dataclasses
import types
from typing import Any

from tfstyle import settings
from tfstyle.cli import painting, shared_flags
from tfstyle.jobs import inputs, pairs
from tfstyle.jobs.methods import Quilting
from tfstyle.jobs.picture import Job


@dataclasses.dataclass(frozen=True)
class Files:
    """The flags that `quilt` has beside those of its `Config`."""

    texture: str = settings.setting(
        "", "The picture to take blocks from; several have commas between; required."
    )
    content: str | None = settings.setting(
        None,
        "What to paint with it: a picture, a folder or a quoted pattern such as 'in/*.jpg'; none "
        "makes more of the texture.",
    )
    output: str = shared_flags.output()
    mask: str | None = shared_flags.mask()
    skip_existing: bool = shared_flags.skip_existing()
    format: str = shared_flags.format()
    json: bool = shared_flags.json()
    quiet: bool = shared_flags.quiet()

    def __post_init__(self):
        """Raises ValueError when a flag is missing."""
        shared_flags.check(self)


def run(command: str, module: types.ModuleType, files: Files, config: Any) -> int:
    """Sews every picture and returns the exit status; a lone failure is raised."""
    textures = inputs.read_inputs(inputs.split_paths(files.texture, "texture"), "texture")
    found = pairs.resolve(files.content, files.output, textures, mask=files.mask)
    job = Job(
        Quilting(command, config, textures),
        skip_existing=files.skip_existing,
        watch=painting.watch(files.quiet),
    )
    return painting.paint_all(job, found, files)
