"""Damage to files of models, by a seed: to their bytes, or to what lies in them."""

import io
import json
import zipfile

import h5py
import numpy as np

HOSTILE = [
    None,
    True,
    -1,
    0,
    100_000,
    10**30,
    0.5,
    1e308,
    float("nan"),
    float("inf"),
    "",
    "\x1b]0;owned\x07",
    "\ud800",
    "block9_conv9",
    "a" * 100_000,
    [],
    {},
    ["wave", "wave"],
    [["wave"]],
    {"class_name": "__lambda__", "config": {"value": "4wEAAAA="}},
    {"module": "os", "class_name": "system", "config": {"command": "false"}},
]
"""What a file may say where something else is meant."""

ARRAYS = [
    np.array(np.nan, np.float32),
    np.full([3, 3], np.inf, np.float16),
    np.full([2, 4], 1e300),
    np.zeros([0]),
    np.zeros([1, 2, 2, 3], np.complex64),
    np.array("text"),
    np.array(b"bytes"),
    np.array([("a", 1)], [("name", "U1"), ("count", "i4")]),
    np.arange(12, dtype=">f4"),
    np.zeros([1, 2, 2, 3], bool),
]


def damage(content, chance):
    """Returns bytes of a file with one to three faults in them."""
    content = bytearray(content)
    for _ in range(chance.randint(1, 3)):
        chance.choice([_flip, _cut, _zero, _repeat, _insert])(content, chance)
    return bytes(content)


def _flip(content, chance):
    for _ in range(chance.choice([1, 8, 64])):
        if content:
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def _cut(content, chance):
    del content[chance.randint(0, len(content)) :]


def _zero(content, chance):
    start = chance.randint(0, len(content))
    stop = min(len(content), start + chance.choice([4, 64, 1024]))
    content[start:stop] = bytes(stop - start)


def _repeat(content, chance):
    start = chance.randint(0, len(content))
    content[start:start] = content[start : start + 512]


def _insert(content, chance):
    start = chance.randint(0, len(content))
    content[start:start] = chance.randbytes(chance.choice([1, 7, 300]))


def alter_json(content, chance):
    """Returns a text of JSON that says something else in one place, or something deep."""
    if chance.random() < 0.1:
        return b"[" * 100_000
    said = json.loads(content)
    places = list(_places(said))
    holder, key = chance.choice(places)
    if chance.random() < 0.2 and isinstance(holder, dict):
        del holder[key]
    elif chance.random() < 0.1 and isinstance(holder, dict):
        holder["surplus"] = chance.choice(HOSTILE)
    else:
        holder[key] = chance.choice(HOSTILE)
    return json.dumps(said).encode()


def _places(said):
    """Yields each place of a value, as what holds it and its key."""
    for key, value in said.items() if isinstance(said, dict) else enumerate(said):
        yield said, key
        if isinstance(value, (dict, list)):
            yield from _places(value)


def alter_archive(content, chance, alter):
    """Returns an archive one of whose files says something else; its sums are right.

    Args:
        content: the archive.
        chance: of the seed.
        alter: from a file's name and content, and `chance`, to its new content.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(sorted(files))
    kind = chance.random()
    packing = chance.choice(
        [zipfile.ZIP_STORED] * 6 + [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
    )
    if kind < 0.1:
        del files[name]
    elif kind < 0.2:
        # Four million values that lie on the disk as a few kilobytes.
        files[name], packing = bytes(2**24), zipfile.ZIP_DEFLATED
    else:
        files[name] = alter(name, files[name], chance)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", packing) as archive:
        for name, altered in files.items():
            archive.writestr(name, altered)
    return written.getvalue()


def alter_packed_member(name, content, chance):
    """Alters an array of an `.npz` file; one that is JSON mostly in what it says."""
    array = np.load(io.BytesIO(content))
    if array.dtype.kind == "U" and array.size == 1 and str(array).startswith("{"):
        said = alter_json(str(array).encode(), chance)
        return _as_npy(np.array(said.decode()))
    if chance.random() < 0.3:
        # A header that asks for more than there is.
        return content.replace(b"(", b"(9" + b"9" * chance.randint(0, 12), 1)
    return _as_npy(_altered(array, chance))


def _altered(array, chance):
    if array.dtype.kind == "f" and array.size and chance.random() < 0.5:
        array = np.array(array)
        array.flat[chance.randrange(array.size)] = chance.choice([np.nan, np.inf, -np.inf, 1.0])
        return array
    return chance.choice(ARRAYS)


def _as_npy(array):
    written = io.BytesIO()
    np.save(written, array)
    return written.getvalue()


def alter_keras_member(name, content, chance):
    """Alters a file in a `.keras` archive."""
    return alter_json(content, chance) if name.endswith(".json") else alter_hdf5(content, chance)


def alter_hdf5(content, chance):
    """Returns an HDF5 file one of whose arrays or groups is another."""
    written = io.BytesIO(content)
    with h5py.File(written, "r+") as file:
        found = []
        file.visititems(lambda name, item: found.append(name))
        name = chance.choice(found)
        kind = chance.randrange(5)
        if kind == 0:
            del file[name]
        elif kind == 1:
            del file[name]
            file[name] = h5py.ExternalLink("/etc/hostname", "/")
        elif kind == 2:
            group = file.require_group("deep")
            for _ in range(200):
                group = group.create_group("g")
        elif isinstance(file[name], h5py.Dataset):
            array = _altered(file[name][()], chance)
            del file[name]
            if array.dtype.kind == "U" or kind == 3:
                file.create_dataset(name, [2**20, 2**20], "f4", chunks=(1024, 1024))
            else:
                file[name] = array
    return written.getvalue()
