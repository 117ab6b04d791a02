"""What a kill leaves of a file, who may remove it, and who may not."""

import os
import subprocess
import sys

import pytest

from tfstyle.system import files
from tfstyle.system.unfinished import locks, parts

pytest.importorskip("fcntl")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "picture.png"


FILE = """
with files.atomically(sys.argv[1]) as file:
    file.write(b"half")
    file.flush()
    print("begun", flush=True)
"""

FOLDER = """
with parts.folder_for(pathlib.Path(sys.argv[1])) as folder:
    (folder / "half").touch()
    print("begun", flush=True)
"""


def start(path, then, begin=FILE):
    """A process that has begun to write, and then does something else."""
    imports = "import os, pathlib, signal, sys; from tfstyle.system import files"
    script = f"{imports}; from tfstyle.system.unfinished import parts{begin}    {then}"
    writer = subprocess.Popen(
        [sys.executable, "-c", script, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout.readline() == "begun\n"
    return writer


def kill_writer_of(path, begin=FILE):
    start(path, "os.kill(os.getpid(), signal.SIGKILL)", begin).communicate()


def write(path, contents=b"new"):
    with files.atomically(path) as file:
        file.write(contents)


def test_next_writer_removes_what_a_killed_one_left(path):
    path.write_bytes(b"old")
    kill_writer_of(path)
    assert path.read_bytes() == b"old" and len(os.listdir(path.parent)) == 2
    assert parts.is_left(path)
    write(path)
    assert os.listdir(path.parent) == [path.name] and path.read_bytes() == b"new"
    assert not parts.is_left(path)


def test_part_of_a_writer_that_lives_is_left_alone(path):
    writer = start(path, "sys.stdin.read()")
    assert not parts.is_left(path)
    parts.remove_left(path)
    parts.remove_all_left(path.parent)
    write(path)
    assert len(os.listdir(path.parent)) == 2
    writer.communicate("")
    assert writer.returncode == 0
    # The last one wins, and each is whole.
    assert os.listdir(path.parent) == [path.name] and path.read_bytes() == b"half"


def test_what_several_killed_ones_left_is_removed(path):
    writer = start(path, "sys.stdin.read()")
    kill_writer_of(path)
    writer.kill()
    writer.communicate()
    assert len(os.listdir(path.parent)) == 2
    parts.remove_left(path)
    assert os.listdir(path.parent) == []


def test_parts_of_other_files_and_other_programs_stay(path):
    kill_writer_of(path.with_name("other.png"))
    for name in (".0123456789abcdef.part", "picture.png.part", ".picture.png.part"):
        (path.parent / name).write_bytes(b"mine")
    before = sorted(os.listdir(path.parent))
    write(path)
    parts.remove_left(path)
    assert sorted(os.listdir(path.parent)) == sorted([*before, path.name])


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_what_else_has_the_name_is_neither_followed_nor_removed(path, kind):
    part, precious = parts.path_of(path), path.with_name("precious")
    precious.write_bytes(b"mine")
    {
        "link": lambda: part.symlink_to(precious),
        "pipe": lambda: os.mkfifo(part),
    }[kind]()
    write(path)
    assert path.read_bytes() == b"new" and precious.read_bytes() == b"mine"


def test_one_process_may_write_a_file_twice_at_once(path):
    with files.atomically(path) as outer:
        outer.write(b"outer")
        write(path, b"inner")
        assert path.read_bytes() == b"inner"
    assert path.read_bytes() == b"outer" and os.listdir(path.parent) == [path.name]


def test_links_lead_to_what_is_left(path, tmp_path):
    (tmp_path / "link.png").symlink_to(path)
    kill_writer_of(tmp_path / "link.png")
    assert parts.is_left(path) and parts.is_left(tmp_path / "link.png")
    parts.remove_left(tmp_path / "link.png")
    assert os.listdir(tmp_path) == ["link.png"]


def test_where_there_are_no_locks_files_are_written_all_the_same(path, monkeypatch):
    def refuse(*_):
        raise OSError("no locks")

    with monkeypatch.context() as patch:
        patch.setattr(locks.fcntl, "flock", refuse)
        write(path)
    monkeypatch.setattr(locks, "ARE_THERE", False)
    write(path, b"newer")
    with pytest.raises(KeyboardInterrupt), files.atomically(path) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert os.listdir(path.parent) == [path.name] and path.read_bytes() == b"newer"


# --- Folders ---


def test_folder_that_a_kill_left_goes_with_the_next_one(path):
    kill_writer_of(path, FOLDER)
    assert len(os.listdir(path.parent)) == 1
    with parts.folder_for(path) as folder:
        assert os.listdir(path.parent) == [folder.name] and os.listdir(folder) == []
        (folder / "whole").mkdir()
    assert os.listdir(path.parent) == []


def test_folder_of_a_writer_that_lives_is_left_alone(path):
    writer = start(path, "sys.stdin.read()", FOLDER)
    with parts.folder_for(path) as folder:
        assert len(os.listdir(path.parent)) == 2 and os.listdir(folder) == []
    assert len(os.listdir(path.parent)) == 1
    writer.communicate("")
    assert writer.returncode == 0 and os.listdir(path.parent) == []


def test_folders_where_there_are_no_locks(path, monkeypatch):
    monkeypatch.setattr(locks, "ARE_THERE", False)
    with parts.folder_for(path) as outer, parts.folder_for(path) as inner:
        assert outer.is_dir() and inner.is_dir() and inner != outer
    assert os.listdir(path.parent) == []
