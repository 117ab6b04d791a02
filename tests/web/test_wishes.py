"""What is wished for, as a job takes it and as the shell has it."""

import dataclasses
import shlex

import numpy as np
import pytest
from PIL import Image
from samples import picture

from tfstyle import image
from tfstyle.cli import flags
from tfstyle.cli.commands import apply, pictures
from tfstyle.image import WRITE_FORMATS
from tfstyle.methods import feed_forward, gatys, style_swap
from tfstyle.web import choices, painting, results, uploads
from tfstyle.web.choices import Choices
from tfstyle.web.uploads import Upload
from tfstyle.web.visits import Visit
from tfstyle.web.wishes import Wish

LARGEST = 1024


@pytest.fixture
def sent(tmp_path):
    """Returns a function that makes what was uploaded, under a name."""

    def send(name, seed=0, size=(24, 32)):
        path = tmp_path / f"{seed}.png"
        image.write(path, picture(*size, seed))
        return Upload(str(path), name)

    return send


@pytest.fixture
def visit(tmp_path):
    return Visit(tmp_path)


def chosen(photo, *paintings, **others):
    count = len(paintings)
    fields = {
        "method": "swap",
        "photo": photo,
        "paintings": paintings,
        "shares": (0.5,) * count,
        "trained": "great_wave",
        "other": "",
        "other_share": 0.5,
        "trained_strength": 1.0,
        "size": 128,
        "strength": 0.5,
        "weight": 4.0,
        "quality": "fast",
        "stroke": 1.0,
        "keep_colors": False,
    }
    return Choices(**fields | others)


def read(runner, config, line):
    """Returns the files and the settings that the shell reads from a command line."""
    program, command, *words = shlex.split(line)
    return flags.parse(f"{program} {command}", words, (runner.Files, config)).groups


@pytest.mark.parametrize(
    "config",
    [
        style_swap.Config(size=None, strength=0.3, preserve_color="luminance"),
        style_swap.Config(style_blend=(0.25, 0.75), whiten=False, levels=1, style_scale=1.5),
        gatys.Config(size=256, quality="fast", style_layers=("block1_conv1", "block3_conv1")),
        gatys.Config(style_weight=1e-7, weights_at_size=None),
    ],
)
def test_shell_reads_the_settings_of_the_command_line(config, tmp_path):
    wish = Wish(tmp_path, "a b's.jpg", ("b.jpg", "c.jpg"), "out.png", config)
    files, settings = read(pictures, type(config), wish.command_line())
    assert settings == config
    assert (files.content, files.style, files.output) == ("a b's.jpg", "b.jpg,c.jpg", "out.png")


@pytest.mark.parametrize(
    "style, text", [("udnie", "udnie"), ({"udnie": 0.3, "the_kiss": 0.7}, "udnie:0.3,the_kiss:0.7")]
)
def test_shell_reads_the_trained_styles_of_the_command_line(style, text, tmp_path):
    wish = Wish(tmp_path, "a.jpg", style, "out.png", feed_forward.Config(size=64))
    files, settings = read(apply, feed_forward.Config, wish.command_line())
    assert (files.style, settings) == (text, feed_forward.Config(size=64))


def test_command_line_leaves_out_what_is_so_by_default(tmp_path):
    wish = Wish(tmp_path, "a.jpg", ["b.jpg"], "c.png", gatys.Config())
    assert wish.command_line() == "tfstyle gatys --content=a.jpg --style=b.jpg --output=c.png"


def test_fields_become_the_settings_of_their_method(sent, visit):
    photo, painting = sent("photo.png"), sent("painting.png", 1)
    swap = choices.wish(chosen(photo, painting, strength=0.2, stroke=2.0), visit, LARGEST)
    assert swap.config == style_swap.Config(size=128, strength=0.2, style_scale=2.0)
    more = {"method": "gatys", "weight": 7.0, "keep_colors": True}
    optimised = choices.wish(chosen(photo, painting, **more), visit, LARGEST)
    assert optimised.config == gatys.Config(
        size=128, style_weight=7.0, quality="fast", preserve_color="luminance"
    )
    trained = choices.wish(chosen(photo, method="apply"), visit, LARGEST)
    assert (trained.style, trained.config) == ("great_wave", feed_forward.Config(size=128))
    weaker = choices.wish(chosen(photo, method="apply", trained_strength=0.4), visit, LARGEST)
    assert weaker.config == feed_forward.Config(size=128, strength=0.4)
    assert "--strength=0.4" in weaker.command_line()


def test_paintings_are_blended_by_their_shares(sent, visit):
    paintings = [sent("a.png", 1), None, sent("b.png", 2)]
    choice = chosen(sent("photo.png"), *paintings, shares=(0.2, 0.9, 0.6))
    wish = choices.wish(choice, visit, LARGEST)
    assert (wish.style, wish.config.style_blend) == (["a.png", "b.png"], (0.2, 0.6))


@pytest.mark.parametrize(
    "other, share, style",
    [
        ("", 0.5, "great_wave"),
        ("great_wave", 0.5, "great_wave"),
        ("udnie", 0.0, "great_wave"),
        ("udnie", 0.3, {"great_wave": 0.7, "udnie": 0.3}),
    ],
)
def test_trained_styles_are_blended_by_the_share_of_the_other(sent, visit, other, share, style):
    choice = chosen(sent("a.png"), method="apply", other=other, other_share=share)
    assert choices.wish(choice, visit, LARGEST).style == style


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"photo": None}, "a photograph is missing"),
        ({"paintings": (None,)}, "a painting is missing"),
        ({"size": 1025}, "size must be at most 1024 pixels"),
        ({"size": None}, "size must be at most 1024 pixels"),
        ({"size": "64"}, "size must be a whole number"),
        ({"size": 0}, "size must be from 1"),
        ({"strength": 2.0}, "strength must be from 0 to 1"),
        ({"method": "quilt"}, "method must be one of"),
    ],
)
def test_what_cannot_be_painted_is_told_in_a_sentence(sent, visit, changes, words):
    choice = dataclasses.replace(chosen(sent("a.png"), sent("b.png", 1)), **changes)
    with pytest.raises(ValueError, match=words):
        choices.wish(choice, visit, LARGEST)


def test_files_of_one_name_stay_two(sent, visit):
    wish = choices.wish(chosen(sent("image.png"), sent("image.png", 1)), visit, LARGEST)
    assert (wish.content, wish.style) == ("image.png", ["image_2.png"])
    for name, seed in (("image.png", 0), ("image_2.png", 1)):
        assert image.read(wish.folder / name) == pytest.approx(picture(24, 32, seed), abs=0.5 / 255)


def test_output_replaces_no_upload(sent, visit):
    wish = choices.wish(chosen(sent("a.png"), sent("a_swap.png", 1)), visit, LARGEST)
    assert wish.output == "a_swap_2.png"


@pytest.mark.parametrize(
    "name, plain",
    [
        ("../../etc/passwd", "passwd"),
        (r"C:\pictures\cat.JPG", "cat.JPG"),
        ("a,b*?%04d~;$(x).png", "a_b___04d___(x).png"),
        ("Überfahrt am Meer.jpeg", "Überfahrt am Meer.jpeg"),
        ("--help.png", "help.png"),
        (".png", "png"),
        ("", "picture"),
        ("x" * 300 + ".png", "x" * 80 + ".png"),
    ],
)
def test_names_of_uploads_mean_nothing_in_flags(name, plain):
    assert uploads.plain_name(name) == plain


def test_no_picture_is_told_with_the_shells_sentence(tmp_path, sent, visit):
    path = tmp_path / "server's name"
    path.write_bytes(b"no picture")
    with pytest.raises(image.ImageError) as told:
        uploads.check(Upload(str(path), "mine.png"), "content", visit.folder)
    with pytest.raises(image.ImageError) as shells:
        from tfstyle.jobs import inputs

        inputs.read_input(path, "content")
    assert str(told.value) == str(shells.value).replace(str(path), "mine.png")


def test_what_browsers_do_not_show_is_shown_as_png(tmp_path, visit):
    path = tmp_path / "scan.tiff"
    image.write(path, picture(24, 32, 3))
    upload = Upload(str(path), "scan.tiff")
    shown = uploads.check(upload, "content", visit.folder)
    assert image.read(shown) == pytest.approx(image.read(path))
    visit.accept("content", upload, shown)
    assert visit.original(Upload("gradio's copy", shown.rpartition("/")[2])) == upload
    assert ".tiff" in WRITE_FORMATS and visit.good("content") == shown


def test_a_visit_leaves_nothing(tmp_path, sent, visit):
    wish = choices.wish(chosen(sent("a.png"), sent("b.png", 1)), visit, LARGEST)
    assert (wish.folder / "a.png").exists() and visit.folder.stat().st_mode & 0o077 == 0
    visit.end()
    assert not visit.folder.exists() and visit.stop.is_set()


def test_visits_do_not_share_their_folders(tmp_path):
    assert Visit(tmp_path).folder != Visit(tmp_path).folder


def painted(wish, monkeypatch, run):
    """Returns what `painting.paint` yields where a method runs as it is said here."""
    monkeypatch.setattr("tfstyle.methods.gatys.stylize", run)
    from threading import Event

    return list(painting.paint(wish, Event(), 1e9))


@pytest.fixture
def wish(sent, visit):
    choice = chosen(sent("a.png"), sent("b.png", 1), method="gatys")
    return choices.wish(choice, visit, LARGEST)


@pytest.mark.parametrize("error", [ValueError, OSError, MemoryError])
def test_what_a_visitor_can_mend_is_told_without_the_servers_folders(wish, monkeypatch, error):
    def fail(*args, **kwargs):
        raise error(f"no good. Received: content={wish.folder}/a.png")

    (end,) = painted(wish, monkeypatch, fail)
    assert end == painting.End("no good. Received: content=a.png", False)


def test_a_mistake_of_the_programs_tells_a_visitor_nothing(wish, monkeypatch, caplog):
    def fail(*args, **kwargs):
        raise KeyError("secret")

    (end,) = painted(wish, monkeypatch, fail)
    assert not end.is_painted and "secret" not in end.sentence and "secret" in caplog.text


def test_download_has_the_same_pixels_the_record_and_the_command(wish, monkeypatch):
    from tfstyle.result import Result

    random = np.random.default_rng(5).uniform(size=(1, 24, 32, 3)).astype(np.float32)
    (end,) = painted(wish, monkeypatch, lambda *args, **kwargs: Result(random))
    assert end.is_painted
    done = results.finish(wish, end.sentence)
    assert np.array_equal(image.read(done.after), image.read(wish.folder / wish.output))
    assert image.read(done.before).shape == (1, 24, 32, 3)
    with Image.open(done.after) as file:
        file.load()
        record, command = file.text[results.RECORD], file.text[results.COMMAND]
    assert command == wish.command_line()
    assert '"command": "gatys"' in record and '"path": "a.png"' in record
    assert str(wish.folder) not in record
