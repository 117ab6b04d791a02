import os
import pathlib
import threading

import pytest

from tfstyle.networks import vgg19_files
from tfstyle.system.fetching import keras_cache

NAME = "weights.h5"


@pytest.fixture
def home(monkeypatch, tmp_path):
    monkeypatch.delenv("KERAS_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(keras_cache, "WITHOUT_HOME", tmp_path / "instead")
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def nobody(monkeypatch, home):
    """A user whom the system does not know, as containers run programs."""
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(os, "getuid", lambda: 2**31 - 5)
    with pytest.raises(RuntimeError):
        pathlib.Path.home()


def write_protect(monkeypatch, folder):
    """Lets nothing be written below a folder, though root may."""
    access = os.access

    def without_writing(path, mode):
        below = pathlib.Path(path).is_relative_to(folder)
        return not (mode & os.W_OK and below) and access(path, mode)

    monkeypatch.setattr(os, "access", without_writing)


def put(folder):
    path = folder / "models" / NAME
    path.parent.mkdir(parents=True)
    path.write_bytes(b"weights")
    return path


def test_home_is_the_usual_place(home):
    assert keras_cache.place(NAME) == home / ".keras" / "models" / NAME
    assert keras_cache.find(NAME) == []


def test_named_folder_comes_first_and_alone(home, monkeypatch, tmp_path):
    put(home / ".keras")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "named"))
    assert keras_cache.find(NAME) == []
    assert keras_cache.place(NAME) == tmp_path / "named" / "models" / NAME
    path = put(tmp_path / "named")
    assert keras_cache.find(NAME) == [path]


def test_user_whom_the_system_does_not_know_has_a_cache(nobody, monkeypatch, tmp_path):
    assert keras_cache.place(NAME) == tmp_path / "instead" / "models" / NAME
    path = put(tmp_path / "instead")
    assert keras_cache.find(NAME) == [path]
    # A folder called "~" where the program happens to run is nobody's home.
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "~" / ".keras")
    assert keras_cache.find(NAME) == [path]


def test_such_a_user_may_name_a_folder(nobody, monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "named"))
    assert keras_cache.find(NAME) == []
    path = put(tmp_path / "named")
    assert keras_cache.find(NAME) == [path]


def test_home_that_is_not_there(home, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", "/nonexistent")
    write_protect(monkeypatch, "/")
    monkeypatch.setattr(keras_cache, "WITHOUT_HOME", tmp_path / "instead")
    assert keras_cache.place(NAME) == tmp_path / "instead" / "models" / NAME


def test_home_below_a_file_is_none(home, monkeypatch, tmp_path):
    (home / "file").write_bytes(b"")
    monkeypatch.setenv("HOME", str(home / "file"))
    assert keras_cache.find(NAME) == []
    assert keras_cache.place(NAME) == tmp_path / "instead" / "models" / NAME


def test_cache_without_write_permission_is_read(home, monkeypatch, tmp_path):
    path = put(home / ".keras")
    write_protect(monkeypatch, home)
    assert keras_cache.find(NAME) == [path]
    assert keras_cache.place(NAME) == tmp_path / "instead" / "models" / NAME


def test_folder_that_can_be_written_to_is_used_though_home_cannot(home, monkeypatch):
    put(home / ".keras")
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != home and access(path, mode))
    assert keras_cache.place(NAME) == home / ".keras" / "models" / NAME


def test_file_that_cannot_be_read_is_not_found(home, monkeypatch):
    put(home / ".keras")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert keras_cache.find(NAME) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may enter any folder")
def test_home_that_must_not_be_entered(home):
    put(home / ".keras")
    home.chmod(0)
    try:
        assert keras_cache.find(NAME) == []
    finally:
        home.chmod(0o700)


def test_two_downloads_at_once_leave_one_whole_file(home, monkeypatch, tmp_path):
    """Four keep the same 4 MB; what is there is whole whenever it is looked at."""
    content = b"w" * 2**22
    fetched = tmp_path / "fetched"
    fetched.write_bytes(content)
    digest = vgg19_files.IMAGENET.hash
    monkeypatch.setattr(vgg19_files.files, "digest", lambda path, algorithm: digest)
    writers = [threading.Thread(target=vgg19_files._keep, args=[fetched]) for _ in range(4)]
    for writer in writers:
        writer.start()
    seen = []
    while any(writer.is_alive() for writer in writers):
        seen += [path.stat().st_size for path in keras_cache.find(vgg19_files.IMAGENET.name)]
    for writer in writers:
        writer.join()
    folder = home / ".keras" / "models"
    assert [path.name for path in folder.iterdir()] == [vgg19_files.IMAGENET.name]
    assert set(seen) <= {len(content)}
