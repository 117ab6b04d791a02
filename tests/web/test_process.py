"""`tfstyle web` as a process of its own: where it listens, and how it ends."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess

import loopback
import measuring
import pytest

pytest.importorskip("gradio", reason="gradio is not installed")

pytestmark = pytest.mark.slow

PATIENCE = 120
"""Seconds for the process to say something, or to end."""


@contextlib.contextmanager
def page(folder, host):
    """Yields the process of a page, and what it says first."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as server:
        port = server.getsockname()[1]
    words = [*measuring.python(), "-m", "tfstyle", "web", f"--host={host}", f"--port={port}"]
    environment = os.environ | {"TMPDIR": str(folder)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(words, env=environment, **pipes) as process:
        try:
            yield process, process.stdout.readline()
        finally:
            if process.poll() is None:
                process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_page_that_is_asked_to_end_has_done_its_work(tmp_path, number):
    with page(tmp_path, "127.0.0.1") as (process, line):
        assert line.endswith("the page is open; Ctrl-C ends it\n")
        process.send_signal(number)
        assert process.wait(PATIENCE) == 0
        assert process.stderr.read() == ""
    assert list(tmp_path.glob("tfstyle_web_*")) == []


def test_page_is_open_at_an_address_of_ipv6(tmp_path):
    loopback.need_ipv6()
    with page(tmp_path, "::1") as (process, line):
        assert line.startswith("http://[::1]:"), process.stderr.read()
        connection = http.client.HTTPConnection(line.split("/")[2], timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request("GET", "/")
            answer = connection.getresponse()
            assert answer.status == 200 and b"tfstyle" in answer.read()
        process.send_signal(signal.SIGTERM)
        # Not even a warning: nobody else reaches it.
        assert (process.wait(PATIENCE), process.stderr.read()) == (0, "")
