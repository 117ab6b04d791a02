"""The contract that every method keeps."""

import dataclasses

import keras
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from samples import TINY_CHANNELS, picture

from tfstyle import settings
from tfstyle.methods.analogies import method as analogies
from tfstyle.methods.gatys import method as gatys
from tfstyle.methods.quilting import method as quilting
from tfstyle.methods.style_swap import method as style_swap
from tfstyle.networks import inverse_net
from tfstyle.result import Progress, Result

STYLE = picture(36, 40, seed=2, smoothing=0)

QUICK = {
    "gatys": (gatys, {"levels": "1", "steps": 6, "precision": "float32"}),
    "style_swap": (style_swap, {"decode": "optimize", "steps": 6, "precision": "float32"}),
    "style_swap_in_one_pass": (style_swap, {"precision": "float32"}),
    "analogies": (analogies, {"levels": 2}),
    "quilting": (quilting, {"block_size": 8, "passes": 2}),
}
"""The methods, and the settings that make each quick on 32 pixels."""

methods = pytest.mark.parametrize("method", QUICK)
optimizing = pytest.mark.parametrize("method", ["gatys", "style_swap"])


@pytest.fixture
def stylize(tiny_encoder, shallow_encoder):
    keras.utils.set_random_seed(0)
    net = inverse_net.InverseNet(channels=TINY_CHANNELS["block3_conv1"], width=4)
    own = {
        "gatys": {"features": tiny_encoder},
        "style_swap": {"features": shallow_encoder},
        "style_swap_in_one_pass": {"features": shallow_encoder, "decoder": net},
        "analogies": {},
        "quilting": {},
    }

    def stylize(method, content, callback=None, **changes):
        module, quick = QUICK[method]
        config = module.Config(**{"size": None, **quick, **changes})
        return module.stylize(content, STYLE, config, callback=callback, **own[method])

    return stylize


@methods
@pytest.mark.parametrize("size", [(32, 32), (33, 47), (50, 37)])
def test_shape_is_kept_in_float32_from_0_to_1(stylize, method, size):
    content = picture(*size, seed=1)
    result = stylize(method, content)
    assert isinstance(result, Result)
    assert result.image.shape == content.shape
    assert result.image.dtype == np.float32
    assert np.isfinite(result.image).all()
    assert 0 <= result.image.min() <= result.image.max() <= 1


@methods
@pytest.mark.parametrize("size", [(1, 1), (2, 40)])
def test_tiny_picture_is_stylised_or_clearly_refused(stylize, method, size):
    try:
        assert stylize(method, picture(*size, seed=1)).image.shape == (1, *size, 3)
    except ValueError as error:
        assert "Received: " in str(error)


@methods
def test_same_seed_gives_the_same_image(stylize, method):
    content = picture(32, 40, seed=1)
    assert_array_equal(stylize(method, content).image, stylize(method, content).image)


@methods
def test_inputs_are_unchanged(stylize, method):
    content = picture(32, 40, seed=1)
    content_before, style_before = content.copy(), STYLE.copy()
    stylize(method, content)
    assert_array_equal(content, content_before)
    assert_array_equal(STYLE, style_before)


@methods
def test_result_is_neither_the_content_nor_a_view_of_it(stylize, method):
    content = picture(32, 40, seed=1)
    result = stylize(method, content)
    assert not np.shares_memory(result.image, content)
    assert not np.array_equal(result.image, content)


@optimizing
def test_loss_falls(stylize, method):
    totals = [loss.terms["total"] for loss in stylize(method, picture(32, 40, seed=1)).losses]
    assert totals[-1] < totals[0]


@methods
def test_callback_sees_every_step(stylize, method):
    seen = []
    result = stylize(method, picture(32, 40, seed=1), callback=seen.append)
    assert all(isinstance(progress, Progress) for progress in seen)
    assert [progress.total_step for progress in seen] == list(range(1, result.steps + 1))


@methods
def test_nothing_is_printed(stylize, method, capsys):
    stylize(method, picture(32, 40, seed=1))
    assert capsys.readouterr().out == ""


@methods
def test_every_setting_documents_itself(method):
    for field in dataclasses.fields(QUICK[method][0].Config):
        assert field.metadata["help"].endswith("."), field.name
        assert settings.describe_range(field), field.name


@methods
def test_config_is_frozen(method):
    with pytest.raises(AttributeError):
        QUICK[method][0].Config().size = 1
