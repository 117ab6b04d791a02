"""The regions of a content together with those of its styles."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from tfstyle.image import ImageError
from tfstyle.regions import colors
from tfstyle.regions.checks import as_masks, check_fits, check_sums
from tfstyle.regions.maps import Map


@dataclasses.dataclass(frozen=True, eq=False)
class Regions:
    """Which part of the content is painted like which parts of the styles."""

    names: tuple[str, ...]
    """The content's, in its map's order."""
    content: np.ndarray
    """`[regions, map_height, map_width]`, float32 in [0, 1], of the content's aspect; at each
    position they sum to 1. See `layers.resize`."""
    styles: tuple[np.ndarray, ...]
    """For each style the like, of its own aspect, or of one pixel where a region is the whole
    picture or nothing of it. A region that the style lacks is zero everywhere."""

    def __post_init__(self) -> None:
        """Raises ImageError unless regions share the content, each with something in a style."""
        count = len(self.names)
        styles = [as_masks(each, count, "style_regions") for each in self.styles]
        object.__setattr__(self, "content", as_masks(self.content, count, "content_regions"))
        object.__setattr__(self, "styles", tuple(styles))
        for name, mask, *of_styles in zip(self.names, self.content, *self.styles, strict=True):
            if not mask.any() or not any(each.any() for each in of_styles):
                raise ImageError(
                    "regions must have something in the content and in a style. "
                    f"Received: region {name}, empty"
                )
        check_sums(self.content, "content_regions")

    @property
    def are_blended(self) -> bool:
        """Whether a region has more than one style."""
        return bool((self._has_it().sum(axis=0) > 1).any())

    def check(self, content_size: tuple[int, int], style_sizes: Sequence[tuple[int, int]]) -> None:
        """Raises ImageError unless the masks fit the pictures that they are of.

        Args:
            content_size: (height, width) in pixels.
            style_sizes: likewise, of each style.
        """
        if len(style_sizes) != len(self.styles):
            raise ImageError(
                "style_regions must have one map for each style. "
                f"Received: {len(self.styles)} maps for {len(style_sizes)} styles"
            )
        check_fits(self.content, content_size, "content_regions", "content")
        for number, (masks, size) in enumerate(zip(self.styles, style_sizes, strict=True), 1):
            check_fits(masks, size, "style_regions", f"style {number}")

    def shares(self, blend: Sequence[float]) -> np.ndarray:
        """Returns how much each style counts in each region, `[styles, regions]`.

        Args:
            blend: one share per style; in a region those that have it share anew, to sum to 1.

        Raises:
            ImageError: the styles of a region all have the share 0.
        """
        shares = self._has_it() * np.array(blend)[:, np.newaxis]
        total = shares.sum(axis=0)
        if not total.all():
            raise ImageError(
                "style_blend must leave a share to a style of each region. "
                f"Received: region {self.names[int(np.argmin(total))]} without one"
            )
        return shares / total

    def _has_it(self) -> np.ndarray:
        """Returns whether a style has something of a region, `[styles, regions]`."""
        return np.array([masks.any(axis=(1, 2)) for masks in self.styles])


def match(content: Map, maps: Sequence[Map] = (), *, styles: int = 0) -> Regions:
    """Returns the content's regions, each with those of the styles that it is painted like.

    Colours match the nearest, if they are of nearly one colour, and names themselves. Without the
    styles' maps each region has a style of its own, in the order of both.

        >>> match(from_colors(image.read("map.png")), styles=2).names
        ('#0000ff', '#00ff00')

    Args:
        content: the content's map.
        maps: one for each style, or none.
        styles: how many styles there are.

    Raises:
        ImageError: a region is in one of the maps only, or numbers differ.
    """
    if not maps:
        return Regions(content.names, content.masks, _one_each(content, styles))
    if styles not in (0, len(maps)):
        raise ImageError(
            "style_regions must have one map for each style. "
            f"Received: {len(maps)} maps for {styles} styles"
        )
    partners = [partners_of(content, each) for each in maps]
    _check_all_matched(content, maps, partners)
    masks = tuple(
        _in_order(each.masks, [of_map.get(place) for place in range(len(content.names))])
        for each, of_map in zip(maps, partners, strict=True)
    )
    return Regions(content.names, content.masks, masks)


def _one_each(content: Map, styles: int) -> tuple[np.ndarray, ...]:
    """Returns masks of one pixel: each style is all of one region."""
    if styles != len(content.names):
        raise ImageError(
            "style must name as many pictures as content_regions has regions, or style_regions "
            "must be given. "
            f"Received: {styles} for the regions {', '.join(content.names)}"
        )
    whole = np.eye(styles, dtype=np.float32)
    return tuple(mask[:, np.newaxis, np.newaxis] for mask in whole)


def partners_of(content: Map, of_style: Map) -> dict[int, int]:
    """Returns by the place of a content's region that of the style's; each is taken once."""
    pairs = [
        (_difference(name, other), place, partner)
        for place, name in enumerate(content.names)
        for partner, other in enumerate(of_style.names)
    ]
    found: dict[int, int] = {}
    # The nearest first: of two similar reds each finds its own.
    for difference, place, partner in sorted(pairs):
        if difference <= colors.SAME and place not in found and partner not in found.values():
            found[place] = partner
    return found


def _difference(name: str, other: str) -> int:
    if colors.is_color(name) and colors.is_color(other):
        return colors.difference(name, other)
    return 0 if name == other else colors.SAME + 1


def _check_all_matched(
    content: Map, maps: Sequence[Map], partners: Sequence[dict[int, int]]
) -> None:
    matched = {place for of_map in partners for place in of_map}
    alone = [name for place, name in enumerate(content.names) if place not in matched]
    others = [
        name
        for each, of_map in zip(maps, partners, strict=True)
        for place, name in enumerate(each.names)
        if place not in of_map.values()
    ]
    if alone or others:
        told = [f"{', '.join(alone)} in content_regions alone"] if alone else []
        told += [f"{', '.join(dict.fromkeys(others))} in style_regions alone"] if others else []
        raise ImageError(
            "content_regions and style_regions must have the same regions; draw what one of them "
            f"lacks. Received: {' and '.join(told)}"
        )


def _in_order(masks: np.ndarray, places: Sequence[int | None]) -> np.ndarray:
    """Returns the masks in the order of their places, zeros where there is none."""
    nothing = np.zeros_like(masks[0])
    return np.stack([nothing if place is None else masks[place] for place in places])
