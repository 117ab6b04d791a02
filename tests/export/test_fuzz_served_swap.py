"""100 requests to a served style swap, good and bad ones mixed at random by a seed.

A good one is answered with `style_swap.stylize`'s picture, a bad one with a sentence that names the
cause, and none ends the server.
"""

import re

import model_server
import numpy as np
import pytest
from samples import picture

from tfstyle import style_swap

REQUESTS = 100
SEED = 21
HANGS = 300
"""Seconds; a bound against hanging, not a measure."""

SENTENCE = r"assertion failed: \[(contents|styles|strength) must [ -~]{10,300}\]"

MOST_FAR = 0.02
"""Share of values that may be further than a grey level away: where two patches of the style are as
near as each other, rounding decides."""


class Requests:
    """Makes requests at random: whether each is good, and its signature and inputs."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)

    def next(self):
        return self.pick(
            [self.good, self.good, self.bad_strength, self.bad_shape, self.bad_value]
        )()

    def pick(self, choices):
        return choices[self.random.integers(len(choices))]

    def images(self, count):
        height, width = self.random.integers(12, 40, 2)
        seeds = self.random.integers(1000, size=count)
        return np.concatenate([picture(height, width, seed=seed) for seed in seeds])

    def good(self):
        count = self.pick([1, 2])
        contents, styles = self.images(count), self.images(self.pick([1, count]))
        strength = self.random.random(self.pick([1, count]), np.float32)
        strength[0] = self.pick([0, 1, strength[0]])
        inputs = {"contents": contents, "styles": styles, "strength": strength}
        if self.pick([True, False]):
            inputs["contents"], inputs["styles"] = to_bytes(contents), to_bytes(styles)
            return True, ("uint8", inputs)
        return True, ("serving_default", inputs)

    def bad_strength(self):
        _, (signature, inputs) = self.good()
        wrong = [[np.nan], [np.inf], [-np.inf], [-1e-6], [1.0001], [50], [], [[0.5]], 0.5]
        wrong += [[0.5] * 3, [0.5, 0.5, np.nan]]
        return False, (signature, inputs | {"strength": np.array(self.pick(wrong), np.float32)})

    def bad_shape(self):
        _, (signature, inputs) = self.good()
        shapes = [[], [9], [9, 9, 3], [1, 9, 9, 1], [1, 9, 9, 4], [0, 9, 9, 3], [1, 0, 9, 3]]
        shapes += [[1, 4001, 1, 3], [5, 30, 30, 3], [1, 3, 9, 9, 3]]
        name = self.pick(["contents", "styles"])
        wrong = np.zeros(self.pick(shapes), inputs[name].dtype)
        return False, (signature, inputs | {name: wrong})

    def bad_value(self):
        _, (_, inputs) = self.good()
        inputs = {name: values.astype(np.float32) for name, values in inputs.items()}
        name = self.pick(["contents", "styles"])
        inputs[name][0, 3, 4, 1] = self.pick([np.nan, np.inf, -np.inf, -0.1, 256.0])
        for other in {"contents", "styles"} - {name}:
            inputs[other] = np.clip(inputs[other], 0, 1)
        return False, ("serving_default", inputs)


def to_bytes(images):
    return np.round(images * 255).astype(np.uint8)


def rows(inputs):
    """Each content with its style and strength."""
    contents, styles, strength = (inputs[name] for name in ("contents", "styles", "strength"))
    count = len(contents)
    for number in range(count):
        yield contents[[number]], styles[[number % len(styles)]], strength[number % len(strength)]


@pytest.mark.slow
def test_100_requests_are_answered_rightly_or_refused_by_a_sentence(
    served_swap, shallow_encoder, inverse
):
    make = Requests(SEED)
    are_good, requests = zip(*(make.next() for _ in range(REQUESTS)), strict=True)
    answers = model_server.ask_all(served_swap, requests, HANGS)
    for number, (is_good, request, answer) in enumerate(
        zip(are_good, requests, answers, strict=True)
    ):
        told = f"request {number} of seed {SEED}: {request}"
        if not is_good:
            assert isinstance(answer, str) and re.search(SENTENCE, answer), f"{answer}\n{told}"
            continue
        assert not isinstance(answer, str), f"{answer}\n{told}"
        painted = answer["pastiches"]
        levels = painted if painted.dtype == np.uint8 else 255 * painted
        for found, (content, style, strength) in zip(levels, rows(request[1]), strict=True):
            config = style_swap.Config(
                size=None, first_size=16, strength=float(strength), precision="float32"
            )
            right = style_swap.stylize(
                content, style, config, features=shallow_encoder, decoder=inverse
            )
            far = np.abs(found - 255 * right.image[0]) > 1
            assert far.mean() <= MOST_FAR, told
