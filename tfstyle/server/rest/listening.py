"""The socket, and how a server ends that loses nothing of what has reached it."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Callable, Iterable, Iterator

import uvicorn

from tfstyle.system import signals

BACKLOG = 2048
"""Connections that may wait to be taken."""

GRACE_SECONDS = 1.0
"""For so long, at the end, connections that are there may still bring a request."""


def listen(host: str, port: int) -> socket.socket:
    """Returns a socket at the address, at which nothing is taken yet.

    Raises:
        OSError: there is no such address, or the port is taken.
    """
    try:
        (family, _, _, _, address), *_ = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        found = socket.socket(family)
    except OSError as error:
        raise OSError(
            f"host must be an address or a name of this machine's ({error.strerror}). "
            f"Received: host={host}"
        ) from error
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
    except OSError as error:
        found.close()
        is_taken = error.errno == errno.EADDRINUSE
        hint = "choose another port, or 0 for one that is free" if is_taken else "choose another"
        raise OSError(
            f"the server cannot listen there ({error.strerror}); {hint}. "
            f"Received: host={host}, port={port}"
        ) from error
    return found


def address(found: socket.socket) -> str:
    """Returns what clients write before the path."""
    host, port = found.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Server(uvicorn.Server):
    """uvicorn's server, whose end loses no request that has come as far as this machine.

    uvicorn closes connections whose request it has not read yet, and the system those that nobody
    has taken. Both are waited for here.
    """

    def __init__(
        self, config: uvicorn.Config, ready: Callable[[], None], ending: Callable[[], None]
    ) -> None:
        """Takes the configuration, and what is to be called at the beginning and at the end."""
        super().__init__(config)
        self._ready, self._ending = ready, ending

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ends at any request to end, at once at the second."""
        with signals.answered_by(self._end):
            yield

    def _end(self) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins to take connections, and says so."""
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Takes no more connections, answers all requests, and ends."""
        self._ending()
        for connection in self._close(sockets or []):
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)
        if not self.force_exit:
            await asyncio.sleep(GRACE_SECONDS)
        await super().shutdown(sockets)

    def _close(self, sockets: Iterable[socket.socket]) -> list[socket.socket]:
        """Closes the sockets, and returns the connections that the system holds for us."""
        # These keep open what asyncio closes, which takes its time: whoever comes between the last
        # look and the end is sent away without an answer.
        doors = [each.dup() for each in sockets]
        for server in self.servers:
            server.close()
        taken = []
        for door in doors:
            # Of those that wait there are no more, or no more can be taken.
            with contextlib.suppress(OSError):
                while True:
                    taken.append(door.accept()[0])
            door.close()
        return taken

    def _protocol(self) -> asyncio.Protocol:
        # As uvicorn makes them for the connections that it takes itself.
        return self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
