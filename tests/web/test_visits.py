"""What a visit may ask for, and what it leaves behind."""

import types

import pytest

from tfstyle.web import choices, painting
from tfstyle.web.config import Config
from tfstyle.web.visits import Visit
from tfstyle.web.watching import Moment

pytest.importorskip("gradio", reason="gradio is not installed")

from tfstyle.web.page.actions import Actions

OUTCOME = types.SimpleNamespace(status="status", paint="paint", stop="stop")
FIELDS = types.SimpleNamespace(collect=lambda received: None)


@pytest.mark.slow
@pytest.mark.parametrize("is_read_to_its_end", [False, True])
def test_what_is_written_after_a_visit_has_ended_is_removed(
    tmp_path, monkeypatch, is_read_to_its_end
):
    visit = Visit(tmp_path)

    def paint(wish, stop, time_limit):
        try:
            yield Moment("half done", 0.5, None, None)
        finally:
            # As a painting does that is stopped: the best picture so far is kept.
            visit.folder.mkdir(exist_ok=True)
            (visit.folder / "late.png").touch()

    monkeypatch.setattr(choices, "wish", lambda *given: None)
    monkeypatch.setattr(painting, "paint", paint)
    shown = Actions(Config(), FIELDS, OUTCOME).paint(visit)
    assert ["Painting" in next(shown)["status"], "half done" in next(shown)["status"]] == [True] * 2
    visit.end()
    list(shown) if is_read_to_its_end else shown.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_files_that_were_not_uploaded_are_out_of_reach(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploaded"))
    (tmp_path / "private.png").touch()
    (tmp_path / "uploaded").mkdir()
    (tmp_path / "uploaded" / "link.png").symlink_to(tmp_path / "private.png")
    actions, visit = Actions(Config(), FIELDS, OUTCOME), Visit(tmp_path)
    for path in ("private.png", "uploaded/../private.png", "uploaded/link.png", "uploaded"):
        # As gradio hands on what its `Image` was sent.
        sent = {"path": str(tmp_path / path), "meta": {"_type": "gradio.FileData"}}
        for ask in (
            lambda: list(actions.paint(visit, sent)),  # noqa: B023
            lambda: actions.lay_under(visit, sent),  # noqa: B023
            lambda: actions.checked("content", None)(visit, sent),  # noqa: B023
        ):
            with pytest.raises(ValueError, match="a file must be uploaded"):
                ask()
