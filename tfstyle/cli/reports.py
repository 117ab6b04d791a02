"""What became of what was asked for, as a line of JSON on standard output: for scripts."""

import json
from typing import Any

from tfstyle.cli import process
from tfstyle.jobs.method import Method
from tfstyle.jobs.picture import PairOutcome, Status

WORDS = {
    Status.PAINTED: "painted",
    Status.PRESENT: "skipped",
    Status.FINISHED: "skipped",
    Status.FAILED: "failed",
}
"""What a line calls each status."""


def complain(program: str, problem: Any, status: int = process.BAD_INPUT) -> int:
    """Says a problem that is no picture's, and returns the exit status.

    Where standard output takes no line, a sentence on standard error tells that.
    """
    if isinstance(problem, process.NoRoomError):
        return process.complain(program, problem, status)
    word = "interrupted" if status == process.INTERRUPTED else "failed"
    try:
        say({"command": program.removeprefix("tfstyle "), "status": word, "error": str(problem)})
    except BrokenPipeError:
        return process.READER_GONE
    except process.NoRoomError as error:
        return process.complain(program, error, status)
    return status


def say(facts: dict[str, Any]) -> None:
    """Says facts in one line; None is left out, as is what is empty."""
    # In ASCII, so that any encoding takes it, with bytes of names that are no text.
    process.say(json.dumps({key: fact for key, fact in facts.items() if fact not in (None, {})}))


def finish(command: str, status: str, files: Any, sentence: str, **facts: Any) -> int:
    """Says that a command has made what it makes, and returns the exit status.

    Args:
        command: its name.
        status: the word for it, such as "exported".
        files: its `Files`: whether facts are said, the sentence, or nothing.
        sentence: for a person.
        **facts: for a script.
    """
    if files.json:
        say({"command": command, "status": status, **facts})
    elif not files.quiet:
        process.say(sentence)
    return process.DONE


def describe(method: Method, outcome: PairOutcome) -> dict[str, Any]:
    """Returns what a line tells of a picture.

    Args:
        method: what paints it.
        outcome: what became of it.
    """
    pair, is_painted = outcome.pair, outcome.status is Status.PAINTED
    width, height = outcome.size or (None, None)
    return {
        "command": method.command,
        "status": WORDS[outcome.status],
        "content": None if pair.content is None else str(pair.content),
        "styles": styles(method),
        "output": str(pair.output),
        "width": width,
        "height": height,
        "seconds": round(outcome.seconds, 3) if is_painted else None,
        "losses": outcome.losses,
        "outcome": None if outcome.error else outcome.sentence,
        "error": None if outcome.error is None else str(outcome.error),
    }


def styles(method: Method) -> list[str]:
    """Returns the styles as they were named: a trained one's name, or paths of pictures."""
    named = getattr(method, "style", None)
    if named:
        return [named]
    # Where there are no styles by that name, all that is read is style: textures, a filter's pair.
    return [each.described.path for each in getattr(method, "styles", method.inputs)]
