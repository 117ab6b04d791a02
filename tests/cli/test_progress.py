"""The bar over a clip's frames."""

import io
import sys

import pytest
from rich.console import Console

from tfstyle.cli import progress
from tfstyle.jobs.video.job import FrameProgress
from tfstyle.result import Level, Loss, Progress


def draw(length, earlier, painted):
    bar = progress.make_frame_bar(length, earlier, Console(file=io.StringIO(), width=100))
    (task,) = bar.tasks
    bar.update(task.id, completed=painted, frame=earlier + painted, rate=2.0)
    with bar.console.capture() as capture:
        bar.console.print(bar.get_renderable())
    return task, capture.get()


@pytest.mark.parametrize(("earlier", "painted", "share"), [(0, 25, 25), (60, 0, 0), (60, 10, 25)])
def test_only_this_runs_frames_fill_it(earlier, painted, share):
    task, drawn = draw(100, earlier, painted)
    assert task.percentage == share
    assert f"frame {earlier + painted}/100" in drawn
    assert "2 a second" in drawn


def test_a_clip_of_unknown_length_has_no_end():
    task, drawn = draw(None, 0, 7)
    assert task.total is None
    assert "frame 7/?" in drawn


class ClosedTerminal(io.StringIO):
    def isatty(self):
        return True

    def write(self, text):
        raise OSError(5, "Input/output error")


def test_closed_terminal_takes_the_bars_with_it_and_nothing_else(monkeypatch):
    levels = (Level((2, 3), 1),)
    loss = Loss(1, 1, 0.1, {"total": 3.0})
    monkeypatch.setattr(sys, "stderr", ClosedTerminal())
    with progress.show(levels) as report:
        report(Progress(0, 1, (2, 3), 1, 1, 1, 1, loss, None))
    with progress.show_frames(2, 0) as report_frame:
        report_frame(FrameProgress(1, 0, 2, 1.0))
