"""Who watches a painting: what is shown of it, and how it is ended."""

import dataclasses
import threading

import numpy as np
import pytest

from tfstyle.result import Level, Loss, Progress
from tfstyle.web import watching

LEVELS = [Level((10, 20), 4), Level((20, 40), 4)]


def progress(level, step):
    size = LEVELS[level].size
    return Progress(
        level=level,
        levels=2,
        size=size,
        step=step,
        steps=4,
        evaluations=step,
        total_step=4 * level + step,
        loss=Loss(step, step, 1.0, {"total": 1.0}),
        image=lambda: np.full((1, *size, 3), 0.5, np.float32),
    )


def test_share_is_of_steps_times_pixels():
    # 4 x 200 of 4 x 200 + 4 x 800 is a fifth; half of the rest makes three fifths.
    assert watching.describe(LEVELS, progress(0, 4), 10.0).share == pytest.approx(0.2)
    now = watching.describe(LEVELS, progress(1, 2), 30.0)
    assert (now.share, now.left) == (pytest.approx(0.6), pytest.approx(20.0))
    assert now.sentence == "40 x 20 pixels, step 2 of 4"


def test_share_is_of_the_plan_of_the_run_itself():
    # One level of four steps, where two were planned: in tiles, finer ones have fewer.
    in_tiles = dataclasses.replace(progress(0, 2), levels=1, plan=LEVELS[:1])
    assert watching.describe(LEVELS, in_tiles, 10.0).share == pytest.approx(0.5)


def test_before_the_first_step_nobody_knows_how_long_it_takes():
    now = watching.describe(LEVELS, progress(0, 0), 3.0)
    assert (now.share, now.left) == (0, None)


def test_large_pictures_are_shown_small(monkeypatch):
    monkeypatch.setattr(watching, "PREVIEW_SIZE", 8)
    assert watching.describe(LEVELS, progress(1, 2), 1.0).picture.shape == (1, 4, 8, 3)


def watch(watcher, *steps):
    with watcher.watch(None, LEVELS) as callback:
        for step in steps:
            callback(progress(0, step))


def test_run_ends_when_that_is_asked_for():
    stop, told = threading.Event(), []
    watcher = watching.Watcher(stop, 1e9, told.append)
    watch(watcher, 1)
    assert len(told) == 1 and watcher.reason == ""
    stop.set()
    with pytest.raises(KeyboardInterrupt):
        watch(watcher, 2)
    assert watcher.reason == "stopped"


def test_run_ends_when_its_time_is_over():
    watcher = watching.Watcher(threading.Event(), 0, lambda moment: None)
    with pytest.raises(KeyboardInterrupt):
        watch(watcher, 1, 2)
    assert watcher.reason == "stopped after 0 s, the longest that is painted here"


def test_pictures_are_not_shown_at_every_step(monkeypatch):
    monkeypatch.setattr(watching, "PREVIEW_SECONDS", 1e9)
    told = []
    watch(watching.Watcher(threading.Event(), 1e9, told.append), 1, 2, 3)
    assert len(told) == 1
