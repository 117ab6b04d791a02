"""Where the page listens, and what a visitor has to know."""

import socket
import sys
import warnings

import loopback
import pytest

from tfstyle import web
from tfstyle.web import Config, address


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_loopback_is_told_by_its_address(host):
    assert address.is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.1", "example.org", ""])
def test_others_are_not_loopback(host):
    assert not address.is_loopback(host)


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_page_that_everybody_reaches_warns_unless_it_asks_for_a_password(port):
    with pytest.warns(UserWarning, match="whoever reaches 0.0.0.0"):
        address.check(Config(host="0.0.0.0", port=port))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        address.check(Config(host="0.0.0.0", port=port, auth="me:secret"))
        address.check(Config(port=port))


def test_port_that_is_taken_is_told():
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        with pytest.raises(ValueError, match=f"must be free .* Received: .*port={taken}"):
            address.check(Config(port=taken))


def test_address_of_ipv6_is_had_where_there_is_one(port):
    loopback.need_ipv6()
    address.check(Config(host="::1", port=port))
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
        taken = server.getsockname()[1]
        with pytest.raises(ValueError, match=f"must be free .* host=::1, port={taken}"):
            address.check(Config(host="::1", port=taken))


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_address_that_cannot_be_had_is_one_sentence(port, host):
    with pytest.raises(ValueError, match="^host and port must be free on this machine .*Received"):
        address.check(Config(host=host, port=port, auth="me:secret"))


@pytest.mark.parametrize(("host", "written"), [("::1", "[::1]"), ("localhost", "localhost")])
def test_addresses_of_ipv6_stand_in_brackets_before_a_port(host, written):
    assert address.in_url(host) == written


def test_password_may_have_colons():
    assert Config(auth="me:a:b").credentials() == ("me", "a:b")
    assert Config().credentials() is None


@pytest.mark.parametrize("auth", ["", "me", "me:", ":secret"])
def test_half_a_password_is_refused_and_not_shown(auth):
    with pytest.raises(ValueError, match="^auth must be user:password, neither of them empty.$"):
        Config(auth=auth)


def test_what_the_page_needs_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "gradio", None)
    with pytest.raises(ValueError, match=r'pip install "tfstyle\[web\]" && .* --no-deps "gr'):
        web.serve(Config())
