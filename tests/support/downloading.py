"""A network for the tests: what servers and pip answer, without either."""

import pathlib
import subprocess

import requests

NOT_FOUND = "ERROR: No matching distribution found"
"""What pip says where it reaches nothing."""


class Response:
    """As much of what `requests.get` returns as pooch uses."""

    def __init__(self, content):
        self.status_code, self.headers, self._content = 200, {}, content

    def raise_for_status(self):
        pass

    def iter_content(self, chunk_size):
        yield self._content


def serve(monkeypatch, answers, late_answers=None):
    """Lets each address answer with its bytes or raise its error; all others are out of reach.

    `late_answers` are those to the second question, the first being whether there is a file.
    """

    def answer(known):
        def get(address, **_):
            content = known.get(address, requests.ConnectionError(f"no route to {address}"))
            if isinstance(content, Exception):
                raise content
            return Response(content)

        return get

    monkeypatch.setattr(requests, "head", answer(answers))
    monkeypatch.setattr(requests, "get", answer({**answers, **(late_answers or {})}))


def serve_package(monkeypatch, name, content):
    """Lets pip bring an archive, with the words that it has for that, and returns its calls."""
    return fake_pip(monkeypatch, [f"  Downloading {name} (1 MB)"], 0, {name: content})


def refuse(monkeypatch):
    """Lets neither a server nor pip have anything."""
    serve(monkeypatch, {})
    fake_pip(monkeypatch, [NOT_FOUND], 1)


def fake_pip(monkeypatch, lines, status, brought=None):
    """Lets pip print lines, bring files by name and bytes, and end with a status.

    Returns a list that takes the command of each call.
    """
    commands = []

    class Pip:
        def __init__(self, command, **_):
            commands.append(command)
            self.stdout = [f"{line}\n" for line in lines]
            self.returncode, self.is_killed = status, False
            given = dict(each.split("=", 1) for each in command if "=" in each)
            for name, content in (brought or {}).items():
                (pathlib.Path(given["--dest"]) / name).write_bytes(content)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def kill(self):
            commands.append("killed")

    monkeypatch.setattr(subprocess, "Popen", Pip)
    return commands
