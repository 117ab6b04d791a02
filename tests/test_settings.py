import dataclasses
import math
import os
import pathlib
from fractions import Fraction

import numpy as np
import pytest

from tfstyle import settings


@dataclasses.dataclass(frozen=True)
class Config:
    side: int | None = settings.setting(8, "A side.", unit="pixels", minimum=1, maximum=16)
    weight: float = settings.setting(1.0, "A weight.", minimum=0)
    shift: float = settings.setting(0.0, "A shift.", maximum=5)
    shares: tuple[float, ...] | None = settings.setting(None, "Shares.", minimum=0, maximum=1)
    pooling: str = settings.setting("max", "Pooling.", choices=("max", "average"))
    modes: tuple[str, ...] = settings.setting(("red",), "Modes.", choices=("red", "green"))
    mirror: bool = settings.setting(True, "Whether to mirror.", minimum=5)
    free: float = settings.setting(0.0, "Anything.")
    file: str | os.PathLike = settings.setting("", "A file.")
    loose: tuple[str, ...] | str = settings.setting((), "One or several.")
    seed: int = settings.setting(0, "A seed.")


def field(name):
    return {field.name: field for field in dataclasses.fields(Config)}[name]


def check(**changes):
    settings.check(Config(**changes))


def test_defaults_pass():
    check()


@pytest.mark.parametrize(
    "changes",
    [{"side": 1}, {"side": 16}, {"side": None}, {"weight": 0}, {"shares": (0.0, 1.0)}],
)
def test_ranges_include_their_ends(changes):
    check(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"side": 0},
        {"side": 17},
        {"weight": -1e-9},
        {"shift": 5.1},
        {"shares": (0.5, 1.1)},
        {"free": math.nan},
        {"free": math.inf},
        {"free": -math.inf},
        {"side": 10**400},
        {"side": -(10**400)},
        {"weight": math.nan},
    ],
)
def test_number_outside_its_range_is_refused_by_name(changes):
    (name,) = changes
    with pytest.raises(ValueError, match=f"^{name} must be .* Received: {name}="):
        check(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seed": 1.5}, "seed must be a whole number. Received: seed=1.5"),
        ({"seed": None}, "seed must be a whole number. Received: seed=None"),
        ({"seed": True}, "seed must be a whole number. Received: seed=True"),
        ({"side": 8.0}, "side must be a whole number or none. Received: side=8.0"),
        ({"side": "8"}, "side must be a whole number or none. Received: side='8'"),
        ({"weight": "heavy"}, "weight must be a number. Received: weight='heavy'"),
        ({"weight": False}, "weight must be a number. Received: weight=False"),
        ({"weight": 1j}, "weight must be a number. Received: weight=1j"),
        ({"mirror": "yes"}, "mirror must be True or False. Received: mirror='yes'"),
        ({"mirror": 1}, "mirror must be True or False. Received: mirror=1"),
        ({"pooling": None}, "pooling must be a string. Received: pooling=None"),
        ({"modes": None}, "modes must be a tuple of strings. Received: modes=None"),
        ({"modes": "red"}, "modes must be a tuple of strings. Received: modes='red'"),
        ({"modes": ("red", 1)}, "modes must be a tuple of strings. Received: modes=('red', 1)"),
        ({"shares": 0.5}, "shares must be a tuple of numbers or none. Received: shares=0.5"),
        ({"shares": ["a"]}, "shares must be a tuple of numbers or none. Received: shares=['a']"),
        ({"file": 3}, "file must be a string or a path. Received: file=3"),
        ({"loose": 3}, "loose must be a tuple of strings or a string. Received: loose=3"),
    ],
)
def test_value_of_another_type_is_refused_in_one_sentence(changes, message):
    with pytest.raises(ValueError) as error:
        check(**changes)
    assert str(error.value) == message


@pytest.mark.parametrize(
    "changes",
    [
        {"side": np.int64(8)},
        {"weight": 2},
        {"weight": np.float32(2)},
        {"weight": np.int32(2)},
        {"shares": [0, np.float64(1)]},
        {"modes": ["red"]},
        {"file": pathlib.Path("a")},
        {"loose": "red"},
    ],
)
def test_what_means_the_same_is_taken(changes):
    check(**changes)


def test_numbers_of_other_libraries_become_pythons_own():
    config = Config(
        side=np.int64(8), weight=np.float32(2), shift=Fraction(1, 2), shares=(np.float64(1), 0)
    )
    settings.check(config)
    own = (config.side, config.weight, config.shift, *config.shares)
    assert own == (8, 2, 0.5, 1, 0)
    assert [type(each) for each in own] == [int, float, float, float, int]


@pytest.mark.parametrize("name", ["side", "seed", "weight", "shares", "mirror", "pooling"])
def test_whole_numbers_too_long_to_write_are_refused_by_name(name):
    for value in (10**5000, (10**5000,)):
        with pytest.raises(ValueError, match=f"^{name} must be .* Received: {name}="):
            check(**{name: value})


def test_message_states_range_unit_and_value():
    with pytest.raises(ValueError) as error:
        check(side=99)
    assert str(error.value) == "side must be from 1 to 16 pixels. Received: side=99"


def test_bool_is_not_a_number():
    check(mirror=False)


def test_unknown_choice_lists_all_and_suggests_the_nearest():
    with pytest.raises(ValueError) as error:
        check(pooling="averag")
    assert str(error.value) == (
        "pooling must be one of average, max. Did you mean average? Received: pooling=averag"
    )


def test_choices_with_commas_stand_in_quotes():
    with pytest.raises(ValueError, match='one of "VII, blue", chelsea. Received: style=VII$'):
        settings.check_choice("style", "VII", ["chelsea", "VII, blue"])


def test_nothing_is_suggested_when_nothing_is_near():
    with pytest.raises(ValueError, match=r"max\. Received: pooling=zzz"):
        check(pooling="zzz")


def test_every_element_of_a_tuple_must_be_a_choice():
    with pytest.raises(ValueError, match="Did you mean green.*modes=gren"):
        check(modes=("red", "gren"))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("side", "from 1 to 16 pixels"),
        ("weight", "at least 0"),
        ("shift", "at most 5"),
        ("free", "any finite number"),
        ("pooling", "one of max, average"),
    ],
)
def test_range_is_described_in_words(name, words):
    assert settings.describe_range(field(name)) == words


def test_suggestion_is_a_sentence_to_go_after_another():
    assert settings.suggest("contnet", ["content", "style"], "--") == " Did you mean --content?"
    assert settings.suggest("zebra", ["content", "style"]) == ""
