import os
import signal
import threading

import pytest

from tfstyle.system import signals

NUMBERS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@pytest.fixture(autouse=True)
def defaults():
    """The handlers that a command finds as a rule; pytest's own are put back."""
    before = {number: signal.getsignal(number) for number in NUMBERS}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def send(number):
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", NUMBERS)
def test_every_request_is_as_ctrl_c_and_handlers_are_put_back(number):
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), signals.as_ctrl_c():
        send(number)
    assert signal.getsignal(number) is before


@pytest.mark.parametrize("second", NUMBERS)
def test_echo_of_a_request_is_not_a_second_one(second):
    with signals.as_ctrl_c():
        with pytest.raises(KeyboardInterrupt):
            send(signal.SIGTERM)
        send(second)


def test_request_long_after_the_first_is_another(monkeypatch):
    times = iter([0.0, 0.9, 1.1])
    monkeypatch.setattr(signals.time, "monotonic", lambda: next(times))
    with signals.as_ctrl_c():
        with pytest.raises(KeyboardInterrupt):
            send(signal.SIGINT)
        send(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            send(signal.SIGINT)


@pytest.mark.parametrize("number", NUMBERS)
def test_what_is_ignored_stays_so(number):
    """As under nohup, and of SIGINT in a shell's background."""
    signal.signal(number, signal.SIG_IGN)
    with signals.as_ctrl_c(), signals.deferred(), signals.ignored():
        send(number)
        assert signal.getsignal(number) is signal.SIG_IGN


def test_other_threads_set_no_handlers():
    found = []

    def work():
        with signals.as_ctrl_c(), signals.ignored():
            found.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [signal.SIG_DFL]


@pytest.mark.parametrize("number", NUMBERS)
def test_what_an_interrupted_run_keeps_is_not_interrupted(number):
    with signals.as_ctrl_c(), signals.ignored():
        send(number)


@pytest.mark.parametrize("number", NUMBERS)
def test_deferred_request_comes_after_the_block(number):
    done = []
    with signals.as_ctrl_c():
        with pytest.raises(KeyboardInterrupt), signals.deferred():
            send(number)
            done.append(number)
        with signals.deferred():
            pass
    assert done == [number]


def test_error_in_a_deferring_block_is_what_is_told():
    with signals.as_ctrl_c(), pytest.raises(OSError, match="full"), signals.deferred():
        send(signal.SIGTERM)
        raise OSError("full")
