"""Canvases filled pass after pass, with progress and a clean interrupt."""

import contextlib
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from tfstyle.methods.quilting import canvas as quilt_canvas
from tfstyle.methods.quilting import correspondence
from tfstyle.methods.quilting.block_search import BlockSearch
from tfstyle.methods.quilting.config import Config
from tfstyle.optimization.tracker import Tracker
from tfstyle.result import Ending, Interrupted, Level, Loss, Outcome, Progress, Result, interrupted


class Run:
    """Fills canvases pass after pass, and tells how far it is. A step is a block."""

    def __init__(
        self,
        search: BlockSearch,
        levels: Sequence[Level],
        config: Config,
        callback: Callable[[Progress], None] | None = None,
        finish: Callable[[np.ndarray], np.ndarray] = lambda pixels: pixels,
    ):
        """Begins the first pass.

        Args:
            search: the textures that blocks are taken from.
            levels: the passes.
            config: the settings.
            callback: called after every block.
            finish: from a picture `[1, height, width, 3]` to the result's.
        """
        self._search, self._config = search, config
        self._callback, self._finish = callback, finish
        self._random = np.random.default_rng(config.seed)
        self._tracker = Tracker(tuple(levels))
        # The last one, even while the next is made: an interruption then still has a picture.
        self._canvas: quilt_canvas.Canvas | None = None
        # Of the blocks of the pass at work.
        self._errors: list[float] = []

    @contextlib.contextmanager
    def interruptible(self) -> Iterator[None]:
        """Turns Ctrl-C, in a pass or between two, into `Interrupted` with the picture so far."""
        try:
            yield
        except KeyboardInterrupt:
            if self._canvas is None:
                raise
            if self._errors:
                self._end_pass()
            raise Interrupted(self._result(self._canvas.picture(), interrupted())) from None

    def fill(self, canvas: quilt_canvas.Canvas) -> np.ndarray:
        """Returns the canvas's picture, `[3, height, width]`, with every block laid."""
        self._canvas = canvas
        tolerance = self._config.tolerance
        for match in quilt_canvas.fill(canvas, self._search, tolerance, self._random):
            self._errors.append(match.error)
            if self._callback is not None:
                self._callback(self._progress(canvas))
        self._end_pass()
        return canvas.picture()

    def result(self, picture: np.ndarray, sentence: str) -> Result:
        """Returns a picture `[3, height, width]` as the result, with what to say of it."""
        return self._result(picture, Outcome(Ending.COMPLETE, sentence))

    def _result(self, picture: np.ndarray, outcome: Outcome) -> Result:
        return Result(
            image=self._pastiche(picture),
            losses=self._tracker.losses,
            levels=self._tracker.levels,
            outcome=outcome,
        )

    def _pastiche(self, picture: np.ndarray) -> np.ndarray:
        return self._finish(correspondence.as_picture(picture))

    def _end_pass(self) -> None:
        # Emptied first, so that Ctrl-C from here on counts no block twice.
        errors, self._errors = self._errors, []
        # A block found is an evaluation: none is searched twice.
        blocks, loss = len(errors), self._loss(errors, len(errors))
        self._tracker = self._tracker.after_level(blocks, blocks, loss.seconds, [loss])

    def _progress(self, canvas: quilt_canvas.Canvas) -> Progress:
        blocks = len(self._errors)
        loss = self._loss(self._errors[-1:], blocks)
        return self._tracker.progress(
            blocks, blocks, loss, lambda: self._pastiche(canvas.picture())
        )

    def _loss(self, errors: Sequence[float], blocks: int) -> Loss:
        """Returns the mean error of some blocks, after so many of the pass."""
        return Loss(blocks, blocks, self._tracker.seconds, {"total": float(np.mean(errors))})
