"""From file to file in Python, without flags, by every method."""

import dataclasses
import json
import pickle

import numpy as np
import pytest
from samples import SHALLOW_GATYS, picture

from tfstyle import analogies, feed_forward, gatys, image, jobs, quilting, style_swap
from tfstyle.jobs import by_config, pairs
from tfstyle.jobs import picture as picture_job
from tfstyle.losses import perceptual
from tfstyle.networks import inverse_net, pretrained
from tfstyle.result import Result
from tfstyle.system import files

KEYS = {
    "tfstyle",
    "versions",
    "command",
    "config",
    "inputs",
    "seconds",
    "peak_memory_bytes",
    "outcome",
}
"""What every record has."""

WORK = {"levels", "steps", "evaluations", "losses"}
"""What those of methods with steps have besides."""


@pytest.fixture(autouse=True)
def folder(shallow_encoder, stylizer, tmp_path, monkeypatch):
    """A working folder with pictures and small networks."""
    monkeypatch.chdir(tmp_path)
    build = perceptual.build
    monkeypatch.setattr(perceptual, "build", lambda config, *_: build(config, shallow_encoder))
    inverse_net.pack(inverse_net.InverseNet(channels=6, width=4), tmp_path / "inverse.npz")
    pretrained.pack(stylizer, tmp_path / "pair.npz")
    (tmp_path / "in").mkdir()
    for seed, name in enumerate(("in/a", "in/b", "style", "source")):
        image.write(tmp_path / f"{name}.png", picture(36, 40, seed))
    return tmp_path


GATYS = gatys.Config(steps=2, **SHALLOW_GATYS)


def methods():
    """Each method's settings and style, the name of its command, and what its records add."""
    swap = style_swap.Config(size=48, model="inverse.npz", precision="float32")
    network = feed_forward.Config(model="pair.npz", precision="float32")
    return {
        "gatys": (GATYS, "style.png", WORK),
        "swap": (swap, ["style.png", "source.png"], {"weights"}),
        "apply": (network, {"wave": 1, "scream": 3}, {"weights"}),
        "quilt": (quilting.Config(size=None, block_size=8), "style.png", WORK),
        "analogy": (analogies.Config(size=24, levels=2), "style.png", WORK),
    }


def read_record(path):
    return json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize("command", methods())
def test_config_says_which_method_paints_and_records_have_the_same_keys(command, folder):
    config, style, more = methods()[command]
    outcome = jobs.paint_file(folder / "in" / "a.png", style, folder / "out.png", config)
    assert outcome.status is jobs.Status.PAINTED
    written = read_record(outcome.pair.record)
    assert set(written) == KEYS | more
    assert (written["command"], written["outcome"]) == (command, outcome.sentence)
    assert written["inputs"][0]["sha256"] == files.digest("in/a.png", "sha256")
    assert image.read("out.png").shape[0] == 1


def test_shares_are_those_of_the_styles(folder):
    config = methods()["apply"][0]
    jobs.paint_file("in/a.png", {"wave": 1, "scream": 3}, "out.png", config)
    shares = {"wave": 0.25, "scream": 0.75}
    expected = feed_forward.stylize(image.read("in/a.png"), shares, config).image
    assert np.abs(image.read("out.png") - expected).max() <= 0.5 / 255 + 1e-6
    assert read_record(folder / "out.json")["weights"]["style"] == "wave:1,scream:3"


def test_analogy_takes_a_source(folder):
    config = analogies.Config(size=24)
    jobs.paint_file("in/a.png", "style.png", "out.png", config, source="source.png")
    paths = [each["path"] for each in read_record(folder / "out.json")["inputs"]]
    assert paths == ["in/a.png", "style.png", "source.png"]
    with pytest.raises(ValueError, match="source must be None for gatys"):
        jobs.paint_file("in/a.png", "style.png", "out.png", GATYS, source="source.png")


def test_texture_is_grown_without_a_content():
    jobs.paint_file(None, "style.png", "more.png", quilting.Config(size="50x42", block_size=8))
    assert image.read("more.png").shape == (1, 42, 50, 3)
    with pytest.raises(ValueError, match="content must be given for gatys"):
        jobs.paint_file(None, "style.png", "out.png", GATYS)


def test_callback_snapshots_and_checkpoint(folder):
    told = []
    options = {"callback": told.append, "save_every": 1, "checkpoint": folder / "state"}
    jobs.paint_file("in/a.png", "style.png", "out.png", GATYS, **options)
    assert [progress.step for progress in told][-1] == 2
    assert (folder / "out_step00001.png").exists()
    assert not list((folder / "state").iterdir())
    with pytest.raises(ValueError, match="checkpoint must be none for analogy"):
        config = analogies.Config(size=24)
        jobs.paint_file("in/a.png", "style.png", "out.png", config, checkpoint="state")
    with pytest.raises(ValueError, match="resume needs the run's folder"):
        jobs.paint_file("in/a.png", "style.png", "out.png", GATYS, resume=True)


def test_paths_in_settings_are_recorded(folder):
    config = dataclasses.replace(GATYS, start=folder / "source.png")
    jobs.paint_file("in/a.png", "style.png", "out.png", config)
    assert read_record(folder / "out.json")["config"]["start"] == str(folder / "source.png")


def test_what_cannot_be_is_raised(folder):
    with pytest.raises(ValueError, match="content must be an image file"):
        jobs.paint_file("none.png", "style.png", "out.png", GATYS)
    with pytest.raises(ValueError, match="content must be one picture; paint_files takes many"):
        jobs.paint_file("in", "style.png", "out", GATYS)
    with pytest.raises(ValueError, match="config must be the Config of one of gatys"):
        jobs.paint_file("in/a.png", "style.png", "out.png", object())
    assert not (folder / "out.png").exists()


@pytest.mark.parametrize("style", ["", [], {}])
@pytest.mark.parametrize("config", [GATYS, feed_forward.Config(model="pair.npz")])
def test_no_style_is_refused(config, style, folder):
    """Not taken for the network's first."""
    with pytest.raises(ValueError, match="style must be given. Received: style="):
        jobs.paint_file("in/a.png", style, "out.png", config)


def test_empty_paths_are_not_the_working_folder():
    with pytest.raises(ValueError, match="content must be the path of .* Received: content=''"):
        jobs.paint_file("", "style.png", "out.png", GATYS)
    with pytest.raises(ValueError, match="output must be the path of .* Received: output=''"):
        jobs.paint_file("in/a.png", "style.png", "", GATYS)


def test_snapshots_of_less_than_a_step_are_refused():
    with pytest.raises(ValueError, match="save_every must be at least 0 .* save_every=-1"):
        jobs.paint_file("in/a.png", "style.png", "out.png", GATYS, save_every=-1)


# --- Many ---


def test_outcomes_of_many_are_values(folder):
    (folder / "in" / "c.png").write_bytes(b"no picture")
    config, told = quilting.Config(size=None, block_size=8), []
    found = jobs.paint_files("in", "style.png", "painted", config, tell=told.append)
    assert found == told
    assert [each.status.name for each in found] == ["PAINTED", "PAINTED", "FAILED"]
    assert "c.png" in found[2].sentence and isinstance(found[2].error, ValueError)


@pytest.mark.parametrize("command", methods())
def test_those_that_are_there_are_skipped_by_one_rule(command, folder):
    """What an interrupted run left is painted again, whatever the method."""
    config, style, _ = methods()[command]
    jobs.paint_files("in", style, "painted", config)
    interrupted = read_record(folder / "painted" / "b.json") | {"outcome": "interrupted at step 1"}
    (folder / "painted" / "b.json").write_text(json.dumps(interrupted), "utf-8")
    found = jobs.paint_files("in", style, "painted", config, skip_existing=True)
    assert [each.status.name for each in found] == ["PRESENT", "PAINTED"]


def test_resumed_run_leaves_what_is_finished(folder):
    for expected in ("PAINTED", "FINISHED"):
        found = jobs.paint_files(
            "in",
            "style.png",
            "painted",
            GATYS,
            checkpoint="state",
            resume=expected == "FINISHED",
        )
        assert {each.status.name for each in found} == {expected}


# --- Elsewhere ---


def test_job_can_be_sent_to_another_process(folder):
    """As a cluster's worker gets it."""
    config, style, _ = methods()["apply"]
    job = picture_job.Job(by_config.method_of(config, style))
    (pair,) = pairs.resolve("in/a.png", "out.png")
    sent = pickle.loads(pickle.dumps((job, pair)))
    assert picture_job.paint(*sent).status is jobs.Status.PAINTED
    assert (folder / "out.png").exists()


# --- A method of one's own ---


@dataclasses.dataclass(frozen=True)
class Settings:
    size: int | None = None


@dataclasses.dataclass(frozen=True)
class Negative:
    """All that a method needs."""

    command: str = "negative"
    config: Settings = Settings()
    inputs: tuple = ()

    def plan(self, content_size):
        return ()

    def stylize(self, content, callback):
        return Result(1 - content, outcome="turned over")


def test_method_of_ones_own_is_painted_with(folder):
    (pair,) = pairs.resolve("in/a.png", "out.png")
    outcome = picture_job.paint(picture_job.Job(Negative()), pair)
    assert outcome.sentence == "turned over"
    difference = image.read("in/a.png") + image.read("out.png") - 1
    assert np.abs(difference).max() <= 0.51 / 255
    assert read_record(folder / "out.json")["command"] == "negative"
