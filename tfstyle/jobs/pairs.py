"""Which content becomes which output: resolved once, and checked before anything is written."""

import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path

from tfstyle.image import numbered
from tfstyle.image import paths as picture_paths
from tfstyle.image.paths import find_contents, is_many
from tfstyle.jobs import inputs, outputs, record, resume
from tfstyle.jobs.beside import masks


@dataclasses.dataclass(frozen=True)
class Pair:
    """One picture to paint: from where, and to where."""

    content: Path | None
    """None where more of a texture is made, of nothing else."""
    output: Path
    checkpoint: Path | None = None
    """The folder for the state of this picture's run; None keeps none."""
    goes_on: bool = False
    """Whether the run goes on from that state instead of afresh."""
    is_numbered: bool = False
    """Whether the output is named by the content's place among others, and not by its name."""
    mask: Path | None = None
    """Where the content is painted; None is everywhere."""

    @property
    def record(self) -> Path:
        """Where the record lies: beside the output."""
        return record.path_for(self.output)


@dataclasses.dataclass(frozen=True)
class State:
    """Where the runs of all pairs keep their state."""

    checkpoint: str | os.PathLike[str] | None = None
    """A folder; of many contents, each has its own inside. None keeps no state."""
    resume: bool = False
    """Whether to go on from it."""

    def __post_init__(self) -> None:
        """Raises ValueError when there is nothing to go on from."""
        if self.resume and not self.checkpoint:
            raise ValueError("resume needs the run's folder. Received: checkpoint=None")


def resolve(
    content: str | os.PathLike[str] | None,
    output: str | os.PathLike[str],
    others: Sequence[inputs.Described] = (),
    *,
    state: State = State(),  # noqa: B008 (frozen)
    save_every: int = 0,
    flag: str = "content",
    mask: str | os.PathLike[str] | None = None,
) -> list[Pair]:
    """Returns the pairs, after checking that every output, record and state can be written.

    Args:
        content: a picture, a folder or a pattern; None for a texture that is made more of.
        output: a picture, or a folder when there are many contents.
        others: further inputs, which no output may replace.
        state: where the runs keep their state.
        save_every: steps between snapshots beside the output; 0 is none.
        flag: what the caller calls the content, for errors.
        mask: where contents are painted: a picture for all, or a folder of pictures by their
            names; None is everywhere.

    Raises:
        ValueError: a content has no mask, or an output cannot be written, or would replace an input
            or another output.
    """
    # As paths, both would mean the working folder.
    for name, path in {flag: content, "output": output, "mask": mask}.items():
        if path is not None and not os.fspath(path):
            raise ValueError(
                f"{name} must be the path of a file or folder. Received: {name}={path!r}"
            )
    output = Path(output)
    content = None if content is None else os.fspath(content)
    paths = _pair_paths(content, output, flag)
    # None in the place of each where there is no mask.
    found_masks = _find_masks(mask, paths, flag)
    read = [Path(other.described.path) for other in others]
    outputs.check(paths, [*read, *filter(None, found_masks)], save_every, flag)
    many = content is not None and is_many(content)
    found = [
        dataclasses.replace(_with_state(*pair, state, many), mask=own)
        for pair, own in zip(paths, found_masks, strict=True)
    ]
    if many and _is_numbered(output):
        found = [dataclasses.replace(pair, is_numbered=True) for pair in found]
    # All of them, before the first is painted.
    for pair in found:
        if pair.checkpoint:
            resume.check_folder(pair.checkpoint)
    return found


def _pair_paths(content: str | None, output: Path, flag: str) -> list[tuple[Path | None, Path]]:
    # Path.is_dir raises where a name is too long, which is refused below in a sentence.
    if content is not None and (is_many(content) or os.path.isdir(output)):
        name = outputs.naming(output, flag)
        contents = find_contents(content, flag, warn=True)
        if _is_numbered(output):
            numbers = picture_paths.numbers(content, contents)
            picture_paths.warn_of_gaps(contents, numbers, "the results are numbered without gaps")
        return [(path, name(index, path)) for index, path in enumerate(contents)]
    inputs.check_writable(output)
    return [(None if content is None else Path(content), output)]


def _find_masks(
    mask: str | os.PathLike[str] | None, paths: outputs.Pairs, flag: str
) -> Sequence[Path | None]:
    contents = [content for content, _ in paths]
    return [None] * len(paths) if mask is None else masks.find(os.fspath(mask), contents, flag)


def _is_numbered(output: Path) -> bool:
    """Returns whether the outputs of many contents differ in a number alone."""
    return numbered.has_place(output) and not os.path.isdir(output)


def _with_state(content: Path | None, output: Path, state: State, many: bool) -> Pair:
    if not state.checkpoint:
        return Pair(content, output)
    folder = Path(state.checkpoint)
    if not many:
        return Pair(content, output, folder, state.resume)
    folder = folder / output.stem
    # Those of many that the interrupted run had not come to have no state, and start afresh.
    return Pair(content, output, folder, state.resume and resume.has_begun(folder))
