"""The command line: `tfstyle COMMAND --flag=value ...`, for one picture or many.

A command's settings load when its flags are asked for, its method, and TensorFlow with it, when
it runs.
"""

import itertools
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any

from tfstyle import settings
from tfstyle.cli import flags, help, piped, process, streams
from tfstyle.cli.catalogue import COMMANDS
from tfstyle.system import errors, processor, signals
from tfstyle.version import __version__

# absl takes flags behind one hyphen as well as behind two; help is asked for likewise.
HELP_FLAGS = {"--help", "-help", "-h"}

JSON_WORDS = {f"{hyphens}json{end}" for hyphens in ("-", "--") for end in ("", "=true")}
"""The words that ask for JSON, errors in which the flags cannot be read included."""

PIPE_WORDS = {f"{hyphens}output{gap}-" for hyphens in ("-", "--") for gap in ("=", " ")}
"""The words, or pairs of them, that give standard output to the picture and to nothing else."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command line, turns what stops it into a sentence, and returns the exit status.

    Args:
        argv: the words after the program's name; those of this process by default.
    """
    streams.open_closed()
    name, *arguments = (sys.argv[1:] if argv is None else argv) or ["--help"]
    program = f"tfstyle {name}" if name in COMMANDS else "tfstyle"
    try:
        return dispatch(name, arguments)
    except KeyboardInterrupt as interruption:
        # Who kept a picture has said in the message where it is; a bare Ctrl-C has no message.
        told = str(interruption) or "interrupted"
        return complaint(arguments)(program, told, process.INTERRUPTED)
    except BrokenPipeError:
        # Who reads has seen enough, as of `tfstyle --help | head -1`.
        return process.READER_GONE
    except errors.USER_ERRORS as error:
        return complaint(arguments)(program, error)


def complaint(arguments: Sequence[str]) -> Callable[..., int]:
    """Returns what says a problem: in a sentence, or as JSON where asked for and not piped."""
    pairs = map(" ".join, itertools.pairwise(arguments))
    is_piped = not PIPE_WORDS.isdisjoint([*arguments, *pairs])
    if is_piped or JSON_WORDS.isdisjoint(arguments):
        return process.complain
    # Loads what describes pictures, which a sentence does without.
    from tfstyle.cli import reports

    return reports.complain


def dispatch(name: str, arguments: Sequence[str]) -> int:
    """Does what the first word names, and returns the exit status."""
    if name in COMMANDS:
        return run(name, arguments)
    if name not in {*HELP_FLAGS, "--version"}:
        raise ValueError(unknown_command(name))
    text = f"tfstyle {__version__}" if name == "--version" else help.describe_commands()
    process.say(*text.split("\n"))
    return process.DONE


def run(command: str, arguments: Sequence[str]) -> int:
    """Runs one command and returns the exit status; what stops it is raised."""
    program = f"tfstyle {command}"
    # TensorFlow looks for this wish once, as it loads.
    if not COMMANDS[command].brief:
        processor.switch_on_onednn()
    unneeded = set(process.OPTIONAL).difference(COMMANDS[command].needs)
    with signals.as_ctrl_c(), process.warnings_in_a_line(program), process.hidden(unneeded):
        runner = process.load(COMMANDS[command].runner)
        if hasattr(runner, "main"):
            return runner.main(arguments)
        groups = flag_groups(command, runner, arguments)
        # Before flags are parsed: a required one that is missing must not keep help away.
        if HELP_FLAGS.intersection(arguments):
            process.say(*help.describe_flags(command, groups).split("\n"))
            return process.DONE
        files, *configs = read_flags(program, runner, arguments, groups)
        with piped.opened(files) as files:
            # Only now the rest of the method: what its flags refuse, they refuse at once.
            return runner.run(command, process.load(COMMANDS[command].module), files, *configs)


def read_flags(
    program: str, runner: types.ModuleType, arguments: Sequence[str], groups: Sequence[type]
) -> list[Any]:
    """Returns an instance of each class; raises ValueError where a flag would do nothing."""
    parsed = flags.parse(program, arguments, groups)
    if hasattr(runner, "unused"):
        flags.check_used(parsed.texts, runner.unused(*parsed.groups))
    flags.check_used(parsed.texts, piped.unused(parsed.groups[0]))
    return parsed.groups


def flag_groups(command: str, runner: types.ModuleType, arguments: Sequence[str]) -> Sequence[type]:
    """Returns the classes whose fields are the command's flags, `Files` first."""
    row = COMMANDS[command]
    # Of a lazy module the settings alone: `stylize` beside them would load TensorFlow.
    names = getattr(runner, "SETTINGS", ("Config",))
    module = process.load(row.settings or row.module, names)
    if hasattr(runner, "groups"):
        return runner.groups(module, arguments)
    return runner.Files, module.Config


def unknown_command(name: str) -> str:
    """Returns the sentence for a command that there is not."""
    return f"unknown command {name}.{settings.suggest(name, COMMANDS)} See: tfstyle --help"


if __name__ == "__main__":
    sys.exit(main())
