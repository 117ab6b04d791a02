"""Where models lie: a folder a model, in which each version has a folder with its number."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

FILE = "saved_model.pb"
"""What makes a folder a SavedModel."""

EXAMPLE = "as tfstyle export --output=served/NAME/1 writes them"

Labels = Mapping[str, Mapping[str, int]]
"""Versions by label, by model."""


def versions(folder: Path) -> dict[int, Path]:
    """Returns the SavedModels of a model's folder by their numbers, in their order.

    Names that are no numbers are passed over, and so are folders that hold no SavedModel yet.
    """
    try:
        inside = list(folder.iterdir())
    except OSError:
        return {}
    numbered = {int(path.name): path for path in inside if path.name.isdecimal()}
    return {number: path for number, path in sorted(numbered.items()) if (path / FILE).is_file()}


def fingerprint(folder: Path) -> frozenset[tuple[str, int, int]]:
    """Returns what changes while files are copied into a folder: names, sizes and times."""
    found = []
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                facts = os.stat(os.path.join(place, name))
            except OSError:
                # Moved meanwhile, which is a change as well.
                continue
            found.append((os.path.join(place, name), facts.st_size, facts.st_mtime_ns))
    return frozenset(found)


def read_models(items: Iterable[str]) -> dict[str, Path]:
    """Returns the models' folders by their names, from FOLDER or NAME=FOLDER.

    Raises:
        ValueError: a folder has no version, or two have one name.
    """
    models: dict[str, Path] = {}
    for item in items:
        name, folder = _read_model(item)
        if name in models:
            raise ValueError(
                f"model must have different names; write NAME=FOLDER. Received: {name} twice"
            )
        models[name] = folder
    return models


def _read_model(item: str) -> tuple[str, Path]:
    name, _, path = item.partition("=") if not os.path.isdir(item) else ("", "", item)
    folder = Path(path or name)
    if (folder / FILE).is_file():
        raise ValueError(
            f"model must be the folder above its versions, {folder.parent}. Received: model={item}"
        )
    if not versions(folder):
        raise ValueError(
            f"model must be a folder of numbered versions, {EXAMPLE}. Received: model={item}"
        )
    name = name if path and name else folder.resolve().name
    # Both end a name in the paths of requests.
    if not name or set(name) & set("/:"):
        raise ValueError(
            f"model must have a name without / and :; write NAME=FOLDER. Received: model={item}"
        )
    return name, folder


def read_labels(items: Iterable[str], models: Mapping[str, Path]) -> Labels:
    """Returns each model's versions by label, from LABEL=VERSION or MODEL/LABEL=VERSION.

    A label without a model is one of every model.

    Raises:
        ValueError: a label is written otherwise, or names a model or version that is not there.
    """
    labels: dict[str, dict[str, int]] = {name: {} for name in models}
    for item in items:
        named, _, number = item.partition("=")
        model, _, label = named.rpartition("/")
        if not (label and number.isdecimal()) or (model and model not in models):
            raise ValueError(
                f"labels must be LABEL=VERSION or MODEL/LABEL=VERSION, with one of the models "
                f"{', '.join(models)}. Received: labels={item}"
            )
        for name in [model] if model else models:
            if int(number) not in versions(models[name]):
                raise ValueError(
                    f"labels must name versions that are there: {name} has "
                    f"{', '.join(map(str, versions(models[name])))}. Received: labels={item}"
                )
            labels[name][label] = int(number)
    return labels
