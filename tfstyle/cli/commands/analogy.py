"""`tfstyle analogy`: contents filtered as a pair of pictures shows."""

import dataclasses
import types
from typing import Any

from tfstyle import settings
from tfstyle.cli import painting, shared_flags
from tfstyle.jobs import inputs, pairs
from tfstyle.jobs.methods import Analogy
from tfstyle.jobs.picture import Job


@dataclasses.dataclass(frozen=True)
class Files:
    """The flags that `analogy` has beside those of its `Config`: A, A', B and B'."""

    source: str | None = settings.setting(
        None, "The unfiltered picture, A; none makes one by smoothing the filtered one."
    )
    filtered: str = settings.setting(
        "", "The filtered picture, A': a painting, say, or what was made of the source; required."
    )
    target: str = settings.setting(
        "",
        "What to filter likewise, B: a picture, a folder or a quoted pattern such as 'in/*.jpg'; "
        "required.",
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
    """Filters every target and returns the exit status; a lone failure is raised."""
    filtered = inputs.read_input(files.filtered, "filtered")
    source = None if files.source is None else inputs.read_input(files.source, "source")
    method = Analogy(command, config, filtered, source)
    found = pairs.resolve(files.target, files.output, method.inputs, flag="target", mask=files.mask)
    job = Job(
        method,
        skip_existing=files.skip_existing,
        watch=painting.watch(files.quiet),
        flag="target",
    )
    return painting.paint_all(job, found, files)
