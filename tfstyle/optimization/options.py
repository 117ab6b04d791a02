"""How an image is optimised: the choices that there are."""

import dataclasses

OPTIMIZERS = ("lbfgs", "adam")
LINE_SEARCHES = ("unit_step", "hager_zhang")

FIRST_STEP = 4 / 255
"""Root mean square of the first L-BFGS step, in image units: a few grey levels."""

RESTART_STEP = FIRST_STEP / 16
"""The same after a failure, near a minimum."""


@dataclasses.dataclass(frozen=True)
class Options:
    """How to descend."""

    optimizer: str = "lbfgs"
    line_search: str = "unit_step"
    history: int = 10
    """Correction pairs that L-BFGS keeps."""
    learning_rate: float = 0.02
    """Adam's, in image units."""
    first_step: float = FIRST_STEP
    """Root mean square of the first L-BFGS step, in image units."""
