import dataclasses
import math

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
        {"weight": math.nan},
    ],
)
def test_number_outside_its_range_is_refused_by_name(changes):
    (name,) = changes
    with pytest.raises(ValueError, match=f"^{name} must be .* Received: {name}="):
        check(**changes)


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
