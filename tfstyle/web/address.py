"""Where the page listens: whether others can reach it, and whether the port is free."""

import ipaddress
import socket
import warnings

from tfstyle.web.config import Config


def check(config: Config) -> None:
    """Warns of a page that everybody can reach, and refuses an address that cannot be had.

    Raises:
        ValueError: there is no such address here, or another program listens there.
    """
    if config.auth is None and not is_loopback(config.host):
        warnings.warn(
            f"whoever reaches {config.host}:{config.port} can paint here; "
            "--auth=user:password asks for a password",
            stacklevel=2,
        )
    try:
        _bind(config.host, config.port)
        # gradio asks for it here as well, whatever the host.
        _bind("127.0.0.1", config.port)
    except OSError as error:
        raise ValueError(
            f"host and port must be free on this machine ({error.strerror}). "
            f"Received: host={config.host}, port={config.port}"
        ) from error


def _bind(host: str, port: int) -> None:
    """Raises OSError unless a server can listen there: gradio would end in a traceback."""
    # In whichever family the address is.
    (family, *_, found), *_ = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    with socket.create_server(found, family=family):
        pass


def in_url(host: str) -> str:
    """Returns a host as addresses have it: one of IPv6 in brackets, which gradio wants too."""
    return f"[{host}]" if ":" in host else host


def is_loopback(host: str) -> bool:
    """Returns whether only programs on this machine reach a host's name or address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        # Another name: what it leads to is not ours to promise.
        return False
