"""Maps in files: a picture of flat colours, or `name=mask.png` pairs."""

import os
from collections.abc import Sequence

import numpy as np

from tfstyle import image
from tfstyle.image import ImageError
from tfstyle.regions.colors import from_colors
from tfstyle.regions.maps import Map
from tfstyle.regions.masks import from_masks
from tfstyle.regions.matching import Regions, match

CONTENT = "content_regions"
STYLES = "style_regions"
"""What messages call the maps: the names of the settings."""

Path = str | os.PathLike[str]

Source = str | dict[str, str]
"""Where a map lies: the path of a picture of flat colours, or the paths of masks by name."""


def parse(text: Path, called: str = CONTENT) -> list[Source]:
    """Returns where the maps lie that a text names, commas between.

    `sky=a.png,ground=b.png` is one map of two masks. Where a name comes again, or a path without a
    name, the next map begins: that of the next style.

        >>> parse("sky=a.png,ground=b.png,sky=c.png,ground=d.png")
        [{'sky': 'a.png', 'ground': 'b.png'}, {'sky': 'c.png', 'ground': 'd.png'}]

    Args:
        text: what was written; a comma, or =, inside a path that exists stays in it.
        called: what the caller calls it.

    Raises:
        ImageError: nothing stands beside a comma or =.
    """
    maps: list[Source] = []
    for piece in _pieces(os.fspath(text)):
        name, path = _named(piece)
        if not path or (not name and piece.startswith("=")):
            raise ImageError(
                f"{called} must be pictures, or name=mask.png pairs, with commas between. "
                f"Received: {called}={text}"
            )
        last = maps[-1] if maps else None
        if name and isinstance(last, dict) and name not in last:
            last[name] = path
        else:
            maps.append({name: path} if name else path)
    return maps


def parse_one(text: Path) -> Source:
    """Returns where the content's map lies; raises ImageError when the text names several."""
    found = parse(text, CONTENT)
    if len(found) != 1:
        raise ImageError(f"{CONTENT} must be one map. Received: {CONTENT}={text}")
    return found[0]


def paths(source: Source) -> list[str]:
    """Returns the files of a map."""
    return [source] if isinstance(source, str) else list(source.values())


def read(source: Source, called: str = CONTENT) -> Map:
    """Returns the map in files.

        >>> read("map.png").names
        ('#0000ff', '#00ff00')

    Args:
        source: one map, as `parse` returns it.
        called: what messages call the map.

    Raises:
        ImageError: a file cannot be read, or is no map.
    """
    if isinstance(source, str):
        return from_colors(read_picture(source, called), called)
    return from_masks({name: read_picture(path, called) for name, path in source.items()}, called)


def read_regions(
    content: Path,
    styles: Path | None,
    content_size: tuple[int, int],
    style_sizes: Sequence[tuple[int, int]],
) -> Regions:
    """Returns the regions that two settings name, for a content and its styles.

    Args:
        content: the content's map, a picture or `name=mask.png` pairs.
        styles: one map for each style; None gives each region a style of its own.
        content_size: (height, width) of the content, in pixels.
        style_sizes: of each style.

    Raises:
        ImageError: a map cannot be read, is none, or does not fit its picture or the others.
    """
    drawn = read(parse_one(content), CONTENT)
    of_styles = [read(each, STYLES) for each in (parse(styles, STYLES) if styles else ())]
    matched = match(drawn, of_styles, styles=len(style_sizes))
    matched.check(content_size, style_sizes)
    return matched


def read_picture(path: str, called: str) -> np.ndarray:
    """Returns a picture of a map, `[1, height, width, 3]`; errors call it `called`."""
    try:
        return image.read(path)
    except ImageError as error:
        text = str(error).replace("path must", f"{called} must", 1)
        raise ImageError(text.replace("Received: path=", f"Received: {called}=")) from error


def _pieces(text: str) -> list[str]:
    """Returns what stands between commas; a comma inside a path that exists stays in it."""
    words, pieces = text.split(","), []
    while words:
        ends = (end for end in range(len(words), 0, -1) if _is_there(",".join(words[:end])))
        end = next(ends, 1)
        pieces.append(",".join(words[:end]).strip())
        words = words[end:]
    return pieces


def _is_there(piece: str) -> bool:
    return os.path.exists(_named(piece.strip())[1])


def _named(piece: str) -> tuple[str, str]:
    """Returns the region's name, empty where there is none, and the path."""
    name, sign, path = piece.partition("=")
    if not sign or os.path.exists(piece):
        return "", os.path.expanduser(piece)
    return name.strip(), os.path.expanduser(path.strip())
