"""What `tfstyle serve` does under load, against calling the SavedModel in a loop.

    python benchmarks/serve.py --seconds=120 --clients=32

It exports a network, calls it in a loop in a process of its own, and then asks a server from many
clients at once, each with its next request as soon as it has an answer. One request in ten is bad:
wrong base64, wrong rank, huge, cut off in its JSON, cut off in its connection, or of a client that
goes away before it is answered. At last it asks the server to end while all clients ask on.

    loop        pictures a second of the SavedModel, called in a loop
    served      pictures a second of the server, and as a share of the loop
    p50, p99    seconds that a good request took at its client
    good, bad   requests answered right; bad ones answered by a 4xx that names the cause
    wrong       good ones answered otherwise, and bad ones answered otherwise: should be 0
    memory      the server's resident megabytes after the first fifth, and the most after it
    lost        requests that were sent whole and got no answer, at the end: should be 0
"""

import argparse
import base64
import contextlib
import dataclasses
import http.client
import io
import itertools
import json
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator

import numpy as np
import psutil

PATIENCE = 600
"""Seconds for an answer."""

SIGNATURE = "image_bytes"

BAD_ONE_IN = 10

MAX_BODY, HUGE = 8, 9 * 2**20
"""Megabytes that the server takes, and bytes of what is more than that."""


@dataclasses.dataclass(frozen=True)
class Bad:
    """A request that is refused, and a word of the cause; none where nobody waits for it."""

    body: bytes
    cause: str = ""
    goes_away: bool = False
    is_cut: bool = False


@dataclasses.dataclass
class Tally:
    """What became of the requests."""

    seconds: list[float] = dataclasses.field(default_factory=list)
    refused: int = 0
    unanswered: int = 0
    wrong: list[str] = dataclasses.field(default_factory=list)
    lost: list[str] = dataclasses.field(default_factory=list)


def picture(height: int, width: int) -> bytes:
    """Returns a smooth picture as a PNG."""
    from PIL import Image

    small = np.random.default_rng(0).integers(0, 256, [8, 8, 3], np.uint8)
    file = io.BytesIO()
    Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC).save(file, "PNG")
    return file.getvalue()


def good_body(contents: bytes, weights: int) -> bytes:
    """Returns a request for one picture, by a network of so many styles; the first is asked for."""
    row: dict = {"image_bytes": {"b64": base64.b64encode(contents).decode()}}
    if weights > 1:
        row["style_weights"] = [1.0] + [0.0] * (weights - 1)
    return json.dumps({"signature_name": SIGNATURE, "instances": [row]}).encode()


def bad_requests(good: bytes, huge: int = HUGE) -> list[Bad]:
    """Returns a request of each bad kind."""
    row = json.loads(good)["instances"][0]

    def changed(**more) -> bytes:
        return json.dumps({"signature_name": SIGNATURE, "instances": [row | more]}).encode()

    return [
        Bad(changed(image_bytes={"b64": "no base64!"}), "base64"),
        Bad(changed(image_bytes=[["a"]]), "shape"),
        Bad(b" " * huge, "at most"),
        Bad(good[: len(good) // 2], "JSON Parse error"),
        Bad(good, is_cut=True),
        Bad(good, goes_away=True),
    ]


# --- The loop ---


def loop(folder: pathlib.Path, body: bytes, seconds: float) -> tuple[float, bytes]:
    """Returns pictures a second of the SavedModel called in a loop, and the picture."""
    import tensorflow as tf

    (row,) = json.loads(body)["instances"]
    inputs = {name: tf.constant([value]) for name, value in row.items() if name != SIGNATURE}
    inputs[SIGNATURE] = tf.constant([base64.b64decode(row[SIGNATURE]["b64"])])
    loaded = tf.saved_model.load(str(folder))
    function = loaded.signatures[SIGNATURE]
    function(**inputs)
    began, count = time.perf_counter(), 0
    while time.perf_counter() < began + seconds:
        (answer,) = function(**inputs).values()
        answer = answer.numpy()[0]
        count += 1
    return count / (time.perf_counter() - began), answer


# --- The server and its clients ---


@contextlib.contextmanager
def served(folder: pathlib.Path, *flags: str) -> Iterator[tuple[subprocess.Popen, str]]:
    """Yields a server's process and its address."""
    words = [sys.executable, "-m", "tfstyle", "serve", f"--model={folder}", "--port=0", *flags]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        yield process, process.stdout.readline().split("/")[2]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


class Client:
    """One that asks without a pause, in a thread of its own."""

    def __init__(self, address: str, path: str, good: bytes, expected: bytes, bad: list[Bad]):
        """Takes whom to ask, for what, and what is right."""
        self._address, self._path = address, path
        self._good, self._expected = good, expected
        self._bad = itertools.cycle(bad)
        self.tally = Tally()

    def run(self, stop: threading.Event, first: int = 0) -> None:
        """Asks until it is stopped or nobody listens any more.

        Args:
            stop: set when it is enough.
            first: where in the ten requests to begin.
        """
        for number in itertools.count(first):
            if stop.is_set():
                return
            is_bad = number % BAD_ONE_IN == BAD_ONE_IN - 1
            try:
                self._ask_badly(next(self._bad)) if is_bad else self._ask_well()
            except ConnectionRefusedError:
                return
            except (OSError, http.client.HTTPException) as error:
                self.tally.lost.append(repr(error))
                return

    def _ask_well(self) -> None:
        began = time.perf_counter()
        status, body = self.ask(self._good)
        if status == 200 and body == self._expected:
            self.tally.seconds.append(time.perf_counter() - began)
        else:
            self.tally.wrong.append(f"{status} {body[:200]!r}")

    def _ask_badly(self, bad: Bad) -> None:
        if bad.goes_away or bad.is_cut:
            self._leave(bad)
            return
        status, body = self.ask(bad.body)
        if 400 <= status < 500 and bad.cause in json.loads(body)["error"]:
            self.tally.refused += 1
        else:
            self.tally.wrong.append(f"{status} {body[:200]!r} for {bad.cause}")

    def ask(self, body: bytes) -> tuple[int, bytes]:
        """Returns the status and the body of an answer."""
        connection = http.client.HTTPConnection(self._address, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request("POST", self._path, body)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def _leave(self, bad: Bad) -> None:
        """Sends a request, or half of one, and closes the connection."""
        host, port = self._address.split(":")
        lines = [f"POST {self._path} HTTP/1.1", f"Host: {self._address}"]
        lines += [f"Content-Length: {len(bad.body)}", "", ""]
        head = "\r\n".join(lines).encode()
        sent = bad.body[: len(bad.body) // 2] if bad.is_cut else bad.body
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(head + sent)
        self.tally.unanswered += 1


def run_clients(clients: list[Client], stop: threading.Event) -> list[threading.Thread]:
    """Lets the clients ask, each from another of the ten requests on."""
    threads = [
        threading.Thread(target=client.run, args=(stop, index))
        for index, client in enumerate(clients)
    ]
    for thread in threads:
        thread.start()
    return threads


def watch(process: subprocess.Popen, seconds: float) -> list[int]:
    """Returns the resident bytes of a process, every half second for so long."""
    found, watched = [], psutil.Process(process.pid)
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        found.append(watched.memory_info().rss)
        time.sleep(min(0.5, seconds / 10))
    return found


@dataclasses.dataclass(frozen=True)
class Measured:
    """What a run under load came to."""

    tally: Tally
    rate: float
    """Good answers a second."""
    memory: list[int]
    lost_at_end: list[str]
    status: int
    """The exit status of the server."""


def measure(
    folder: pathlib.Path,
    good: bytes,
    painted: bytes,
    clients: int,
    seconds: float,
    flags: tuple[str, ...] = (),
    huge: int = HUGE,
) -> Measured:
    """Returns what a server comes to under load, and at an end in the middle of it.

    Args:
        folder: of the model's versions.
        good: the request that is answered.
        painted: the right picture, as a PNG.
        clients: how many ask at once.
        seconds: how long; the end comes after it.
        flags: more of the server's.
        huge: bytes of the bad request that is too large.
    """
    path = f"/v1/models/{folder.name}:predict"
    bad = bad_requests(good, huge)
    with served(folder, *flags) as (process, address):
        expected = first_answer(address, path, good, painted)
        # Each begins with another kind, so that all come soon.
        crowd = [
            Client(address, path, good, expected, bad[index % len(bad) :] + bad[: index % len(bad)])
            for index in range(clients)
        ]
        stop = threading.Event()
        threads = run_clients(crowd, stop)
        memory = watch(process, seconds)
        tally = merged([client.tally for client in crowd])
        answered = len(tally.seconds)
        process.send_signal(signal.SIGTERM)
        status = process.wait(PATIENCE)
        stop.set()
        for thread in threads:
            thread.join()
    whole = merged([client.tally for client in crowd])
    return Measured(whole, answered / seconds, memory, whole.lost, status)


def merged(tallies: list[Tally]) -> Tally:
    """Returns the sum of tallies."""
    return Tally(
        [second for tally in tallies for second in list(tally.seconds)],
        sum(tally.refused for tally in tallies),
        sum(tally.unanswered for tally in tallies),
        [line for tally in tallies for line in tally.wrong],
        [line for tally in tallies for line in tally.lost],
    )


def first_answer(address: str, path: str, good: bytes, painted: bytes) -> bytes:
    """Returns the body of a server's answer, as all have to be.

    Raises:
        SystemExit: it is not the right picture, within one level of 255: the loop and the server
            have TensorFlow order sums in other ways.
    """
    status, body = Client(address, path, good, b"", []).ask(good)
    if status != 200:
        raise SystemExit(f"the server refuses what is right: {status} {body[:200]!r}")
    (prediction,) = json.loads(body)["predictions"]
    difference = pixels(base64.b64decode(prediction["b64"])) - pixels(painted)
    if abs(difference).max() > 1:
        raise SystemExit(f"the server paints otherwise, by up to {abs(difference).max()} levels")
    return body


def pixels(png: bytes) -> np.ndarray:
    """Returns a PNG's values as whole numbers."""
    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(png)), np.int16)


# --- The report ---


def report(rate: float, found: Measured) -> None:
    """Prints what was measured."""
    p50, p99 = np.percentile(found.tally.seconds, [50, 99])
    warm = found.memory[len(found.memory) // 5]
    most = max(found.memory[len(found.memory) // 5 :])
    good, refused, left = len(found.tally.seconds), found.tally.refused, found.tally.unanswered
    print(f"loop    {rate:.2f} pictures a second")
    print(f"served  {found.rate:.2f} pictures a second, {found.rate / rate:.2f} of the loop")
    print(f"p50     {p50:.2f} s\np99     {p99:.2f} s")
    print(f"good    {good}\nbad     {refused} refused, {left} by clients that left")
    print(f"wrong   {len(found.tally.wrong)} {found.tally.wrong[:3]}")
    print(f"memory  {warm / 1e6:.0f} MB after a fifth, at most {most / 1e6:.0f} MB later")
    print(f"lost    {len(found.lost_at_end)} {found.lost_at_end[:3]}; exit status {found.status}")


def main() -> None:
    """Exports, measures and reports."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="masters", help="a shipped network, or a path")
    parser.add_argument("--size", default="384x288", help="width x height of the pictures")
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--loop_seconds", type=float, default=20)
    parser.add_argument("--flags", default="", help="of the server, with spaces between")
    parser.add_argument("--in_loop", help=argparse.SUPPRESS)
    given = parser.parse_args()
    width, height = map(int, given.size.split("x"))
    if given.in_loop:
        good = pathlib.Path(given.in_loop, "request.json").read_bytes()
        rate, painted = loop(pathlib.Path(given.in_loop, "served", "1"), good, given.loop_seconds)
        pathlib.Path(given.in_loop, "painted.png").write_bytes(painted)
        print(rate)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        styles = export(given.model, folder / "served" / "1")
        good = good_body(picture(height, width), styles)
        (folder / "request.json").write_bytes(good)
        words = [sys.executable, __file__, f"--in_loop={folder}"]
        words.append(f"--loop_seconds={given.loop_seconds}")
        rate = float(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
        painted = (folder / "painted.png").read_bytes()
        flags = (f"--max_body={MAX_BODY}", *given.flags.split())
        report(
            rate,
            measure(folder / "served", good, painted, given.clients, given.seconds, flags),
        )


def export(model: str, folder: pathlib.Path) -> int:
    """Exports a network in a process of its own, and returns how many styles it has."""
    tfstyle = [sys.executable, "-m", "tfstyle"]
    words = [*tfstyle, "export", f"--model={model}", f"--output={folder}", "--quiet"]
    subprocess.run(words, check=True)
    listed = subprocess.run(
        [*tfstyle, "styles", f"--model={model}", "--json"],
        check=True,
        capture_output=True,
        text=True,
    )
    return len(json.loads(listed.stdout)["styles"])


if __name__ == "__main__":
    main()
