"""The regions of a clip's frames: each frame has a map of its own, in which regions may be gone."""

import numpy as np

from tfstyle.image import ImageError
from tfstyle.regions import masks, matching, reading
from tfstyle.regions.maps import Map
from tfstyle.regions.matching import Regions


def read(source: reading.Source, called: str = reading.CONTENT) -> Map:
    """Returns a frame's map in files; of masks, those that are black are left out.

    Args:
        source: as `reading.read` takes it.
        called: what messages call the map.

    Raises:
        ImageError: a file cannot be read, or is no map.
    """
    if isinstance(source, str):
        return reading.read(source, called)
    pictures = {name: reading.read_picture(path, called) for name, path in source.items()}
    seen = {name: each for name, each in pictures.items() if each.max() > masks.NOISE}
    if not seen:
        return Map((masks.REST,), np.ones([1, 1, 1], np.float32), called)
    return masks.from_masks(seen, called)


def seen_in(drawn: Map, regions: Regions) -> Regions:
    """Returns those of the first frame's regions that a later frame shows, where it shows them.

        >>> seen_in(from_colors(image.read("map_0017.png")), found).names
        ('#0000ff',)

    Args:
        drawn: the later frame's map.
        regions: the first frame's, with those of the styles.

    Raises:
        ImageError: the frame has a region that the first one has not.
    """
    partners = matching.partners_of(Map(regions.names, regions.content), drawn)
    new = [name for place, name in enumerate(drawn.names) if place not in partners.values()]
    if new:
        raise ImageError(
            f"{drawn.called} must have no region that the first frame's map has not; draw it there "
            f"too. Received: region {', '.join(new)}"
        )
    kept = sorted(partners)
    return Regions(
        tuple(regions.names[place] for place in kept),
        drawn.masks[[partners[place] for place in kept]],
        tuple(of_style[kept] for of_style in regions.styles),
    )
