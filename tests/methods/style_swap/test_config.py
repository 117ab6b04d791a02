import pytest

from tfstyle.methods.style_swap.config import Config


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, "inverse_white"),
        ({"whiten": False}, "inverse"),
        ({"whiten": False, "model": "mine"}, "mine"),
        ({"model": "inverse"}, "inverse"),
    ],
)
def test_own_network_is_the_one_trained_for_features_as_they_are_swapped(settings, expected):
    assert Config(**settings).inverse_model() == expected
