"""Where a command writes, checked before any work: nothing but its own may be replaced."""

import os
from collections.abc import Sequence
from pathlib import Path

from tfstyle import image, record

Pairs = Sequence[tuple[Path, Path]]
"""(content, output) of each picture to paint."""


def check(pairs: Pairs, others: Sequence[Path]) -> None:
    """Raises ValueError when a file that is written would replace one that is not ours.

    Args:
        pairs: the outputs, all in one folder.
        others: further inputs, which no output may replace.
    """
    check_clashes(pairs, others)
    for _, output in pairs:
        check_record(output)


def check_folder(folder: Path) -> None:
    """Raises ValueError when pictures cannot be written into `folder`, which may not exist yet."""
    if folder.is_dir():
        image.check_writable(folder / "any.png")
    elif folder.exists() or folder.suffix.lower() in image.WRITE_FORMATS:
        raise ValueError(
            f"output must be a folder, as content is many pictures. Received: output={folder}"
        )
    else:
        image.check_writable(folder.with_name(f"{folder.name}.png"))


def check_clashes(pairs: Sequence[tuple[Path, Path]], others: Sequence[Path]) -> None:
    """Raises ValueError when an output would replace an input or another output."""
    inputs = {path.resolve() for path in [*others, *(content for content, _ in pairs)]}
    makers: dict[Path, Path] = {}
    for content, output in pairs:
        if output.resolve() in inputs:
            raise ValueError(f"output must not replace an input. Received: output={output}")
        if output in makers:
            raise ValueError(
                f"output must differ for each content; rename one of {makers[output]} and "
                f"{content}. Received: output={output}"
            )
        makers[output] = content


def check_record(output: Path) -> None:
    """Raises ValueError when the record of `output` would replace what is no record."""
    path = record.path_for(output)
    if os.path.exists(path) and not record.read(output):
        raise ValueError(
            f"output's record would replace {path}, which tfstyle did not write; rename one of "
            f"them. Received: output={output}"
        )
