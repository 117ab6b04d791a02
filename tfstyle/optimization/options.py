"""How an image is optimised: the choices that there are."""

import dataclasses

OPTIMIZERS = ("lbfgs", "adam")
LINE_SEARCHES = ("unit_step", "hager_zhang")

FIRST_STEP = 4 / 255
"""Root mean square of the first L-BFGS step, in image units: a few grey levels."""

# Near a minimum a step of the first one's length leads uphill, and the search fails again.
RESTART_STEP = FIRST_STEP / 16
"""Root mean square of the first step after a failure."""


@dataclasses.dataclass(frozen=True)
class Options:
    """The optimiser of an image, and its settings."""

    optimizer: str = "lbfgs"
    """One of `OPTIMIZERS`."""
    line_search: str = "unit_step"
    """L-BFGS's, one of `LINE_SEARCHES`."""
    history: int = 10
    """Correction pairs that L-BFGS keeps; each takes as much memory as two images."""
    learning_rate: float = 0.02
    """Adam's, in image units."""
    lean: bool = False
    """Whether L-BFGS spares memory: fewer copies, and pairs of half the size; see `lean`."""
    first_step: float = FIRST_STEP
    """Root mean square of the first L-BFGS step, in image units."""
