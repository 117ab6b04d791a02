"""The bar over a clip's frames."""

import io

import pytest
from rich.console import Console

from tfstyle.cli import progress


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
