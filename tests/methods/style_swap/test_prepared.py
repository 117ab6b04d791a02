"""Prepared styles: in files, blended, and kept from content to content."""

import dataclasses
import io
import zipfile

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal
from samples import picture

from tfstyle import style_swap
from tfstyle.jobs.styles import read_styles
from tfstyle.losses import perceptual
from tfstyle.methods.style_swap import style_bank, style_settings
from tfstyle.methods.style_swap.styles import bank_file, keeping
from tfstyle.system import memory

CONTENT, STYLE = picture(40, 48, seed=1), picture(36, 48, seed=2, smoothing=0)
OTHER = picture(40, 36, seed=3)

CONFIG = style_swap.Config(size=48, precision="float32", levels=2, first_size=20)
PLAIN = style_swap.Config(size=48, precision="float32", whiten=False, levels=1, color_share=0.0)
BLEND = dataclasses.replace(CONFIG, style_blend=(0.7, 0.3))

settings = pytest.mark.parametrize("config", [CONFIG, PLAIN], ids=["white", "plain"])


class Seen:
    """Stands in for the inverse network: keeps what it is given, and paints a pattern."""

    def __call__(self, features):
        self.features = features.numpy()
        _, rows, columns, _ = features.shape
        return tf.constant(picture(4 * rows, 4 * columns, seed=9))


@pytest.fixture
def paint(shallow_encoder):
    """What paints CONTENT; the features that the decoder gets last lie in `paint.seen`."""

    def paint(styles, config, content=CONTENT):
        paint.seen = Seen()
        own = {"features": shallow_encoder, "decoder": paint.seen}
        return style_swap.stylize(content, styles, config, **own).image

    return paint


@pytest.fixture
def prepare(shallow_encoder):
    return lambda styles, config: style_swap.prepare(styles, config, features=shallow_encoder)


# --- In files ---


@pytest.mark.parametrize("config", [CONFIG, PLAIN, dataclasses.replace(CONFIG, match_size=30)])
def test_saved_style_gives_the_same_picture(prepare, paint, config, tmp_path):
    bank = prepare(STYLE, config)
    style_swap.save_style(bank, tmp_path / "bank.npz")
    loaded = style_swap.load_style(tmp_path / "bank.npz")
    assert loaded.config == config
    assert_array_equal(paint(bank, config), paint(loaded, config))


def test_capitals_name_a_prepared_style_too(prepare, tmp_path):
    bank = prepare(STYLE, CONFIG)
    style_swap.save_style(bank, tmp_path / "BANK.NPZ")
    (read,) = read_styles("swap", [tmp_path / "BANK.NPZ"])
    assert read.bank.config == CONFIG


def test_prepared_style_has_a_name_that_tells(prepare, tmp_path):
    with pytest.raises(ValueError, match="path must end in .npz. Received: path="):
        style_swap.save_style(prepare(STYLE, CONFIG), tmp_path / "bank")


def changed(path, **changes):
    """Rewrites the arrays of a file; None leaves one out."""
    with np.load(path) as file:
        arrays = dict(file) | changes
    kept = {name: value for name, value in arrays.items() if value is not None}
    np.savez(path, **kept)


HOSTILE = {
    "settings of another kind": {"config": np.array("[3]")},
    "settings that there are not": {"config": np.array('{"sise": 3}')},
    "levels that are not there": {"levels": np.array(9)},
    "no levels": {"levels": np.array(0)},
    "values that are not finite": {"level0_positions": np.full([63, 6], np.nan, np.float32)},
    "values beyond any feature's": {"colors_mean": np.full(3, 1e30, np.float32)},
    "statistics of unlike sizes": {"level0_statistics_covariance": np.eye(5, dtype=np.float32)},
    "text in the place of numbers": {"level0_basis": np.full([6, 6], "a")},
    "numbers of another type": {"level0_basis": np.eye(6)},
    "a type that features have not": {"level0_dtype": np.array("complex64")},
    "patches before the first position": {"level0_corners": np.array([-1, 0], np.int32)},
    "patches beyond the last": {"level0_corners": np.array([10**6, 0], np.int32)},
    "rows beyond any picture": {"level0_widths": np.array([2**31 - 1, 7], np.int32)},
    "no patches": {"level0_corners": np.zeros(0, np.int32), "level0_widths": np.zeros(0, np.int32)},
    "more patches than positions": {
        "level0_corners": np.zeros(10**6, np.int32),
        "level0_widths": np.full(10**6, 7, np.int32),
    },
}


@pytest.mark.parametrize("changes", HOSTILE.values(), ids=HOSTILE)
def test_hostile_file_is_refused_in_one_sentence(prepare, changes, tmp_path):
    path = tmp_path / "bank.npz"
    style_swap.save_style(prepare(STYLE, CONFIG), path)
    pair = {"level0_corners": np.zeros(2, np.int32), "level0_widths": np.full(2, 7, np.int32)}
    changed(path, **(pair if any("level0_c" in n or "_widths" in n for n in changes) else {}))
    changed(path, **changes)
    with pytest.raises(ValueError, match="style must be a prepared style, and bank.npz") as refused:
        bank_file.load_style(path, "style")
    assert str(refused.value).endswith(f"make it anew with tfstyle prepare. Received: style={path}")


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\5\6" + bytes(18)])
def test_other_files_are_no_prepared_styles(content, tmp_path):
    (tmp_path / "bank.npz").write_bytes(content)
    with pytest.raises(ValueError, match="style must be a prepared style.* Received: path="):
        style_swap.load_style(tmp_path / "bank.npz")


def test_file_that_would_unfold_to_many_times_its_size_is_refused(tmp_path):
    zeros = io.BytesIO()
    np.save(zeros, np.zeros(10**8, np.uint8))
    with zipfile.ZipFile(tmp_path / "bank.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.npy", zeros.getvalue())
    with pytest.raises(ValueError, match="would unfold to many times its size"):
        style_swap.load_style(tmp_path / "bank.npz")


def test_patches_that_do_not_fit_in_memory_are_refused(prepare, tmp_path, monkeypatch):
    style_swap.save_style(prepare(STYLE, CONFIG), tmp_path / "bank.npz")
    monkeypatch.setattr(memory, "available", lambda: 1000)
    with pytest.raises(MemoryError, match="too little memory to read bank.npz"):
        style_swap.load_style(tmp_path / "bank.npz")


def test_style_of_other_features_is_refused(prepare, tiny_encoder):
    bank = prepare(STYLE, CONFIG)
    level = bank.levels[0]._replace(statistics=bank.colors)
    other = dataclasses.replace(bank, levels=(level, level))
    with pytest.raises(ValueError, match="have 6 channels; prepare it anew. Received: channels=3"):
        style_swap.stylize(CONTENT, other, CONFIG, features=tiny_encoder, decoder=Seen())


def test_settings_of_a_prepared_style_are_the_method_s():
    """Each with its default, and nothing that concerns contents alone."""
    assert style_settings.whole(style_settings.Config()) == style_swap.Config()
    assert "steps" not in style_settings.FIELDS


# --- Blended ---


@settings
def test_share_of_the_first_alone_is_that_style_alone(paint, config):
    blended = dataclasses.replace(config, style_blend=(1.0, 0.0))
    assert_array_equal(paint([STYLE, OTHER], blended), paint(STYLE, config))


@settings
def test_a_style_blended_with_itself_is_itself(paint, config):
    blended = dataclasses.replace(config, style_blend=(0.7, 0.3))
    assert_allclose(paint([STYLE, STYLE], blended), paint(STYLE, config), atol=1e-4)


@settings
def test_features_are_blended_by_the_shares(paint, config):
    """Of one level, what the decoder gets is 0.7 of the one style's and 0.3 of the other's."""
    config, found = dataclasses.replace(config, levels=1), {}
    for name, styles, blend in [
        ("one", STYLE, None),
        ("other", OTHER, None),
        ("both", [STYLE, OTHER], (7.0, 3.0)),
    ]:
        paint(styles, dataclasses.replace(config, style_blend=blend))
        found[name] = paint.seen.features
    expected = 0.7 * found["one"] + 0.3 * found["other"]
    assert_allclose(found["both"], expected, rtol=1e-4, atol=1e-4)


def test_colours_are_blended_by_the_shares(paint):
    """Two styles of one colour each: the mean is between them."""
    styles = [np.full_like(STYLE, value) for value in (0.2, 0.8)]
    config = dataclasses.replace(BLEND, color_share=1.0)
    assert_allclose(paint(styles, config).mean(), 0.7 * 0.2 + 0.3 * 0.8, atol=0.01)


def test_prepared_styles_are_blended_as_their_pictures(prepare, paint):
    banks = [prepare(style, CONFIG) for style in (STYLE, OTHER)]
    pictures = paint([STYLE, OTHER], BLEND)
    assert_array_equal(paint(banks, BLEND), pictures)
    assert_array_equal(paint([banks[0], OTHER], BLEND), pictures)


@pytest.mark.parametrize("blend", [(1.0,), (0.0, 0.0), ()])
def test_there_is_a_share_for_each_style(paint, blend):
    with pytest.raises(ValueError, match="style_blend must give one share per style.* Received"):
        paint([STYLE, OTHER], dataclasses.replace(CONFIG, style_blend=blend))


def test_prepared_styles_are_not_pooled(prepare, paint):
    with pytest.raises(ValueError, match="style_blend must say each style's share.* Received"):
        paint([prepare(STYLE, CONFIG), OTHER], CONFIG)


def test_prepared_styles_of_unlike_levels_are_not_blended(prepare, paint):
    config = dataclasses.replace(BLEND, levels=None)
    alone = dataclasses.replace(config, style_blend=None)
    banks = [prepare(STYLE, dataclasses.replace(alone, size=size)) for size in (24, 80)]
    with pytest.raises(ValueError, match="as many levels.* Received: levels=1, 3"):
        paint(banks, config)


def test_styles_to_be_blended_are_prepared_each_by_itself(prepare):
    with pytest.raises(ValueError, match="style_blend must be none to prepare.* Received"):
        prepare([STYLE, OTHER], BLEND)


# --- Kept from content to content ---


@pytest.fixture
def prepared_count(shallow_encoder, monkeypatch):
    """Counts how often a style is prepared, by a network in the place of VGG19."""
    calls, of = [], style_bank.of
    loss = perceptual.build(CONFIG, shallow_encoder)
    monkeypatch.setattr(perceptual, "build", lambda *_: loss)
    monkeypatch.setattr(style_bank, "of", lambda *args: calls.append(1) or of(*args))
    monkeypatch.setattr(keeping, "_last", [])
    return calls


def test_style_is_prepared_once_for_contents_of_one_longest_side(prepared_count):
    contents = [CONTENT, picture(48, 30, seed=7), picture(48, 48, seed=8)]
    config = dataclasses.replace(CONFIG, size=None)
    painted = [style_swap.stylize(each, STYLE, config, decoder=Seen()) for each in contents]
    assert len(prepared_count) == 1
    keeping._last.clear()
    alone = style_swap.stylize(contents[2], STYLE, config, decoder=Seen())
    assert_array_equal(painted[2].image, alone.image)


@pytest.mark.parametrize(
    ("change", "style"),
    [({"components": 3}, STYLE), ({"size": 44}, STYLE), ({"strength": 1.0}, STYLE), ({}, OTHER)],
)
def test_what_a_style_depends_on_prepares_it_anew(prepared_count, change, style):
    style_swap.stylize(CONTENT, STYLE, CONFIG, decoder=Seen())
    style_swap.stylize(CONTENT, style, dataclasses.replace(CONFIG, **change), decoder=Seen())
    assert len(prepared_count) == 2


def test_what_concerns_contents_alone_does_not(prepared_count):
    for config in (CONFIG, dataclasses.replace(CONFIG, patch_share=0.3, mixture=0.2)):
        style_swap.stylize(CONTENT, STYLE, config, decoder=Seen())
    assert len(prepared_count) == 1


def test_one_preparation_is_kept_at_most(prepared_count):
    for style in (STYLE, OTHER, STYLE):
        style_swap.stylize(CONTENT, style, CONFIG, decoder=Seen())
    assert len(prepared_count) == 3 and len(keeping._last) == 1
