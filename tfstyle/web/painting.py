"""One painting, in a thread of its own: looked at, stopped, and kept as far as it has come."""

import dataclasses
import logging
import queue
import threading
from collections.abc import Callable, Generator

from tfstyle.system import errors
from tfstyle.web.watching import Moment, Watcher
from tfstyle.web.wishes import ClipWish, Wish


@dataclasses.dataclass(frozen=True)
class End:
    """How a painting ended."""

    sentence: str
    is_painted: bool = False
    """Whether there is a picture."""


def paint(
    wish: Wish | ClipWish, stop: threading.Event, time_limit: float
) -> Generator[Moment | End]:
    """Paints what is wished for, and yields what there is to see, the end last.

    Args:
        wish: what to paint.
        stop: set by who wants no more; the best picture so far is kept.
        time_limit: seconds after which it stops by itself, where it has steps.
    """
    moments: queue.Queue[Moment | End] = queue.Queue()
    watcher = Watcher(stop, time_limit, moments.put)
    thread = threading.Thread(target=_run, args=(wish, watcher, moments.put), daemon=True)
    thread.start()
    try:
        while True:
            moment = moments.get()
            yield moment
            if isinstance(moment, End):
                return
    finally:
        # Who no longer looks has gone: the next in the queue must not wait for this one's end.
        stop.set()
        thread.join()


def _run(wish: Wish | ClipWish, watcher: Watcher, tell: Callable[[End], None]) -> None:
    """Paints, and tells how it ended, whatever happens."""
    try:
        end = End(wish.paint(watcher), True)
    except KeyboardInterrupt:
        end = _stopped(wish, watcher.reason)
    except errors.USER_ERRORS as error:
        end = End(str(error).replace(f"{wish.folder}/", ""))
    except Exception:
        logging.getLogger(__name__).exception("a painting failed")
        end = End("a mistake of the program's; what it wrote to its terminal says more.")
    tell(end)


def _stopped(wish: Wish | ClipWish, reason: str) -> End:
    if (wish.folder / wish.output).exists():
        return End(f"{reason}: the best picture so far; the command paints on", True)
    return End(f"{reason}: nothing is painted yet.")
