import hashlib
import pathlib
import socket
import sys
import threading

import pytest
import requests
from downloading import fake_pip, refuse, serve, serve_package

from tfstyle.system.fetching import downloads

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


# --- What its user can do ---

REMEDIES = {
    downloads.NoConnection: "connect to the internet once",
    downloads.ProxyRefuses: "mend the proxy that HTTPS_PROXY or the system names",
    downloads.UnknownCertificate: (
        "name your network's certificates in REQUESTS_CA_BUNDLE and PIP_CERT"
    ),
}


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (requests.exceptions.ProxyError("407"), downloads.ProxyRefuses),
        (requests.exceptions.SSLError("self-signed"), downloads.UnknownCertificate),
        (requests.ConnectionError("no route"), downloads.NoConnection),
        (requests.Timeout("late"), downloads.NoConnection),
    ],
)
def test_each_failure_of_a_server_has_a_remedy(monkeypatch, tmp_path, error, kind):
    serve(monkeypatch, {ADDRESS: error})
    with pytest.raises(kind) as caught:
        from_server(tmp_path)
    assert caught.value.remedy == REMEDIES[kind]


@pytest.mark.parametrize(
    ("warning", "kind"),
    [
        ("ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407'))", 1),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]'))", 2),
        ("NewConnectionError('Failed to establish a new connection')", 0),
    ],
)
def test_pip_s_warnings_tell_what_its_errors_do_not(monkeypatch, tmp_path, warning, kind):
    lines = [f"WARNING: Retrying (Retry(total=0)) after connection broken by '{warning}'"]
    fake_pip(monkeypatch, [*lines, "ERROR: No matching distribution found for name"], 1)
    with pytest.raises(list(REMEDIES)[kind], match="No matching distribution found"):
        by_pip(tmp_path)


def test_file_that_is_not_there_is_no_matter_of_the_connection(monkeypatch, tmp_path):
    fake_pip(monkeypatch, ["ERROR: No matching distribution found for name"], 1)
    with pytest.raises(downloads.DownloadError) as caught:
        by_pip(tmp_path)
    assert caught.value.remedy == "give the file itself, by its path"


@pytest.mark.parametrize("answer", [b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", None])
def test_proxy_that_refuses_is_told_by_name(monkeypatch, tmp_path, answer):
    """A real one: it lets nobody through, or does not listen."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        if answer:
            server.listen()
            threading.Thread(target=answer_once, args=(server, answer), daemon=True).start()
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{server.getsockname()[1]}")
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        with pytest.raises(downloads.ProxyRefuses, match="example.org: ProxyError"):
            downloads.from_server("https://example.org/file.h5", MD5, tmp_path, lambda: None)


def answer_once(server, answer):
    connection, _ = server.accept()
    with connection:
        connection.recv(4096)
        connection.sendall(answer)
