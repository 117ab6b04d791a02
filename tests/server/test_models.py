"""Versions that come and go, with stand-ins that load at once."""

import pathlib

import pytest

from tfstyle.server.models import Model, State
from tfstyle.server.refusals import Code, Refusal


class Servable:
    """Stands in for a loaded version."""

    def __init__(self, folder):
        if (folder / "damaged").exists():
            raise ValueError("it is damaged")
        self.folder = folder

    def warm_up(self):
        return ["too large"] if (self.folder / "refusing").exists() else []


@pytest.fixture
def add(tmp_path):
    """Adds a version, with a file of the name in it."""

    def add(number, file="saved_model.pb"):
        (tmp_path / str(number)).mkdir(exist_ok=True)
        for name in ("saved_model.pb", file):
            (tmp_path / str(number) / name).touch()

    return add


@pytest.fixture
def said():
    return []


@pytest.fixture
def model(tmp_path, add, said):
    """A model with version 1."""
    add(1)
    model = Model("pair", tmp_path, {}, Servable, said.append)
    model.update()
    return model


def states(model):
    return {each.version: each.state for each in model.statuses()}


def remove(tmp_path, number):
    (tmp_path / str(number) / "saved_model.pb").unlink()


def test_newest_is_served(model):
    number, servable = model.find()
    assert (number, servable.folder.name) == (1, "1")
    assert states(model) == {1: State.AVAILABLE}


def test_new_version_takes_the_old_one_s_place(model, add, said):
    add(2)
    model.update()
    assert model.find()[0] == 2
    model.update()
    assert states(model) == {2: State.AVAILABLE, 1: State.END}
    assert said == [
        "pair, version 1: served",
        "pair, version 2: served",
        "pair, version 1: let go",
    ]


def test_old_version_stays_whole_for_as_long_as_somebody_holds_it(model, add):
    held = model.find()[1]
    add(2)
    model.update()
    model.update()
    assert states(model)[1] is State.UNLOADING
    assert held.folder.name == "1"
    with pytest.raises(Refusal, match=r"Specific\(pair, 1\)"):
        model.find(1)
    del held
    model.update()
    assert states(model)[1] is State.END


def test_damaged_version_leaves_the_old_one_in_its_place(model, add, said):
    add(2, "damaged")
    model.update()
    model.update()
    assert model.find()[0] == 1
    assert states(model) == {2: State.END, 1: State.AVAILABLE}
    assert model.statuses(2)[0].problem == "it is damaged"
    # Said once, though looked at twice.
    assert said[1:] == ["pair, version 2: it is damaged"]


@pytest.mark.parametrize(
    "failure", [OSError("Input/output error"), MemoryError("memory ran out; end other programs")]
)
def test_failure_of_the_machine_is_told_and_tried_again_though_no_file_changes(
    tmp_path, add, failure
):
    failures = [failure]

    def load(folder):
        if failures:
            raise failures.pop()
        return Servable(folder)

    add(1)
    model = Model("pair", tmp_path, {}, load, print)
    with pytest.raises(type(failure), match=str(failure)):
        model.update()
    assert states(model) == {1: State.END}
    assert model.statuses(1)[0].problem == str(failure)
    model.update()
    assert model.find()[0] == 1


def test_sentence_that_cannot_be_told_costs_no_version(tmp_path, add):
    def fail(sentence):
        raise OSError("No space left on device")

    add(1)
    model = Model("pair", tmp_path, {}, Servable, fail)
    model.update()
    assert states(model) == {1: State.AVAILABLE}


def test_damaged_version_is_tried_again_once_it_has_changed(model, add, tmp_path):
    add(2, "damaged")
    model.update()
    (tmp_path / "2" / "damaged").unlink()
    model.update()
    assert model.find()[0] == 2


def test_going_back_is_removing_the_newest(model, add, tmp_path):
    add(2)
    model.update()
    remove(tmp_path, 2)
    model.update()
    assert model.find()[0] == 1


def test_folder_out_of_reach_ends_nothing(model, tmp_path):
    remove(tmp_path, 1)
    model.update()
    assert model.find()[0] == 1


def test_labelled_version_stays(tmp_path, add, said):
    add(1)
    add(2)
    add(3)
    model = Model("pair", tmp_path, {"stable": 1}, Servable, said.append)
    model.update()
    assert [model.find()[0], model.find(label="stable")[0]] == [3, 1]
    assert [each.version for each in model.statuses()] == [3, 1]
    assert [each.version for each in model.statuses(label="stable")] == [1]
    with pytest.raises(Refusal, match="Unrecognized servable version label: canary") as raised:
        model.find(label="canary")
    assert raised.value.code is Code.INVALID_ARGUMENT


def test_version_that_is_not_there_is_not_found(model):
    for ask in (model.find, model.statuses):
        with pytest.raises(Refusal) as raised:
            ask(9)
        assert raised.value.code is Code.NOT_FOUND


def test_model_without_a_version_has_none_to_find(tmp_path, said):
    model = Model("pair", pathlib.Path(tmp_path / "none"), {}, Servable, said.append)
    model.update()
    assert not model.is_available
    with pytest.raises(Refusal, match=r"Latest\(pair\)"):
        model.find()


def test_version_that_refuses_its_own_request_is_served_and_said(model, add, said):
    add(2, "refusing")
    model.update()
    assert model.find()[0] == 2
    assert said[1] == "pair, version 2: served; it refuses its own request to warm up: too large"
