"""`tfstyle completion bash` and `zsh`: the script by which a shell completes the command line.

The script holds all that it completes, so no Python starts when Tab is pressed.
"""

import dataclasses
import functools
import importlib.resources
import json
from collections.abc import Iterable, Sequence

from tfstyle import settings
from tfstyle.cli import app, process
from tfstyle.cli.completion import bash, flags, zsh

SCRIPTS = {"bash": bash.write_script, "zsh": zsh.write_script}

BY_NAME = ("apply", "export")
"""The commands whose style is a trained one's name, and not a picture."""

HELP = """\
tfstyle completion: {help}

Usage: tfstyle completion SHELL

SHELL is bash or zsh. Write the script once, where the shell looks for it:

  tfstyle completion bash > ~/.local/share/bash-completion/completions/tfstyle
  tfstyle completion zsh > a folder of $fpath, as _tfstyle

or try it: source <(tfstyle completion bash)"""


def main(arguments: Sequence[str]) -> int:
    """Prints the script for the shell that is named, and returns the exit status."""
    if app.HELP_FLAGS.intersection(arguments):
        process.say(*HELP.format(help=app.COMMANDS["completion"].help).split("\n"))
        return process.DONE
    if len(arguments) != 1:
        raise ValueError(
            f"completion takes one word, {' or '.join(SCRIPTS)}. Received: {' '.join(arguments)}"
        )
    settings.check_choice("shell", arguments[0], SCRIPTS)
    # The log level that the first import sets does not silence TensorFlow's own.
    with process.silent_descriptor():
        commands = [read_command(name) for name in app.COMMANDS]
    process.say(*SCRIPTS[arguments[0]](commands).split("\n"))
    return process.DONE


def read_command(name: str) -> flags.Command:
    """Returns a command as a shell completes it."""
    row = app.COMMANDS[name]
    runner = process.load(row.runner)
    if hasattr(runner, "main"):
        return flags.Command(name, row.help, {"": ()}, words=tuple(SCRIPTS))
    if not hasattr(runner, "groups"):
        found = flags.read_flags(app.flag_groups(name, runner, []))
        return flags.Command(name, row.help, {"": named(found) if name in BY_NAME else found})
    field = runner.Files.__dataclass_fields__["method"]
    by_method = {
        choice: flags.read_flags(app.flag_groups(name, runner, [f"--method={choice}"]))
        for choice in field.metadata["choices"]
    }
    by_method = {
        choice: named(found) if choice in BY_NAME else found for choice, found in by_method.items()
    }
    return flags.Command(name, row.help, by_method, field.default)


def named(found: Iterable[flags.Flag]) -> tuple[flags.Flag, ...]:
    """Returns the flags, the style's with the names that the shipped networks know."""
    return tuple(
        dataclasses.replace(flag, choices=style_names()) if flag.name == "style" else flag
        for flag in found
    )


@functools.cache
def style_names() -> tuple[str, ...]:
    """Returns the styles of all networks that the package ships, each once."""
    # From the cards beside them: the networks themselves would load TensorFlow.
    cards = sorted(importlib.resources.files("tfstyle").joinpath("models").iterdir(), key=str)
    texts = [card.read_text("utf-8") for card in cards if card.name.endswith(".json")]
    return tuple(dict.fromkeys(name for text in texts for name in json.loads(text)["styles"]))
