"""The shipped slim stylizer on real frames, judged by flow that is known or estimated."""

import itertools

import numpy as np
import pytest
import samples
from samples import DATA

from tfstyle.methods import feed_forward
from tfstyle.methods.video import flow, trust
from tfstyle.methods.video import method as video
from tfstyle.video_io import reading

pytestmark = pytest.mark.large

PAN = samples.ROOT / "examples" / "inputs" / "pan.mp4"


def read(path, count=10):
    with reading.open_clip(path) as clip:
        return [frame.pixels for frame in itertools.islice(clip, count)]


def paint(frames, stabilize):
    slim = feed_forward.Config(model="slim", precision="float32")
    return list(video.stylize(frames, "great_wave", video.Config(stabilize=stabilize), slim))


def error(pastiches, flow_back, seen):
    """The mean squared difference of each pastiche and the one before, carried to it."""
    pairs = itertools.pairwise(pastiches)
    differences = [
        flow.carry(np.float32(earlier), flow_back(number)) - later
        for number, (earlier, later) in enumerate(pairs)
    ]
    return np.mean(
        [np.square(each)[seen(number)].mean() for number, each in enumerate(differences)]
    )


def test_a_pan_flickers_less_than_half_as_much():
    """From frame to frame the view moves 2 pixels to the right, and 1 down every other time."""
    frames = read(PAN)
    size = frames[0].shape[:2]
    inside = (slice(8, -8), slice(8, -8))

    def back(number):
        return np.broadcast_to(np.float32([2, (number + 1) // 2 - number // 2]), [*size, 2])

    plain, steady = (
        error(paint(frames, weight), back, lambda number: inside) for weight in (0.0, 0.97)
    )
    assert steady < 0.5 * plain


@pytest.mark.parametrize("name", ["squirrel", "bunny"])
def test_real_clips_flicker_less_than_half_as_much(name):
    path = DATA / "video" / f"{name}.mp4"
    if not path.exists():
        pytest.skip("needs the clips")
    frames = read(path)
    flows = [flow.estimate(later, earlier) for earlier, later in itertools.pairwise(frames)]
    forth = [flow.estimate(earlier, later) for earlier, later in itertools.pairwise(frames)]
    seen = [trust.of_flow(*pair)[..., 0] > 0.9 for pair in zip(flows, forth, strict=True)]
    plain, steady = (
        error(paint(frames, weight), flows.__getitem__, seen.__getitem__) for weight in (0.0, 0.97)
    )
    assert steady < 0.5 * plain
