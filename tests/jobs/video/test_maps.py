"""Clips with maps of regions, from file to file."""

import json
import pathlib

import clips
import pytest
from drawn_maps import BLUE, GREEN, RED, halves
from numpy.testing import assert_array_equal
from samples import TINY_CHANNELS, picture

from tfstyle import image, jobs, style_swap, video
from tfstyle.cli import app
from tfstyle.losses import perceptual
from tfstyle.methods import video as method
from tfstyle.networks import inverse_net

pytest.importorskip("av")

PLAIN = video.Config(stabilize=0)
COUNT = 4


@pytest.fixture(autouse=True)
def folder(shallow_encoder, tmp_path, monkeypatch):
    """A working folder with frames, two styles, and a map for each frame in which blue sinks."""
    monkeypatch.chdir(tmp_path)
    built = perceptual.build(style_swap.Config(), shallow_encoder)
    monkeypatch.setattr(perceptual, "build", lambda *_: built)
    inverse_net.pack(
        inverse_net.InverseNet(channels=TINY_CHANNELS["block3_conv1"], width=4), "net.npz"
    )
    for name in ("in", "maps"):
        (tmp_path / name).mkdir()
    for number, frame in enumerate(clips.frames(COUNT)):
        image.write(f"in/{number}.png", image.as_image(frame, "frame"))
        colors = (BLUE, GREEN) if number < 2 else (GREEN, BLUE)
        image.write(f"maps/{number}.png", halves(48, 64, *colors))
    for seed, name in enumerate(("one", "two")):
        image.write(f"{name}.png", picture(36, 40, seed, smoothing=0))
    return tmp_path


def config(**own):
    return style_swap.Config(size=None, model="net.npz", precision="float32", **own)


def paint(output="out", *, maps="maps", **more):
    return jobs.paint_clip(
        "in", output, "one.png,two.png", PLAIN, config(content_regions=maps), **more
    )


def frame(output, number):
    return image.read(f"{output}/frame_{number:06}.png")


def test_each_frame_has_its_map():
    assert paint().painted == COUNT
    for number in range(COUNT):
        jobs.paint_file(
            f"in/{number}.png",
            "one.png,two.png",
            "alone.png",
            # Named by colours, the first region is the first style's in whatever order it is met.
            config(content_regions=f"maps/{number % 2}.png" if number < 2 else "maps/2.png"),
        )
        if number < 2:
            assert_array_equal(frame("out", number), image.read("alone.png"))
    assert (frame("out", 3) != image.read("alone.png")).any()


def test_record_names_the_maps_and_another_map_is_another_run():
    paint()
    written = json.loads(pathlib.Path("out.json").read_text("utf-8"))
    assert [each["path"] for each in written["inputs"]] == ["in", "one.png", "two.png", "maps"]
    assert written["config"]["frames"]["content_regions"] == "maps"
    assert paint(resume=True).was_finished
    image.write("maps/3.png", halves(48, 64))
    assert not paint(resume=True).was_finished


def test_interrupted_clip_goes_on_with_the_next_frame_s_map(monkeypatch):
    paint("whole")
    painter = method.painter
    made = []

    def stopping(*args):
        made.append(painter(*args))
        finish = made[-1].finish

        def stop(*more):
            if len(made) == 1 and stop.calls == 3:
                raise KeyboardInterrupt
            stop.calls += 1
            return finish(*more)

        stop.calls = 0
        made[-1].finish = stop
        return made[-1]

    monkeypatch.setattr(method, "painter", stopping)
    with pytest.raises(KeyboardInterrupt):
        paint()
    assert paint(resume=True).painted == 1
    for number in range(COUNT):
        assert_array_equal(frame("out", number), frame("whole", number))


def test_one_map_is_for_all_frames():
    paint(maps="maps/0.png")
    paint("each")
    assert_array_equal(frame("out", 1), frame("each", 1))
    assert (frame("out", 3) != frame("each", 3)).any()


def test_too_few_maps_are_refused_before_anything_is_painted(folder):
    (folder / "maps" / "3.png").unlink()
    with pytest.raises(ValueError, match="map for each frame.* 4 or more. Received: .*, 3 maps"):
        paint()
    assert not (folder / "out").exists()


def test_map_of_another_region_is_refused_at_its_turn():
    image.write("maps/2.png", halves(48, 64, BLUE, RED))
    with pytest.raises(ValueError, match="no region that the first frame.* region #ff0000"):
        paint()


def test_maps_are_not_replaced(folder):
    before = (folder / "maps" / "0.png").read_bytes()
    with pytest.raises(ValueError, match="output must"):
        paint("maps")
    with pytest.raises(ValueError, match="strip must not replace an input"):
        paint(strip="maps/0.png")
    assert (folder / "maps" / "0.png").read_bytes() == before


def test_shell_has_the_maps_as_flags(folder):
    assert 0 == app.main(
        [
            "video", "--method=swap", "--input=in", "--style=one.png,two.png", "--output=shell",
            "--content_regions=maps", "--model=net.npz", "--size=none", "--precision=float32",
            "--stabilize=0", "--quiet",
        ]
    )  # fmt: skip
    paint()
    assert_array_equal(frame("shell", 2), frame("out", 2))


@pytest.mark.parametrize("flag", ["--content_regions=maps", "--style_regions=maps/0.png"])
def test_trained_network_takes_no_maps(flag, capsys):
    assert app.main(["video", "--input=in", "--style=wave", "--output=out", flag]) == 2
    assert "unknown flag" in capsys.readouterr().err
