import re

import pytest

from tfstyle.optimization import memory
from tfstyle.system import memory as system_memory

GIGABYTE = 1e9


def needed(*given, **named):
    return memory.needed(memory.Painting(*given, **named))


def check(*given, tiles=None, styles_grow=True, smaller_styles=lambda factor: "", **named):
    painting = memory.Painting(*given, **named)
    memory.check(painting, tiles, styles_grow=styles_grow, smaller_styles=smaller_styles)


def needed_in_tiles(size, precision, tiles):
    return memory.needed(memory.Painting(size, precision, 10), tiles)


def have(monkeypatch, size):
    monkeypatch.setattr(system_memory, "available", lambda: size)


def test_needs_grow_with_the_area():
    base = needed((0, 0), "float32", 10)
    small = needed((100, 200), "float32", 10) - base
    assert needed((200, 400), "float32", 10) - base == pytest.approx(4 * small)


def test_narrow_features_and_a_short_history_need_less():
    needs = [
        needed((512, 512), *settings)
        for settings in [("bfloat16", 5), ("bfloat16", 10), ("float32", 10)]
    ]
    assert needs == sorted(needs)
    assert len(set(needs)) == 3


def test_a_style_picture_counts_where_it_is_the_larger():
    small = needed((300, 400), "bfloat16", 10)
    assert needed((300, 400), "bfloat16", 10, [(300, 400), (500, 100)]) == small
    large = needed((300, 400), "bfloat16", 10, [(10, 10), (3000, 4000)])
    assert 12e6 * 700 < large - memory.BASE < 12e6 * 1300  # Features of 64 channels, and copies.


def test_the_size_that_would_fit_is_one_for_the_style_too(monkeypatch):
    have(monkeypatch, 4 * GIGABYTE)
    with pytest.raises(MemoryError) as error:
        check((300, 400), "float32", 10, [(2400, 3200)])
    side = int(re.search(r"a size of (\d+) would fit", str(error.value))[1])
    style = (side * 6, side * 8)
    assert 0.85 * 4e9 < needed((side * 3 // 4, side), "float32", 10, [style]) <= 4e9


def test_size_that_fits_passes(monkeypatch):
    have(monkeypatch, needed((512, 384), "float32", 10))
    check((512, 384), "float32", 10)


def test_message_says_what_would_fit_and_it_does(monkeypatch):
    have(monkeypatch, 4 * GIGABYTE)
    with pytest.raises(MemoryError) as error:
        check((3000, 4000), "float32", 10)
    message = str(error.value)
    assert message.startswith("4000x3000 pixels need about ")
    assert "4.0 GB are free" in message
    assert message.endswith("Received: size=4000")
    side = int(re.search(r"a size of (\d+) would fit", message)[1])
    assert 0.85 * 4 * GIGABYTE < needed((side * 3 // 4, side), "float32", 10) <= 4e9


def test_without_a_sensible_size_that_fits_none_is_named(monkeypatch):
    have(monkeypatch, 0.5 * GIGABYTE)
    with pytest.raises(MemoryError) as error:
        check((48, 64), "float32", 10)
    message = str(error.value)
    assert "would fit" not in message
    assert message.endswith(
        "0.5 GB are free; too little for any size: end other programs. Received: size=64"
    )


@pytest.mark.parametrize(("side", "named"), [(31, False), (32, True)])
def test_the_smallest_size_that_is_named(monkeypatch, side, named):
    have(monkeypatch, needed((side, side), "float32", 10))
    with pytest.raises(MemoryError) as error:
        check((34, 34), "float32", 10)
    assert (f"a size of {side} would fit" in str(error.value)) == named


def test_nothing_is_checked_where_free_memory_cannot_be_told(monkeypatch):
    have(monkeypatch, None)
    check((16384, 16384), "float32", 10)


def test_regions_need_more_for_each_pixel():
    plain, by_region = (needed((300, 400), "float32", 10, (), each) for each in (0, 1))
    assert by_region - plain == pytest.approx(300 * 400 * memory.PER_PIXEL_BY_REGION)


def test_histograms_take_memory_for_each_pixel():
    plain, with_histograms = (
        needed((1000, 1000), "float32", 10, with_histograms=each) for each in (False, True)
    )
    assert with_histograms - plain == 1e6 * memory.PER_HISTOGRAM_PIXEL


def test_styles_that_stay_leave_less_for_the_picture(monkeypatch):
    """Such a style alone takes 1.3 GB; one that shrinks with the picture does not."""
    monkeypatch.setattr(system_memory, "available", lambda: memory.BASE + 1e9)
    style = [(1000, 1000)]
    with pytest.raises(MemoryError) as shrinking:
        check((1000, 1000), "float32", 1, style)
    with pytest.raises(MemoryError) as staying:
        check((1000, 1000), "float32", 1, style, styles_grow=False)
    assert str(shrinking.value) != str(staying.value)


def named_style(factor):
    return f"style_size={int(3200 * factor)}"


def test_the_style_that_would_fit_is_named_and_it_does(monkeypatch):
    have(monkeypatch, 4 * GIGABYTE)
    with pytest.raises(MemoryError) as error:
        check((300, 400), "float32", 10, [(3200, 3200)], styles_grow=False,
              smaller_styles=named_style)  # fmt: skip
    side = int(re.search(r"free; style_size=(\d+) would fit", str(error.value))[1])
    assert 0.85 * 4e9 < needed((300, 400), "float32", 10, [(side, side)]) <= 4e9


def test_a_style_that_grows_with_the_picture_is_named_beside_the_size(monkeypatch):
    have(monkeypatch, 4 * GIGABYTE)
    with pytest.raises(MemoryError, match=r"style_size=\d+ or a size of \d+ would fit"):
        check((300, 400), "float32", 10, [(3200, 3200)], smaller_styles=named_style)


def test_no_style_is_named_where_the_picture_itself_is_too_large(monkeypatch):
    have(monkeypatch, 4 * GIGABYTE)
    with pytest.raises(MemoryError, match=r"free; a size of \d+ would fit"):
        check((3000, 4000), "float32", 10, [(3200, 3200)], smaller_styles=named_style)


# --- In tiles ---

TILES = memory.Tiles((1184, 1184), 5)


def test_in_tiles_a_pixel_takes_a_tenth():
    """A tile's own need is the same for every size."""
    whole, tiled = (
        need((8000, 8000)) - need((4000, 4000))
        for need in (
            lambda size: needed(size, "float32", 10),
            lambda size: needed_in_tiles(size, "float32", TILES),
        )
    )
    assert 0 < tiled < whole / 9


def test_pairs_in_tiles_are_two_vectors_of_two_bytes_a_value():
    few, many = (
        needed_in_tiles((1000, 1000), "float32", memory.Tiles((64, 64), history))
        for history in (5, 15)
    )
    assert many - few == 10 * 2 * 2 * 3_000_000


def test_8_and_24_megapixels_in_tiles_are_forecast_in_bounds():
    needs = [needed_in_tiles((1000, 1000 * n), "bfloat16", TILES) for n in (8, 24)]
    assert needs[0] < 5 * GIGABYTE
    assert needs[1] < 10 * GIGABYTE


def test_the_size_that_would_fit_may_be_a_whole_one(monkeypatch):
    """Where not even a single tile would."""
    have(monkeypatch, 1.5 * GIGABYTE)
    with pytest.raises(MemoryError, match=r"a size of \d+ would fit"):
        check((3000, 4000), "float32", 10, tiles=TILES)


def test_the_size_that_would_fit_is_one_in_tiles(monkeypatch):
    have(monkeypatch, 6 * GIGABYTE)
    with pytest.raises(MemoryError) as error:
        check((6000, 8000), "float32", 10, tiles=TILES)
    side = int(re.search(r"a size of (\d+) would fit", str(error.value))[1])
    size = (side * 3 // 4, side)
    assert 0.85 * 6e9 < needed_in_tiles(size, "float32", TILES) <= 6e9
