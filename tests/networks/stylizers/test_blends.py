"""Styles as the shell writes them."""

import pytest

from tfstyle.networks.stylizers import blends

NAMES = ("great_wave", "Kandinsky, Composition VII", "Night 23:00", "Night 23", "a", "a:0.5", ",")


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("great_wave", {"great_wave": 1}),
        (" great_wave : 0.5 , a", {"great_wave": 0.5, "a": 1}),
        ("Kandinsky, Composition VII", {"Kandinsky, Composition VII": 1}),
        ("a:2,Kandinsky, Composition VII:0.5,great_wave", {"a": 2, NAMES[1]: 0.5, "great_wave": 1}),
        ("Night 23:00", {"Night 23:00": 1}),
        ("Night 23:00:0.25,Night 23:0.5", {"Night 23:00": 0.25, "Night 23": 0.5}),
        ("a:0.5", {"a:0.5": 1}),
        ("a:0.50", {"a": 0.5}),
        (",:0.5,a", {",": 0.5, "a": 1}),
        ("nobody:0.5", {"nobody": 0.5}),
    ],
)
def test_whole_names_win_over_their_pieces(text, shares):
    assert blends.parse(text, NAMES) == shares


@pytest.mark.parametrize(
    "text", ["", " ", "a,", ",,", "a,,great_wave", "great_wave:", ":1", "a:x", "great_wave:1:2x"]
)
def test_what_names_no_style_is_refused(text):
    with pytest.raises(ValueError, match="style must be a name, or names with shares"):
        blends.parse(text, ("great_wave", "a"))


def test_style_named_twice_is_refused():
    with pytest.raises(ValueError, match="style must name each style once. Received: style=a,a:2"):
        blends.parse("a,a:2", NAMES)
