"""`tfstyle apply`: the loop over pictures for the method of one pass."""

import dataclasses
import time
import types
from pathlib import Path
from typing import Any

from tfstyle import settings
from tfstyle.cli import process, shared_flags
from tfstyle.cli.commands import pictures
from tfstyle.jobs import inputs, record
from tfstyle.networks import transform_net


@dataclasses.dataclass(frozen=True)
class Files:
    """The flags that `apply` has beside those of its `Config`."""

    content: str = shared_flags.content()
    style: str = settings.setting(
        "", "A style's name, or a blend such as great_wave:0.6,the_scream:0.4; required."
    )
    output: str = shared_flags.output()
    skip_existing: bool = shared_flags.skip_existing()
    quiet: bool = shared_flags.quiet()

    def __post_init__(self):
        """Raises ValueError when a flag is missing."""
        shared_flags.check(self)


def run(command: str, method: types.ModuleType, files: Files, config: Any) -> int:
    """Paints every content and returns the exit status; a lone failure is raised."""
    pairs = inputs.pair_paths(files.content, files.output)
    stylizer = method.load(config.model, config.precision)
    stylizer.shares(transform_net.parse_style(files.style))
    failures = 0
    for content, output in pairs:
        if files.skip_existing and output.exists():
            continue
        try:
            began = time.monotonic()
            _paint(command, method, files, config, content, output)
        except process.USER_ERRORS as error:
            if len(pairs) == 1:
                raise
            process.complain(f"tfstyle {command}", f"{content}: {error}")
            failures += 1
            continue
        if not files.quiet:
            process.say(f"{output}  {time.monotonic() - began:.1f} s")
    if failures == len(pairs):
        return process.BAD_INPUT
    return process.SOME_FAILED if failures else process.DONE


def _paint(
    command: str,
    method: types.ModuleType,
    files: Files,
    config: Any,
    content: Path,
    output: Path,
) -> None:
    """Paints one content, and writes the picture and its record."""
    began = time.monotonic()
    source = inputs.read_input(content, "content")
    height, width = source.picture.pixels.shape[1:3]
    too_large = f"memory ran out; give a size. Received: {width}x{height}"
    with process.exhaustion_as_memory_error(too_large):
        result = method.stylize(
            source.picture.pixels, transform_net.parse_style(files.style), config
        )
    pictures.write_picture(output, result.image, source.picture.alpha)
    record.write(
        output,
        command=command,
        config=config,
        inputs=[source.described],
        result=dataclasses.replace(result, weights={"name": config.model, "style": files.style}),
        seconds=time.monotonic() - began,
    )
