"""Pictures of which a clip has one for each frame: its own, its maps, its masks."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from tfstyle.system import files
from tfstyle.video_io.clip import Clip

UNSURE = 2
"""Frames by which a video file's length may be wrong, which often is that of its duration; one that
lacks its picture after all is told of at its turn."""


def digest(pictures: Iterable[Path]) -> str:
    """Returns the hash, in hexadecimal digits, of all files in their order."""
    found = hashlib.sha256()
    for path in pictures:
        found.update(bytes.fromhex(files.digest(path, "sha256")))
    return found.hexdigest()


def fewest(clip: Clip) -> int:
    """Returns how many frames a clip has at least; where nobody knows, that is none."""
    return (clip.length or 0) - (UNSURE if clip.is_file else 0)


def check_count(flag: str, path: str, kind: str, found: int, frames: int) -> None:
    """Raises ValueError where there are fewer pictures than frames.

    Args:
        flag: what the shell calls them.
        path: the folder or pattern that was given.
        kind: what messages call one of them.
        found: how many there are.
        frames: how many there must be.
    """
    if found < frames:
        raise ValueError(
            f"{flag} must hold a {kind} for each frame, of which there are {frames} or more. "
            f"Received: {flag}={path}, {found} {kind}s"
        )
