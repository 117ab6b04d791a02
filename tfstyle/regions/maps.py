"""A map: the regions of one picture, each with a name and a mask."""

import dataclasses

import numpy as np

from tfstyle.image import ImageError


@dataclasses.dataclass(frozen=True, eq=False)
class Map:
    """The regions of one picture, which cover it together."""

    names: tuple[str, ...]
    """What the user calls them; of a map of colours the colours, as #ff0000."""
    masks: np.ndarray
    """`[regions, height, width]`, float32 in [0, 1]; at each position they sum to 1."""
    called: str = "regions"
    """What messages call the map."""

    def __post_init__(self) -> None:
        """Raises ImageError when a region has nothing."""
        for name, mask in zip(self.names, self.masks, strict=True):
            if not mask.any():
                raise ImageError(
                    f"{self.called} must have something in every region; paint it white in its "
                    f"mask, or leave it out. Received: region {name}, empty"
                )

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of the map in pixels."""
        return self.masks.shape[1], self.masks.shape[2]
