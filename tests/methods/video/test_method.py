"""Clips painted by every method."""

import dataclasses
import types

import keras
import numpy as np
import pytest
from clips import frames
from numpy.testing import assert_allclose, assert_array_equal
from samples import TINY_CHANNELS, picture

from tfstyle import settings
from tfstyle.losses import perceptual
from tfstyle.methods.feed_forward import method as feed_forward
from tfstyle.methods.gatys import method as gatys
from tfstyle.methods.style_swap import method as style_swap
from tfstyle.methods.video import method as video
from tfstyle.methods.video import painters
from tfstyle.networks import inverse_net
from tfstyle.networks.stylizers import transform_net

STYLE = picture(36, 40, seed=2, smoothing=0)
PLAIN = video.Config(stabilize=0)


@pytest.fixture
def stylizer(monkeypatch):
    keras.utils.set_random_seed(0)
    net = transform_net.Stylizer(["wave"], width=4, residual_blocks=1)
    monkeypatch.setattr(feed_forward, "load", lambda model, precision: net)
    return net


@pytest.fixture
def tiny_vgg(tiny_encoder, shallow_encoder, monkeypatch, tmp_path):
    """The tiny network in the place of VGG19, and an inverse network to it."""
    build = gatys.perceptual.build
    monkeypatch.setattr(
        gatys.perceptual, "build", lambda config, _, *more: build(config, tiny_encoder, *more)
    )
    keras.utils.set_random_seed(0)
    net = inverse_net.InverseNet(channels=TINY_CHANNELS["block3_conv1"], width=4)
    inverse_net.pack(net, tmp_path / "net.npz")
    return tmp_path / "net.npz"


def gatys_config(**changes):
    quick = {"size": None, "levels": "1", "steps": 4, "frame_steps": 3, "precision": "float32"}
    return video.GatysConfig(**{**quick, **changes})


def swap_config(path, **changes):
    return style_swap.Config(**{"size": None, "model": path, "precision": "float32", **changes})


def changes(pastiches):
    return np.mean(
        [np.abs(b.astype(int) - a).mean() for a, b in zip(pastiches, pastiches[1:], strict=False)]
    )


def test_without_stabilising_each_frame_is_the_methods_own(stylizer):
    clip = frames(3)
    for frame, pastiche in zip(clip, video.stylize(clip, "wave", PLAIN), strict=True):
        alone = feed_forward.stylize(frame, "wave", stylizer=stylizer).image[0]
        assert_array_equal(pastiche, np.rint(alone * 255).astype(np.uint8))


@pytest.mark.parametrize("whole_pixels", [4_000_000, 100])
def test_frames_are_seen_without_grain(stylizer, monkeypatch, whole_pixels):
    """It would lie still in the frame while the scene moves."""
    monkeypatch.setattr(painters.strips, "WHOLE_PIXELS", whole_pixels)
    grainy = transform_net.Stylizer(["wave"], width=4, residual_blocks=1, grain=0.3)
    grainy.set_weights(stylizer.get_weights())
    monkeypatch.setattr(feed_forward, "load", lambda model, precision: grainy)
    clip = frames(1)
    (pastiche,) = video.stylize(clip, "wave", PLAIN)
    plain = feed_forward.stylize(clip[0], "wave", stylizer=stylizer).image[0]
    assert_allclose(pastiche, plain * 255, atol=0.51)


def test_one_graph_serves_every_clip_in_every_style(monkeypatch):
    keras.utils.set_random_seed(0)
    net = transform_net.Stylizer(["wave", "scream"], width=4, residual_blocks=1)
    monkeypatch.setattr(feed_forward, "load", lambda model, precision: net)
    traces = []
    from_bytes = painters.tensors.from_bytes
    monkeypatch.setattr(
        painters.tensors, "from_bytes", lambda frames: traces.append(1) or from_bytes(frames)
    )
    for style in ("wave", "scream", {"wave": 0.5, "scream": 0.5}, "wave"):
        for size in ((48, 64), (32, 40)):
            (clip,) = frames(1, size=size)
            (pastiche,) = video.stylize([clip], style, PLAIN)
            alone = feed_forward.stylize(clip, style, stylizer=net).image[0]
            assert_array_equal(pastiche, np.rint(alone * 255).astype(np.uint8))
    assert len(traces) == 1


def test_the_optimisations_of_every_clip_share_their_two_graphs(tiny_encoder, monkeypatch):
    """One for the first frame of a scene, and one for those that are held to earlier ones."""
    vgg = types.SimpleNamespace(name="tiny", sha256="")
    built = []
    monkeypatch.setattr(perceptual.vgg19_weights, "load", lambda *_: vgg)
    monkeypatch.setattr(perceptual.vgg19_files, "stamp", lambda source: None)
    monkeypatch.setattr(
        perceptual.vgg19, "build", lambda *_, **options: built.append(1) or tiny_encoder
    )
    perceptual._build_on_vgg19.cache_clear()
    for _ in range(3):
        assert len(list(video.stylize(frames(2), [STYLE], method=gatys_config(frame_steps=1)))) == 2
    perceptual._build_on_vgg19.cache_clear()
    assert len(built) == 2


def test_pastiches_come_one_at_a_time(stylizer):
    def endless():
        while True:
            yield frames(1)[0]

    assert next(video.stylize(endless(), "wave")).shape == (48, 64, 3)


def test_a_still_scene_with_noise_is_steadier(stylizer):
    random = np.random.default_rng(0)
    still = frames(1)[0].astype(int)
    clip = [np.clip(still + random.integers(-6, 7, still.shape), 0, 255) for _ in range(6)]
    clip = [frame.astype(np.uint8) for frame in clip]
    plain = changes(list(video.stylize(clip, "wave", PLAIN)))
    steady = changes(list(video.stylize(clip, "wave", video.Config(stabilize=0.6))))
    assert steady < 0.7 * plain


def test_a_new_scene_owes_nothing_to_the_last(stylizer):
    scene = np.random.default_rng(3).integers(0, 255, [48, 64, 3], np.uint8)
    *_, after_cut = video.stylize([frames(1)[0], scene], "wave")
    (alone,) = video.stylize([scene], "wave")
    assert_array_equal(after_cut, alone)


def test_swap_prepares_its_style_once(tiny_vgg, monkeypatch):
    calls = []
    prepare = style_swap.prepare
    monkeypatch.setattr(style_swap, "prepare", lambda *args: calls.append(1) or prepare(*args))
    config = swap_config(tiny_vgg)
    painted = list(video.stylize(frames(3), [STYLE], PLAIN, config))
    assert len(calls) == 1
    alone = style_swap.stylize(frames(3)[2], [STYLE], config).image[0]
    assert_array_equal(painted[2], np.rint(alone * 255).astype(np.uint8))


@pytest.mark.parametrize("blend", [None, (0.7, 0.3)])
def test_swap_takes_prepared_styles(tiny_vgg, blend):
    config = swap_config(tiny_vgg, style_blend=blend)
    alone = dataclasses.replace(config, size=64, style_blend=None)
    styles = [STYLE, 1 - STYLE] if blend else [STYLE]
    banks = [style_swap.prepare(style, alone) for style in styles]
    of_pictures, of_banks = (
        list(video.stylize(frames(2), given, PLAIN, config)) for given in (styles, banks)
    )
    assert_array_equal(of_pictures, of_banks)


def test_swap_keeps_each_frames_colours(tiny_vgg):
    config = swap_config(tiny_vgg, preserve_color="luminance")
    assert len(list(video.stylize(frames(2), [STYLE], PLAIN, config))) == 2


@pytest.mark.slow
def test_temporal_loss_holds_the_optimisation(tiny_vgg):
    """The same start and steps; only the weight differs."""
    clip = frames(3)
    free, held = (
        list(video.stylize(clip, [STYLE], method=gatys_config(temporal_weight=weight)))
        for weight in (0.0, 1e5)
    )
    assert_array_equal(free[0], held[0])
    assert changes(held) < changes(free)


def test_first_frame_is_gatyss_own(tiny_vgg):
    (first,) = video.stylize(frames(1), [STYLE], method=gatys_config())
    alone = gatys.stylize(
        frames(1)[0],
        [STYLE],
        gatys.Config(size=None, levels="1", steps=4, precision="float32"),
    )
    assert_array_equal(first, np.rint(alone.image[0] * 255).astype(np.uint8))


def test_going_on_is_the_uninterrupted_run(stylizer):
    clip = frames(6)
    whole = list(video.stylize(clip, "wave"))
    painter = video.painter("wave")
    painter.memory.remember(clip[2], whole[2])
    assert_array_equal([painter.paint(frame) for frame in clip[3:]], whole[3:])


@pytest.mark.parametrize("method", ["apply", "gatys", "swap"])
def test_larger_frames_are_fitted(stylizer, tiny_vgg, method):
    """As a method alone fits a content; the second frame meets the first one's pastiche."""
    config, style = {
        "apply": (feed_forward.Config(size=48), "wave"),
        "gatys": (gatys_config(size=48), [STYLE]),
        "swap": (swap_config(tiny_vgg, size=48), [STYLE]),
    }[method]
    painted = list(video.stylize(frames(2), style, method=config))
    assert [each.shape for each in painted] == 2 * [(36, 48, 3)]


@pytest.mark.parametrize(
    "frame", [np.zeros([8, 8, 3], np.float32), np.zeros([8, 8], np.uint8), np.zeros([1, 8, 8, 3])]
)
def test_frames_of_another_kind_are_refused(stylizer, frame):
    with pytest.raises(ValueError, match="frame must be .* Received: "):
        next(video.stylize([frame], "wave"))


def test_frames_are_unchanged(stylizer):
    clip = frames(2)
    list(video.stylize(clip, "wave"))
    assert_array_equal(clip, frames(2))


@pytest.mark.parametrize("config", [video.Config, video.GatysConfig])
def test_every_setting_documents_itself(config):
    for field in dataclasses.fields(config):
        assert field.metadata["help"].endswith("."), field.name
        assert settings.describe_range(field), field.name


@pytest.mark.parametrize("wrong", [{"stabilize": 1.0}, {"reach": ()}, {"reach": (0,)}])
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match="Received: "):
        video.Config(**wrong)
