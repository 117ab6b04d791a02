import gzip
import io
import os
import pathlib
import socket
import threading
import zipfile

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image

from tfstyle import image
from tfstyle.image.decoding import source
from tfstyle.jobs import inputs
from tfstyle.system import memory

LEVELS = np.random.default_rng(0).integers(0, 256, [5, 7, 3], np.uint8)
PIXELS = LEVELS[np.newaxis] / np.float32(255)


@pytest.fixture
def data():
    buffer = io.BytesIO()
    Image.fromarray(LEVELS).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def path(tmp_path, data):
    path = tmp_path / "picture.png"
    path.write_bytes(data)
    return path


@pytest.fixture
def pipe(tmp_path, data):
    """A named pipe that the picture's bytes come through once."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    thread = threading.Thread(target=path.write_bytes, args=[data], daemon=True)
    thread.start()
    yield path
    thread.join(10)


def archived(data):
    """An archive that holds the bytes as they are, under the name a.png."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.png", data)
    return archive


def closed(file):
    file.close()
    return file


class Upload:
    """As web frameworks hand files over: no name, no descriptor, no way back."""

    def __init__(self, data):
        self._file = io.BytesIO(data)

    def read(self, size=-1):
        return self._file.read(min(size, 7))


# --- What is read ---


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, io.BytesIO, Upload])
def test_bytes_and_file_objects_are_read(data, kind):
    assert_array_equal(image.read(kind(data)), PIXELS)


def test_open_files_are_read_from_their_beginning_and_stay_open(path):
    for buffering in (-1, 0):
        with open(path, "rb", buffering=buffering) as file:
            file.seek(3)
            assert_array_equal(image.read(file), PIXELS)
            assert not file.closed
    written = io.BytesIO()
    written.write(path.read_bytes())
    assert_array_equal(image.read(written), PIXELS)


def test_a_compressed_tiff_is_read_from_each(tmp_path):
    # libtiff reads from the descriptor itself where there is one.
    path = tmp_path / "picture.tif"
    Image.fromarray(LEVELS).save(path, compression="tiff_lzw")
    with open(path, "rb") as file:
        for each in (path, path.read_bytes(), file, Upload(path.read_bytes())):
            assert_array_equal(image.read(each), PIXELS)


def test_pipes_are_read(pipe):
    assert_array_equal(image.read(pipe), PIXELS)


def test_jobs_read_a_pipe_once_and_record_its_digest(pipe, path):
    from_pipe, from_file = inputs.read_input(pipe), inputs.read_input(path)
    assert_array_equal(from_pipe.picture.pixels, PIXELS)
    assert from_pipe.described.sha256 == from_file.described.sha256


def test_a_descriptor_by_its_path(data):
    reading, writing = os.pipe()
    os.write(writing, data)
    os.close(writing)
    try:
        assert_array_equal(image.read(f"/dev/fd/{reading}"), PIXELS)
    finally:
        os.close(reading)


def test_views_over_every_other_byte_are_read(data):
    doubled = bytes(each for byte in data for each in (byte, 0))
    assert_array_equal(image.read(memoryview(doubled)[::2]), PIXELS)


@pytest.mark.parametrize("kind", [bytearray, memoryview])
def test_files_may_hand_out_any_kind_of_bytes(data, kind):
    file = Upload(data)
    file.read = lambda size, read=file.read: kind(read(size))
    assert_array_equal(image.read(file), PIXELS)


def test_members_of_archives_are_read_from_their_beginning(data):
    member = zipfile.ZipFile(archived(data)).open("a.png")
    member.read(3)
    assert_array_equal(image.read(member), PIXELS)


# --- What is refused, and by which name ---


@pytest.mark.parametrize(
    ("read", "message"),
    [
        (b"", "this one is empty.*Received: path=0 bytes$"),
        (bytearray(b"no picture"), "whole image file.*Received: path=10 bytearray$"),
        (io.BytesIO(b"no picture"), "whole image file.*Received: path=BytesIO$"),
        (io.StringIO("no picture"), "binary mode.*Received: path=StringIO$"),
        (None, "a path, the bytes .*Received: path of type NoneType$"),
        (3, "Received: path of type int$"),
        (np.zeros([4, 4, 3]), "Received: path of type ndarray$"),
        ("nul\0.png", r"has a character .*Received: path='nul\\x00\.png'$"),
        ("half\ud800.png", r"has a character .*Received: path='half\\ud800\.png'$"),
    ],
)
def test_messages_say_what_was_given(read, message):
    with pytest.raises(image.ImageError, match=message):
        image.read(read)


def test_messages_name_an_open_file(path):
    path.write_bytes(b"no picture")
    with open(path, "rb") as file, pytest.raises(image.ImageError, match=f"path={path}$"):
        image.read(file)


def test_files_that_raise_errors_of_their_own_are_refused_in_a_sentence(data, path):
    damaged = io.BytesIO(archived(data).getvalue().replace(b"IDAT", b"xxxx"))
    cut = gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(data)[:-20]))
    never = Upload(data)
    never.read = lambda size: None
    with path.open() as text:
        assert "opened as text" in sentence(text)
    assert "Bad CRC-32" in sentence(zipfile.ZipFile(damaged).open("a.png"))
    assert "ended before" in sentence(cut)
    assert "closed file" in sentence(closed(path.open("rb")))
    assert "closed file" in sentence(closed(io.BytesIO(data)))
    with path.open("rb") as file:
        detached = io.BufferedReader(file.raw)
        detached.detach()
        assert "detached" in sentence(detached)
    assert "does not wait" in sentence(never)


def sentence(path):
    with pytest.raises(image.ImageError) as caught:
        image.read(path)
    return str(caught.value)


def test_each_cause_has_its_own_sentence(tmp_path, path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "dangling").symlink_to(tmp_path / "missing")
    assert "links lead back" in sentence(tmp_path / "loop")
    assert "link to a file that is missing" in sentence(tmp_path / "dangling")
    assert "none of this name" in sentence(tmp_path / "missing")
    assert "none of this name" in sentence(path / "inside")
    assert "too long" in sentence(tmp_path / ("a" * 300))
    assert "too long" in sentence("/".join(["a" * 200] * 30))
    assert "folder" in sentence(tmp_path)
    assert "an address; save the picture as a file" in sentence("https://example.org/a.jpg")


def test_a_file_that_may_not_be_read_is_not_called_missing(path, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    # The administrator may read everything, so that permissions alone would not do.
    monkeypatch.setattr("builtins.open", refuse)
    assert "you may not read this one" in sentence(path)


def test_what_else_the_system_refuses_is_told_in_its_words(tmp_path):
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        assert "cannot be read (No such device or address)" in sentence(path)


def test_what_has_no_end_is_not_read_to_it(monkeypatch):
    monkeypatch.setattr(memory, "available", lambda: 2**22)
    assert "goes on after" in sentence(pathlib.Path("/dev/zero"))
    monkeypatch.setattr(memory, "available", lambda: None)
    monkeypatch.setattr(source, "MOST_STREAMED", 2**20)
    assert "goes on after" in sentence("/dev/zero")
