"""The page in a real browser: what a visitor does, and that the shell makes the same pixels."""

import os
import pathlib
import re
import shlex
import urllib.error
import urllib.parse
import urllib.request

import pytest
import tensorflow as tf
from numpy.testing import assert_array_equal
from PIL import Image
from samples import picture

from tfstyle import image
from tfstyle.cli import app

page = pytest.importorskip("page", reason="selenium is not installed")
if "TFSTYLE_BROWSER" not in os.environ:
    pytest.importorskip("gradio", reason="gradio is not installed")
Keys = page.Keys

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (page.CHROMIUM and page.DRIVER) and "TFSTYLE_BROWSER" not in os.environ,
        reason="needs Debian's packages chromium and chromium-driver",
    ),
    # The shell's, of the weights that this machine has.
    pytest.mark.filterwarnings("default:VGG19's ImageNet weights are not at hand"),
]

INPUTS = pathlib.Path(__file__).parents[2] / "examples" / "inputs"
PHOTO, PAINTING = INPUTS / "chelsea.jpg", INPUTS / "painted_style.jpg"

METHODS = ("swap", "apply", "gatys")


@pytest.fixture(scope="module")
def temporary(tmp_path_factory):
    return tmp_path_factory.mktemp("temporary")


@pytest.fixture(scope="module")
def address(temporary):
    with page.served(temporary, "--max_size=512", "--max_upload=1") as address:
        yield address
    # All that was sent and made is gone with the page.
    assert not list(temporary.glob("tfstyle_web_*"))


@pytest.fixture
def visitor(address, tmp_path):
    with page.browser(tmp_path) as browser:
        yield browser.open(address)


def give(visitor, size=128):
    visitor.upload_and_see("photo", PHOTO)
    visitor.upload_and_see("painting", PAINTING)
    visitor.set_size(size)


def painted_by_the_shell(command, folder, monkeypatch):
    """Returns what a command makes beside the two pictures."""
    for path in (PHOTO, PAINTING):
        (folder / path.name).write_bytes(path.read_bytes())
    monkeypatch.chdir(folder)
    program, *words = shlex.split(command)
    assert program == "tfstyle"
    assert app.main([*words, "--quiet"]) == 0
    return image.read(re.search(r"--output=(\S+)", command)[1])


@pytest.mark.parametrize("method", METHODS)
def test_shell_makes_the_same_pixels(visitor, method, tmp_path, monkeypatch):
    give(visitor)
    visitor.choose(method)
    command = visitor.paint()
    given = visitor.download(tmp_path, f"chelsea_{method}.png")
    (tmp_path / "shell").mkdir()
    expected = painted_by_the_shell(command, tmp_path / "shell", monkeypatch)
    assert expected.shape == (1, 85, 128, 3)
    assert_array_equal(image.read(given), expected)
    with Image.open(given) as file:
        file.load()
        assert file.text["tfstyle command"] == command


def test_page_asks_nobody_else(visitor, address):
    give(visitor)
    visitor.paint()
    requests = visitor.requests()
    hosts = {urllib.parse.urlsplit(each).netloc for each in requests}
    assert len(requests) > 10 and hosts == {urllib.parse.urlsplit(address).netloc}


def test_stop_keeps_the_picture(visitor, tmp_path):
    give(visitor, 384)
    visitor.choose("gatys")
    visitor.click('input[type="radio"][value="best"]')
    before = visitor.count()
    visitor.click("#paint")
    visitor.find("#status img[alt^='The picture so far']")
    visitor.click("#stop")
    visitor.until(lambda driver: visitor.count() > before)
    assert visitor.status().startswith("stopped: the best picture so far")
    given = visitor.download(tmp_path, "chelsea_gatys.png")
    # Of 451 x 300: 384 x 255.4.
    assert image.read(given).shape == (1, 255, 384, 3)
    with Image.open(given) as file:
        file.load()
        assert "interrupted" in file.text["tfstyle record"]


def test_slider_follows_the_mouse(visitor):
    give(visitor)
    visitor.paint()
    before = visitor.slider_position()
    visitor.drag_slider(-100)
    assert visitor.slider_position() == pytest.approx(before - 100, abs=3)


def test_slider_follows_the_keys(visitor):
    give(visitor)
    visitor.paint()
    line = visitor.tab_to("#slider [role=slider]")
    script = "return arguments[0].parentElement.getBoundingClientRect().width"
    width = visitor.driver.execute_script(script, line)
    before = visitor.slider_position()
    line.send_keys(Keys.ARROW_LEFT, Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    assert visitor.slider_position() == pytest.approx(before - 0.06 * width, abs=2)
    line.send_keys(Keys.PAGE_UP)
    assert visitor.slider_position() == pytest.approx(before + 0.04 * width, abs=2)
    for key, share in ((Keys.HOME, "0"), (Keys.END, "100")):
        line.send_keys(key)
        assert line.get_attribute("aria-valuenow") == share


def test_style_is_picked_by_keys(visitor):
    visitor.upload_and_see("photo", PHOTO)
    visitor.set_size(128)
    visitor.choose("apply")
    visitor.tab_to("#trained button[aria-label='Thumbnail 5 of 11']").send_keys(Keys.ENTER)
    visitor.until(lambda driver: visitor.find("#style input").get_attribute("value") == "udnie")
    assert "--style=udnie" in visitor.paint()


def test_whole_way_is_gone_by_keys(visitor, tmp_path):
    visitor.upload_and_see("photo", PHOTO)
    visitor.tab_to("#method input:checked").send_keys(Keys.ARROW_DOWN)
    visitor.find("#method input[value=apply]:checked")
    visitor.set_size(128)
    visitor.tab_to("#paint").send_keys(Keys.ENTER)
    visitor.until(lambda driver: visitor.count() == 1)
    assert visitor.command().startswith("tfstyle apply")
    visitor.tab_to("#history button").send_keys(Keys.SPACE)
    visitor.tab_to("#download").send_keys(Keys.ENTER)
    visitor.until(lambda driver: (tmp_path / "chelsea_apply.png").exists())


def test_history_shows_an_earlier_picture_again(visitor):
    give(visitor)
    first = visitor.paint()
    visitor.choose("apply")
    second = visitor.paint()
    assert first != second
    visitor.click("#history .thumbnail-item, #history .grid-container button")
    visitor.until(lambda driver: visitor.command() == first)


def test_thumbnail_chooses_its_style(visitor):
    visitor.upload_and_see("photo", PHOTO)
    visitor.set_size(128)
    visitor.choose("apply")
    visitor.click("#trained button[aria-label='Thumbnail 5 of 11']")
    visitor.until(lambda driver: visitor.find("#style input").get_attribute("value") == "udnie")
    assert "--style=udnie" in visitor.paint()


def test_bad_file_is_refused_and_loses_nothing(visitor, tmp_path):
    give(visitor)
    shown = visitor.find("#photo img").get_attribute("src")
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no picture")
    visitor.upload("photo", bad)
    visitor.says("content must be a whole image file")
    assert visitor.status().endswith("Received: content=bad.png")
    visitor.until(lambda driver: visitor.find("#photo img").get_attribute("src") == shown)
    assert "--content=chelsea.jpg" in visitor.paint()


def test_picture_that_browsers_do_not_show_is_painted_as_it_is(visitor, tmp_path):
    scan = tmp_path / "scan.tiff"
    image.write(scan, picture(96, 128, 3))
    visitor.upload_and_see("photo", scan)
    visitor.until(lambda driver: ".png" in visitor.find("#photo img").get_attribute("src"))
    visitor.upload_and_see("painting", PAINTING)
    visitor.set_size(128)
    assert "--content=scan.tiff" in visitor.paint()


def test_wish_without_a_painting_is_told_so(visitor):
    visitor.upload_and_see("photo", PHOTO)
    visitor.click("#paint")
    visitor.says("a painting is missing")
    visitor.until(lambda driver: visitor.find("#paint").is_enabled())


def test_a_second_visitor_sees_nothing_of_the_first(visitor, address, tmp_path):
    give(visitor)
    visitor.paint()
    with page.browser(tmp_path) as other:
        other.open(address)
        assert (other.count(), other.all("#photo img"), other.all("#slider img")) == (0, [], [])


def test_files_of_the_machine_are_not_served(address):
    for path in (PHOTO, "/etc/passwd", INPUTS.parents[1] / "pyproject.toml"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{address}gradio_api/file={path}")
        refused.value.close()
        assert refused.value.code in (403, 404)


def test_password_is_asked_for(tmp_path):
    with page.served(tmp_path, "--auth=me:secret") as address:
        with page.browser(tmp_path) as browser:
            browser.driver.get(address)
            browser.find("input[type=password]")
            assert not browser.all("#paint")


def test_policy_forbids_other_addresses(visitor):
    script = "return fetch('http://127.0.0.1:9/').then(() => 'sent', error => String(error))"
    assert "Failed to fetch" in visitor.driver.execute_script(script)
    with urllib.request.urlopen(visitor.driver.current_url) as answer:
        assert answer.headers["content-security-policy"].startswith("default-src 'self'")


def test_clip_is_painted_as_the_shell_does(visitor, tmp_path, monkeypatch):
    pytest.importorskip("av")
    visitor.choose("clip")
    visitor.upload("clip", INPUTS / "pan.mp4")
    visitor.find("#clip video")
    visitor.set_size(128)
    command = visitor.paint()
    given = visitor.download(tmp_path, "pan_painted.mp4")
    folder = tmp_path / "shell"
    folder.mkdir()
    (folder / "pan.mp4").write_bytes((INPUTS / "pan.mp4").read_bytes())
    monkeypatch.chdir(folder)
    # As in the page's process: once TensorFlow has begun to work, a frame has all cores, and sums
    # round otherwise.
    tf.zeros(1)
    assert app.main([*shlex.split(command)[1:], "--quiet"]) == 0
    assert given.read_bytes() == (folder / "pan_painted.mp4").read_bytes()


def test_one_picture_is_painted_at_a_time(visitor, address, tmp_path):
    give(visitor, 512)
    visitor.choose("gatys")
    visitor.click('input[type="radio"][value="best"]')
    visitor.click("#paint")
    visitor.says("step")
    with page.browser(tmp_path) as other:
        give(other.open(address))
        other.click("#paint")
        other.says("queue: 1/1")
        visitor.click("#stop")
        other.until(lambda driver: other.count() == 1)
    visitor.until(lambda driver: visitor.count() == 1)


def test_regions_of_the_brush_are_painted_as_the_shell_does(visitor, tmp_path, monkeypatch):
    give(visitor)
    visitor.click("#more button")
    visitor.upload_and_see("painting2", PHOTO)
    visitor.click("#regions button")
    visitor.click("#brush_begin")
    visitor.draw("brush", 100)
    visitor.click("#brush_end")
    source = visitor.find("#photo_map img").get_attribute("src")
    command = visitor.paint()
    assert "--content_regions=photograph_map.png" in command
    # The cat as a painting, too: of the same name, it gets a number.
    assert "--style=painted_style.jpg,chelsea_2.jpg" in command
    (tmp_path / "chelsea_2.jpg").write_bytes(PHOTO.read_bytes())
    with urllib.request.urlopen(source) as answer:
        (tmp_path / "photograph_map.png").write_bytes(answer.read())
    given = image.read(visitor.download(tmp_path, "chelsea_swap.png"))
    assert_array_equal(given, painted_by_the_shell(command, tmp_path, monkeypatch))


NAMELESS = """
const shown = selector => [...document.querySelectorAll(selector)].filter(e => e.offsetParent);
const nameless = shown('button, input, textarea').filter(e => !(e.innerText || e.ariaLabel
  || e.title || e.placeholder || e.labels?.length || e.querySelector('img[alt]:not([alt=""])')));
return [...shown('img').filter(e => !e.alt), ...nameless].map(e => e.outerHTML.slice(0, 200));
"""


def test_phone_has_one_column_and_all_has_names(address, tmp_path):
    with page.browser(tmp_path) as visitor:
        phone = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
        visitor.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
        give(visitor.open(address))
        visitor.find("#paint").send_keys(Keys.ENTER)
        visitor.until(lambda driver: visitor.count() == 1)
        visitor.find("#slider img[alt^='After']")
        assert visitor.driver.execute_script(NAMELESS) == []
        width = "return document.documentElement.scrollWidth"
        assert visitor.driver.execute_script(width) == 390


def test_full_queue_is_told_and_may_be_tried_again(tmp_path):
    with (
        page.served(tmp_path, "--queue=1") as address,
        page.browser(tmp_path) as first,
        page.browser(tmp_path) as second,
        page.browser(tmp_path) as third,
    ):
        for visitor in (first, second, third):
            give(visitor.open(address))
        first.set_size(512)
        first.choose("gatys")
        first.click('input[type="radio"][value="best"]')
        first.click("#paint")
        first.says("step")
        second.click("#paint")
        second.says("queue: 1/1")
        third.click("#paint")
        third.until(
            lambda driver: "busy" in "".join(each.text for each in third.all(".toast-body"))
        )
        first.click("#stop")
        second.until(lambda driver: second.count() == 1)
        assert "tfstyle swap" in third.paint()
