"""Limits of the system, as tests set them for a while."""

import contextlib
import resource


@contextlib.contextmanager
def file_size(size):
    """Lets the process write no file of more bytes: as a full disk does, it cuts writes short."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        # At once: pytest's own output may be a file.
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
