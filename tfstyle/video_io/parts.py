"""The parts of a video that are safe, each with a note: a part counts once its note is there."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import natsort

from tfstyle.system import doors, files
from tfstyle.video_io.ffmpeg.pyav import load_pyav

Parts = list[tuple[Path, list[int]]]
"""Files, each with its frames' ticks."""


def parts_name(output: Path) -> str:
    """Returns the name of the folder that holds a video's parts until it is complete."""
    return f".{output.name}.parts"


def part_name(number: int) -> str:
    """Returns what a part is called, counted from 0."""
    return f"part_{number:05}.mkv"


def check_run(found: str, run: str, output: Path) -> None:
    """Raises ValueError when what lies there is another run's."""
    if found != run:
        raise ValueError(
            "resume must be of the same input, style, network and settings; without it the run "
            f"begins anew. Received: resume=True for {output}"
        )


def find(folder: Path, run: str, output: Path) -> tuple[Parts, float]:
    """Returns the parts of a run that are there, and how many seconds it has worked on them.

    They end before one that a crash has damaged.

    Raises:
        ValueError: they are another run's.
    """
    parts: Parts = []
    seconds = 0.0
    # By their numbers: as text, part_100000 comes before part_99999.
    for path in natsort.natsorted(folder.glob("part_*.json"), key=str):
        part = path.with_suffix(".mkv")
        # A gap: what lies behind it cannot be joined on.
        if part.name != part_name(len(parts)):
            break
        try:
            found = doors.read_json(path)
            made_by, ticks = found["run"], list(map(int, found["ticks"]))
            seconds_so_far = float(found["seconds"])
        # Whatever it is, it is no note of ours.
        except Exception:
            break
        check_run(made_by, run, output)
        # A crash of the machine, unlike a kill, may lose what the disk had not written yet.
        if _count_packets(part) != len(ticks):
            break
        parts.append((part, ticks))
        seconds = seconds_so_far
    return parts, seconds


def note_path(part: Path) -> Path:
    """Returns where the note of a part lies."""
    return part.with_suffix(".json")


def note(part: Path, run: str, ticks: list[int], seconds: float) -> None:
    """Makes a part count, which is on the disk."""
    content = {"run": run, "ticks": ticks, "seconds": seconds}
    with files.atomically(note_path(part)) as file:
        file.write(json.dumps(content).encode())


@contextlib.contextmanager
def telling(output: Path, what: str) -> Iterator[None]:
    """Raises OSError, with a sentence, for what the system or FFmpeg raises.

    Args:
        output: what is written.
        what: what cannot be done with it.
    """
    try:
        yield
    except (OSError, load_pyav().error.FFmpegError) as error:
        # Those without a number are sentences of this room's own.
        if error.errno is None:
            raise
        raise OSError(
            f"output could not be {what} ({files.reason(error)}); what is finished is kept, and "
            f"the same command with --resume goes on from there. Received: output={output}"
        ) from error


def _count_packets(path: Path) -> int:
    """Returns how many frames a part holds; of one that cannot be read none."""
    av = load_pyav()
    try:
        with av.open(str(path)) as container:
            return sum(packet.size > 0 for packet in container.demux(video=0))
    except (OSError, av.error.FFmpegError):
        return 0
