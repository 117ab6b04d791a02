"""Errors that a user can mend, told from mistakes of ours."""

import contextlib
import sys
from collections.abc import Iterator

USER_ERRORS = (ValueError, OSError, MemoryError)
"""What the library raises when the user can mend it; anything else is a bug of ours."""


@contextlib.contextmanager
def exhaustion_as_memory_error(message: str) -> Iterator[None]:
    """Raises MemoryError with `message` for TensorFlow's own error when memory runs out.

    Theirs is pages long.
    """
    try:
        yield
    except Exception as error:
        # The error can only come from a TensorFlow that is loaded, so none is loaded here.
        tensorflow = sys.modules.get("tensorflow")
        if tensorflow and isinstance(error, tensorflow.errors.ResourceExhaustedError):
            raise MemoryError(message) from error
        raise
