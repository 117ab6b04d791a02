"""Keras's folder of downloaded models: where a file is looked for, and where a new one is kept.

Keras has no public name for it; this is its rule, and what it leaves out: a folder that cannot be
written to is read all the same.
"""

import os
import pathlib

VARIABLE = "KERAS_HOME"
"""The environment variable that names Keras's folder."""

WITHOUT_HOME = pathlib.Path("/tmp/.keras")
"""Keras's folder where there is no home folder, or none that can be written to."""


def folders() -> list[pathlib.Path]:
    """Returns the folders of models, in the order in which they are looked into.

    `KERAS_HOME` alone where that is set. Whoever runs this need not have a home folder, nor a name.
    """
    named = os.environ.get(VARIABLE)
    # Not Path.home(), which raises for a user whom the system does not know: "~" stays "~" then.
    usual = [pathlib.Path(os.path.expanduser("~"), ".keras"), WITHOUT_HOME]
    homes = [pathlib.Path(named)] if named else [home for home in usual if home.is_absolute()]
    return [home / "models" for home in homes]


def find(name: str) -> list[pathlib.Path]:
    """Returns the files of that name that can be read."""
    paths = [folder / name for folder in folders()]
    # Not path.is_file(), which raises where a folder on the way must not be entered.
    return [path for path in paths if os.path.isfile(path) and os.access(path, os.R_OK)]


def place(name: str) -> pathlib.Path:
    """Returns the path that a new file of that name is to have; its folder need not exist yet."""
    *first, last = folders()
    return next((folder for folder in first if _can_be_made(folder)), last) / name


def _can_be_made(folder: pathlib.Path) -> bool:
    """Returns whether files can be made in a folder, which may have to be made as well."""
    existing = next(each for each in (folder, *folder.parents) if os.path.exists(each))
    return os.path.isdir(existing) and os.access(existing, os.W_OK | os.X_OK)
