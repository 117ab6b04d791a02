"""`tfstyle serve` as a process of its own, asked over loopback as TF Serving is."""

import contextlib
import gzip
import importlib.util
import json
import shutil
import signal
import socket
import threading
import time

import loopback
import numpy as np
import pytest
import rest_server
import samples
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from tfstyle import image
from tfstyle.cli import app

pytestmark = pytest.mark.slow

PAUSE = 0.05
"""Seconds between two looks for new versions."""


@pytest.fixture(scope="module")
def models(served, tmp_path_factory):
    """A folder of models: `pair` with the versions 1 and 2, which paint alike."""
    folder = tmp_path_factory.mktemp("models")
    for number in (1, 2):
        shutil.copytree(served, folder / "pair" / str(number))
    return folder


@pytest.fixture(scope="module")
def server(models):
    flags = ["--labels=stable=1", "--max_body=1", f"--poll_seconds={PAUSE}"]
    with rest_server.serve(models / "pair", *flags) as running:
        yield running


@pytest.fixture
def photo(tmp_path):
    """A picture file, and its pixels."""
    image.write(tmp_path / "photo.png", samples.picture(24, 20, seed=5))
    return tmp_path / "photo.png"


def rows(contents):
    """A request for one file in both styles."""
    row = {"image_bytes": rest_server.encoded(contents), "style_weights": [1, 1]}
    return {"signature_name": "image_bytes", "instances": [row]}


# --- Right answers ---


@pytest.mark.parametrize("version", ["", "/versions/1", "/versions/2", "/labels/stable"])
def test_rows_are_painted_by_any_version(server, stylizer, version):
    content = samples.picture(12, 10, seed=3)
    row = {"images": content[0].tolist(), "style_weights": [1, 3]}
    status, answer = server.predict({"instances": [row, row]}, version=version)
    assert status == 200
    expected = np.asarray(stylizer(content, style=[0.25, 0.75]))
    assert_allclose(answer["predictions"], np.concatenate([expected] * 2), atol=1e-5)


def test_columns_are_painted(server, stylizer):
    content = np.concatenate([samples.picture(12, 10, seed) for seed in range(3)])
    inputs = {"images": content.tolist(), "style_weights": [[1, 0]]}
    status, answer = server.predict({"inputs": inputs})
    assert status == 200
    assert_allclose(answer["outputs"], stylizer(content, style="wave"), atol=1e-5)


def test_bytes_are_painted_as_bytes(server, stylizer):
    content = samples.picture(12, 10, seed=3)
    body = {
        "signature_name": "uint8",
        "inputs": {"images": image.to_bytes(content).tolist(), "style_weights": [[1, 0]]},
    }
    status, answer = server.predict(body)
    assert status == 200
    expected = image.to_bytes(
        np.asarray(stylizer(image.from_bytes(image.to_bytes(content)), style="wave"))
    )
    assert_allclose(answer["outputs"], expected, atol=1)


def test_client_of_the_repository_is_served(server, stylizer, photo, tmp_path, monkeypatch):
    location = importlib.util.spec_from_file_location("client", samples.ROOT / "export/client.py")
    client = importlib.util.module_from_spec(location)
    location.loader.exec_module(client)
    words = [f"--photo={photo}", f"--output={tmp_path / 'out.png'}", "--model=pair"]
    flags = ["--shares=1,3", f"--rest={server.address}"]
    monkeypatch.setattr("sys.argv", ["client.py", *words, *flags])
    client.main()
    expected = stylizer(image.read(photo), style=[0.25, 0.75])
    assert_allclose(image.read(tmp_path / "out.png"), expected, atol=0.51 / 255)
    photo.write_bytes(b"no picture")
    with pytest.raises(SystemExit, match=r"^image_bytes\[0\] is no readable JPEG.*BMP\.$"):
        client.main()


def test_model_s_defaults_are_filled_in(served_swap):
    contents, styles = samples.picture(16, 20, 1).tolist(), samples.picture(16, 16, 2).tolist()
    with rest_server.serve(served_swap.parent) as server:
        answers = [
            server.predict({"inputs": {"contents": contents, "styles": styles} | more}, "swap")
            for more in ({}, {"strength": [0.5]}, {"strength": [1]})
        ]
        assert server.said == ["tfstyle serve: swap, version 1: served"]
    assert [status for status, _ in answers] == [200, 200, 200]
    default, half, whole = (np.asarray(answer["outputs"]) for _, answer in answers)
    assert_array_equal(default, half)
    assert abs(half - whole).max() > 0.01


# --- What is told of the models ---


def test_status_tells_of_versions(server):
    def versions(path=""):
        found = server.get(f"/v1/models/pair{path}")["model_version_status"]
        return [(each["version"], each["state"]) for each in found]

    assert versions() == [("2", "AVAILABLE"), ("1", "AVAILABLE")]
    assert versions("/versions/1") == versions("/labels/stable") == [("1", "AVAILABLE")]


def test_metadata_tell_of_signatures(server):
    found = server.get("/v1/models/pair/labels/stable/metadata")
    assert found["model_spec"] == {"name": "pair", "signature_name": "", "version": "1"}
    signatures = found["metadata"]["signature_def"]["signature_def"]
    assert set(signatures) >= {"serving_default", "uint8", "image_bytes"}
    images = signatures["serving_default"]["inputs"]["images"]
    assert [side["size"] for side in images["tensor_shape"]["dim"]] == ["-1", "-1", "-1", "3"]


# --- What is wrong ---


@pytest.mark.parametrize(
    ("method", "path", "status", "sentence"),
    [
        ("GET", "/v1/models/other", 404, "Could not find any versions of model other"),
        ("GET", "/v1/models/pair/versions/9", 404, "Could not find version 9 of model pair"),
        ("GET", "/v1/models/pair/labels/none", 400, "Unrecognized servable version label: none"),
        ("GET", "/v1/models/pair:predict", 400, "Malformed request: GET /v1/models/pair:predict"),
        ("POST", "/v1/models/other:predict", 404, "Servable not found for request: Latest(other)"),
        ("POST", "/v1/models/pair/versions/9:predict", 404, "Specific(pair, 9)"),
        ("POST", "/v1/models/pair:predict", 400, "The document is empty"),
        ("POST", "/v1/models/pair:classify", 501, ":classify is not served"),
        ("PUT", "/v1/models/pair:predict", 400, "Malformed request: PUT"),
        ("GET", "/", 404, "see /v1/models/NAME"),
    ],
)
def test_wrong_requests_are_answered_as_tf_serving_does(server, method, path, status, sentence):
    given, headers, body = server.ask(method, path)
    assert given == status
    assert headers["content-type"] == "application/json"
    assert sentence in json.loads(body)["error"]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"images": [[[1, 2, 3]]]}, "images must lie in [0, 1], without NaN"),
        ({"images": [[1, 2, 3]]}, "images must have the shape"),
        ({"style_weights": [0, 0]}, "style_weights must be 0 or more, finite, and not all 0"),
        ({"style_weights": [1, 2, 3]}, "style_weights must have the shape [-1, 2]"),
    ],
)
def test_refusals_are_one_sentence_and_the_next_request_is_served(server, more, sentence):
    right = {"images": [[[0.5, 0.5, 0.5]]], "style_weights": [1, 0]}
    status, answer = server.predict({"instances": [right | more]})
    assert status == 400
    assert answer["error"].startswith(sentence)
    assert "\n" not in answer["error"]
    assert server.predict({"instances": [right]})[0] == 200


def test_body_that_is_too_large_is_refused(server):
    status, answer = server.predict(b'"' + b"a" * 2**21)
    assert (status, answer["error"]) == (
        413,
        f"the body must have at most {2**20} bytes. Received: {2**21 + 1}",
    )


def test_bodies_that_have_no_room_are_told_to_come_again(served):
    head = b"POST /v1/models/pair:predict HTTP/1.1\r\nHost: here\r\nContent-Length: %d\r\n\r\n"
    # Bytes are to run out, not places.
    with rest_server.serve(served.parent, "--max_body=1", "--queue=1000") as server:
        host, port = server.address.split(":")
        with contextlib.ExitStack() as stack:

            def send_slowly():
                slow = stack.enter_context(socket.create_connection((host, int(port))))
                # All but the last byte of the largest body.
                slow.sendall(head % 2**20 + b" " * (2**20 - 1))

            # A request of ours may take a slow one's room, which is refused then and forgotten. So
            # one more is sent before each.
            headers, error = ask_until(server, 503, send_slowly)
            assert int(headers["retry-after"]) >= 1
            assert error.startswith(f"{8 * 2**20} bytes of requests are in work")
        assert ask_until(server, 400)[1].startswith("JSON Parse error")


def ask_until(server, status, before=lambda: None):
    """Asks again and again until the status is this one; returns headers and error."""
    deadline = time.monotonic() + rest_server.PATIENCE
    while True:
        before()
        given, headers, answer = server.ask("POST", "/v1/models/pair:predict", b" " * 1024)
        if given == status:
            return headers, json.loads(answer)["error"]
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_gzip_is_unpacked_and_nothing_else(server, photo):
    body = json.dumps(rows(photo.read_bytes())).encode()

    def ask(encoding, contents):
        status, _, answer = server.ask(
            "POST", "/v1/models/pair:predict", contents, {"Content-Encoding": encoding}
        )
        return status, json.loads(answer)

    assert ask("gzip", gzip.compress(body)) == server.predict(body)
    assert ask("gzip", body)[0] == 400
    assert ask("gzip", gzip.compress(b" " * (2**20 + 1)))[0] == 413
    assert ask("br", body) == (
        415,
        {"error": "the body must be packed by gzip or not. Received: br"},
    )


def test_cut_off_requests_harm_nobody(server, photo):
    host, port = server.address.split(":")
    head = b"POST /v1/models/pair:predict HTTP/1.1\r\nHost: here\r\nContent-Length: 9\r\n\r\n"
    for sent in (b"POST", head, head + b"{", b"nonsense\r\n\r\n"):
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(sent)
    assert server.predict(rows(photo.read_bytes()))[0] == 200
    assert [line for line in server.said if not line.startswith("tfstyle serve: pair")] == []
    # Twice a head had come, but not what it told of.
    key = ':tensorflow:serving:request_count_total{model_name="pair",status="CANCELLED"} 2.0'
    deadline = time.monotonic() + rest_server.PATIENCE
    while key not in server.ask("GET", "/monitoring/prometheus/metrics")[2].decode():
        assert time.monotonic() < deadline
        time.sleep(0.01)


# --- The rest ---


def test_health(server):
    assert server.ask("GET", "/healthz")[::2] == (200, b"ok\n")


def test_metrics_are_counted_by_model_and_status(server, photo):
    def counted(name):
        page = server.ask("GET", "/monitoring/prometheus/metrics")[2].decode()
        rows = (line.rpartition(" ") for line in page.splitlines() if line.startswith(name))
        return {row[0].removeprefix(name): float(row[2]) for row in rows}

    count = ":tensorflow:serving:request_count_total"
    before = counted(count)
    server.predict(rows(photo.read_bytes()))
    server.predict(b"")
    server.predict(b"", model="other")
    gained = {key: value - before.get(key, 0) for key, value in counted(count).items()}
    assert {key: value for key, value in gained.items() if value} == {
        '{model_name="pair",status="OK"}': 1,
        '{model_name="pair",status="INVALID_ARGUMENT"}': 1,
        '{model_name="",status="NOT_FOUND"}': 1,
    }
    key = '{API="predict",entrypoint="REST",model_name="pair"}'
    assert counted(":tensorflow:serving:request_latency_count")[key] >= 1
    assert counted("process_resident_memory_bytes")[""] > 0


def test_only_loopback_is_listened_at(server):
    host, port = server.address.split(":")
    assert host == "127.0.0.1"
    # All of 127.0.0.0/8 is this machine.
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", int(port)), timeout=5)


def test_bind_beyond_loopback_warns(served):
    with rest_server.serve(served.parent, "--host=0.0.0.0") as server:
        assert "tfstyle serve: everybody who reaches 0.0.0.0 may use this server" in server.said[0]


def test_address_of_ipv6_is_listened_at(served):
    loopback.need_ipv6()
    with rest_server.serve(served.parent, "--host=::1") as server:
        assert server.address.startswith("[::1]:")
        assert server.ask("GET", "/healthz")[::2] == (200, b"ok\n")
        # No warning: it is this machine's own.
        assert server.said == ["tfstyle serve: pair, version 1: served"]


def test_port_that_is_taken_is_told_before_the_model_is_loaded(server, models, capsys):
    port = server.address.split(":")[1]
    assert app.main(["serve", f"--model={models / 'pair'}", f"--rest_api_port={port}"]) == 2
    assert "the server cannot listen there (Address already in use); choose another port" in (
        capsys.readouterr().err
    )


def test_model_that_cannot_be_loaded_is_told(tmp_path, capsys):
    (tmp_path / "pair" / "1").mkdir(parents=True)
    (tmp_path / "pair" / "1" / "saved_model.pb").write_bytes(b"nonsense")
    assert app.main(["serve", f"--model={tmp_path / 'pair'}", "--port=0", "--quiet"]) == 2
    assert "model must have a version that can be served" in capsys.readouterr().err


# --- Coming, going and the end ---


class Clients:
    """Threads that ask without a pause, each request by a connection of its own."""

    def __init__(self, server, body, count=8):
        self.answers, self.lost, self._stop = [], [], threading.Event()
        self._server, self._body = server, body
        self._threads = [threading.Thread(target=self._ask) for _ in range(count)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self):
        while not self._stop.is_set():
            try:
                self.answers.append(self._server.predict(self._body))
            except ConnectionRefusedError:
                return
            except Exception as error:
                self.lost.append(error)
                return

    def wait_for(self, count):
        deadline = time.monotonic() + rest_server.PATIENCE
        while len(self.answers) < count and not self.lost:
            assert time.monotonic() < deadline
            time.sleep(0.01)


def test_new_version_is_taken_up_and_the_old_one_let_go_without_losing_a_request(
    served, tmp_path, photo
):
    shutil.copytree(served, tmp_path / "pair" / "1")
    with rest_server.serve(tmp_path / "pair", f"--poll_seconds={PAUSE}") as server:
        body = rows(photo.read_bytes())
        with Clients(server, body) as clients:
            clients.wait_for(10)
            for number in (2, 3):
                shutil.copytree(served, tmp_path / f"coming{number}")
                (tmp_path / f"coming{number}").rename(tmp_path / "pair" / str(number))
                server.wait_until_said(f"pair, version {number}: served")
                server.wait_until_said(f"pair, version {number - 1}: let go")
            clients.wait_for(len(clients.answers) + 10)
        assert clients.lost == []
        assert [answer for answer in clients.answers if answer != clients.answers[0]] == []
        assert clients.answers[0][0] == 200
        found = server.get("/v1/models/pair")["model_version_status"]
        assert [each["state"] for each in found] == ["AVAILABLE", "END", "END"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_polite_end_loses_nothing_that_was_accepted(served, photo, number):
    with rest_server.serve(served.parent) as server:
        with Clients(server, rows(photo.read_bytes()), count=16) as clients:
            clients.wait_for(20)
            assert server.end(number) == 0
        assert clients.lost == []
        assert [answer for answer in clients.answers if answer != clients.answers[0]] == []
        assert server.said == ["tfstyle serve: pair, version 1: served"]


def test_full_queue_is_told_with_when_to_come_again(served):
    large = np.zeros([1, 600, 600, 3]).tolist()
    body = json.dumps({"inputs": {"images": large, "style_weights": [[1, 0]]}}).encode()
    found = []
    with rest_server.serve(served.parent, "--threads=1", "--queue=1") as server:

        def ask():
            found.append(server.ask("POST", "/v1/models/pair:predict", body))

        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    statuses = sorted(status for status, _, _ in found)
    assert statuses[:2] == [200, 200]
    assert set(statuses[2:]) <= {200, 503} and statuses[-1] == 503
    for status, headers, answer in found:
        if status == 503:
            assert int(headers["retry-after"]) >= 1
            assert "2 requests are in work" in json.loads(answer)["error"]


def test_warm_up_requests_are_read_as_they_were_written(served):
    from tfstyle.export import warmup

    found = dict(warmup.read(served))
    assert set(found) == {"serving_default", "uint8", "image_bytes"}
    assert found["serving_default"]["images"].shape == (1, 64, 64, 3)
    assert found["uint8"]["style_weights"].tolist() == [[1, 1]]
    assert tf.io.decode_png(found["image_bytes"]["image_bytes"][0]).shape == (64, 64, 3)
