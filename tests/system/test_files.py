import errno
import os

import limits
import numpy as np
import pytest

from tfstyle import image
from tfstyle.system import files
from tfstyle.system.unfinished import parts


@pytest.fixture
def path(tmp_path):
    return tmp_path / "picture.png"


def test_atomically_replaces_on_success(path):
    path.write_bytes(b"old")
    with files.atomically(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_atomically_keeps_the_old_file_on_an_error(path, error):
    path.write_bytes(b"old")
    with pytest.raises(error), files.atomically(path) as file:
        file.write(b"half of the ne")
        raise error
    assert path.read_bytes() == b"old"
    assert os.listdir(path.parent) == [path.name]


def test_atomically_follows_links(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    with files.atomically(link) as file:
        file.write(b"new")
    assert link.is_symlink() and target.read_bytes() == b"new"


@pytest.mark.parametrize(("name", "too_long"), [("a" * 255, False), ("a" * 256, True)])
def test_names_may_have_255_bytes(tmp_path, name, too_long):
    assert files.is_name_too_long(tmp_path / name) == too_long


# --- Folders that are made for a file ---


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_folders_go_again_when_nothing_was_written(tmp_path, error):
    (tmp_path / "there").mkdir()
    with pytest.raises(error), files.making_folder(tmp_path / "there" / "a" / "b", parents=True):
        assert (tmp_path / "there" / "a" / "b").is_dir()
        raise error
    assert list(tmp_path.rglob("*")) == [tmp_path / "there"]


def test_folders_stay_when_another_has_written_there(tmp_path):
    with pytest.raises(OSError), files.making_folder(tmp_path / "a" / "b", parents=True):
        (tmp_path / "a" / "another").write_bytes(b"")
        raise OSError
    assert list((tmp_path / "a").iterdir()) == [tmp_path / "a" / "another"]


def test_folders_stay_with_what_was_written(tmp_path):
    with files.making_folder(tmp_path / "a" / "b", parents=True):
        (tmp_path / "a" / "b" / "file").write_bytes(b"")
    assert (tmp_path / "a" / "b" / "file").is_file()


# --- Disks that refuse a file ---


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.99])
@pytest.mark.parametrize("suffix", image.WRITE_FORMATS)
def test_picture_is_whole_or_the_old_one(tmp_path, suffix, share):
    path = tmp_path / f"out{suffix}"
    noise = np.random.default_rng(0).random([150, 200, 3], np.float32)
    image.write(path, noise)
    size = path.stat().st_size
    path.write_bytes(b"old")
    with limits.file_size(int(share * size)):
        with pytest.raises(image.ImageError, match=f"(?i)file too large.*path={path}$"):
            image.write(path, noise)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == [path.name]
    with limits.file_size(size):
        image.write(path, noise)


@pytest.mark.parametrize("size", [0, 64, 200, 500, 4000, 8000, 8400])
def test_arrays_are_whole_or_the_old_ones(path, size):
    path.write_bytes(b"old")
    arrays = {"a": np.zeros(1000, np.float32), "b": np.zeros(1000, np.float32)}
    with limits.file_size(size), pytest.raises(OSError, match=f"(?i)file too large.*path={path}$"):
        with files.atomically(path) as file:
            np.savez(file, **arrays)
    assert path.read_bytes() == b"old"
    assert os.listdir(path.parent) == [path.name]


@pytest.mark.parametrize("code", sorted(files.ADVICE))
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_refusal_names_the_file_and_the_reason(path, monkeypatch, code, call):
    def refuse(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, call, refuse)
    with pytest.raises(OSError) as caught, files.atomically(path) as file:
        file.write(b"new")
    assert caught.value.errno == code
    assert str(caught.value) == (
        f"path must lie where it can be written: {os.strerror(code).lower()}; "
        f"{files.ADVICE[code]}. Received: path={path}"
    )
    assert os.listdir(path.parent) == []


def test_missing_folder_is_named_not_the_temporary_file(tmp_path):
    with pytest.raises(OSError, match="create its folder first.*path=.*missing/a.npz$"):
        with files.atomically(tmp_path / "missing" / "a.npz"):
            pass


@pytest.mark.parametrize(
    "words",
    [
        "Unable to write file (errno = 28, error message = 'No space left on device')",
        "{{function_node X}} /a/events.v2; No space left on device [Op:FlushSummaryWriter]",
    ],
)
def test_libraries_that_quote_the_system_are_understood(path, words):
    with pytest.raises(OSError, match=f"no space left on device.*path={path}$"):
        with files.naming(path):
            raise RuntimeError(words)


@pytest.mark.parametrize(
    "error",
    [
        OSError("a sentence of its own"),
        OSError(errno.ENOSPC, "No space left on device", "/another/file"),
        ValueError("something else"),
        KeyboardInterrupt(),
    ],
)
def test_other_errors_are_left_as_they_are(path, error):
    with pytest.raises(type(error)) as caught, files.naming(path):
        raise error
    assert caught.value is error


def test_library_that_writes_to_names_is_atomic_too(path):
    path.write_bytes(b"old")
    with files.unfinished(path, ".keras") as temporary:
        assert temporary.suffix == ".keras" and temporary.parent == path.parent
        temporary.write_bytes(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    with pytest.raises(RuntimeError), files.unfinished(path) as temporary:
        temporary.write_bytes(b"half")
        raise RuntimeError
    assert path.read_bytes() == b"new"
    assert os.listdir(path.parent) == [path.name]


def test_what_kills_left_is_removed_and_nothing_else(tmp_path):
    for name in (".0123456789abcdef.part", ".0123456789abcdef.part.keras", ".parts", "a.part"):
        (tmp_path / name).touch()
    parts.remove_all_left(tmp_path)
    parts.remove_all_left(tmp_path / "missing")
    assert sorted(os.listdir(tmp_path)) == [".parts", "a.part"]
