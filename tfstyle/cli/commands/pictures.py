"""`tfstyle gatys` and `tfstyle swap`: contents painted in the style of pictures."""

import dataclasses
import types
from typing import Any

from tfstyle import settings
from tfstyle.cli import painting, shared_flags
from tfstyle.jobs import inputs, pairs, styles
from tfstyle.jobs.methods import ByStyles
from tfstyle.jobs.picture import Job


@dataclasses.dataclass(frozen=True)
class Files:
    """The flags that both commands have beside those of their `Config`."""

    content: str = shared_flags.content()
    style: str = settings.setting(
        "",
        "The picture to take the style from; several have commas between; for swap also what "
        "prepare made of pictures; required.",
    )
    output: str = shared_flags.output()
    mask: str | None = shared_flags.mask()
    save_every: int = settings.setting(
        0,
        "Write the picture so far beside the output, this often; 0 is never.",
        unit="steps",
        minimum=0,
    )
    checkpoint: str | None = settings.setting(
        None, "A folder that keeps the state of the run, for --resume."
    )
    resume: bool = settings.setting(False, "Go on from the state in --checkpoint.")
    skip_existing: bool = shared_flags.skip_existing()
    format: str = shared_flags.format()
    json: bool = shared_flags.json()
    quiet: bool = shared_flags.quiet()

    def __post_init__(self):
        """Raises ValueError when a flag is missing, out of range or useless alone."""
        shared_flags.check(self)
        if self.resume and not self.checkpoint:
            raise ValueError("resume needs the folder of the run, as --checkpoint=FOLDER.")


def run(command: str, module: types.ModuleType, files: Files, config: Any) -> int:
    """Paints every content and returns the exit status; a lone failure is raised."""
    # Read before the pairs are made, since no output may replace a style.
    read = styles.read_styles(command, inputs.split_paths(files.style))
    method = ByStyles.read(command, config, read)
    found = pairs.resolve(
        files.content,
        files.output,
        method.inputs,
        state=pairs.State(files.checkpoint, files.resume),
        save_every=files.save_every,
        mask=files.mask,
    )
    job = Job(
        method,
        save_every=files.save_every,
        skip_existing=files.skip_existing,
        skip_finished=files.resume,
        watch=painting.watch(files.quiet),
    )
    return painting.paint_all(job, found, files)
