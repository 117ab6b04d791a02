"""More of a texture, and contents painted with its blocks."""

import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from samples import picture

from tfstyle.methods.quilting import canvas as quilt_canvas
from tfstyle.methods.quilting import grid as quilt_grid
from tfstyle.methods.quilting import method as quilting
from tfstyle.result import Interrupted, interrupted
from tfstyle.system import memory

TEXTURE = picture(40, 48, seed=2, smoothing=1)


def synthesize(texture=TEXTURE, **changes):
    settings = {"size": "61x45", "block_size": 12, "overlap": 0.25}
    return quilting.synthesize(texture, quilting.Config(**{**settings, **changes})).image


def steps_across_blocks(image, step):
    """The mean squared difference of neighbours where one block ends and the next begins."""
    ends = np.arange(step, image.shape[2] - 1, step)
    return np.square(image[:, :, ends] - image[:, :, ends - 1]).mean()


def test_size_is_the_one_asked_for():
    assert synthesize().shape == (1, 45, 61, 3)
    assert synthesize(size="40").shape == (1, 40, 40, 3)
    assert synthesize(size=None).shape == (1, 80, 96, 3)
    assert synthesize(size="1x1").shape == (1, 1, 1, 3)


def test_a_constant_gives_the_constant():
    flat = np.full([1, 20, 20, 3], [0.25, 0.5, 0.75], np.float32)
    assert_array_equal(
        synthesize(flat, size="33x29"), np.broadcast_to(flat[:, :1, :1], [1, 29, 33, 3])
    )


def test_a_checkerboard_goes_on():
    """Its period, 8, is the step from block to block."""
    rows, columns = np.indices([64, 64]) // 4
    board = np.float32((rows + columns) % 2)[np.newaxis, :, :, np.newaxis].repeat(3, axis=-1)
    made = synthesize(board, size="96x80", block_size=16, overlap=0.5, tolerance=0.0)
    phases = [np.roll(board[:, :8, :8], shift, (1, 2)) for shift in np.ndindex(8, 8)]
    tiled = (np.tile(phase, [1, 10, 12, 1]) for phase in phases)
    assert any(np.array_equal(made, each) for each in tiled)


def test_without_overlap_blocks_are_exact_copies():
    made = synthesize(size="24x24", overlap=0.0)
    known = np.lib.stride_tricks.sliding_window_view(TEXTURE[0], (12, 12), (0, 1))
    for row, column in np.ndindex(2, 2):
        block = made[0, 12 * row : 12 * row + 12, 12 * column : 12 * column + 12]
        found = (known == block.transpose(2, 0, 1)).all(axis=(2, 3, 4))
        assert found.any()


def test_every_pixel_is_the_textures():
    colors = {tuple(color) for color in TEXTURE.reshape(-1, 3)}
    assert {tuple(color) for color in synthesize().reshape(-1, 3)} <= colors


def test_a_block_is_laid_up_to_its_cut():
    """Of three columns that overlap, the pictures agree in the second alone."""
    canvas = quilt_canvas.Canvas(
        quilt_grid.grid((8, 13), 8, 3), np.full([3, 8, 13], 0.5, np.float32)
    )
    new = np.ones([3, 8, 8], np.float32)
    new[:, :, 1] = 0
    canvas.lay((0, 0), np.zeros([3, 8, 8], np.float32))
    canvas.lay((0, 1), new)
    assert_array_equal(canvas.picture(), np.broadcast_to(np.arange(13) >= 7, [3, 8, 13]))


def test_seams_are_lower_than_those_of_blocks_at_random():
    smooth = picture(64, 64, seed=5, smoothing=20)
    steps = [
        steps_across_blocks(synthesize(smooth, size="128x96", tolerance=tolerance), 9)
        for tolerance in (0.1, 1e9)
    ]
    assert steps[0] < 0.5 * steps[1]


def test_number_of_threads_does_not_alter_the_result(monkeypatch):
    def pictures(threads):
        monkeypatch.setattr(quilt_canvas, "THREADS", threads)
        config = quilting.Config(size=60, block_size=12, passes=2)
        return synthesize(), quilting.stylize(picture(50, 60, 1), TEXTURE, config).image

    for one, several in zip(pictures(1), pictures(5), strict=True):
        assert_array_equal(one, several)


def test_missing_package_is_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.fft", None)
    with pytest.raises(ValueError, match=r'quilting needs pip install "tfstyle\[classical\]"'):
        synthesize()


def test_seed_decides():
    assert_array_equal(synthesize(seed=3), synthesize(seed=3))
    assert not np.array_equal(synthesize(seed=3), synthesize(seed=4))


def test_tileable_meets_itself():
    """The step from the last column to the first is like any other; without, it is larger."""
    smooth = picture(64, 64, seed=5)

    def border(**changes):
        made = synthesize(smooth, size="90x90", **changes)
        seam = np.square(made[:, :, 0] - made[:, :, -1]).mean()
        seam += np.square(made[:, 0] - made[:, -1]).mean()
        return seam / np.square(np.diff(made, axis=2)).mean()

    assert border(tileable=True) < 0.3 * border()


def test_bright_and_dark_take_the_textures_bright_and_dark():
    halves = np.zeros([1, 40, 80, 3], np.float32)
    halves[:, :, 40:] = 1
    texture = np.zeros([1, 64, 64, 3], np.float32)
    texture[:, :, :32] = [0.9, 0.7, 0.1]
    texture[:, :, 32:] = [0.0, 0.1, 0.3]
    config = quilting.Config(size=None, style_scale=None, block_size=8, blur=0.0)
    made = quilting.stylize(halves, texture, config).image
    assert_allclose(made[0, :, :32], np.broadcast_to(texture[0, 0, -1], [40, 32, 3]))
    assert_allclose(made[0, :, 48:], np.broadcast_to(texture[0, 0, 0], [40, 32, 3]))


@pytest.mark.parametrize(
    ("passes", "expected"), [(1, [0.5]), (2, [0.1, 0.9]), (5, [0.1, 0.3, 0.5, 0.7, 0.9])]
)
def test_alpha_rises_from_pass_to_pass(passes, expected):
    assert_allclose([quilting.alpha_of_pass(i, passes) for i in range(passes)], expected)


def test_neighbours_count_as_alpha_and_the_content_as_the_rest(monkeypatch):
    passes, wishes = [], quilt_canvas.Wishes

    def spy(alpha, previous, correspondence, weight):
        passes.append((alpha, previous is not None, weight))
        return wishes(alpha, previous, correspondence, weight)

    monkeypatch.setattr(quilt_canvas, "Wishes", spy)
    quilting.stylize(TEXTURE, TEXTURE, quilting.Config(size=40, block_size=12))
    expected = [(0.1, False, 0.9), (0.5, True, 0.5), (0.9, True, 0.1)]
    assert_allclose(np.array(passes, float), np.array(expected, float))


def test_blocks_shrink_by_a_third():
    levels = quilting.plan((90, 90), quilting.Config(size=90, block_size=27, overlap=0.0))
    assert [level.steps for level in levels] == [4**2, 5**2, 8**2]  # Of 27, 18 and 12 pixels.


def spy_on_textures(monkeypatch):
    """The planes of each texture that blocks are taken from."""
    seen, search = [], quilting.block_search.BlockSearch

    def spy(textures):
        seen.extend(textures)
        return search(textures)

    monkeypatch.setattr(quilting.block_search, "BlockSearch", spy)
    return seen


def paint(content, texture=TEXTURE, **changes):
    config = quilting.Config(**{"size": 40, "block_size": 12, "passes": 1, **changes})
    return quilting.stylize(content, texture, config).image


def test_texture_is_scaled_beside_the_content(monkeypatch):
    seen = spy_on_textures(monkeypatch)
    paint(picture(30, 40, seed=1), style_scale=0.5)
    paint(picture(30, 40, seed=1), style_scale=None)
    assert [planes.shape for planes in seen] == [(4, 17, 20), (4, 40, 48)]


def test_luminances_are_compared_blurred(monkeypatch):
    seen, wishes, real = spy_on_textures(monkeypatch), [], quilt_canvas.Wishes
    monkeypatch.setattr(quilt_canvas, "Wishes", lambda *given: wishes.append(given) or real(*given))
    paint(TEXTURE, size=None, style_scale=None, match_range="none", blur=1.5)
    luminance = quilting.color.luminance(TEXTURE)[0, :, :, 0]
    expected = quilting.correspondence.blurred(luminance, 1.5)
    assert expected.std() < 0.8 * luminance.std()
    assert_allclose(seen[0][3], expected, atol=1e-6)
    assert_allclose(wishes[0][2][0], expected, atol=1e-6)


@pytest.mark.parametrize("match_range", ["none", "deviation", "histogram"])
def test_luminance_of_the_content_is_brought_to_the_textures_range(monkeypatch, match_range):
    wishes, real = [], quilt_canvas.Wishes
    monkeypatch.setattr(quilt_canvas, "Wishes", lambda *given: wishes.append(given) or real(*given))
    content, texture = 0.5 + 0.3 * picture(40, 48, seed=1), 0.1 + 0.3 * TEXTURE
    paint(content, texture, size=None, style_scale=None, match_range=match_range, blur=0.0)
    wanted = wishes[0][2][0]
    own, theirs = (quilting.color.luminance(each)[0, :, :, 0] for each in (content, texture))
    if match_range == "none":
        assert_allclose(wanted, own, atol=1e-6)
    elif match_range == "deviation":
        assert_allclose((wanted.mean(), wanted.std()), (theirs.mean(), theirs.std()), atol=1e-4)
        assert_allclose(np.corrcoef(wanted.ravel(), own.ravel())[0, 1], 1, atol=1e-4)
    else:
        assert_allclose(np.sort(wanted, axis=None), np.sort(theirs, axis=None), atol=1e-4)


def test_colours_of_the_content_are_kept(monkeypatch):
    """One amount is added to red, green and blue; the texture is grey beforehand."""
    seen = spy_on_textures(monkeypatch)
    content, texture = (0.4 + 0.2 * picture(30, 40, seed) for seed in (1, 2))
    painted = paint(content, texture, preserve_color="luminance")
    assert np.abs(painted - content).max() > 0.02
    assert_allclose(np.ptp(painted - content, axis=-1), np.zeros([1, 30, 40]), atol=1e-5)
    assert_allclose(np.ptp(seen[0][:3], axis=0), np.zeros(seen[0].shape[1:]), atol=1e-6)


def test_without_a_content_there_are_no_colours_to_keep():
    assert_array_equal(synthesize(preserve_color="luminance"), synthesize())


def test_an_interrupted_picture_has_the_contents_colours_too():
    def stop(progress):
        raise KeyboardInterrupt

    content, texture = (0.4 + 0.2 * picture(30, 40, seed) for seed in (1, 2))
    config = quilting.Config(size=40, block_size=12, preserve_color="luminance")
    with pytest.raises(Interrupted) as caught:
        quilting.stylize(content, texture, config, callback=stop)
    image = caught.value.result.image
    assert_allclose(np.ptp(image - content, axis=-1), np.zeros([1, 30, 40]), atol=1e-5)


def test_an_interruption_before_the_first_block_records_no_step(monkeypatch):
    def fill(*_):
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(quilt_canvas, "fill", fill)
    with pytest.raises(Interrupted) as caught:
        synthesize()
    assert caught.value.result.steps == 0
    assert not caught.value.result.losses


def test_an_interruption_between_two_passes_keeps_the_last_one(monkeypatch):
    finished, canvas = paint(TEXTURE, passes=1, tolerance=0.0), quilt_canvas.Canvas
    made = []

    def make(grid, *given):
        made.append(grid)
        if len(made) == 2:
            raise KeyboardInterrupt
        return canvas(grid, *given)

    monkeypatch.setattr(quilt_canvas, "Canvas", make)
    monkeypatch.setattr(quilting, "alpha_of_pass", lambda number, passes: 0.5)  # As of one alone.
    with pytest.raises(Interrupted) as caught:
        paint(TEXTURE, passes=3, tolerance=0.0)
    result = caught.value.result
    assert_array_equal(result.image, finished)
    assert (result.steps, len(result.levels)) == (made[0].count, 1)


def test_pixels_outside_of_the_picture_count_nothing():
    """Two blocks of 8 with an overlap of 4 reach 12 pixels, of which 10 are the picture's."""
    canvas = quilt_canvas.Canvas(quilt_grid.grid((8, 10), 8, 4), np.zeros([3, 8, 10], np.float32))
    (overlap,) = canvas.terms((0, 1))
    assert overlap.weights[:, :4].all()
    corner = quilt_canvas.Canvas(quilt_grid.grid((10, 10), 8, 4), np.zeros([3, 10, 10], np.float32))
    (overlap,) = corner.terms((1, 1))
    expected = np.zeros([8, 8])
    expected[:4, :6] = expected[:6, :4] = 1
    assert_array_equal(overlap.weights, expected)
    wishes = quilt_canvas.Wishes(0.5, np.zeros([3, 8, 10]), np.zeros([1, 8, 10]), 0.5)
    canvas = quilt_canvas.Canvas(
        quilt_grid.grid((8, 10), 8, 4), np.zeros([3, 8, 10], np.float32), wishes
    )
    for term in canvas.terms((0, 1))[1:]:
        assert_array_equal(term.weights[:, :6], np.full([8, 6], 0.5))
        assert_array_equal(term.weights[:, 6:], np.zeros([8, 2]))


def test_interruption_carries_what_there_is():
    def stop(progress):
        if progress.total_step == 3:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as caught:
        config = quilting.Config(size="40x40", block_size=12)
        quilting.synthesize(TEXTURE, config, callback=stop)
    result = caught.value.result
    assert (result.image.shape, result.steps, result.outcome) == ((1, 40, 40, 3), 3, interrupted())
    assert_array_equal(result.image[0, -1, -1], [0.5, 0.5, 0.5])


@pytest.mark.parametrize("size", ["0x5", "5x", "x5", "axb", "12x-3", "99999"])
def test_sizes_that_are_none_are_refused(size):
    with pytest.raises(ValueError, match=r"size must be .* Received: size="):
        quilting.Config(size=size)


def test_what_does_not_go_together_is_refused():
    with pytest.raises(ValueError, match="texture must have at least 2x2 pixels. Received: 9x1"):
        synthesize(TEXTURE[:, :1, :9])
    with pytest.raises(ValueError, match="Received: 1x1 pixels, scaled .* by style_scale=1.0"):
        quilting.stylize(TEXTURE[:, :1, :1], TEXTURE[:, :9, :7], quilting.Config(size=None))
    with pytest.raises(ValueError, match="9x1 pixels$"):
        config = quilting.Config(size=None, style_scale=None)
        quilting.stylize(TEXTURE, TEXTURE[:, :1, :9], config)
    with pytest.raises(ValueError, match="of 20x17 pixels, scaled .* by style_scale=0.5; lower it"):
        paint(TEXTURE, size=40, style_scale=0.5, block_size=18)
    with pytest.raises(ValueError, match="tileable is for more of a texture, without a content"):
        quilting.stylize(TEXTURE, TEXTURE, quilting.Config(size=20, tileable=True))
    with pytest.raises(ValueError, match="block_size must be at most 40, the shorter side"):
        synthesize(block_size=41)
    with pytest.raises(ValueError, match="block_size must be at most half"):
        synthesize(size="20x20", tileable=True)
    with pytest.raises(ValueError, match="size must be the longest side"):
        quilting.stylize(TEXTURE, TEXTURE, quilting.Config(size="20x20"))


def test_too_large_a_size_is_refused_beforehand(monkeypatch):
    monkeypatch.setattr(memory, "available", lambda: 1e9)
    with pytest.raises(MemoryError, match="would fit"):
        synthesize(size="16000x9000")
    with pytest.raises(MemoryError, match="would fit"):
        quilting.stylize(TEXTURE, TEXTURE, quilting.Config(size=9000))


@pytest.mark.parametrize("is_ring", [False, True])
@pytest.mark.parametrize(("length", "block", "overlap"), [(50, 12, 3), (24, 12, 6), (97, 20, 0)])
def test_blocks_cover_a_side(length, block, overlap, is_ring):
    axis = quilt_grid.axis(length, block, overlap, is_ring)
    covered = {pixel for index in range(len(axis.starts)) for pixel in axis.pixels(index)}
    assert set(range(length)) <= covered
    assert all(axis.before(index) >= overlap for index in range(1, len(axis.starts)))


@pytest.mark.parametrize(("length", "block", "overlap"), [(50, 12, 3), (17, 8, 4), (24, 12, 6)])
def test_no_three_blocks_of_a_ring_share_a_pixel(length, block, overlap):
    """Of 17 pixels, five blocks of 8 would be 40: four overlap by 4, and at the border by 3."""
    ring = quilt_grid.axis(length, block, overlap, is_ring=True)
    pixels = np.concatenate([ring.pixels(index) for index in range(len(ring.starts))])
    laid = np.bincount(pixels, minlength=length)
    assert laid.min() >= 1 and laid.max() <= 2
    if length == 17:
        assert [ring.before(index) for index in range(4)] == [0, 4, 4, 4]
        assert ring.after(3) == 3


def test_waves_lay_each_block_after_those_it_lies_on():
    grid = quilt_grid.grid((50, 70), 12, 3)
    order = {place: number for number, wave in enumerate(grid.waves()) for place in wave}
    assert len(order) == grid.count
    for row, column in order:
        for before in (
            (row, column - 1),
            (row - 1, column - 1),
            (row - 1, column),
            (row - 1, column + 1),
        ):
            assert order.get(before, -1) < order[row, column]
