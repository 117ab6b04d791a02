"""This machine's own addresses."""

import socket

import pytest


def need_ipv6():
    """Skips a test where this machine has no address of IPv6."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("needs an address of IPv6")
