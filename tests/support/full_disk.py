"""Runs every command on a disk that gets full: full_disk.py FOLDER DISK HOW RESULT [NAMES].

DISK is a small file system where HOW is "disk"; where it is "limit", the process may write no
larger files than so many bytes. RESULT is a file for what was seen, in JSON.
"""

import contextlib
import json
import pathlib
import shutil
import sys

import limits
import small_commands

ROOMS = {"train": (0, 24_576, 163_840), "train_inverse": (24_576,)}
"""Bytes that are left, in turn, and are not enough for all."""


def main(folder, disk, how, result, *names):
    folder, disk = pathlib.Path(folder), pathlib.Path(disk)
    small_commands.prepare(folder)
    small_commands.take_tiny_network()
    full = {"disk": ballast, "limit": size_limit}[how]
    found = {}
    for name in names or small_commands.COMMANDS:
        for room in ROOMS.get(name, (0, 4096)):
            found[f"{name} {room}"] = attempt(name, disk, full, room)
        found[f"{name} after"] = small_commands.run(name, disk)
        if name == "train":
            found["losses"] = compare_losses(folder, disk)
        clear(disk)
    pathlib.Path(result).write_text(json.dumps(found))


def attempt(name, disk, full, room):
    """Returns what a command says that finds the disk full, and whether it left all as it was."""
    output = pathlib.Path(small_commands.output(name, disk))
    if output.suffix:
        output.write_bytes(b"old")
    with full(disk, room):
        status, said = small_commands.run(name, disk)
    return {
        "status": status,
        "said": said,
        "room": room,
        "kept": not output.suffix or output.read_bytes() == b"old",
        "files": [path.name for path in disk.rglob("*")],
    }


def compare_losses(folder, disk):
    """Returns the losses of the training that the disk stopped, and of one that nothing did."""
    small_commands.run("train", folder)
    return [(path / "out" / "losses.csv").read_text() for path in (disk, folder)]


def clear(disk):
    for path in disk.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


@contextlib.contextmanager
def ballast(disk, room):
    """Fills the disk up to so many bytes."""
    path = disk / "ballast"
    with path.open("wb", buffering=0) as file:
        with contextlib.suppress(OSError):
            while True:
                file.write(bytes(4096))
        file.truncate(file.tell() - room)
    yield
    path.unlink()


def size_limit(disk, room):
    """Lets the process write no files of more bytes."""
    return limits.file_size(room)


if __name__ == "__main__":
    main(*sys.argv[1:])
