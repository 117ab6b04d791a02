"""Maps of regions in files: which is the content's, and what the record keeps of them."""

import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tfstyle.image.paths import find_contents, is_many
from tfstyle.jobs import record
from tfstyle.jobs.inputs import read_input
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
    if not any(map(is_many, reading.paths(source))):
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
    if not _has_regions(config):
        return []
    folders = filter(is_many, reading.paths(_source(config)))
    return [path for folder in folders for path in find_contents(folder, reading.CONTENT)]


def _has_regions(config: Any) -> bool:
    return getattr(config, "content_regions", None) is not None


def _source(config: Any) -> reading.Source:
    """Returns the files, or folders, of the content's map."""
    return reading.parse_one(config.content_regions) if _has_regions(config) else {}


def _of_name(maps: str, content: Path) -> str:
    """Returns the path of a content's map, or mask."""
    if not is_many(maps):
        return maps
    found = [path for path in find_contents(maps, reading.CONTENT) if path.stem == content.stem]
    if len(found) != 1:
        raise ValueError(
            f"{reading.CONTENT} must have one map of each content's name, {content.stem}.png or "
            f"with another suffix. Received: {len(found)} in {maps}"
        )
    return os.fspath(found[0])


def check_outputs(config: Any, outputs: Sequence[Path]) -> None:
    """Raises ValueError when an output would replace a map."""
    maps = set(map(os.path.realpath, in_folders(config)))
    for output in outputs:
        if os.path.realpath(output) in maps:
            raise ValueError(f"output must not replace an input. Received: output={output}")
