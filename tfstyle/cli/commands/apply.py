"""`tfstyle apply`: contents painted in one pass of a trained network."""

import dataclasses
import types
from typing import Any

from tfstyle import settings
from tfstyle.cli import painting, shared_flags
from tfstyle.jobs import pairs
from tfstyle.jobs.methods import ByNetwork
from tfstyle.jobs.picture import Job


@dataclasses.dataclass(frozen=True)
class Files:
    """The flags that `apply` has beside those of its `Config`."""

    content: str = shared_flags.content()
    style: str = settings.setting(
        "",
        "A style's name, or a blend such as great_wave:0.6,the_scream:0.4; tfstyle styles lists "
        "the names; required.",
        placeholder="STYLE",
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
    """Paints every content and returns the exit status; a lone failure is raised."""
    # No further inputs: the style is a name, and no output can replace it.
    found = pairs.resolve(files.content, files.output, mask=files.mask)
    method = ByNetwork(command, config, files.style)
    # Once, before a folder of contents fails one by one.
    method.check()
    job = Job(method, skip_existing=files.skip_existing, watch=painting.watch(files.quiet))
    return painting.paint_all(job, found, files)
