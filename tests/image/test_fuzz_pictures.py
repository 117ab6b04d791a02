"""Damaged pictures: what comes back is a picture or one sentence, and nothing else is said."""

import os
import re
import resource
import time

import numpy as np
import picture_files
import pytest

from tfstyle import image
from tfstyle.system import memory

MUTATIONS = 1000
SEED = int(os.environ.get("TFSTYLE_FUZZ_SEED", "0"))
"""Another one in the environment makes other mutations."""

FREE = 100e6
"""Bytes of memory that reading is told of: damaged headers claim pictures of any size."""

MOST_SECONDS = 20
"""Far beyond what a picture of that memory takes, on any machine: a bound against hangs."""

MOST_GROWTH = 500e6
"""Bytes that the process may grow by: `FREE` and what allocators keep."""


def read_or_refuse(path):
    """Returns whether `path` is read, and checks what comes back."""
    started = time.monotonic()
    try:
        picture = image.read_picture(path)
    except image.ImageError as error:
        sentence = str(error)
        assert re.search(r"^path must .*Received: path=", sentence), sentence
        assert "\n" not in sentence and sentence.isprintable(), sentence
        return False
    finally:
        assert time.monotonic() - started < MOST_SECONDS
    pixels, alpha = picture.pixels, picture.alpha
    assert pixels.dtype == np.float32 and pixels.ndim == 4
    assert pixels.shape[0] == 1 and pixels.shape[3] == 3 and pixels.size > 0
    assert np.isfinite(pixels).all() and 0 <= pixels.min() and pixels.max() <= 1
    if alpha is not None:
        assert alpha.shape == pixels.shape[1:3] and 0 <= alpha.min() and alpha.max() <= 1
    return True


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.mark.parametrize("name", picture_files.sound_files())
def test_sound_files_are_read(name, tmp_path, capfd):
    path = tmp_path / "picture"
    path.write_bytes(picture_files.sound_files()[name])
    assert read_or_refuse(path)
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_1000_mutations_are_read_or_refused_in_one_sentence(tmp_path, capfd, monkeypatch):
    """1,000 mutations of sound files of every format."""
    monkeypatch.setattr(memory, "available", lambda: FREE)
    files = picture_files.sound_files()
    random = np.random.default_rng(SEED)
    names = random.permutation(np.resize(list(files), MUTATIONS))
    path, peak_before, read = tmp_path / "picture", peak(), 0
    for number, name in enumerate(names):
        path.write_bytes(picture_files.mutate(files[name], random))
        try:
            read += read_or_refuse(path)
            assert capfd.readouterr() == ("", "")
        except BaseException as error:
            error.add_note(f"mutation {number} of {name!r} with seed {SEED}")
            raise
    # Neither so harmless nor so harsh that one outcome alone is tried.
    assert 0.1 * MUTATIONS < read < 0.9 * MUTATIONS
    assert peak() - peak_before < MOST_GROWTH
