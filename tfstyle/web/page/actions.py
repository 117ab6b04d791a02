"""What happens when a visitor does something."""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from tfstyle.system import errors
from tfstyle.web import brushing, choices, painting, results, uploads
from tfstyle.web.config import Config
from tfstyle.web.page import brush, words
from tfstyle.web.page.fields import Fields
from tfstyle.web.page.outcome import Outcome
from tfstyle.web.uploads import Upload
from tfstyle.web.visits import Painting, Visit
from tfstyle.web.watching import Moment

Updates = dict[Any, Any]
"""New values of components."""


class Actions:
    """What the page's buttons and fields do."""

    def __init__(self, config: Config, fields: Fields, outcome: Outcome):
        """Takes what is read and what is shown."""
        self._config = config
        self._uploaded = Path(gr.utils.get_upload_folder())
        self.fields = fields
        self.outcome = outcome

    def choose_method(self, method: str) -> Updates:
        """Shows the fields that belong to a method."""
        return {
            group: gr.update(visible=method in choices.GROUPS[name])
            for name, group in self.fields.groups.items()
        }

    def choose_style(self, event: gr.SelectData) -> Any:
        """Returns the trained style whose thumbnail was picked."""
        return event.value["caption"]

    def checked(self, name: str, field: Any) -> Callable[[Visit, Upload | None], Updates]:
        """Returns what is done with a new picture in a field.

        It is read as the shell reads it. One that cannot be read is refused, and the field goes
        back to what it held; one that browsers cannot show is shown as another kind.
        """

        def check(visit: Visit, received: Any) -> Updates:
            upload: Upload | None = self._upload(received)
            if upload is None or visit.knows(upload):
                return {self.outcome.status: gr.skip()}
            try:
                shown = uploads.check(upload, name, visit.folder)
            except errors.USER_ERRORS as error:
                return {self.outcome.status: words.refusal(str(error)), field: visit.good(name)}
            visit.accept(name, upload, shown)
            return {field: gr.skip() if shown == upload.path else shown}

        return check

    def lay_under(self, visit: Visit, received: Any) -> tuple[Any, Any]:
        """Returns what is said, and the photograph for the brush to paint on."""
        photo = self._upload(received)
        if photo is None:
            return words.refusal("a photograph is missing: drop one on the first field."), gr.skip()
        return gr.skip(), brush.underlay(visit.original(photo).path)

    def take_map(self, visit: Visit, painted: Any) -> tuple[Any, Any]:
        """Returns what is said, and the photograph's map as the brush has painted it."""
        try:
            made = brushing.as_map((painted or {}).get("layers") or [])
        except errors.USER_ERRORS as error:
            return words.refusal(str(error)), gr.skip()
        return gr.skip(), brushing.write(made, visit.folder, "photograph_map.png")

    def begin(self, visit: Visit, method: str) -> Updates:
        """Says that the wish was heard, before its turn comes."""
        visit.stop.clear()
        out = self.outcome
        kept = "clip" if method == choices.CLIP else "picture"
        # One pass cannot be stopped.
        can_be_stopped = method in (choices.GATYS, choices.CLIP)
        return {
            out.status: words.line("Waiting for its turn …"),
            out.stop: gr.update(value=f"Stop, and keep the {kept}", interactive=can_be_stopped),
        }

    def paint(self, visit: Visit, *received: Any) -> Iterator[Updates]:
        """Paints what the fields say, and shows how it goes."""
        try:
            yield from self._paint(visit, received)
        finally:
            # Who has gone meanwhile leaves nothing, whichever way this ends.
            visit.tidy()

    def _paint(self, visit: Visit, received: Sequence[Any]) -> Iterator[Updates]:
        out = self.outcome
        if visit.stop.is_set():
            yield {out.status: words.line("Stopped before its turn came.")}
            return
        # Not before its turn: who finds the queue full may try again.
        yield {out.status: words.line("Painting …"), out.paint: gr.update(interactive=False)}
        sent = [self._upload(each) for each in received]
        originals = [visit.original(each) if isinstance(each, Upload) else each for each in sent]
        chosen = self.fields.collect(originals)
        try:
            wish = choices.wish(chosen, visit, self._config.max_size, self._config.max_clip)
        except errors.USER_ERRORS as error:
            yield {out.status: words.refusal(str(error))}
            return
        moments = painting.paint(wish, visit.stop, self._config.time_limit)
        # At once, and not when it is collected: its end is the painting's.
        with contextlib.closing(moments):
            for moment in moments:
                if isinstance(moment, Moment):
                    yield {out.status: words.moment(moment)}
                elif not moment.is_painted:
                    yield {out.status: words.refusal(moment.sentence)}
                else:
                    visit.paintings.append(results.finish(wish, moment.sentence))
                    yield self._show(visit, visit.paintings[-1])

    def end(self) -> Updates:
        """Lets the next wish be made."""
        out = self.outcome
        return {out.paint: gr.update(interactive=True), out.stop: gr.update(interactive=False)}

    def _upload(self, received: Any) -> Any:
        return uploads.as_upload(received, self._uploaded)

    def stop(self, visit: Visit) -> None:
        """Asks for the end of what is painted for this visitor."""
        visit.stop.set()

    def recall(self, visit: Visit, event: gr.SelectData) -> Updates:
        """Shows an earlier painting of the visit."""
        return self._show(visit, visit.paintings[event.index])

    def _show(self, visit: Visit, done: Painting) -> Updates:
        out = self.outcome
        history = [(str(each.after), _title(each)) for each in visit.paintings]
        return {
            out.status: words.line(done.sentence),
            out.result: gr.update(visible=True),
            **self._shown(done),
            out.command: done.wish.command_line(),
            out.history: history,
        }

    def _shown(self, done: Painting) -> Updates:
        """Shows a picture beside its photograph, or a clip."""
        out, after = self.outcome, str(done.after)
        if done.before is None:
            shown = {out.slider: gr.update(visible=False)}
            return shown | {
                out.clip: gr.update(value=after, visible=True),
                out.download: gr.update(value=after, label="Download the clip"),
            }
        return {
            out.slider: gr.update(value=(str(done.before), after), visible=True),
            out.clip: gr.update(value=None, visible=False),
            out.download: gr.update(value=after, label="Download as PNG, with its record"),
        }


def _title(done: Painting) -> str:
    return os.path.splitext(done.wish.output)[0]
