"""What a file of a network has to tell, by the kind of network."""

import dataclasses
import textwrap
from collections.abc import Callable, Collection, Mapping
from typing import Any

import keras

from tfstyle.system.doors import Unsound

KERAS_OWN = ("name", "trainable", "dtype")
"""What Keras writes beside a network's own settings; the caller of `load` says what is wanted."""

LONGEST_CAUSE = 300
"""Characters of what a file's own values may add to a sentence."""


@dataclasses.dataclass(frozen=True)
class Kind:
    """A network of ours, as files have it."""

    name: str
    """In words."""
    make: type[keras.Model]
    settings: Collection[str]
    """What the class is called with."""
    plan: Callable[[Mapping[str, Any]], int]
    """Returns how many values the weights have; raises ValueError for what no training makes."""

    @property
    def class_name(self) -> str:
        """What packed files call the class."""
        return self.make.__name__

    @property
    def registered_name(self) -> str:
        """What `.keras` files call the class."""
        return f"tfstyle>{self.make.__name__}"

    def read_settings(self, found: Any) -> tuple[dict[str, Any], int]:
        """Returns what the class is called with, and how many values the weights have.

        Args:
            found: what the file says.

        Raises:
            Unsound: it says what no training makes.
        """
        own = {name: value for name, value in dict(found).items() if name not in KERAS_OWN}
        if unknown := own.keys() - set(self.settings):
            raise Unsound(shorten(f"has settings that are not known: {', '.join(unknown)}"))
        try:
            return own, self.plan(own)
        except ValueError as error:
            cause = str(error).replace(". Received: ", ", not ")
            raise Unsound(shorten(f"is of no {self.name} that there can be: {cause}")) from error


def shorten(text: str) -> str:
    """Returns a text that is not longer than a sentence."""
    return textwrap.shorten(text, LONGEST_CAUSE, placeholder="...")
