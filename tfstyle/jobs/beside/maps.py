"""Maps of regions in files: which is the content's, and what the record keeps of them."""

import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tfstyle.image.paths import find_contents, is_many
from tfstyle.jobs import record
from tfstyle.jobs.beside import by_name
from tfstyle.jobs.inputs import read_input
from tfstyle.jobs.outputs import check_no_input
from tfstyle.regions import reading


@dataclasses.dataclass(frozen=True)
class MapFile:
    """A map, or a mask, of which only the record keeps something: methods read it themselves."""

    described: record.Input


def for_content(config: Any, content: Path) -> Any:
    """Returns the settings with the content's own map in place of folders of maps.

    A folder, or a pattern, has a content's map, or its mask, under the content's name, with any
    picture's suffix.

    Raises:
        ValueError: there is none of that name, or several.
    """
    source = _source(config)
    if not _folders(config):
        return config
    if isinstance(source, str):
        own = _of_name(source, content)
    else:
        own = ",".join(f"{name}={_of_name(path, content)}" for name, path in source.items())
    return dataclasses.replace(config, content_regions=own)


def read(config: Any) -> list[MapFile]:
    """Returns the maps that the settings name, but folders of them, for the record."""
    if not _has_regions(config):
        return []
    styles = reading.parse(config.style_regions, reading.STYLES) if config.style_regions else []
    named = {reading.CONTENT: [_source(config)], reading.STYLES: styles}
    return [
        MapFile(read_input(path, flag).described)
        for flag, sources in named.items()
        for source in sources
        for path in reading.paths(source)
        if not is_many(path)
    ]


def for_all(config: Any) -> list[Path]:
    """Returns the files that `read` reads, which no output may replace."""
    return [Path(each.described.path) for each in read(config)]


def in_folders(config: Any) -> list[Path]:
    """Returns the maps of many contents, which no output may replace."""
    return [path for each in _folders(config) for path in find_contents(each, reading.CONTENT)]


def _folders(config: Any) -> list[str]:
    """Returns the folders, or patterns, in which each content has a map, or a mask."""
    return list(filter(is_many, reading.paths(_source(config))))


def _has_regions(config: Any) -> bool:
    return getattr(config, "content_regions", None) is not None


def _source(config: Any) -> reading.Source:
    """Returns the files, or folders, of the content's map."""
    return reading.parse_one(config.content_regions) if _has_regions(config) else {}


def _of_name(maps: str, content: Path) -> str:
    """Returns the path of a content's map, or mask."""
    if not is_many(maps):
        return maps
    (found,) = by_name.find(maps, [content], reading.CONTENT)
    return os.fspath(found)


def check(config: Any, contents: Sequence[Path], outputs: Sequence[Path]) -> None:
    """Raises ValueError when a content has no map of its own, or an output would replace one."""
    for folder in _folders(config):
        by_name.find(folder, contents, reading.CONTENT, warn=True)
    check_no_input(outputs, in_folders(config))
