import numpy as np

from tfstyle.optimization.tracker import Tracker
from tfstyle.result import Level, LevelTrace, Loss

PLAN = (Level((4, 3), 7), Level((8, 6), 5))
FIRST = Loss(2, 3, 0.5, {"total": 4.0})


def test_a_level_that_has_ended_is_counted():
    tracker = Tracker(PLAN).after_level(2, 3, 0.5, [FIRST])
    assert tracker.level is PLAN[1]
    assert tracker.levels == (LevelTrace((4, 3), 2, 3),)
    assert tracker.levels[0].seconds == 0.5
    assert tracker.losses == (FIRST,)


def test_losses_count_on_from_the_levels_before():
    tracker = Tracker(PLAN).after_level(2, 3, 0.5, [FIRST]).after_level(1, 2, 0.25, [FIRST])
    assert tracker.losses[1] == Loss(4, 6, 1.0, {"total": 4.0})


def test_progress_counts_within_the_level_and_from_the_beginning():
    tracker = Tracker(PLAN).after_level(2, 3, 0.5, [FIRST])
    pixels = np.zeros([1, 8, 6, 3], np.float32)
    progress = tracker.progress(1, 2, Loss(1, 2, 0.25, {"total": 1.0}), lambda: pixels)
    assert (progress.level, progress.levels, progress.size) == (1, 2, (8, 6))
    assert (progress.step, progress.steps, progress.total_step) == (1, 5, 3)
    assert (progress.evaluations, progress.loss.evaluations) == (2, 5)
    assert (progress.loss.step, progress.loss.seconds) == (3, 0.75)
    assert progress.image() is pixels


def test_each_level_has_its_own_clock():
    tracker = Tracker(PLAN)
    later = tracker.after_level(0, 0, 0.0, [])
    assert 0 <= later.seconds <= tracker.seconds
