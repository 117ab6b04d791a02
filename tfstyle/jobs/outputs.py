"""Where a command writes, checked before any work: nothing but its own may be replaced."""

import os
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tfstyle import image
from tfstyle.image import numbered
from tfstyle.jobs import inputs, record
from tfstyle.system import destinations, files

Pairs = Sequence[tuple[Path | None, Path]]
"""(content, output) of each picture to paint; a texture is grown without a content."""


def check(pairs: Pairs, others: Sequence[Path], save_every: int, flag: str = "content") -> None:
    """Raises ValueError when a file that is written would replace one that is not ours.

    Args:
        pairs: the outputs, all in one folder.
        others: further inputs, which no output may replace.
        save_every: how many steps lie between two snapshots; 0 for none.
        flag: what the command calls the content.
    """
    # All pairs, before any work: else the last of a folder might fail after hours.
    check_clashes(pairs, others, flag)
    if save_every:
        check_snapshots(pairs, others, save_every)
    for _, output in pairs:
        # Of many, one may be a folder, or a link that leads nowhere.
        if os.path.lexists(output):
            inputs.check_writable(output)
        check_names(output, save_every)
        check_record(output)


def naming(output: Path, flag: str = "content") -> Callable[[int, Path], Path]:
    """Returns what names the output of each of many contents, by its place among them and its path.

    Args:
        output: a folder, which may not exist yet, or a pattern such as out_%04d.png.
        flag: what the command calls the content.

    Raises:
        ValueError: pictures cannot be written there.
    """
    if os.path.isdir(output) or not numbered.has_place(output):
        check_folder(output, flag)
        return lambda index, content: output / f"{content.stem}.png"
    pattern = numbered.parse(output, "output")
    inputs.check_writable(pattern.path(numbered.FIRST))
    return lambda index, content: pattern.path(numbered.FIRST + index)


def check_folder(folder: Path, flag: str = "content") -> None:
    """Raises ValueError when pictures cannot be written into `folder`, which may not exist yet.

    Args:
        folder: where they shall lie.
        flag: what the command calls the content.
    """
    # lexists, since a link that leads nowhere cannot become a folder.
    is_file = os.path.lexists(folder) or folder.suffix.lower() in image.WRITE_FORMATS
    if is_file and not os.path.isdir(folder):
        problem = f"be a folder or a pattern such as out_%04d.png, as {flag} is one too"
    elif not os.path.isdir(folder.parent):
        problem = f"lie in an existing folder; create {folder.parent} first"
    else:
        problem = destinations.why_no_folder(folder)
    if problem:
        raise ValueError(f"output must {problem}. Received: output={folder}")


def check_no_input(
    written: Iterable[str | os.PathLike[str]],
    read: Iterable[str | os.PathLike[str]],
    flag: str = "output",
) -> None:
    """Raises ValueError, naming the flag, when what is written would replace what is read."""
    inputs = _resolved(read)
    for path in written:
        if os.path.realpath(path) in inputs:
            raise ValueError(
                f"{flag} must not replace an input. Received: {flag}={os.fspath(path)}"
            )


def check_clashes(pairs: Pairs, others: Sequence[Path], flag: str = "content") -> None:
    """Raises ValueError when an output would replace an input or another output."""
    check_no_input([output for _, output in pairs], _read(pairs, others))
    makers: dict[Path, Path | None] = {}
    for content, output in pairs:
        if output in makers:
            raise ValueError(
                f"output must differ for each {flag}; rename one of {makers[output]} and "
                f"{content}. Received: output={output}"
            )
        makers[output] = content


def _read(pairs: Pairs, others: Sequence[Path]) -> list[Path]:
    """Returns every input's path."""
    return [*others, *(content for content, _ in pairs if content is not None)]


def _resolved(paths: Iterable[str | os.PathLike[str]]) -> set[str]:
    """Returns the paths with links followed."""
    # Not by Path.resolve, which raises RuntimeError where a link leads back to itself.
    return set(map(os.path.realpath, paths))


def check_snapshots(pairs: Pairs, others: Sequence[Path], every: int) -> None:
    """Raises ValueError when a snapshot could replace an input or an output.

    How many steps there will be is not known yet: any number of them counts.
    """
    outputs = {output for _, output in pairs}
    kept = _resolved([*_read(pairs, others), *outputs])
    folder = pairs[0][1].parent
    present = folder.iterdir() if folder.is_dir() else ()
    for path in sorted({*present, *outputs}):
        if snapshot_of(path, every) in outputs and os.path.realpath(path) in kept:
            raise ValueError(
                f"save_every's snapshots must replace neither an input nor an output; rename "
                f"{path}. Received: save_every={every}"
            )


def snapshot_path(output: Path, step: int) -> Path:
    """Returns where the picture after a step lies: out_step00100.png beside out.png."""
    return output.with_name(f"{output.stem}_step{step:05}{output.suffix}")


def snapshot_of(path: Path, every: int) -> Path | None:
    """Returns the output that `path` is a snapshot of, by its name; None if by that it is none."""
    named = re.fullmatch(r"(.+)_step([0-9]{5,})", path.stem)
    if not named or int(named[2]) % every:
        return None
    output = path.with_name(named[1] + path.suffix)
    # Named again and compared: out_step0000100 has digits enough, but step 100 is called otherwise.
    return output if snapshot_path(output, int(named[2])) == path else None


def check_names(output: Path, save_every: int) -> None:
    """Raises ValueError when the file system refuses a name: `output`'s, or one beside it."""
    # The record's name may be longer than the output's, and a snapshot's is: they are refused here,
    # and not when the painting is done.
    names = [output.name, record.path_for(output).name]
    if save_every:
        # The first stands for all: up to step 99,999 the names are as long.
        names.append(snapshot_path(output, save_every).name)
    # How long names may be depends on the disk: a folder yet to be made will lie on its parent's.
    folder = output.parent if output.parent.is_dir() else output.parent.parent
    for name in names:
        if files.is_name_too_long(folder / name):
            raise ValueError(
                f"output must have a shorter name: the file system refuses {name}. "
                f"Received: output={output}"
            )


def check_record(output: Path) -> None:
    """Raises ValueError when the record of `output` would replace what is no record."""
    path = record.path_for(output)
    problem = destinations.why_no_file(path) if os.path.islink(path) else ""
    if problem:
        raise ValueError(f"output's record, {path}, must {problem}. Received: output={output}")
    # Such as package.json beside package.png.
    if os.path.exists(path) and not record.read(output):
        raise ValueError(
            f"output's record would replace {path}, which tfstyle did not write; rename one of "
            f"them. Received: output={output}"
        )
