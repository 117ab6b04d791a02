"""What every output of an export has in common: it is written whole, or said why not."""

import contextlib
import pathlib
from collections.abc import Iterator

import tensorflow as tf

from tfstyle.system import files


@contextlib.contextmanager
def naming(output: str | pathlib.Path) -> Iterator[None]:
    """Lets errors of the disk name the output and one cause, whichever library met them.

    Raises:
        OSError: instead of Python's and TensorFlow's own.
    """
    try:
        yield
    except (OSError, tf.errors.OpError) as error:
        raise OSError(
            f"output could not be written: {_cause(error)}; make room, or choose another place. "
            f"Received: output={output}"
        ) from error


def _cause(error: OSError | tf.errors.OpError) -> str:
    if isinstance(error, OSError):
        return files.reason(error)
    # TensorFlow's begin with the file's unfinished name, and end with the operation's.
    return error.message.rpartition("; ")[2].partition(" [Op:")[0]
