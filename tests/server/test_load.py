"""The load of `benchmarks/serve.py` for a few seconds: right answers, causes, and a good end."""

import importlib.util
import sys

import numpy as np
import pytest
import samples

from tfstyle.server.servable import Servable

SECONDS, CLIENTS = 3, 8


@pytest.fixture(scope="module")
def load():
    """The benchmark as a module."""
    location = importlib.util.spec_from_file_location(
        "serve_benchmark", samples.ROOT / "benchmarks" / "serve.py"
    )
    module = importlib.util.module_from_spec(location)
    # Dataclasses look for their module by its name.
    sys.modules["serve_benchmark"] = module
    location.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_good_requests_are_answered_right_bad_ones_by_their_cause_and_none_is_lost(load, served):
    contents = load.picture(40, 56)
    inputs = {
        "image_bytes": np.array([contents], object),
        "style_weights": np.float32([[1, 0]]),
    }
    (painted,) = Servable(served).predict("image_bytes", inputs)["pastiche_bytes"]
    found = load.measure(
        served.parent,
        load.good_body(contents, weights=2),
        painted,
        CLIENTS,
        SECONDS,
        ("--max_body=1",),
        huge=2**21,
    )
    assert found.tally.wrong == []
    assert found.lost_at_end == []
    assert found.status == 0
    assert len(found.tally.seconds) > 5 * found.tally.refused > 0
    assert found.tally.unanswered > 0
