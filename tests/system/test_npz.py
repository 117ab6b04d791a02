"""Arrays in `.npz` files: what is written compressed, and what `read` takes."""

import zipfile

import numpy as np
import pytest

from tfstyle.system import npz


@pytest.fixture
def written(tmp_path):
    """Writes arrays; returns them as they are read, and how each was packed."""

    def write(**arrays):
        path = tmp_path / "arrays.npz"
        with path.open("wb") as file:
            npz.write(file, arrays)
        with zipfile.ZipFile(path) as archive:
            return npz.read(path), {member.compress_type for member in archive.infolist()}

    return write


def test_arrays_are_compressed(written):
    weights = np.random.default_rng(0).normal(size=10_000).astype(np.float16)
    found, methods = written(weights=weights, name=np.array("a net"))
    assert methods == {zipfile.ZIP_DEFLATED}
    assert np.array_equal(found["weights"], weights)
    assert str(found["name"]) == "a net"


def test_arrays_that_would_look_like_a_trap_are_not_compressed(written):
    # 17 MB, of which compression would leave 17 kB: four times that and 16 MiB are the most.
    zeros = np.zeros(17 * 2**20, np.uint8)
    found, methods = written(zeros=zeros)
    assert methods == {zipfile.ZIP_STORED}
    assert np.array_equal(found["zeros"], zeros)


def test_arrays_alike_of_a_common_size_are_compressed(written):
    _, methods = written(zeros=np.zeros(15 * 2**20, np.uint8))
    assert methods == {zipfile.ZIP_DEFLATED}
