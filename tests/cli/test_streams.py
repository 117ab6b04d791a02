"""The standard streams: closed, full, without a reader, and free of TensorFlow's words."""

import os
import shlex
import subprocess
import sys

import pytest

TFSTYLE = f"{shlex.quote(sys.executable)} -m tfstyle"


def shell(line, **environment):
    """What a line leaves, after bash has run it: the status of its first program last."""
    known = {key: text for key, text in os.environ.items() if not key.startswith("TF_CPP")}
    return subprocess.run(
        ["bash", "-c", f"{line}; echo ${{PIPESTATUS[0]}}"],
        capture_output=True,
        text=True,
        env=known | environment,
    )


@pytest.mark.parametrize("words", ["--help", "gatys --help"])
def test_reader_who_has_seen_enough_is_no_error(words):
    done = shell(f"{TFSTYLE} {words} | true")
    # As shells report of programs that SIGPIPE has ended.
    assert (done.stdout, done.stderr) == ("141\n", "")


@pytest.mark.parametrize(
    ("closed", "err"),
    [
        (">&-", 1),
        ("2>&-", 0),
        ("<&-", 1),
        ("<&- >&- 2>&-", 0),
    ],
)
def test_closed_streams_change_no_exit_status(closed, err):
    done = shell(f"{TFSTYLE} gatys --size=4 {closed}")
    assert done.stdout == "2\n"
    assert done.stderr.count("\n") == err


def test_help_into_closed_streams_is_quiet():
    done = shell(f"{TFSTYLE} --help <&- >&- 2>&-")
    assert (done.stdout, done.stderr) == ("0\n", "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_full_disk_behind_standard_output_is_told_in_one_line():
    done = shell(f"{TFSTYLE} --help > /dev/full")
    assert done.stdout == "2\n"
    assert done.stderr == "tfstyle: standard output takes no more: No space left on device\n"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_full_disk_behind_standard_error_keeps_the_exit_status():
    assert shell(f"{TFSTYLE} gatis 2> /dev/full").stdout == "2\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    "environment",
    [
        {"TF_CPP_MIN_LOG_LEVEL": "3"},
        {"TF_CPP_MIN_LOG_LEVEL": "1", "TF_CPP_VMODULE": "cpu_feature_guard=1"},
        {"TF_CPP_MAX_VLOG_LEVEL": "1"},
    ],
)
def test_tensorflow_is_quiet_whatever_log_level_is_set(environment):
    done = shell(f"{TFSTYLE} styles | head -1", **environment)
    assert done.stdout.splitlines()[1:] in (["0"], ["141"])
    assert done.stderr == ""


@pytest.mark.slow
def test_tensorflow_talks_where_log_level_0_asks_for_it():
    done = shell(f"{TFSTYLE} styles", TF_CPP_MIN_LOG_LEVEL="0")
    assert done.stdout.endswith("\n0\n")
    assert "log messages" in done.stderr


@pytest.mark.slow
def test_pictures_are_painted_with_all_streams_closed(tmp_path):
    line = f"{TFSTYLE} styles --sheet={tmp_path / 'sheet.png'} <&- >&- 2>&-"
    done = shell(line)
    assert (done.stdout, done.stderr) == ("0\n", "")
    assert (tmp_path / "sheet.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("words", ["styles --json", "styles --json --json=maybe"])
def test_json_that_finds_no_room_is_told_in_a_sentence(words):
    done = shell(f"{TFSTYLE} {words} > /dev/full")
    assert done.stdout == "2\n"
    assert done.stderr == "tfstyle styles: standard output takes no more: No space left on device\n"


def test_json_of_a_problem_without_a_reader_is_quiet():
    # The reader has gone before the first word.
    done = shell(f"(sleep 1; {TFSTYLE} styles --json --json=maybe; echo $? >&2) | true")
    assert done.stderr == "141\n"
