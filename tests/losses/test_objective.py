import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal
from samples import picture

from tfstyle.losses import loss_weights, objective

CONTENT_LAYERS = {"block3_conv2": 0.5, "block4_conv2": 2.0}
STYLE_LAYERS = {"block1_conv1": 1.0, "block2_conv1": 0.25, "block5_conv1": 3.0}

IMAGE = picture(40, 48, seed=3)


def weights(**changes):
    settings = {
        "content": 2.0,
        "style": 30.0,
        "total_variation": 0.01,
        "out_of_range": 5.0,
        "content_layers": CONTENT_LAYERS,
        "style_layers": STYLE_LAYERS,
        "at_size": None,
    }
    return loss_weights.Weights(**{**settings, **changes})


@pytest.fixture(scope="module")
def pointwise():
    """A network that looks at each pixel alone, so that tiling an image tiles its features."""
    inputs = keras.Input([None, None, 3])
    initializer = keras.initializers.RandomNormal(stddev=1.0, seed=1)
    layer = keras.layers.Conv2D(4, 1, activation="relu", kernel_initializer=initializer)
    return keras.Model(inputs, {"block1_conv1": layer(inputs)})


def pointwise_weights(**changes):
    layers = {"content_layers": {"block1_conv1": 1.0}, "style_layers": {"block1_conv1": 1.0}}
    return weights(**{**layers, **changes})


def terms_of(encoder, weights, image, content, styles, blend=(1.0,)):
    loss = objective.Objective(encoder, weights)
    value, _, terms = loss.value_and_gradient(
        tf.constant(image), loss.targets(content, styles, blend)
    )
    return float(value), {name: float(term) for name, term in terms.items()}


def grams_of(targets):
    return {layer: comparison.target[0] for layer, comparison in targets["style"].items()}


def mirrored(image):
    """Four times the image, laid edge to same edge: no new differences arise at the seams."""
    wide = np.concatenate([image, image[:, :, ::-1]], axis=2)
    return np.concatenate([wide, wide[:, ::-1]], axis=1)


# --- A batch ---


@pytest.mark.parametrize("relative", [False, True])
def test_a_batch_is_so_many_pictures_each_judged_by_itself(tiny_encoder, relative):
    loss = objective.Objective(tiny_encoder, weights(relative=relative))
    contents = [picture(40, 48, seed=1), 0.1 * picture(40, 48, seed=2)]
    styles = [picture(32, 32, seed=4), 0.3 * picture(36, 50, seed=5)]
    images = [1.2 * picture(40, 48, seed=6), picture(40, 48, seed=7)]
    grams = [loss.style_grams(style) for style in styles]
    together = loss.targets_from(
        tf.concat(contents, 0),
        {layer: tf.concat([gram[layer] for gram in grams], 0) for layer in STYLE_LAYERS},
    )
    alone = [
        loss.terms(tf.constant(images[index]), loss.targets_from(contents[index], grams[index]))
        for index in range(2)
    ]
    for name, term in loss.terms(tf.concat(images, 0), together).items():
        assert_allclose(term, (alone[0][name] + alone[1][name]) / 2, rtol=1e-4)


# --- The value ---


def test_terms_are_numpy_s(tiny_encoder, content, style):
    image = 1.5 * IMAGE - 0.2  # Beyond black and white here and there.
    value, terms = terms_of(tiny_encoder, weights(), image, content, [style])

    def features(pixels):
        return {name: np.float64(one) for name, one in tiny_encoder(tf.constant(pixels)).items()}

    def gram(feature):
        rows = feature.reshape([-1, feature.shape[-1]])
        return rows.T @ rows / feature.size

    ours, theirs, painted = features(image), features(content), features(style)
    expected = {
        "content": 2
        * sum(w * np.mean((ours[name] - theirs[name]) ** 2) for name, w in CONTENT_LAYERS.items()),
        "style": 30
        * sum(
            w * np.sum((gram(ours[name]) - gram(painted[name])) ** 2) / ours[name].size
            for name, w in STYLE_LAYERS.items()
        ),
        "total_variation": 0.01
        * (np.sum(np.diff(image, axis=1) ** 2) + np.sum(np.diff(image, axis=2) ** 2)),
        "range": 5 * np.sum((image - np.clip(image, 0, 1)) ** 2),
    }
    assert set(terms) == set(expected)
    for name, term in terms.items():
        assert_allclose(term, expected[name], rtol=1e-4, err_msg=name)
    assert_allclose(value, sum(expected.values()), rtol=1e-4)


def test_content_itself_has_no_content_loss(tiny_encoder, content, style):
    _, terms = terms_of(tiny_encoder, weights(), content, content, [style])
    assert terms["content"] == 0
    assert terms["style"] > 0


def test_style_itself_has_no_style_loss(tiny_encoder, style):
    _, terms = terms_of(tiny_encoder, weights(), style, style, [style])
    assert terms["style"] == pytest.approx(0, abs=1e-12)


def test_layers_are_those_of_both_terms():
    assert weights().layers == (
        "block1_conv1",
        "block2_conv1",
        "block3_conv2",
        "block4_conv2",
        "block5_conv1",
    )


# --- Several styles ---


def test_two_equal_styles_blend_into_one(tiny_encoder, content, style):
    one = terms_of(tiny_encoder, weights(), IMAGE, content, [style])
    two = terms_of(tiny_encoder, weights(), IMAGE, content, [style, style], (0.3, 0.7))
    assert two[0] == pytest.approx(one[0], rel=1e-5)


def test_share_of_nothing_leaves_a_style_out(tiny_encoder, content, style):
    one = terms_of(tiny_encoder, weights(), IMAGE, content, [style])
    two = terms_of(tiny_encoder, weights(), IMAGE, content, [style, content], (1.0, 0.0))
    assert two[0] == pytest.approx(one[0], rel=1e-5)


def test_blended_target_is_the_weighted_sum_of_gram_matrices(tiny_encoder, content, style):
    loss = objective.Objective(tiny_encoder, weights())
    both = grams_of(loss.targets(content, [style, content], (0.25, 0.75)))
    first, second = (grams_of(loss.targets(content, [one], (1.0,))) for one in (style, content))
    for layer in STYLE_LAYERS:
        assert_allclose(both[layer], 0.25 * first[layer] + 0.75 * second[layer], rtol=1e-5)


# --- The gradient ---


@pytest.mark.parametrize("relative", [False, True])
def test_gradient_is_that_of_finite_differences(tiny_encoder, content, style, relative):
    loss = objective.Objective(tiny_encoder, weights(relative=relative))
    targets = loss.targets(content, [style], (1.0,))
    image = 1.5 * IMAGE - 0.2
    _, gradient, _ = loss.value_and_gradient(tf.constant(image), targets)
    assert gradient.shape == image.shape
    gradient = gradient.numpy()
    for seed in range(3):  # Uphill in many ways: slopes across cancel into rounding errors.
        direction = gradient * np.random.default_rng(seed).exponential(size=image.shape)
        direction /= np.abs(direction).max()
        move = np.float32(1e-4 * direction)
        above, below = (
            float(loss.value_and_gradient(tf.constant(moved), targets)[0])
            for moved in (image + move, image - move)
        )
        assert_allclose(np.sum(gradient * direction), (above - below) / 2e-4, rtol=2e-2)


# --- Sizes ---


def test_at_its_own_size_the_size_invariant_formula_is_the_plain_one(tiny_encoder, style):
    image, content = picture(512, 512, seed=4), picture(512, 512, seed=5)
    plain = terms_of(tiny_encoder, weights(at_size=None), image, content, [style])
    invariant = terms_of(tiny_encoder, weights(at_size=512), image, content, [style])
    assert plain == invariant


def test_at_another_size_style_grows_with_the_area_and_total_variation_shrinks(
    tiny_encoder, content, style
):
    _, plain = terms_of(tiny_encoder, weights(at_size=None), IMAGE, content, [style])
    _, invariant = terms_of(tiny_encoder, weights(at_size=20), IMAGE, content, [style])
    area = 40 * 48 / 20**2
    assert invariant["content"] == pytest.approx(plain["content"])
    assert invariant["style"] == pytest.approx(plain["style"] * area, rel=1e-5)
    assert invariant["total_variation"] == pytest.approx(plain["total_variation"] / area)


@pytest.mark.parametrize("relative", [False, True])
def test_picture_four_times_as_large_has_the_same_terms(pointwise, style, relative):
    image, content = 1.5 * picture(16, 20, seed=4) - 0.2, picture(16, 20, seed=5)
    invariant = pointwise_weights(at_size=64, relative=relative)
    _, small = terms_of(pointwise, invariant, image, content, [style])
    _, large = terms_of(pointwise, invariant, mirrored(image), mirrored(content), [style])
    assert large == pytest.approx(small, rel=1e-4)


def test_without_a_size_the_terms_move_apart(pointwise, style):
    image, content = picture(16, 20, seed=4), picture(16, 20, seed=5)
    plain = pointwise_weights(at_size=None)
    _, small = terms_of(pointwise, plain, image, content, [style])
    _, large = terms_of(pointwise, plain, mirrored(image), mirrored(content), [style])
    assert large["content"] == pytest.approx(small["content"], rel=1e-4)
    assert large["style"] == pytest.approx(small["style"] / 4, rel=1e-4)
    assert large["total_variation"] == pytest.approx(small["total_variation"] * 4, rel=1e-4)


def test_one_graph_serves_every_size(tiny_encoder, style):
    loss = objective.Objective(tiny_encoder, weights())
    for height, width in [(32, 32), (40, 48), (33, 65)]:
        targets = loss.targets(picture(height, width, seed=1), [style], (1.0,))
        loss.value_and_gradient(tf.constant(picture(height, width, seed=2)), targets)
    assert loss.value_and_gradient.experimental_get_tracing_count() == 1
    assert loss.features.experimental_get_tracing_count() == 1


# --- Layers that count alike ---


def test_image_without_features_costs_exactly_its_relative_weights(pointwise, content, style):
    black = np.zeros_like(content)  # No bias: no features.
    layers = {"block1_conv1": 1.5}
    relative = pointwise_weights(
        relative=True, at_size=512, content_layers=layers, style_layers=layers
    )
    _, terms = terms_of(pointwise, relative, black, content, [style])
    assert terms["content"] == pytest.approx(2 * 1.5)
    assert terms["style"] == pytest.approx(30 * 1.5)


def test_relative_loss_does_not_mind_louder_features(pointwise, content, style):
    louder = keras.models.clone_model(pointwise)
    louder.set_weights([100 * array for array in pointwise.get_weights()])
    relative = pointwise_weights(relative=True)
    quiet = terms_of(pointwise, relative, IMAGE, content, [style])
    loud = terms_of(louder, relative, IMAGE, content, [style])
    assert loud[0] == pytest.approx(quiet[0], rel=1e-4)


def test_layer_that_never_fires_does_no_harm(pointwise):
    black = np.zeros([1, 8, 8, 3], np.float32)
    value, _ = terms_of(pointwise, pointwise_weights(relative=True), black, black, [black])
    assert value == 0


# --- Narrow features ---


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_narrow_features_give_nearly_the_same_value_and_gradient(pointwise, content, style, dtype):
    inputs = keras.Input([None, None, 3])
    layer = keras.layers.Conv2D(4, 1, activation="relu", dtype=dtype)
    narrow = keras.Model(inputs, {"block1_conv1": layer(inputs)})
    narrow.set_weights(pointwise.get_weights())
    results = []
    for network in (pointwise, narrow):
        loss = objective.Objective(
            network, pointwise_weights(style=1e-4, content=1e-4, out_of_range=0)
        )
        targets = loss.targets(content, [style], (1.0,))
        results.append(loss.value_and_gradient(tf.constant(IMAGE), targets))
    (value, gradient, _), (narrow_value, narrow_gradient, _) = results
    assert narrow_value.dtype == narrow_gradient.dtype == tf.float32
    assert_allclose(narrow_value, value, rtol=2e-2)
    error = np.linalg.norm(narrow_gradient - gradient) / np.linalg.norm(gradient)
    assert error < 0.05


def test_same_image_gives_the_same_gradient_twice(tiny_encoder, content, style):
    loss = objective.Objective(tiny_encoder, weights())
    targets = loss.targets(content, [style], (1.0,))
    first, second = (loss.value_and_gradient(tf.constant(IMAGE), targets)[1] for _ in range(2))
    assert_array_equal(first, second)


def test_without_style_layers_only_the_other_terms_are_left(tiny_encoder, content, style):
    _, both = terms_of(tiny_encoder, weights(), IMAGE, content, [style])
    alone = objective.Objective(tiny_encoder, weights(style_layers={}))
    features = alone.features(tf.constant(content))
    targets = alone.targets_of({layer: features[layer] for layer in CONTENT_LAYERS})
    _, _, terms = alone.value_and_gradient(tf.constant(IMAGE), targets)
    del both["style"]
    assert sorted(terms) == sorted(both)
    for name, term in terms.items():
        assert_allclose(term, both[name], rtol=1e-5)


# --- Frames of a video ---


def test_held_frames_have_a_term_more(tiny_encoder):
    """Half the picture is trusted, a tenth from what is held: 0.5 * 0.1^2, times the weight."""
    loss = objective.Objective(tiny_encoder, weights(temporal=10.0))
    trust = np.zeros([1, 40, 48, 1], np.float32)
    trust[:, :20] = 1
    held = objective.Held(IMAGE + np.float32(0.1), trust)
    targets = loss.targets(IMAGE, [IMAGE], [1.0], held)
    value, gradient, terms = loss.value_and_gradient(tf.constant(IMAGE), targets)
    assert_allclose(terms["temporal"], 10 * 0.5 * 0.01, rtol=1e-3)
    assert_allclose(value, sum(terms.values()), rtol=1e-6)
    assert np.isfinite(gradient).all()


def test_others_have_none(tiny_encoder):
    _, terms = terms_of(tiny_encoder, weights(), IMAGE, IMAGE, [IMAGE])
    assert "temporal" not in terms


def test_held_frames_without_a_temporal_weight_have_none(tiny_encoder):
    loss = objective.Objective(tiny_encoder, weights())
    held = objective.Held(IMAGE, np.ones([1, 40, 48, 1], np.float32))
    assert "temporal" not in loss.terms(IMAGE, loss.targets(IMAGE, [IMAGE], [1.0], held))


def test_temporal_weight_without_held_frames_is_refused(tiny_encoder):
    loss = objective.Objective(tiny_encoder, weights(temporal=10.0))
    with pytest.raises(ValueError, match="temporal weight needs.*Received: held=None"):
        loss.targets(IMAGE, [IMAGE], [1.0])
