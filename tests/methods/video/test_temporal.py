"""What is held of a frame."""

import numpy as np
from clips import frames
from numpy.testing import assert_allclose, assert_array_equal
from samples import picture

from tfstyle.methods.video import temporal


def constant(value, channels, size=(2, 2)):
    return np.full([1, *size, channels], value, np.float32)


def test_a_still_scene_is_held_as_it_was():
    frame, pastiche = frames(1)[0], frames(1, seed=5)[0]
    held = temporal.see(frame, frame, pastiche)
    assert_array_equal(np.rint(held.image[0] * 255), pastiche)
    assert_allclose(held.trust, np.ones([1, 48, 64, 1]), atol=1e-6)


def test_a_pastiche_moves_with_its_frame():
    """A pan by three pixels; the pastiche is the negative, and so it is where it leads."""
    wide = np.uint8(255 * picture(96, 140, seed=1)[0])
    earlier, frame = wide[:, 8:136], wide[:, 5:133]
    held = temporal.see(frame, earlier, 255 - earlier)
    inside = slice(16, -16)
    assert held.trust[0, inside, inside].mean() > 0.95
    difference = np.abs(held.image[0] - (255 - frame) / np.float32(255))[inside, inside]
    assert difference.mean() < 1.5 / 255


def test_what_changes_is_not_trusted_and_what_lies_near_it_half(monkeypatch):
    """A square lights up where nothing moves; means of 3 x 3 pixels reach one pixel out of it."""
    monkeypatch.setattr(temporal.flow, "estimate", lambda *_: np.zeros([96, 96, 2], np.float32))
    earlier = np.uint8(64 + 64 * picture(96, 96, seed=1)[0])
    frame = earlier.copy()
    frame[40:56, 40:56] += 60
    trust = temporal.see(frame, earlier, earlier).trust[0, :, :, 0]
    assert_allclose(trust[44:52, 44:52], np.zeros([8, 8]), atol=1e-6)
    assert_allclose(trust[44:52, 30:37], np.ones([8, 7]), atol=1e-6)
    assert_allclose(trust[44:52, 38], np.full(8, 0.5), atol=1e-6)


def test_nothing_is_held_of_the_first_frame():
    assert temporal.Memory().hold(frames(1)[0]) is None


def test_a_new_scene_is_forgotten():
    memory = temporal.Memory()
    memory.remember(frames(1)[0], frames(1)[0])
    other = np.random.default_rng(3).integers(0, 255, [48, 64, 3], np.uint8)
    assert memory.hold(other) is None
    assert memory.pastiches() == []


def test_a_new_size_is_a_new_scene():
    memory = temporal.Memory()
    memory.remember(frames(1)[0], frames(1)[0])
    assert memory.hold(frames(1, size=(40, 64))[0]) is None


def test_laying_over_keeps_what_is_not_trusted():
    held = temporal.Held(constant(1.0, 3), np.float32([[[[1.0], [0.5]], [[0.0], [0.0]]]]))
    over = held.over(np.zeros([1, 2, 2, 3], np.float32), 0.5)
    assert_allclose(over[0, :, :, 0], [[0.5, 0.25], [0, 0]])


def test_the_nearest_view_counts_first():
    near = temporal.Held(constant(0.2, 3), np.float32([[[[1.0], [0.25]], [[0.0], [0.0]]]]))
    far = temporal.Held(constant(0.8, 3), np.float32([[[[1.0], [1.0]], [[0.5], [0.0]]]]))
    both = temporal.combine([near, far])
    assert_allclose(both.trust[0, :, :, 0], [[1, 1], [0.5, 0]])
    assert_allclose(both.image[0, :, :, 0], [[0.2, 0.65], [0.8, 0.2]], rtol=1e-6)


def test_one_view_holds_as_several_do():
    """Up to what the image does not alter, as the docstring says: so the gradients are equal."""
    random = np.random.default_rng(0)
    near, middle, far = (
        temporal.Held(random.random([1, 3, 4, 3], np.float32), constant(trust, 1, (3, 4)))
        for trust in (0.25, 0.5, 0.875)
    )
    x = random.random([1, 3, 4, 3], np.float32)
    several = 0.25 * (x - near.image) + 0.25 * (x - middle.image) + 0.125 * (x - far.image)
    one = temporal.combine([near, middle, far])
    assert_allclose(one.trust * (x - one.image), several, atol=1e-6)


def test_reach_says_how_much_is_kept():
    memory = temporal.Memory(reach=(1, 3))
    for frame in frames(5):
        memory.remember(frame, frame)
    assert memory.length == 3
    assert len(memory.pastiches()) == 3
