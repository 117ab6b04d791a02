import os

import pytest

from tfstyle.system import files


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
