"""`tfstyle analogy`: the loop over pictures, with the pair that says how to change them."""

import dataclasses
import types
from typing import Any

from tfstyle import settings
from tfstyle.cli import shared_flags
from tfstyle.cli.commands import pictures
from tfstyle.jobs import inputs


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
    skip_existing: bool = shared_flags.skip_existing()
    quiet: bool = shared_flags.quiet()

    content_flag = "target"

    save_every = 0
    checkpoint = None
    resume = False
    """What `painting` asks of the other methods' files; there is no run to go on from."""

    def __post_init__(self):
        """Raises ValueError when a flag is missing."""
        shared_flags.check(self)

    @property
    def content(self) -> str:
        """What is painted, as `painting` calls it."""
        return self.target


def run(command: str, method: types.ModuleType, files: Files, config: Any) -> int:
    """Paints every target and returns the exit status; a lone failure is raised."""
    filtered = inputs.read_input(files.filtered, "filtered")
    source = None if files.source is None else inputs.read_input(files.source, "source")
    method = _of_pair(method, None if source is None else source.picture.pixels)
    others = [] if source is None else [source]
    return pictures.paint_all(pictures.Job(command, method, files, config, [filtered], others))


def _of_pair(method: types.ModuleType, source: Any) -> types.SimpleNamespace:
    """Returns the method with its source, called as `painting` calls any."""

    def stylize(content, styles, config, *, callback, checkpoint, resume):
        return method.stylize(content, styles, config, callback=callback, source=source)

    return types.SimpleNamespace(plan=method.plan, stylize=stylize)
