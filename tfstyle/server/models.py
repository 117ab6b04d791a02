"""The models: new versions are taken up and old ones let go while requests are answered."""

import contextlib
import dataclasses
import enum
import gc
import threading
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tfstyle.server import folders, refusals
from tfstyle.server.refusals import Code, Refusal

Tell = Callable[[str], None]
"""Takes a sentence for whoever has started the server."""

Load = Callable[[Path], Any]
"""Loads a version; see `servable.Servable`."""


class State(enum.Enum):
    """What a version is at, by TF Serving's words."""

    LOADING = enum.auto()
    AVAILABLE = enum.auto()
    UNLOADING = enum.auto()
    """Not asked for any more, and still answering what was asked before."""
    END = enum.auto()
    """Let go, or not loaded, since it could not be."""


@dataclasses.dataclass(frozen=True)
class Status:
    """What a version is at, and why it could not be loaded."""

    version: int
    state: State
    problem: str = ""


def unfailing(tell: Tell) -> Tell:
    """Returns what tells the same where it can be told: a full disk ends nothing but that."""

    def tell_if_possible(sentence: str) -> None:
        with contextlib.suppress(Exception):
            tell(sentence)

    return tell_if_possible


def not_found(model: str, version: int | None = None) -> Refusal:
    """Returns the refusal of who asks for a version that is not there, in TF Serving's words."""
    asked = f"Latest({model})" if version is None else f"Specific({model}, {version})"
    return Refusal(Code.NOT_FOUND, f"Servable not found for request: {asked}")


class Model:
    """A folder of versions, of which the newest is served, and those that have labels.

    One thread may `update` while any number of others `find`. A version that was found stays whole
    for as long as somebody holds it: whoever answers a request by it does so to the end.
    """

    def __init__(
        self, name: str, folder: Path, labels: Mapping[str, int], load: Load, tell: Tell
    ) -> None:
        """Takes where the versions lie; none is loaded before `update`."""
        self.name, self._folder, self._labels = name, folder, labels
        self._load, self._tell = load, unfailing(tell)
        # Never changed but replaced, so that `find` needs no lock.
        self._available: Mapping[int, Any] = {}
        self._statuses: dict[int, Status] = {}
        self._leaving: dict[int, weakref.ref[Any]] = {}
        self._failed: dict[int, frozenset[tuple[str, int, int]]] = {}
        self._lock = threading.Lock()

    def find(self, version: int | None = None, label: str | None = None) -> tuple[int, Any]:
        """Returns a version's number and the version, the newest where none is named.

        Raises:
            Refusal: there is none.
        """
        available = self._available
        if label is not None:
            version = self._labelled(label)
        number = max(available, default=None) if version is None else version
        if number not in available or number is None:
            raise not_found(self.name, number)
        return number, available[number]

    def _labelled(self, label: str) -> int:
        if label not in self._labels:
            raise refusals.invalid(f"Unrecognized servable version label: {label}")
        return self._labels[label]

    def statuses(self, version: int | None = None, label: str | None = None) -> list[Status]:
        """Returns what the versions are at, the newest first; one alone where it is named.

        Raises:
            Refusal: there is none of that name.
        """
        number = self._labelled(label) if label is not None else version
        with self._lock:
            known = sorted(self._statuses.values(), key=lambda each: -each.version)
        found = [each for each in known if number in (None, each.version)]
        if not found:
            raise Refusal(Code.NOT_FOUND, f"Could not find version {number} of model {self.name}")
        return found

    @property
    def is_available(self) -> bool:
        """Whether a version can be asked."""
        return bool(self._available)

    def update(self) -> None:
        """Looks for versions once: takes up what is new, and then lets go of what is old."""
        present = folders.versions(self._folder)
        # A folder that is out of reach for a while ends nothing.
        if present:
            wanted = self._wanted(present)
            for number in sorted(wanted - set(self._available)):
                self._take_up(number, present[number])
            # Not before the new one answers, or the model would have none for a while.
            if max(wanted) in self._available:
                self._let_go(set(self._available) - wanted)
        self._forget_unused()

    def _wanted(self, present: Mapping[int, Path]) -> set[int]:
        return {max(present), *self._labels.values()} & set(present)

    def _take_up(self, number: int, folder: Path) -> None:
        files = folders.fingerprint(folder)
        # Tried again when something has changed, such as what is still being copied.
        if self._failed.get(number) == files:
            return
        self._set(number, State.LOADING)
        try:
            servable = self._load(folder)
            problems = list(servable.warm_up())
        except ValueError as error:
            self._failed[number] = files
            self._set(number, State.END, str(error))
            self._tell(f"{self.name}, version {number}: {error}")
            return
        except Exception as error:
            # Not remembered as failed: a disk that is out of reach for a while, or memory that
            # others take, changes no file.
            self._set(number, State.END, str(error))
            raise
        self._failed.pop(number, None)
        self._leaving.pop(number, None)
        self._available = {**self._available, number: servable}
        self._set(number, State.AVAILABLE)
        refused = f"; it refuses its own request to warm up: {problems[0]}" if problems else ""
        self._tell(f"{self.name}, version {number}: served{refused}")

    def _let_go(self, numbers: set[int]) -> None:
        before = self._available
        self._available = {number: each for number, each in before.items() if number not in numbers}
        for number in numbers:
            self._leaving[number] = weakref.ref(before[number])
            self._set(number, State.UNLOADING)

    def _forget_unused(self) -> None:
        """Ends versions that nobody holds any more, and gives back their memory."""
        gone = [number for number, held in self._leaving.items() if held() is None]
        for number in gone:
            del self._leaving[number]
            self._set(number, State.END)
            self._tell(f"{self.name}, version {number}: let go")
        if gone:
            # TensorFlow's functions hold each other in circles.
            gc.collect()

    def _set(self, number: int, state: State, problem: str = "") -> None:
        with self._lock:
            self._statuses[number] = Status(number, state, problem)
