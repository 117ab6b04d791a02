"""What a command reads, found before anything is written."""

import contextlib
import dataclasses
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from tfstyle import image, settings
from tfstyle.cli import shared_flags
from tfstyle.image.paths import find_contents, is_many
from tfstyle.jobs import outputs, record


@dataclasses.dataclass(frozen=True)
class Files:
    """The flags that every command has beside those of its `Config`."""

    content: str = shared_flags.content()
    style: str = settings.setting(
        "", "The picture to take the manner from; several have commas between; required."
    )
    output: str = shared_flags.output()
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
    quiet: bool = shared_flags.quiet()

    content_flag = "content"
    """What this command calls what it paints."""

    def __post_init__(self):
        """Raises ValueError when a flag is missing, out of range or useless alone."""
        shared_flags.check(self)
        if self.resume and not self.checkpoint:
            raise ValueError("resume needs the folder of the run, as --checkpoint=FOLDER.")


@dataclasses.dataclass(frozen=True)
class Input:
    """A picture that was read, and what the record keeps of it."""

    picture: image.Picture
    described: record.Input


def split_paths(text: str) -> list[str]:
    """Returns the comma-separated paths; a comma inside a path that exists stays in it."""
    pieces = text.split(",")
    ends = (end for end in range(len(pieces), 0, -1) if os.path.exists(",".join(pieces[:end])))
    end = next(ends, 1)
    rest = ",".join(pieces[end:])
    return [",".join(pieces[:end]).strip(), *(split_paths(rest) if rest else [])]


def read_input(path: str | os.PathLike, flag: str = "path") -> Input:
    """Reads a picture once for the method and for the record; errors name the flag it is from."""
    with naming(flag):
        picture = image.read_picture(path)
    return Input(picture, record.describe_input(path, picture.pixels))


def check_writable(path: str | os.PathLike, flag: str = "output") -> None:
    """Raises ImageError, naming the flag, when no picture can be written there."""
    with naming(flag):
        image.check_writable(path)


@contextlib.contextmanager
def naming(flag: str) -> Iterator[None]:
    """Makes errors that speak of a `path`, as a library's user knows it, speak of the flag."""
    try:
        yield
    except image.ImageError as error:
        text = str(error).replace("Received: path=", f"Received: {flag}=")
        raise image.ImageError(re.sub("^path must", f"{flag} must", text)) from error


def pair_paths(
    content: str,
    output: str | Path,
    others: Sequence[Input] = (),
    save_every: int = 0,
    flag: str = "content",
) -> list[tuple[Path, Path]]:
    """Returns (content, output) for each content, after checking that outputs can be written.

    Args:
        content: a picture, a folder or a pattern.
        output: a picture, or a folder when there are many contents.
        others: further inputs, which no output may replace.
        save_every: steps between snapshots beside the output; 0 is none.
        flag: what the command calls the content.
    """
    output = Path(output)
    if is_many(content) or os.path.isdir(output):
        with naming("output"):
            outputs.check_folder(output, flag)
        pairs = [(path, output / f"{path.stem}.png") for path in find_contents(content, flag)]
    else:
        check_writable(output)
        pairs = [(Path(content), output)]
    outputs.check(pairs, [Path(other.described.path) for other in others], save_every, flag)
    return pairs
