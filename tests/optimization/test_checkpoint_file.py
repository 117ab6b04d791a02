import dataclasses
import json
import os

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from tfstyle.optimization import checkpoint_file
from tfstyle.optimization.loop import Trace
from tfstyle.result import LevelTrace, Loss, interrupted

RANDOM = np.random.default_rng(0)
STATE = {
    "position": RANDOM.standard_normal(12).astype(np.float32),
    "num_iterations": np.array(7, np.int32),
    "failed": np.array(False),
    "scale": np.array(1 / 3),
}
TRACE = Trace(
    image=RANDOM.standard_normal([1, 2, 2, 3]).astype(np.float32),
    loss=1 / 3,
    step=7,
    evaluations=9,
    losses=(Loss(6, 8, 0.1, {"total": 0.1 + 0.2}), Loss(7, 9, 0.2, {"total": 1 / 3})),
    seconds=0.2,
    kind="adam",
    kind_since=(2, 3),
    state=lambda: STATE,
    notes=("line search failed at step 2, Adam went on",),
)
SNAPSHOT = checkpoint_file.Snapshot(
    1, TRACE, (LevelTrace((1, 2), 5, 6, 0.05),), (Loss(5, 6, 0.05, {"total": 2.0}),)
)


@dataclasses.dataclass(frozen=True)
class Config:
    weight: float = 1.0
    layers: tuple[str, ...] = ("a",)


def test_snapshot_comes_back_exactly(tmp_path):
    checkpoint_file.save(tmp_path / "new" / "folder", SNAPSHOT, "run")
    loaded = checkpoint_file.load(tmp_path / "new" / "folder", "run")
    assert_array_equal(loaded.trace.image, TRACE.image)
    state = loaded.trace.state()
    assert set(state) == set(STATE)
    for name, array in STATE.items():
        assert_array_equal(state[name], array)
        assert state[name].dtype == array.dtype
    without = {"image": None, "state": None}
    assert dataclasses.replace(loaded.trace, **without) == dataclasses.replace(TRACE, **without)
    rest = dataclasses.replace(loaded, trace=TRACE)
    assert rest == SNAPSHOT
    assert rest.levels[0].seconds == 0.05


def test_snapshot_before_the_first_step_comes_back(tmp_path):
    fresh = checkpoint_file.Snapshot(0, Trace(TRACE.image, np.inf), (), ())
    checkpoint_file.save(tmp_path, fresh, "run")
    loaded = checkpoint_file.load(tmp_path, "run")
    assert loaded.trace.loss == np.inf
    assert loaded.trace.state is None
    assert_array_equal(loaded.trace.image, TRACE.image)


def test_interrupted_run_comes_back_running(tmp_path):
    trace = dataclasses.replace(TRACE, outcome=interrupted("at step 7"))
    checkpoint_file.save(tmp_path, dataclasses.replace(SNAPSHOT, trace=trace), "run")
    loaded = checkpoint_file.load(tmp_path, "run").trace
    assert (trace.interrupted, loaded.outcome, loaded.interrupted) == (True, None, False)


def test_second_snapshot_takes_the_place_of_the_first(tmp_path):
    checkpoint_file.save(tmp_path, SNAPSHOT, "run")
    checkpoint_file.save(tmp_path, dataclasses.replace(SNAPSHOT, level=2), "run")
    assert checkpoint_file.load(tmp_path, "run").level == 2
    assert os.listdir(tmp_path) == [checkpoint_file.FILE_NAME]


def test_another_run_s_checkpoint_is_refused(tmp_path):
    checkpoint_file.save(tmp_path, SNAPSHOT, "run")
    with pytest.raises(ValueError, match="same pictures and settings.*of another run"):
        checkpoint_file.load(tmp_path, "other")


def test_folder_without_a_checkpoint_is_refused(tmp_path):
    with pytest.raises(ValueError, match="resume needs the checkpoint of an interrupted run"):
        checkpoint_file.load(tmp_path, "run")


def halve(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path):
    path.write_bytes(b"")


def flip_a_bit(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    path.write_bytes(content)


def write_text(path):
    path.write_text("not a checkpoint")


def write_one_array(path):
    with path.open("wb") as file:
        np.save(file, np.zeros(3))


def write_other_arrays(path):
    np.savez(path, weights=np.zeros(3))


@pytest.mark.parametrize(
    "damage", [halve, empty, flip_a_bit, write_text, write_one_array, write_other_arrays]
)
def test_damaged_checkpoint_is_refused(tmp_path, damage):
    checkpoint_file.save(tmp_path, SNAPSHOT, "run")
    damage(tmp_path / checkpoint_file.FILE_NAME)
    with pytest.raises(ValueError, match="resume needs the checkpoint"):
        checkpoint_file.load(tmp_path, "run")


def test_removing_leaves_the_folder_and_may_be_repeated(tmp_path):
    checkpoint_file.save(tmp_path, SNAPSHOT, "run")
    (tmp_path / "other.txt").write_text("")
    for _ in range(2):
        checkpoint_file.remove(tmp_path)
        assert os.listdir(tmp_path) == ["other.txt"]


def test_fingerprint_tells_runs_apart():
    image = np.zeros([1, 2, 3, 3], np.float32)
    runs = [
        (Config(), image),
        (Config(weight=2.0), image),
        (Config(layers=("b",)), image),
        (Config(), image + np.float32(1e-7)),
        (Config(), image.reshape([1, 3, 2, 3])),
        (Config(), image, image),
    ]
    assert len({checkpoint_file.fingerprint(*run) for run in runs}) == len(runs)


def test_fingerprint_of_equal_runs_is_equal():
    image = np.ones([1, 2, 3, 3], np.float32)
    assert checkpoint_file.fingerprint(Config(), image) == checkpoint_file.fingerprint(
        Config(), image.copy()
    )


def test_checkpoint_needs_no_pickle(tmp_path):
    checkpoint_file.save(tmp_path, SNAPSHOT, "run")
    with np.load(tmp_path / checkpoint_file.FILE_NAME, allow_pickle=False) as file:
        described = json.loads(str(file["described"]))
    assert described["level"] == 1


# --- What no run writes ---


def describe(**changes):
    """Returns what a checkpoint of one level says, with changes."""
    trace = {"loss": 1.0, "step": 2, "evaluations": 3, "losses": [], "seconds": 0.5}
    trace |= {"kind": "adam", "kind_since": [0, 0], "notes": []}
    own = {name: value for name, value in changes.items() if name in trace}
    rest = {name: value for name, value in changes.items() if name not in trace}
    return {"level": 0, "levels": [], "losses": [], "trace": trace | own, **rest}


def write_state(folder, image=TRACE.image, **changes):
    described = json.dumps(describe(**changes))
    np.savez(folder / checkpoint_file.FILE_NAME, run="run", described=described, image=image)


def test_what_is_altered_below_is_sound(tmp_path):
    write_state(tmp_path)
    assert checkpoint_file.load(tmp_path, "run").trace.step == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"level": -1},
        {"level": "0"},
        {"step": 1.5},
        {"step": True},
        {"loss": None},
        {"seconds": "long"},
        {"kind": "newton"},
        {"kind_since": [0]},
        {"notes": [3]},
        {"losses": [{"step": 1}]},
        {"levels": [{"size": [1], "steps": 1, "evaluations": 1}]},
        {"image": np.full([1, 2, 2, 3], np.nan, np.float32)},
        {"image": np.zeros([1, 2, 2, 4], np.float32)},
        {"image": np.zeros([1, 0, 2, 3], np.float32)},
        {"image": np.zeros([1, 2, 2, 3], np.int64)},
    ],
)
def test_what_no_run_writes_is_refused(tmp_path, changes):
    write_state(tmp_path, **changes)
    with pytest.raises(ValueError, match="resume needs the checkpoint .* state.npz .* Received: "):
        checkpoint_file.load(tmp_path, "run")


# --- Tiles that a run has chosen ---


@pytest.mark.parametrize("tile", [None, 512])
def test_tiles_come_back_and_the_rest_does_not_mind(tmp_path, tile):
    checkpoint_file.save(tmp_path, SNAPSHOT, "run", tile)
    assert checkpoint_file.tile(tmp_path) == tile
    assert checkpoint_file.load(tmp_path, "run").level == SNAPSHOT.level


@pytest.mark.parametrize("tile", [0, -16, 0.5, "large", [512]])
def test_tiles_of_no_size_are_refused(tmp_path, tile):
    checkpoint_file.save(tmp_path, SNAPSHOT, "run", tile)
    with pytest.raises(ValueError, match="tiles of no size; start without it. Received: check"):
        checkpoint_file.tile(tmp_path)
