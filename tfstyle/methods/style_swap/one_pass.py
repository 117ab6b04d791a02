"""Swapped features made a picture by one pass of the inverse network."""

from tfstyle.methods.style_swap.config import Config
from tfstyle.methods.style_swap.preparation import Swapped
from tfstyle.result import Ending, Outcome, Result

ONE_PASS = Outcome(Ending.COMPLETE, "swapped and decoded in one pass")


def paint(swapped: Swapped, config: Config) -> Result:
    """Returns what the inverse network makes of the swapped features.

    Reference: Chen and Schmidt (2016), section 4.
    """
    image = swapped.finish(swapped.decoded(), config)
    return Result(image, outcome=ONE_PASS, weights=swapped.weights)
