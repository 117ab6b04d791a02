"""Which pictures a path, a folder or a pattern stands for: one rule for every command."""

import glob
import os
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path

import natsort

from tfstyle.image import formats, numbered

MOST_NAMED = 3
"""Files that are named of those left out for one reason; the others are counted."""


def is_many(content: str) -> bool:
    """Returns whether `content` is a folder or a pattern and no file."""
    return not os.path.isfile(content) and (
        os.path.isdir(content) or numbered.has_place(content) or glob.has_magic(content)
    )


def find_contents(content: str, name: str = "content", *, warn: bool = False) -> list[Path]:
    """Returns the pictures of a folder or of a pattern, or the one file, sorted.

    Numbers in names sort by value: frame_9 comes before frame_10.

    Args:
        content: a folder, a pattern such as in/*.jpg or frame_%04d.png, or a file. What is there
            by that very name is meant, whatever marks the name has.
        name: what the caller calls it.
        warn: whether to warn of what is left out, and why.

    Raises:
        ValueError: there is no picture.
    """
    if not is_many(content):
        return [Path(content)]
    matched = match(content, name)
    if warn:
        warn_of_left_out(content, matched)
    # Sorted by text first: names whose numbers have the same value stay in that order.
    found = natsort.natsorted(sorted(filter(formats.has_picture_suffix, matched)), key=str)
    if not found:
        raise ValueError(
            f"{name} must hold at least one picture.{_hint(matched)} Received: {name}={content}"
        )
    return found


def match(content: str, name: str = "content", *, subfolders: bool = False) -> list[Path]:
    """Returns the visible files of a folder, or those that fit a pattern, in no order.

    Args:
        content: see `find_contents`.
        name: what the caller calls it.
        subfolders: whether a folder's subfolders are included.
    """
    if os.path.isfile(content):
        return [Path(content)]
    if os.path.isdir(content):
        # By the same rule as patterns; hidden ones are what systems leave, such as ._a.jpg.
        below = ("**", "*") if subfolders else ("*",)
        return _files(os.path.join(glob.escape(content), *below))
    if numbered.has_place(content):
        return list(_find_numbered(content, name).values())
    return _files(_with_names_there(content)) or _files(content.replace("[", "[[]"))


def warn_of_left_out(content: str | os.PathLike[str], matched: Iterable[Path]) -> None:
    """Warns, in one sentence, of the pictures among files that are not taken, and why."""
    reasons: dict[str, list[str]] = {}
    for path in natsort.natsorted(matched, key=str):
        reason = formats.why_left_out(path)
        if reason:
            reasons.setdefault(reason, []).append(path.name)
    if reasons:
        told = "; ".join(f"{name_some(names)} ({reason})" for reason, names in reasons.items())
        warnings.warn(f"left out of {content}: {told}", stacklevel=3)


def numbers(content: str, found: Sequence[Path]) -> list[int]:
    """Returns when each picture of a clip is shown, in frames from the first one on.

    They follow each other, but where a pattern's numbers have gaps.
    """
    if os.path.isdir(content) or not numbered.has_place(content):
        return list(range(len(found)))
    pattern = numbered.parse(content)
    counted = [pattern.number(path.name) or 0 for path in found]
    return [number - counted[0] for number in counted]


def warn_of_gaps(found: Sequence[Path], numbers: Sequence[int], consequence: str) -> None:
    """Warns of numbers that a pattern's pictures lack between the first and the last.

    Args:
        found: the pictures.
        numbers: theirs; see `numbers`.
        consequence: what comes of it.
    """
    missing = numbers[-1] + 1 - len(numbers)
    if missing:
        before = next(path for place, path in enumerate(found) if numbers[place + 1] > place + 1)
        warnings.warn(
            f"numbers are missing, {missing} in all and the first after {before}; {consequence}",
            stacklevel=4,
        )


def name_some(names: Sequence[str]) -> str:
    """Returns the first of the names, and how many more there are."""
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _find_numbered(content: str, name: str) -> dict[int, Path]:
    """Returns the files of a pattern with a number; their first is looked for as FFmpeg does."""
    pattern = numbered.parse(content, name)
    found = pattern.find()
    if found and min(found) not in numbered.STARTS:
        raise ValueError(
            f"{name} must begin with a number from {numbered.STARTS[0]} to {numbered.STARTS[-1]}, "
            f"as FFmpeg has it, and not with {min(found)}; name the folder, or a pattern with "
            f"* instead. Received: {name}={content}"
        )
    return found


def _files(pattern: str) -> list[Path]:
    return [Path(path) for path in glob.iglob(pattern, recursive=True) if os.path.isfile(path)]


def _with_names_there(pattern: str) -> str:
    """Returns the pattern, in which folders that are there by that very name are meant so."""
    path = Path(pattern)
    there = next(folder for folder in path.parents if os.path.isdir(folder))
    return os.path.join(glob.escape(str(there)), path.relative_to(there))


def _hint(matched: Sequence[Path]) -> str:
    """Returns why what was found is not taken, where there is something to say."""
    reasons = dict.fromkeys(filter(None, map(formats.why_left_out, matched)))
    return f" Left out: {'; '.join(reasons)}." if reasons else ""
