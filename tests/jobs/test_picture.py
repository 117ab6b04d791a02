import io
import sys

import numpy as np
import pytest

from tfstyle.cli import process
from tfstyle.jobs import resume, saving
from tfstyle.result import Loss, Progress


def progress(step):
    return Progress(
        level=0,
        levels=1,
        size=(4, 4),
        step=step,
        steps=9,
        evaluations=step,
        total_step=step,
        loss=Loss(step, step, 0.0, {}),
        image=lambda: np.zeros([1, 4, 4, 3], np.float32),
    )


def test_snapshot_that_cannot_be_written_is_a_warning(tmp_path):
    watch = saving.snapshots(tmp_path / "gone" / "deeper" / "out.png", None, every=2)
    watch(progress(1))
    with pytest.warns(UserWarning, match="snapshot could not be written"):
        watch(progress(2))


def test_state_is_forgotten_once_the_picture_is_there(tmp_path):
    (tmp_path / "state.npz").write_bytes(b"state")
    resume.forget(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_line_that_the_terminal_cannot_spell_is_said_all_the_same(monkeypatch):
    bytes_written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(bytes_written, encoding="cp1252"))
    process.say("\u65e5.png")
    assert bytes_written.getvalue() == b"\\u65e5.png\n"


def test_half_of_a_state_is_nothing_to_go_on_from(tmp_path):
    assert not resume.has_begun(tmp_path)
    (tmp_path / ".0123456789abcdef.part").touch()
    assert not resume.has_begun(tmp_path)
    (tmp_path / "state.npz").touch()
    assert resume.has_begun(tmp_path)
