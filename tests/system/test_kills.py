"""Commands killed at 12 seeded moments in their writing, by SIGKILL, SIGTERM and SIGHUP."""

import json
import signal
import subprocess
import sys

import kills
import numpy as np
import pytest
import samples

pytest.importorskip("av")

MOMENTS = 3
"""Of each command."""

SEED = 0

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("kills")


@pytest.fixture(scope="module")
def found(folder):
    """What `kills.py` saw, by command."""
    worker = samples.ROOT / "tests" / "support" / "kills.py"
    result = folder / "result.json"
    words = [str(word) for word in (worker, folder, SEED, MOMENTS, result)]
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr
    return json.loads(result.read_text())


@pytest.mark.parametrize("name", kills.SCENARIOS)
def test_signal_ends_a_run_and_leaves_no_file_that_is_not_whole(found, name):
    for number, _, status, broken in found[name]["runs"]:
        # A run may be done before its moment comes.
        assert status in (0, -9 if number == signal.SIGKILL else 130)
        assert broken == []
    assert found[name]["runs"][0][2] == -9


@pytest.mark.parametrize("name", kills.SCENARIOS)
def test_killed_runs_end_where_one_does_that_nothing_stopped(found, folder, name):
    assert (found[name]["whole"], found[name]["end"]) == (0, 0)
    whole, killed = (folder / name / each for each in ("whole", "killed"))
    results = [path for path in whole.rglob("*") if path.suffix in (".png", ".mp4", ".csv")]
    assert results
    for path in results:
        assert (killed / path.relative_to(whole)).read_bytes() == path.read_bytes()


def test_killed_training_ends_with_the_same_weights(found, folder):
    def weights(each):
        with np.load(folder / "train" / each / "out" / "backup" / "state.npz") as state:
            return dict(state)

    whole, killed = weights("whole"), weights("killed")
    assert whole.keys() == killed.keys()
    for name, array in whole.items():
        np.testing.assert_array_equal(killed[name], array)


@pytest.mark.parametrize("name", ["train", "video"])
def test_nothing_half_written_stays_after_the_last_run(found, folder, name):
    left = [path for path in (folder / name / "killed").rglob("*") if kills.is_unfinished(path)]
    assert left == []
