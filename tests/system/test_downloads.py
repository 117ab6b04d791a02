import hashlib
import pathlib
import sys

import pytest
import requests
from downloading import fake_pip, refuse, serve, serve_package

from tfstyle.system import downloads

ADDRESS = "http://localhost/folder/file.h5"
CONTENT = b"weights"
MD5 = hashlib.md5(CONTENT).hexdigest()
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def from_server(folder, begun=lambda: None):
    return downloads.from_server(ADDRESS, MD5, folder, begun)


def by_pip(folder, begun=lambda: None):
    return downloads.by_pip("name==1.0", "name-1.0.tar.gz", SHA256, folder, begun)


# --- Servers ---


def test_file_lies_in_the_folder_under_its_own_name(monkeypatch, tmp_path):
    serve(monkeypatch, {ADDRESS: CONTENT})
    assert from_server(tmp_path) == tmp_path / "file.h5"
    assert (tmp_path / "file.h5").read_bytes() == CONTENT


def test_begun_is_called_once_and_not_for_a_server_out_of_reach(monkeypatch, tmp_path):
    calls = []
    refuse(monkeypatch)
    with pytest.raises(downloads.DownloadError, match="localhost: ConnectionError"):
        from_server(tmp_path, lambda: calls.append(1))
    assert calls == []
    serve(monkeypatch, {ADDRESS: CONTENT})
    from_server(tmp_path, lambda: calls.append(1))
    assert calls == [1]


@pytest.mark.parametrize(
    "error",
    [
        requests.exceptions.ChunkedEncodingError("half"),
        requests.ConnectionError("reset"),
        requests.Timeout("late"),
        requests.exceptions.SSLError("certificate"),
    ],
)
@pytest.mark.parametrize("late", [False, True])
def test_failed_download_counts_as_none(monkeypatch, tmp_path, error, late):
    serve(monkeypatch, {ADDRESS: CONTENT if late else error}, {ADDRESS: error})
    with pytest.raises(downloads.DownloadError, match=f"localhost: {type(error).__name__}$"):
        from_server(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_our_own_mistakes_are_not_taken_for_a_failed_download(monkeypatch, tmp_path):
    serve(monkeypatch, {ADDRESS: ZeroDivisionError()})
    with pytest.raises(ZeroDivisionError):
        from_server(tmp_path)


def test_file_with_another_hash_is_refused_and_removed(monkeypatch, tmp_path):
    serve(monkeypatch, {ADDRESS: b"<html>Not found</html>"})
    with pytest.raises(downloads.DownloadError, match="another file.h5 than expected"):
        from_server(tmp_path)
    assert list(tmp_path.iterdir()) == []


# --- pip ---


def test_archive_is_what_the_reader_s_pip_brings(monkeypatch, tmp_path):
    commands = serve_package(monkeypatch, "name-1.0.tar.gz", CONTENT)
    assert by_pip(tmp_path).read_bytes() == CONTENT
    assert commands[0][:4] == [sys.executable, "-m", "pip", "download"]
    assert {"--no-deps", "--no-binary=name", f"--dest={tmp_path}"} <= set(commands[0])


def test_pip_itself_is_told_the_hash(monkeypatch, tmp_path):
    commands = serve_package(monkeypatch, "name-1.0.tar.gz", CONTENT)
    by_pip(tmp_path)
    (option,) = [each for each in commands[0] if each.startswith("--requirement=")]
    text = pathlib.Path(option.partition("=")[2]).read_text()
    assert text == f"name==1.0 --hash=sha256:{SHA256}\n"


def test_begun_is_called_when_pip_says_so(monkeypatch, tmp_path):
    calls = []
    fake_pip(monkeypatch, ["Looking in indexes"], 0, {"name-1.0.tar.gz": CONTENT})
    by_pip(tmp_path, lambda: calls.append(1))
    assert calls == []
    serve_package(monkeypatch, "name-1.0.tar.gz", CONTENT)
    by_pip(tmp_path, lambda: calls.append(1))
    assert calls == [1]


@pytest.mark.parametrize("lines", [["Looking", "ERROR: no such thing", "ERROR: none"], ["no pip"]])
def test_pip_s_own_words_are_passed_on(monkeypatch, tmp_path, lines):
    fake_pip(monkeypatch, lines, 1)
    with pytest.raises(downloads.DownloadError, match="name==1.0: (ERROR: no such thing|no pip)$"):
        by_pip(tmp_path)


def test_pip_that_finds_no_room_is_an_os_error(monkeypatch, tmp_path):
    fake_pip(monkeypatch, ["ERROR: Could not install: [Errno 28] No space left on device"], 1)
    with pytest.raises(OSError, match="No space left on device"):
        by_pip(tmp_path)


@pytest.mark.parametrize("brought", [{}, {"name-1.0.tar.gz": b"another"}])
def test_another_archive_is_refused(monkeypatch, tmp_path, brought):
    fake_pip(monkeypatch, [], 0, brought)
    with pytest.raises(downloads.DownloadError, match="pip has another name==1.0 than expected"):
        by_pip(tmp_path)


def test_pip_ends_where_nobody_waits_for_it_any_more(monkeypatch, tmp_path):
    def interrupt():
        raise KeyboardInterrupt

    commands = serve_package(monkeypatch, "name-1.0.tar.gz", CONTENT)
    with pytest.raises(KeyboardInterrupt):
        by_pip(tmp_path, interrupt)
    assert commands[1:] == ["killed"]
