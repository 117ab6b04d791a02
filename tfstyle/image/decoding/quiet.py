"""Standard error kept clean while files are decoded: what is wrong is said by our errors alone."""

import contextlib
import ctypes
import functools
import threading
import warnings

from PIL import Image


def without_warnings() -> contextlib.AbstractContextManager[object]:
    """Silences Pillow, which warns of oddities in files that it reads all the same.

    On the main thread only: Python keeps one list of filters for all threads, and one thread
    would put back what another has changed.
    """
    if threading.current_thread() is threading.main_thread():
        return warnings.catch_warnings(action="ignore")
    return contextlib.nullcontext()


@functools.cache
def silence_libtiff() -> None:
    """Stops libtiff from writing to standard error, which no setting of Pillow's does.

    Pillow raises an error for what libtiff writes, so nothing is lost. The other way, another
    file in the place of descriptor 2, would swallow what other threads write meanwhile.
    """
    # The library that Pillow's own module is linked with; one that hides it goes on writing.
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(Image.core.__file__).TIFFSetErrorHandler(None)
