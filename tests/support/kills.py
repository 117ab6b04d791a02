"""Kills commands at seeded moments and goes on with them: kills.py FOLDER NAME SEED RESULT.

Moments are counted in what a run does to files: names opened, renamed and removed, and pieces
written, so that kills come where they can do harm. Each run is a fork of a process that has
TensorFlow loaded, and has computed nothing with it, since its threads are not forked.
"""

import io
import itertools
import json
import os
import pathlib
import random
import shutil
import signal
import sys

import small_commands

from tfstyle.jobs.video import api  # noqa: F401 (loaded before the forks)
from tfstyle.methods.gatys import method as gatys  # noqa: F401
from tfstyle.methods.video import method as video  # noqa: F401
from tfstyle.optimization import coarse_to_fine
from tfstyle.system.unfinished import parts
from tfstyle.training import stylizer  # noqa: F401
from tfstyle.video_io import video_writer

SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)

EVENTS = {"open", "os.rename", "os.remove", "os.mkdir"}
"""Python's audit events that change files."""

GATYS = [word for word in small_commands.COMMANDS["gatys"] if not word.startswith("--output")]
STATE = ["--checkpoint={}/state", "--resume"]

SCENARIOS = {
    "gatys": [*GATYS, "--output={}/out.png", *STATE, "--save_every=2"],
    "folder": [*GATYS, "--content=in", "--output={}/out", *STATE],
    "train": small_commands.COMMANDS["train"],
    "video": [*small_commands.COMMANDS["video"], "--resume"],
}
"""The words of each, as `COMMANDS`; the same words go on."""


def main(folder, seed, moments, result, *names):
    folder = pathlib.Path(folder)
    forked(lambda: small_commands.prepare(folder))
    os.chdir(folder)
    found = {name: attempts(folder / name, name, seed, int(moments)) for name in names or SCENARIOS}
    pathlib.Path(result).write_text(json.dumps(found))


def attempts(folder, name, seed, moments):
    """Returns what became of so many runs that were killed, and of the last one, which was not."""
    whole, killed, total = folder / "whole", folder / "killed", folder / "total"
    whole.mkdir(parents=True)
    killed.mkdir()
    found = {"whole": forked(lambda: run(name, whole, None, total)), "runs": []}
    draw = random.Random(f"{name} {seed}")
    # The first run comes to its moment, wherever that is; those that go on have less to do.
    last = int(total.read_text()) * 2 // 3
    for number in range(moments):
        kill = SIGNALS[number % len(SIGNALS)], draw.randint(1, last)
        status = forked(lambda kill=kill: run(name, killed, kill))
        found["runs"].append([*kill, status, broken(killed)])
        if status == 0:
            # It was done before the moment came: the next begins anew.
            shutil.rmtree(killed)
            killed.mkdir()
    return found | {"end": forked(lambda: run(name, killed, None))}


def forked(work):
    """Returns the exit status of a fork that does the work, negative where a signal ended it."""
    child = os.fork()
    if child == 0:
        try:
            status = work()
        except BaseException:
            sys.excepthook(*sys.exc_info())
            status = 99
        os._exit(status or 0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def run(name, folder, kill, total=None):
    """Runs a command; sends itself a signal at a moment, or writes how many moments there were."""
    small_commands.take_tiny_network()
    # Every step and frame is kept, not each fiftieth, or after half a minute.
    coarse_to_fine.CHECKPOINT_EVERY = 1
    video_writer.PART_SECONDS = 0.0
    words = [word.format(folder) for word in SCENARIOS[name]]
    if name == "gatys" and not (folder / "state" / "state.npz").exists():
        words.remove("--resume")
    count = itertools.count(1)
    count_moments(folder, lambda: reach(next(count), kill))
    status, said = small_commands.run_words(words)
    print(name, kill, status, said, file=sys.stderr)
    if total:
        total.write_text(str(next(count) - 1))
    return status


def reach(moment, kill):
    if kill and moment == kill[1]:
        os.kill(os.getpid(), kill[0])


def count_moments(folder, tick):
    """Calls `tick` before each change of a file in the folder, and within each piece written."""

    def hook(event, args):
        if event in EVENTS and any(str(each).startswith(str(folder)) for each in args[:2]):
            tick()

    def write(file, data):
        half = len(memoryview(data).cast("B")) // 2
        io.BufferedWriter.write(file, memoryview(data).cast("B")[:half])
        file.flush()
        tick()
        return half + io.BufferedWriter.write(file, memoryview(data).cast("B")[half:])

    sys.addaudithook(hook)
    parts._WithoutDescriptor.write = write


def broken(folder):
    """Returns the files under their final names that cannot be read whole."""
    return [str(path) for path in sorted(folder.rglob("*")) if not is_whole(path)]


def is_unfinished(path):
    """Returns whether its name says so."""
    return bool(parts.NAME.fullmatch(path.name)) or path.name == "joined.mp4"


def is_whole(path):
    if is_unfinished(path):
        return True
    try:
        READERS.get(path.suffix, lambda path: None)(path)
    except Exception:
        return False
    return True


def read_picture(path):
    from PIL import Image

    with Image.open(path) as picture:
        picture.load()


def read_clip(path):
    import av

    with av.open(str(path)) as container:
        if len(list(container.decode(video=0))) != 6:
            raise ValueError(path)


def read_zip(path):
    import zipfile

    with zipfile.ZipFile(path) as archive:
        if archive.testzip():
            raise ValueError(path)


READERS = {
    ".png": read_picture,
    ".mp4": read_clip,
    ".npz": read_zip,
    ".keras": read_zip,
    ".json": lambda path: json.loads(path.read_bytes()),
    ".csv": lambda path: [
        [float(each) for each in line.split(",")] for line in path.read_text().splitlines()[1:]
    ],
}


if __name__ == "__main__":
    main(*sys.argv[1:])
