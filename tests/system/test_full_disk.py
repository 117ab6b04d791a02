"""Every command on a disk that gets full: 11 commands, 23 times, on each of two kinds of disk."""

import json
import os
import re
import subprocess
import sys

import pytest
import samples
import small_commands

WORKER = samples.ROOT / "tests" / "support" / "full_disk.py"

ON_A_SMALL_DISK = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
"""What a command is given to that mounts a file system of its own, which ends with it."""

REASONS = {"disk": "no space left on device", "limit": "file too large"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=REASONS)
def how(request, tmp_path_factory):
    if request.param == "disk":
        mount = f"mount -t tmpfs none {tmp_path_factory.mktemp('mount')}"
        try:
            subprocess.run([*ON_A_SMALL_DISK, mount], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("needs leave to mount a file system")
    return request.param


@pytest.fixture(scope="module")
def disk(how, tmp_path_factory):
    return tmp_path_factory.mktemp("disk")


@pytest.fixture(scope="module")
def found(how, disk, tmp_path_factory):
    """What `full_disk.py` saw, by command and room."""
    folder = tmp_path_factory.mktemp("work")
    result = folder / "result.json"
    command = [sys.executable, str(WORKER), str(folder), str(disk), how, str(result)]
    if how == "disk":
        mount = f'mount -t tmpfs -o size=4m none {disk} && exec "$@"'
        command = [*ON_A_SMALL_DISK, mount, "sh", *command]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return json.loads(result.read_text())


def attempts(found, name):
    return [seen for key, seen in found.items() if re.fullmatch(rf"{name} \d+", key)]


@pytest.mark.parametrize("name", small_commands.COMMANDS)
def test_full_disk_is_one_sentence_that_names_a_file_on_it(found, how, disk, name):
    refused = [seen for seen in attempts(found, name) if seen["status"] != 0]
    assert refused
    for seen in refused:
        assert seen["status"] == 2
        assert seen["said"].count("\n") == 1
        assert REASONS[how] in seen["said"].lower()
        assert f"{disk}{os.sep}" in seen["said"]


@pytest.mark.parametrize("name", small_commands.COMMANDS)
def test_output_is_whole_or_the_old_one(found, name):
    for seen in attempts(found, name):
        assert seen["kept"] == (seen["status"] != 0) or not small_commands.is_file(name)
        assert seen["room"] or seen["status"] != 0


@pytest.mark.parametrize("name", small_commands.COMMANDS)
def test_nothing_half_written_stays_and_the_next_run_succeeds(found, name):
    for seen in attempts(found, name):
        assert not [name for name in seen["files"] if ".part" in name.replace(".parts", "")]
    assert found[f"{name} after"] == [0, ""]


def test_training_goes_on_as_if_the_disk_had_had_room(found):
    stopped, whole = found["losses"]
    assert stopped == whole
