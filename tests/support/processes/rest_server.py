"""`tfstyle serve` as a process of its own, for tests that ask it over loopback."""

import base64
import contextlib
import http.client
import json
import os
import signal
import subprocess
import threading

import measuring

PATIENCE = 120
"""Seconds for the process to say something, or to end."""


class Served:
    """A server that runs, and what it has said."""

    def __init__(self, process):
        self.process = process
        self.said, self._heard = [], threading.Condition()
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()
        self.address = None

    def _listen(self):
        for line in self.process.stderr:
            with self._heard:
                self.said.append(line.rstrip("\n"))
                self._heard.notify_all()

    def wait_until_said(self, words):
        """Waits for a line on stderr that has the words, and returns it."""

        def find():
            return next((line for line in self.said if words in line), None)

        with self._heard:
            assert self._heard.wait_for(find, PATIENCE), self.said
            return find()

    def ask(self, method, path, body=None, headers=()):
        """Returns the status, the headers and the body of an answer."""
        connection = http.client.HTTPConnection(self.address, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()

    def get(self, path):
        """Returns what JSON a GET brings."""
        return json.loads(self.ask("GET", path)[2])

    def predict(self, body, model="pair", version=""):
        """Returns the status and the JSON of a `:predict`."""
        contents = body if isinstance(body, bytes) else json.dumps(body).encode()
        status, _, answer = self.ask("POST", f"/v1/models/{model}{version}:predict", contents)
        return status, json.loads(answer)

    def end(self, number=signal.SIGTERM):
        """Asks the process to end and returns its exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def close(self):
        """Ends the process, politely if it listens: only so it tells which lines it ran."""
        try:
            self.end()
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def serve(model, *flags):
    """Yields a server of a model's folder, at a port that was free."""
    words = [*measuring.python(), "-m", "tfstyle", "serve", f"--model={model}", "--port=0", *flags]
    process = subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ.copy()
    )
    served = Served(process)
    try:
        line = process.stdout.readline()
        assert line.startswith("http://"), served.said
        served.address = line.split("/")[2]
        yield served
    finally:
        served.close()
        served._reader.join()
        process.stdout.close()
        process.stderr.close()


def encoded(contents):
    """Returns bytes as TF Serving has them in JSON."""
    return {"b64": base64.b64encode(contents).decode()}
