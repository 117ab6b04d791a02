import functools
import itertools
import os
import types

import pytest
import tensorflow as tf
from numpy.testing import assert_array_equal
from samples import picture

from tfstyle import image
from tfstyle.optimization import coarse_to_fine, loop, options
from tfstyle.result import Interrupted, Level

START = picture(8, 8, seed=1, smoothing=0)
TARGET = picture(16, 12, seed=2)
LEVELS = (Level((4, 3), 4), Level((8, 6), 3), Level((16, 12), 5))


def pull(pixels, target):
    """The distance from the target, some of its values more important than others."""
    count = tf.size(target)
    importance = tf.reshape(tf.linspace(1.0, 50.0, count), tf.shape(target))
    away = pixels - target
    value = tf.reduce_sum(importance * tf.square(away))
    return value, 2 * importance * away, {"pull": value}


def objective_at(level):
    return functools.partial(pull, target=image.resize(TARGET, level.size))


def run(optimizer="lbfgs", callback=None, folder=None, resume=False, name="run", **changes):
    settings = {
        "levels": LEVELS,
        "start": START,
        "objective_at": objective_at,
        "finish": lambda pixels: pixels,
        "options": options.Options(optimizer=optimizer, history=3),
        "weights": {"name": "tiny"},
    }
    task = coarse_to_fine.Task(**{**settings, **changes})
    return coarse_to_fine.run(task, coarse_to_fine.Checkpoints(folder, name, resume), callback)


def stop_at(total_step):
    def callback(progress):
        if progress.total_step == total_step:
            raise KeyboardInterrupt

    return callback


def curve(result):
    return [(loss.step, loss.evaluations, loss.terms) for loss in result.losses]


def assert_same_result(resumed, whole):
    assert_array_equal(resumed.image, whole.image)
    assert resumed.levels == whole.levels
    assert curve(resumed) == curve(whole)
    assert resumed.outcome == whole.outcome


# --- The levels ---


def test_levels_are_run_in_turn_each_to_its_limit():
    result = run()
    assert [level.size for level in result.levels] == [(4, 3), (8, 6), (16, 12)]
    assert [level.steps for level in result.levels] == [4, 3, 5]
    assert (result.steps, len(result.losses)) == (12, 12)
    assert result.image.shape == (1, 16, 12, 3)
    assert result.weights == {"name": "tiny"}


def test_curve_counts_on_from_level_to_level():
    result = run()
    assert [loss.step for loss in result.losses] == list(range(1, 13))
    evaluations = [loss.evaluations for loss in result.losses]
    assert evaluations == sorted(set(evaluations))
    assert evaluations[-1] == result.evaluations
    seconds = [loss.seconds for loss in result.losses]
    assert seconds == sorted(seconds)


def test_level_starts_where_the_one_before_ended():
    without_steps = (Level((8, 8), 0), Level((16, 12), 0))
    result = run(levels=without_steps)
    assert_array_equal(result.image, image.resize(START, (16, 12)))


def test_progress_says_where_it_is():
    seen = []
    result = run(callback=seen.append)
    assert [one.total_step for one in seen] == list(range(1, 13))
    assert [one.step for one in seen] == [1, 2, 3, 4, 1, 2, 3, 1, 2, 3, 4, 5]
    assert [one.level for one in seen] == [0] * 4 + [1] * 3 + [2] * 5
    assert {(one.levels, one.steps, one.size) for one in seen} == {
        (3, level.steps, level.size) for level in LEVELS
    }
    assert_array_equal(seen[-1].image(), result.image)


def test_image_of_the_progress_has_full_size_from_the_first_step():
    def callback(progress):
        assert progress.image().shape == (1, 16, 12, 3)

    run(callback=callback)


def test_image_is_clipped_and_finished():
    beyond = {"objective_at": lambda level: functools.partial(pull, target=5 + 0 * TARGET)}
    only = (Level((16, 12), 60),)
    result = run(levels=only, finish=lambda pixels: pixels / 2, **beyond)
    assert result.image.max() == 0.5
    assert result.image.min() >= 0


# --- Interrupting and going on ---


@pytest.mark.parametrize("total_step", [1, 4, 6, 12])
def test_interrupt_carries_the_best_image_at_full_size(total_step):
    with pytest.raises(Interrupted) as interrupted:
        run(callback=stop_at(total_step))
    result = interrupted.value.result
    assert result.image.shape == (1, 16, 12, 3)
    assert len(result.losses) == result.steps == total_step
    assert result.outcome.sentence.startswith("interrupted at step ")


@pytest.mark.parametrize("total_step", [1, 3, 4, 5, 7, 9, 12])
@pytest.mark.parametrize("optimizer", options.OPTIMIZERS)
def test_resumed_run_is_the_uninterrupted_one(tmp_path, optimizer, total_step):
    with pytest.raises(Interrupted):
        run(optimizer, stop_at(total_step), folder=tmp_path)
    resumed = run(optimizer, folder=tmp_path, resume=True)
    assert_same_result(resumed, run(optimizer))


def test_run_interrupted_twice_is_the_uninterrupted_one(tmp_path):
    with pytest.raises(Interrupted):
        run(callback=stop_at(3), folder=tmp_path)
    with pytest.raises(Interrupted):
        run(callback=stop_at(8), folder=str(tmp_path), resume=True)
    assert_same_result(run(folder=tmp_path, resume=True), run())


@pytest.mark.parametrize("evaluation", [1, 2, 8, 14])
def test_run_interrupted_during_an_evaluation_resumes_the_same(tmp_path, evaluation):
    calls = []

    def interrupting(level):
        def objective(pixels):
            calls.append(level)
            if len(calls) == evaluation:
                raise KeyboardInterrupt
            return objective_at(level)(pixels)

        return objective

    with pytest.raises(Interrupted):
        run(folder=tmp_path, objective_at=interrupting)
    assert_same_result(run(folder=tmp_path, resume=True), run())


@pytest.fixture
def second_a_step(monkeypatch):
    """A clock that is looked at once before the first step and once after each."""
    ticks = itertools.count()
    clock = types.SimpleNamespace(perf_counter=lambda: float(next(ticks)))
    monkeypatch.setattr(loop, "time", clock)


def test_seconds_before_an_interruption_count(tmp_path, second_a_step):
    with pytest.raises(Interrupted) as interrupted:
        run(callback=stop_at(5), folder=tmp_path)
    assert interrupted.value.result.earlier_seconds == 0
    resumed = run(folder=tmp_path, resume=True)
    assert resumed.earlier_seconds == 5
    assert [level.seconds for level in resumed.levels] == [4, 3, 5]
    assert [loss.seconds for loss in resumed.losses] == list(range(1, 13))


def test_killed_run_goes_on_from_its_last_checkpoint(tmp_path, monkeypatch):
    def kill(progress):
        if progress.total_step == 10:
            raise SystemExit

    monkeypatch.setattr(coarse_to_fine, "CHECKPOINT_EVERY", 2)
    with pytest.raises(SystemExit):
        run(callback=kill, folder=tmp_path)
    seen = []
    resumed = run(callback=seen.append, folder=tmp_path, resume=True)
    assert seen[0].total_step == 10
    assert_same_result(resumed, run())


def test_kill_costs_fewer_steps_of_a_level_in_tiles(tmp_path):
    levels = (*LEVELS[:2], Level((16, 12), 7, tile=8))

    def kill(progress):
        if progress.total_step == 4 + 3 + 6:
            raise SystemExit

    with pytest.raises(SystemExit):
        run(callback=kill, folder=tmp_path, levels=levels)
    seen = []
    resumed = run(callback=seen.append, folder=tmp_path, resume=True, levels=levels)
    assert seen[0].total_step == 4 + 3 + 4 + 1
    assert_same_result(resumed, run(levels=levels))


def test_finished_run_keeps_its_state_until_the_picture_is_written(tmp_path):
    finished = run(folder=tmp_path)
    assert os.listdir(tmp_path) == ["state.npz"]
    again = run(folder=tmp_path, resume=True)
    assert_same_result(again, finished)


def test_without_a_folder_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Interrupted):
        run(callback=stop_at(3))
    assert os.listdir(tmp_path) == []


def test_without_resume_a_checkpoint_is_ignored(tmp_path):
    with pytest.raises(Interrupted):
        run(callback=stop_at(3), folder=tmp_path)
    assert_same_result(run(folder=tmp_path), run())


def test_another_run_s_checkpoint_is_refused(tmp_path):
    with pytest.raises(Interrupted):
        run(callback=stop_at(3), folder=tmp_path)
    with pytest.raises(ValueError, match="of another run"):
        run(folder=tmp_path, resume=True, name="other")


def test_resume_without_a_checkpoint_is_refused(tmp_path):
    with pytest.raises(ValueError, match="resume needs the checkpoint"):
        run(folder=tmp_path, resume=True)


def stopped_before(level):
    def objective_until(wanted):
        if wanted is LEVELS[level]:
            raise KeyboardInterrupt
        return objective_at(wanted)

    return objective_until


@pytest.mark.parametrize("level", [0, 1])
def test_interrupt_while_a_level_is_prepared_keeps_the_image_and_resumes(tmp_path, level):
    with pytest.raises(Interrupted) as interrupted:
        run(folder=tmp_path, objective_at=stopped_before(level))
    assert interrupted.value.result.image.shape == (1, 16, 12, 3)
    assert_same_result(run(folder=tmp_path, resume=True), run())


def test_checkpoint_that_cannot_be_written_costs_a_warning_and_not_the_picture(tmp_path):
    (tmp_path / "file").touch()
    with pytest.warns(UserWarning, match="the checkpoint could not be written"):
        result = run(folder=tmp_path / "file" / "below")
    assert_array_equal(result.image, run().image)
