"""One painting, in a thread of its own: looked at, stopped, and kept as far as it has come."""

import dataclasses
import logging
import queue
import threading
from collections.abc import Callable, Iterator

from tfstyle.jobs import by_config, pairs, picture
from tfstyle.jobs.method import Method
from tfstyle.system import errors
from tfstyle.web.watching import Moment, Watcher
from tfstyle.web.wishes import Wish


@dataclasses.dataclass(frozen=True)
class End:
    """How a painting ended."""

    sentence: str
    is_painted: bool = False
    """Whether there is a picture."""


def paint(wish: Wish, stop: threading.Event, time_limit: float) -> Iterator[Moment | End]:
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


def _run(wish: Wish, watcher: Watcher, tell: Callable[[End], None]) -> None:
    """Paints, and tells how it ended, whatever happens."""
    try:
        end = _paint(wish, watcher)
    except KeyboardInterrupt:
        end = End(f"{watcher.reason}: the best picture so far; the command paints on", True)
    except errors.USER_ERRORS as error:
        end = End(str(error).replace(f"{wish.folder}/", ""))
    except Exception:
        logging.getLogger(__name__).exception("a painting failed")
        end = End("a mistake of the program's; what it wrote to its terminal says more.")
    tell(end)


def _paint(wish: Wish, watcher: Watcher) -> End:
    method: Method = by_config.method_of(wish.config_for_job(), wish.style_for_job())
    found = pairs.resolve(wish.folder / wish.content, wish.folder / wish.output, method.inputs)
    (outcome,) = picture.paint_all(
        picture.Job(method, watch=watcher.watch), found, lambda outcome: None
    )
    if outcome.error:
        raise outcome.error
    return End(f"{outcome.sentence}, {outcome.seconds:.1f} s", True)
