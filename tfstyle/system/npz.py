"""Arrays from `.npz` files that anybody may have written: no pickles, and no more than they say."""

import io
import math
import pathlib
import zipfile
from collections.abc import Mapping
from typing import IO, Any

import numpy as np

from tfstyle.system.doors import Unsound

EXPANSION = 4
"""How often its size on the disk a file may be in memory: trained weights shrink by a twelfth."""

SPARE = 16 * 2**20
"""Bytes that a file may be in memory whatever its size on the disk."""

HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
"""By the version of NumPy's format; the third is for arrays with named fields."""


def read(path: pathlib.Path, only: str | None = None) -> dict[str, np.ndarray]:
    """Returns the arrays by name, as `np.load` does.

    Args:
        path: the file.
        only: the name of the one to be read, if it is there; by default all are.

    Raises:
        Unsound: the file would unfold to many times its size, or holds no plain arrays.
        Exception: of any class, where the file is damaged; `doors.checked` makes them sentences.
    """
    with zipfile.ZipFile(path) as archive:
        check_sizes(archive, path)
        members = {each.filename.removesuffix(".npy"): each for each in archive.infolist()}
        wanted = members if only is None else members.keys() & {only}
        return {name: _array(archive, members[name]) for name in wanted}


def write(file: IO[bytes], arrays: Mapping[str, Any]) -> None:
    """Writes arrays by name, compressed unless `read` would refuse that.

    Many values that are alike shrink to so little that they would look like a trap.
    """
    compressed = io.BytesIO()
    np.savez_compressed(compressed, **arrays)
    with zipfile.ZipFile(compressed) as archive:
        refused = _unfolds_to_many_times(archive, compressed.getbuffer().nbytes)
    if refused:
        np.savez(file, **arrays)
    else:
        file.write(compressed.getbuffer())


def check_sizes(archive: zipfile.ZipFile, path: pathlib.Path) -> None:
    """Raises Unsound where an archive would unfold to many times its size."""
    if _unfolds_to_many_times(archive, path.stat().st_size):
        raise Unsound("would unfold to many times its size")


def _unfolds_to_many_times(archive: zipfile.ZipFile, size: int) -> bool:
    whole = sum(member.file_size for member in archive.infolist())
    return whole > EXPANSION * size + SPARE


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Returns a file of an archive, no more of it than it was said to have.

    Raises:
        Unsound: it was packed by a method that does not tell in time how much it unfolds.
    """
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unsound("is packed by a method that is not read")
    with archive.open(member) as file:
        # Told how much, zipfile unfolds no more in one go. One byte beyond makes it check the sum.
        return file.read(member.file_size + 1)


def _array(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> np.ndarray:
    content = read_member(archive, member)
    file = io.BytesIO(content)
    shape, _, dtype = HEADERS[np.lib.format.read_magic(file)](file)
    if dtype.hasobject:
        raise Unsound("holds Python objects, which are never read")
    # NumPy would make room for what the header says before it looks for the values.
    if math.prod(shape) * dtype.itemsize != len(content) - file.tell():
        raise Unsound("holds an array of another size than it says")
    file.seek(0)
    return np.lib.format.read_array(file, allow_pickle=False)
