"""Features in the style made a picture by one pass of the inverse network."""

from tfstyle.methods.style_swap.config import Config
from tfstyle.methods.style_swap.preparation import Prepared
from tfstyle.result import Ending, Outcome, Result

ONE_PASS = Outcome(Ending.COMPLETE, "swapped and decoded in one pass")


def paint(prepared: Prepared, config: Config) -> Result:
    """Returns what the inverse network makes of the features in the style.

    Reference: Chen and Schmidt (2016), section 4.
    """
    image = prepared.finish(prepared.painted(), config)
    return Result(image, outcome=ONE_PASS, weights=prepared.weights)
