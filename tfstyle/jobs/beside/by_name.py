"""Pictures of a folder that belong to contents of the same names, whatever their suffixes."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from tfstyle.image.paths import find_contents, name_some


def find(
    folder: str, contents: Sequence[Path], called: str, *, flag: str = "content", warn: bool = False
) -> list[Path]:
    """Returns the picture of each content.

    Args:
        folder: a folder or a pattern.
        contents: the pictures to be painted.
        called: what the caller calls the folder.
        flag: what the caller calls the contents.
        warn: whether to warn of what is no picture there.

    Raises:
        ValueError: a content has none or several.
    """
    by_stem = _by_stem(find_contents(folder, called, warn=warn))
    lacking = [content.name for content in contents if content.stem not in by_stem]
    if lacking:
        raise ValueError(
            f"{called} must hold a picture of each {flag}'s name, such as "
            f"{Path(lacking[0]).stem}.png; it has none for {name_some(lacking)}. "
            f"Received: {called}={folder}"
        )
    return [_only(by_stem[content.stem], folder, called) for content in contents]


def _by_stem(found: Iterable[Path]) -> dict[str, list[Path]]:
    by_stem: dict[str, list[Path]] = {}
    for path in found:
        by_stem.setdefault(path.stem, []).append(path)
    return by_stem


def _only(found: Sequence[Path], folder: str, called: str) -> Path:
    if len(found) > 1:
        raise ValueError(
            f"{called} must hold one picture of each name; rename or remove one of "
            f"{name_some([path.name for path in found])}. Received: {called}={folder}"
        )
    return found[0]
