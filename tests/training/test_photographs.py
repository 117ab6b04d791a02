import itertools

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from tfstyle import image
from tfstyle.training import photographs as photo_data


def write_photographs(folder, count, size=(40, 60)):
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(count):
        level = np.full([1, *size, 3], (index + 1) / 16, np.float32)
        image.write(folder / f"photo_{index}.png", level)
    return folder


def test_every_photograph_is_on_one_side_of_the_split(tmp_path):
    write_photographs(tmp_path / "a", 3)
    write_photographs(tmp_path / "a" / "b", 7)
    split = photo_data.find(tmp_path, held_out_share=0.2, seed=3)
    assert len(split.held_out) == 2
    assert sorted(split.training + split.held_out) == sorted(tmp_path.rglob("*.png"))


def test_split_depends_on_the_seed_alone(tmp_path):
    write_photographs(tmp_path, 10)
    assert photo_data.find(tmp_path, seed=3) == photo_data.find(tmp_path, seed=3)
    assert photo_data.find(tmp_path, seed=3) != photo_data.find(tmp_path, seed=4)


def test_pattern_chooses_photographs(tmp_path):
    write_photographs(tmp_path, 10)
    split = photo_data.find(tmp_path / "photo_[0-4].png")
    assert len(split.training + split.held_out) == 5


@pytest.mark.parametrize("count", [0, 3])
def test_too_few_photographs_are_refused(tmp_path, count):
    write_photographs(tmp_path, count)
    with pytest.raises(ValueError, match=f"at least 4 photographs.*with {count}$"):
        photo_data.find(tmp_path)


def test_a_folder_that_is_missing_is_said_to_be(tmp_path):
    with pytest.raises(
        ValueError, match=r"none of this name; check it\. Received: photos=.*nowhere$"
    ):
        photo_data.find(tmp_path / "nowhere")


def first(batches, count):
    return [np.asarray(crops) for crops, _, _ in itertools.islice(batches, count)]


def test_noise_is_as_strong_as_asked_and_each_crop_has_its_number(tmp_path):
    write_photographs(tmp_path, 3)
    photographs = photo_data.Photographs(60, 40)
    row = photographs.training(photo_data._paths(tmp_path), 40, 2, noise=0.05, batches_before=4)
    (_, _, before), (crops, noisy, numbers) = itertools.islice(row, 2)
    assert_array_equal([before, numbers], [[8, 9], [10, 11]])
    assert np.std(noisy - crops) == pytest.approx(0.05, rel=0.05)
    assert np.abs(np.mean(noisy - crops)) < 0.003


def test_crops_are_endless_batches_from_all_photographs(tmp_path):
    write_photographs(tmp_path, 4)
    photographs = photo_data.Photographs(longest_side=60, smallest_side=24)
    batches = first(photographs.training(photo_data._paths(tmp_path), crop=24, batch=2), 6)
    assert {batch.shape for batch in batches} == {(2, 24, 24, 3)}
    levels = {round(float(crop.mean()) * 16) for batch in batches for crop in batch}
    assert levels == {1, 2, 3, 4}


def test_crops_repeat_with_the_seed(tmp_path):
    rng = np.random.default_rng(0)
    for index in range(4):
        image.write(tmp_path / f"{index}.png", rng.random([1, 40, 60, 3], np.float32))

    def batches(seed):
        photographs = photo_data.Photographs(60, 24)
        return np.stack(first(photographs.training(photo_data._paths(tmp_path), 24, 2, seed), 4))

    assert_array_equal(batches(1), batches(1))
    assert np.abs(batches(1) - batches(2)).max() > 0.1


def test_held_out_photographs_come_once_by_their_middle(tmp_path):
    pixels = np.zeros([1, 40, 60, 3], np.float32)
    pixels[:, 8:32, 18:42] = 1
    image.write(tmp_path / "photo.png", pixels)
    batches = list(photo_data.Photographs(60, 24).held_out([tmp_path / "photo.png"] * 3, 24, 2))
    assert [batch.shape[0] for batch in batches] == [2, 1]
    assert_array_equal(batches[0], np.ones([2, 24, 24, 3]))


def test_photographs_that_are_all_broken_are_refused(tmp_path):
    (tmp_path / "broken.jpg").write_bytes(b"not a picture")
    with pytest.raises(ValueError, match="1 to train, none is"):
        photo_data.Photographs(60, 24).training([tmp_path / "broken.jpg"], 24, 1)


@pytest.mark.parametrize("batches_before", [1, 3, 5])
def test_interrupted_row_of_batches_goes_on(tmp_path, batches_before):
    rng = np.random.default_rng(0)
    for index in range(5):
        image.write(tmp_path / f"{index}.png", rng.random([1, 40, 60, 3], np.float32))

    def batches(before, count):
        photographs = photo_data.Photographs(60, 24)
        row = photographs.training(
            photo_data._paths(tmp_path), 24, 2, seed=7, batches_before=before
        )
        return np.stack(first(row, count))

    assert_array_equal(batches(batches_before, 3), batches(0, batches_before + 3)[-3:])


def test_of_a_strip_the_beginning_is_used(tmp_path):
    pixels = np.zeros([1, 10, 1000, 3], np.float32)
    pixels[:, :, :40] = 1
    image.write(tmp_path / "photo.png", pixels)
    photographs = photo_data.Photographs(96, 24)
    assert photographs._read_or_note(str(tmp_path / "photo.png").encode()).shape == (24, 96, 3)
    (batch,) = first(photographs.training([tmp_path / "photo.png"], 24, 1), 1)
    assert_array_equal(batch, np.ones([1, 24, 24, 3]))


@pytest.mark.parametrize(("size", "fitted"), [((40, 80), (30, 60)), ((20, 200), (24, 240))])
def test_photographs_fit_the_longest_side_unless_a_crop_would_not(size, fitted):
    assert photo_data.fitted_size(*size, longest=60, smallest=24) == fitted


def test_unreadable_photograph_is_named_once_and_left_out(tmp_path):
    write_photographs(tmp_path, 3)
    (tmp_path / "broken.jpg").write_bytes(b"not a picture")
    photographs = photo_data.Photographs(60, 24)
    paths = photo_data._paths(tmp_path)
    first(photographs.training(paths, crop=24, batch=2), 8)
    assert len(list(photographs.held_out(paths, 24, 1))) == 3
    with pytest.warns(UserWarning, match="left out: .*broken.jpg") as caught:
        photographs.warn()
        photographs.warn()
    assert len(caught) == 1
    assert photographs.unreadable == {str(tmp_path / "broken.jpg")}


def test_held_out_photographs_that_are_all_broken_are_refused(tmp_path):
    (tmp_path / "broken.jpg").write_bytes(b"not a picture")
    with pytest.raises(ValueError, match="1 held out, none is"):
        photo_data.Photographs(60, 24).held_out([tmp_path / "broken.jpg"], 24, 1)


def test_pattern_may_name_folders(tmp_path):
    write_photographs(tmp_path / "a", 3)
    write_photographs(tmp_path / "b", 3)
    split = photo_data.find(tmp_path / "*" / "photo_[01].png")
    assert len(split.training + split.held_out) == 4


def test_values_are_the_photograph_s(tmp_path):
    pixels = np.random.default_rng(5).random([1, 24, 24, 3], np.float32)
    image.write(tmp_path / "photo.png", pixels)
    (batch,) = photo_data.Photographs(24, 24).held_out([tmp_path / "photo.png"], 24, 1)
    assert_allclose(batch, pixels, atol=0.51 / 255)


# --- Which photographs there are ---


def found_in(folder):
    return sorted(path.name for path in photo_data._paths(folder))


def test_photographs_are_found_as_pictures_are_everywhere(tmp_path):
    folder = write_photographs(tmp_path / "ph [2019]", 2)
    for name in ("a.jfif", "b.JPE", "c.avif", "d.mpo", "notes.txt", ".hidden.jpg"):
        (folder / "below [x]" / name).parent.mkdir(exist_ok=True)
        (folder / "below [x]" / name).touch()
    found = ["a.jfif", "b.JPE", "c.avif", "d.mpo", "photo_0.png", "photo_1.png"]
    assert found_in(folder) == found
    assert found_in(folder / "**" / "*") == found
    assert found_in(folder / "photo_[0-9].png") == found_in(folder / "photo_%d.png") == found[4:]


def test_samples_of_a_training_are_no_photographs(tmp_path, monkeypatch):
    """Of another folder called so, and of other names in it, they are."""
    write_photographs(tmp_path, 1)
    for folder in ("model/samples", "model/worker_1/samples", "mine/samples"):
        write_photographs(tmp_path / folder, 1)
        (tmp_path / folder / "photo_0.png").rename(tmp_path / folder / "round_00012.png")
    for folder in ("model", "model/worker_1"):
        (tmp_path / folder / "training.txt").touch()
    write_photographs(tmp_path / "model" / "samples", 1)
    expected = ["mine/samples/round_00012.png", "model/samples/photo_0.png", "photo_0.png"]
    found = photo_data._paths(tmp_path)
    assert [str(path.relative_to(tmp_path)) for path in found] == expected
    monkeypatch.chdir(tmp_path / "model" / "samples")
    assert found_in(".") == ["photo_0.png"]


def test_what_is_left_out_of_photographs_is_said(tmp_path):
    write_photographs(tmp_path, 4)
    (tmp_path / "a.nef").touch()
    with pytest.warns(UserWarning, match=r"left out of .*: a.nef \(raw files must be developed"):
        photo_data.find(tmp_path)
