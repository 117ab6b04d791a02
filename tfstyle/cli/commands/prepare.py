"""`tfstyle prepare`: pictures in, a file out that gives `swap` their style without more work."""

import dataclasses
import types
from typing import Any

from tfstyle import settings
from tfstyle.cli import reports, shared_flags
from tfstyle.jobs import inputs, outputs
from tfstyle.methods.style_swap import style_settings
from tfstyle.system import destinations, errors
from tfstyle.system.files import reason


@dataclasses.dataclass(frozen=True)
class Files:
    """The flags that `prepare` has beside the settings of `swap` that styles depend on."""

    style: str = settings.setting(
        "",
        "The picture to prepare; several, which have commas between, are pooled; required.",
    )
    output: str = settings.setting(
        "",
        "The file to write, which ends in .npz and is what swap takes as --style; required.",
    )
    json: bool = shared_flags.json("at the end")
    quiet: bool = shared_flags.quiet()

    def __post_init__(self) -> None:
        """Raises ValueError when a flag is missing, or the file's name is of another kind."""
        shared_flags.check(self)
        if not style_settings.is_prepared(self.output):
            raise ValueError(
                f"output must end in {style_settings.SUFFIX}. Received: output={self.output}"
            )


def run(command: str, module: types.ModuleType, files: Files, config: Any) -> int:
    """Prepares the style, and returns the exit status."""
    whole = style_settings.whole(config)
    problem = destinations.why_no_file(files.output)
    if problem:
        raise ValueError(f"output must {problem}. Received: output={files.output}")
    styles = inputs.split_paths(files.style)
    outputs.check_no_input([files.output], styles)
    read = inputs.read_inputs(styles, "style")
    too_large = f"memory ran out; lower size or end other programs. Received: size={whole.size}"
    with errors.exhaustion_as_memory_error(too_large):
        bank = module.prepare([each.picture.pixels for each in read], whole)
    try:
        module.save_style(bank, files.output)
    except OSError as error:
        raise OSError(
            f"output could not be written: {reason(error)}; make room, or choose another "
            f"place. Received: output={files.output}"
        ) from error
    sentence = f"{files.output}  prepared"
    return reports.finish(command, "prepared", files, sentence, styles=styles, output=files.output)
