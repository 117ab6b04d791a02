"""What tells a clip's run from others."""

import hashlib
from fractions import Fraction

import clips
import pytest

from tfstyle import image
from tfstyle.cli.commands.video.flags import Files
from tfstyle.jobs import record
from tfstyle.jobs.video import facts
from tfstyle.methods import video
from tfstyle.methods.feed_forward import method as feed_forward
from tfstyle.methods.style_swap import method as style_swap
from tfstyle.networks import inverse_net, pretrained, vgg19_files
from tfstyle.video_io.clip import Clip

DIGESTS = {name: hashlib.sha256(name.encode()).hexdigest() for name in ("vgg", "net")}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Two pictures, and networks whose files hold their own names."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    for number, pixels in enumerate(clips.frames(2)):
        image.write(tmp_path / "in" / f"{number}.png", pixels)
    for name in DIGESTS:
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(vgg19_files, "find", lambda name: tmp_path / "vgg")
    for owner in (pretrained, inverse_net):
        monkeypatch.setattr(owner, "find", lambda name: tmp_path / "net")
    return tmp_path


CONFIGS = {
    "apply": feed_forward.Config(precision="float32"),
    "gatys": video.GatysConfig(precision="float32"),
    "swap": style_swap.Config(precision="float32"),
}


def run(method="apply", clip_config=None, style_picture="a", config=None, **flags):
    job = Files(**{"input": "in", "style": "wave", "output": "out", "method": method, **flags})
    clip = Clip("in", (48, 64), Fraction(25), Fraction(1, 25))
    settings = facts.Settings(clip_config or video.Config(), config or CONFIGS[method])
    styles = [record.Input("style.png", 4, 4, style_picture)]
    return facts.gather(job, clip, styles, settings).run


def test_the_same_is_the_same():
    assert run() == run()
    assert run(output="elsewhere", quiet=True, strip="strip.png", resume=True) == run()


@pytest.mark.parametrize(
    "change",
    [
        {"method": "swap"},
        {"style": "scream"},
        {"style_picture": "b"},
        {"start": 1.0},
        {"duration": 1.0},
        {"rate": 24.0},
        {"crf": 17},
        {"clip_config": video.Config(stabilize=0.5)},
    ],
)
def test_what_alters_the_result_is_another_run(change):
    assert run(**change) != run()


@pytest.mark.parametrize(
    ("method", "name"),
    [("apply", "net"), ("apply", "in/1.png"), ("gatys", "vgg"), ("swap", "vgg"), ("swap", "net")],
)
def test_a_file_of_the_same_name_with_other_contents_is_another_run(folder, method, name):
    before = run(method)
    (folder / name).write_bytes(b"other")
    assert run(method) != before


def test_a_quality_and_what_it_decides_are_the_same_run():
    default = {"start": "noise", "steps": 100, "coarse_steps": 100, "history": 10}
    said, fast = (
        run("gatys", config=video.GatysConfig(precision="float32", **own))
        for own in (default, {"quality": "fast"})
    )
    assert run("gatys") == said != fast


def test_fast_clip_names_the_inverse_network():
    job = Files(input="in", style="wave", output="o", method="gatys")
    used = facts.weights_used(job, video.GatysConfig(quality="fast"))
    assert used["inverse_sha256"] == DIGESTS["net"]


def test_networks_are_named_with_their_digests():
    used = {
        method: facts.weights_used(
            Files(input="in", style="wave", output="o", method=method), config
        )
        for method, config in CONFIGS.items()
    }
    vgg = {"name": "vgg", "sha256": DIGESTS["vgg"]}
    assert used == {
        "apply": {"name": "masters", "sha256": DIGESTS["net"], "style": "wave"},
        "gatys": vgg,
        "swap": vgg | {"inverse": "inverse_white", "inverse_sha256": DIGESTS["net"]},
    }
