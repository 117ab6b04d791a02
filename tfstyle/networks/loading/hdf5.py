"""HDF5 files that anybody may have written: what is looked at before a value is read."""

import math
from collections.abc import Iterator
from typing import Any

import h5py

from tfstyle.system.doors import Unsound

DEEPEST = 32
"""Groups within groups; Keras's files have eight."""


def datasets(file: h5py.File) -> dict[str, h5py.Dataset]:
    """Returns a file's arrays by their paths, each once, whose values are not read yet.

    Links into other files are not followed.

    Raises:
        Unsound: groups are nested too deeply.
    """
    return dict(_walk(file, "", 0, set()))


def _walk(group: Any, path: str, depth: int, seen: set[Any]) -> Iterator[tuple[str, h5py.Dataset]]:
    # HDF5's own visit goes as deep as a file says, until the stack ends.
    if depth > DEEPEST:
        raise Unsound("has groups that are nested too deeply")
    for name in group:
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            continue
        item = group[name]
        # By a few groups that are linked to twice each there are more paths than anybody can walk.
        if item in seen:
            continue
        seen.add(item)
        if isinstance(item, h5py.Dataset):
            yield path + name, item
        elif isinstance(item, h5py.Group):
            yield from _walk(item, f"{path}{name}/", depth + 1, seen)


def check_size(name: str, array: h5py.Dataset, most: int) -> None:
    """Raises Unsound where an array has, or unfolds to, more values than it can need.

    Args:
        name: the array's.
        array: whose values are not read yet.
        most: values.
    """
    # A chunk is unfolded whole, however little of it the array has.
    largest = max(math.prod(array.shape or ()), math.prod(array.chunks or ()))
    if largest > most or array.external or array.is_virtual:
        raise Unsound(f"has an array {name} that no such network has")
