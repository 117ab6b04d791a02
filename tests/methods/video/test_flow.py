"""Optical flow, warping and trust."""

import numpy as np
import pytest
import tensorflow as tf
from clips import frames
from numpy.testing import assert_allclose, assert_array_equal
from samples import DATA, picture

from tfstyle import image
from tfstyle.methods.video import flow, trust

SINTEL = DATA / "video"
RANDOM = np.random.default_rng(0)


def still(height, width):
    return np.zeros([height, width, 2], np.float32)


def shift(height, width, u, v):
    return np.broadcast_to(np.float32([u, v]), [height, width, 2]).copy()


def test_zero_flow_leaves_a_frame_alone():
    values = RANDOM.random([7, 9, 3], np.float32)
    assert_array_equal(flow.warp(values, still(7, 9)), values)


def test_whole_pixels_shift():
    values = RANDOM.random([6, 8, 2], np.float32)
    warped = flow.warp(values, shift(6, 8, 2, 1)).numpy()
    assert_array_equal(warped[:5, :6], values[1:, 2:])


def test_half_a_pixel_is_the_mean_of_two():
    values = RANDOM.random([5, 6, 1], np.float32)
    warped = flow.warp(values, shift(5, 6, 0.5, 0)).numpy()
    assert_allclose(warped[:, :-1], (values[:, :-1] + values[:, 1:]) / 2, rtol=1e-6)


def test_beyond_the_border_the_nearest_pixel_counts():
    values = RANDOM.random([4, 5, 3], np.float32)
    warped = flow.warp(values, shift(4, 5, 100, -100)).numpy()
    assert_array_equal(warped, np.broadcast_to(values[:1, -1:], [4, 5, 3]))


def test_single_pixel_can_be_warped():
    assert_array_equal(flow.warp(np.ones([1, 1, 3], np.float32), still(1, 1)), np.ones([1, 1, 3]))


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_opencv_carries_as_tensorflow_warps(channels):
    values = RANDOM.random([20, 30, channels], np.float32)
    moving = RANDOM.normal(0, 6, [20, 30, 2]).astype(np.float32)
    # OpenCV counts in 1/32 pixels between two of them.
    assert_allclose(flow.carry(values, moving), flow.warp(values, moving), atol=0.07)


def test_carrying_sharply_keeps_detail_that_the_mean_of_two_loses():
    values = (255 * picture(40, 40, seed=3)[0]).astype(np.float32)
    half = shift(40, 40, 0.5, 0)
    soft, sharp = (flow.carry(values, half, sharply)[4:-4, 4:-4].var() for sharply in (0, 1))
    assert soft < 0.95 * sharp
    assert sharp < 1.05 * values[4:-4, 4:-4].var()


def test_what_stands_still_is_trusted_everywhere():
    assert_allclose(trust.of_flow(still(9, 12), still(9, 12)), np.ones([9, 12, 1]), atol=1e-6)


def test_a_steady_pan_is_trusted_but_where_it_leads_out():
    trusted = trust.of_flow(shift(20, 30, 4, 0), shift(20, 30, -4, 0))[..., 0]
    assert_allclose(trusted[:, :22], 1, atol=1e-6)
    assert_array_equal(trusted[:, 26:], 0)


def test_a_way_back_that_does_not_lead_home_is_not_trusted():
    trusted = trust.of_flow(shift(20, 30, 4, 0), shift(20, 30, 3, 0))
    assert_allclose(trusted[3:-3, 3:-3], np.zeros([14, 24, 1]), atol=1e-6)


@pytest.mark.parametrize(("astray", "expected"), [(1.4, 1), (1.6, 0)])
def test_the_longer_the_way_the_further_astray_it_may_lead(astray, expected):
    """|b + f|^2 is 1.96 or 2.56, and may be 0.01 (10^2 + 8.5^2) + 0.5, about 2.2."""
    trusted = trust.of_flow(shift(20, 60, 10, 0), shift(20, 60, astray - 10, 0))
    assert_allclose(trusted[3:-3, 3:40], np.full([14, 37, 1], expected), atol=1e-6)


@pytest.mark.parametrize(("slope", "expected"), [(0.04, 1), (0.05, 0)])
def test_motion_may_grow_gently_where_it_is_slow(slope, expected):
    """The slope's square is 0.0016 or 0.0025, and may be 0.002."""
    growing = still(20, 41)
    growing[..., 0] = slope * (np.arange(41) - 20)
    trusted = trust.of_flow(growing, -growing)[3:-3, 20]
    assert_allclose(trusted, np.full([14, 1], expected), atol=1e-6)


def test_an_edge_of_the_motion_is_not_trusted():
    moving = still(21, 31)
    moving[:, 16:, 1] = 0.4  # Too little to be astray, yet a step of the motion.
    trusted = trust.of_flow(moving, -moving)[..., 0]
    assert (trusted[:, 15] < 0.7).all()
    assert_allclose(trusted[1:-1, :12], 1, atol=1e-6)


def test_likeness_falls_from_noise_to_another_thing():
    frame = np.full([9, 9, 3], 100, np.uint8)
    for levels, expected in ((9, 1), (20, 12 / 23), (32, 0), (-100, 0)):
        alike = trust.likeness(frame, frame + np.uint8(levels % 256), still(9, 9))
        assert_allclose(alike, np.full([9, 9, 1], expected), atol=1e-6)


def test_shrinking_spreads_doubt():
    trusted = np.ones([9, 9, 1], np.float32)
    trusted[4, 4] = 0.25
    shrunk = trust.shrink(trusted, 2)
    assert_array_equal(shrunk[2:7, 2:7], np.full([5, 5, 1], 0.25))
    assert shrunk.sum() == 81 - 25 * 0.75


def test_a_pan_is_followed():
    wide = (255 * picture(96, 140, seed=1)[0]).astype(np.uint8)
    found = flow.estimate(wide[:, 8:136], wide[:, 5:133])
    assert found.shape == (96, 128, 2)
    assert_allclose(found[16:-16, 16:-16], shift(64, 96, 3, 0), atol=0.3)


def test_what_stands_still_beside_a_moving_square_does_not_move():
    found = flow.estimate(*frames(2, step=3))
    assert found[20:28, 8:16, 0].min() > 2
    assert np.abs(found[:, 48:]).max() < 0.5


@pytest.mark.parametrize("size", [(1, 1), (3, 40), (11, 12)])
def test_small_frames_have_a_flow(size):
    picture = RANDOM.integers(0, 255, [*size, 3], np.uint8)
    assert flow.estimate(picture, picture).shape == (*size, 2)


def test_flo_is_read(tmp_path):
    values = RANDOM.random([2, 3, 2], np.float32)
    header = np.float32([202021.25]).tobytes() + np.int32([3, 2]).tobytes()
    (tmp_path / "a.flo").write_bytes(header + values.tobytes())
    assert_array_equal(flow.read_flo(tmp_path / "a.flo"), values)


@pytest.mark.parametrize("length", [0, 3, 11, 12, 59, 61])
def test_flo_that_is_not_whole_is_refused(tmp_path, length):
    header = np.float32([202021.25]).tobytes() + np.int32([3, 2]).tobytes()
    (tmp_path / "a.flo").write_bytes((header + bytes(100))[:length])
    with pytest.raises(ValueError, match=r"flo.* Received: path="):
        flow.read_flo(tmp_path / "a.flo")


def test_another_file_is_no_flow(tmp_path):
    (tmp_path / "a.flo").write_bytes(bytes(60))
    with pytest.raises(ValueError, match=r"flo.* Received: path="):
        flow.read_flo(tmp_path / "a.flo")


def test_missing_opencv_is_a_sentence(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "cv2", None)
    with pytest.raises(ValueError, match=r"tfstyle\[video\]"):
        flow.load_opencv()


@pytest.mark.large
@pytest.mark.parametrize(
    ("scene", "warped_levels", "unwarped_levels"),
    [("sintel_alley_1", 1.9, 9.4), ("sintel_cave_2", 2.7, 13.5)],
)
def test_the_true_flow_of_sintel_warps_as_known(scene, warped_levels, unwarped_levels):
    """The figures are those stated with the data."""
    if not SINTEL.exists():
        pytest.skip("needs Sintel's frames")
    folder = SINTEL / scene
    paths = sorted(folder.glob("*.png"))
    second, third = (
        image.read(next(path for path in paths if path.name.endswith(f"{number:04}.png")))[0]
        for number in (2, 3)
    )
    hidden = image.read(folder / "occlusions_0002.png") + image.read(folder / "invalid_0002.png")
    seen = hidden[0].max(axis=-1) == 0
    true = flow.read_flo(folder / "flow_0002_to_0003.flo")
    warped = flow.warp(third, true).numpy()
    levels = [255 * np.abs(each - second)[seen].mean() for each in (warped, third)]
    assert_allclose(levels, [warped_levels, unwarped_levels], atol=0.051)


def test_warping_passes_gradients():
    values = tf.Variable(RANDOM.random([4, 5, 1], np.float32))
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(flow.warp(values, shift(4, 5, 1, 0)))
    gradient = tape.gradient(total, values).numpy()
    assert_array_equal(tf.convert_to_tensor(gradient)[..., 0], [[0, 1, 1, 1, 2]] * 4)
