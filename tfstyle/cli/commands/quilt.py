"""`tfstyle quilt`: more of a texture, or contents painted with it."""

import dataclasses
import time
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tfstyle import settings
from tfstyle.cli import process, progress, shared_flags
from tfstyle.cli.commands import pictures as painting
from tfstyle.jobs import inputs, outputs, record
from tfstyle.jobs import resume as resuming
from tfstyle.jobs.inputs import Input
from tfstyle.result import Interrupted, Result


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
    skip_existing: bool = shared_flags.skip_existing()
    quiet: bool = shared_flags.quiet()

    content_flag = "content"

    save_every = 0
    checkpoint = None
    resume = False
    """What `painting` asks of the other methods' files; there is no run to go on from."""

    def __post_init__(self):
        """Raises ValueError when a flag is missing."""
        shared_flags.check(self)


def run(command: str, method: types.ModuleType, files: Files, config: Any) -> int:
    """Sews every picture and returns the exit status; a lone failure is raised."""
    textures = [inputs.read_input(path, "texture") for path in inputs.split_paths(files.texture)]
    if files.content is not None:
        method = types.SimpleNamespace(plan=method.plan, stylize=_without_checkpoints(method))
        return painting.paint_all(painting.Job(command, method, files, config, textures, []))
    output = Path(files.output)
    check_output(output, textures)
    if not (files.skip_existing and resuming.is_there(output)):
        synthesize(command, method, files, config, textures, output)
    return process.DONE


def _without_checkpoints(method: types.ModuleType):
    """Returns the method's `stylize`, called as `painting` calls any."""

    def stylize(content, styles, config, *, callback, checkpoint, resume):
        return method.stylize(content, styles, config, callback=callback)

    return stylize


def check_output(output: Path, textures: Sequence[Input]) -> None:
    """Raises ValueError when the picture, or its record, cannot be written there."""
    inputs.check_writable(output)
    outputs.check([(Path(textures[0].described.path), output)], _paths(textures), 0)


def _paths(textures: Sequence[Input]) -> list[Path]:
    return [Path(each.described.path) for each in textures]


def synthesize(
    command: str,
    method: types.ModuleType,
    files: Files,
    config: Any,
    textures: Sequence[Input],
    output: Path,
) -> None:
    """Makes more of the texture, and writes it with its record; Ctrl-C keeps what there is."""
    began = time.monotonic()
    pictures = [each.picture.pixels for each in textures]
    levels = method.synthesis_plan(pictures[0].shape[1:3], config)

    def save(result: Result) -> None:
        painting.write_picture(output, result.image, None)
        record.write(
            output,
            command=command,
            config=config,
            inputs=[each.described for each in textures],
            result=result,
            seconds=time.monotonic() - began,
        )

    try:
        with progress.show(levels, files.quiet) as move_bar:
            result = method.synthesize(pictures, config, callback=move_bar)
    except Interrupted as interruption:
        save(interruption.result)
        raise KeyboardInterrupt(f"interrupted; the picture so far is {output}") from None
    save(result)
    if not files.quiet:
        process.say(f"{output}  {time.monotonic() - began:.1f} s  {result.outcome}")
