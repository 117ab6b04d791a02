"""The command line: `tfstyle COMMAND --flag=value ...`, for one picture or many.

A command's module, and TensorFlow with it, loads only when that command is asked for.
"""

import dataclasses
import sys
from collections.abc import Sequence

from tfstyle import config_flags, painting, process
from tfstyle.inputs import Files
from tfstyle.version import __version__

HELP_FLAGS = {"--help", "-help", "-h"}


@dataclasses.dataclass(frozen=True)
class Command:
    """A row of `COMMANDS`; the module has `Config` and `stylize`."""

    help: str
    module: str


COMMANDS = {
    "gatys": Command(
        "Paint by optimising the pixels (Gatys et al., 2015): any style, minutes a picture.",
        "tfstyle.methods.gatys",
    ),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command line and returns its exit status.

    Args:
        argv: the words after the program's name; those of this process by default.
    """
    name, *arguments = (sys.argv[1:] if argv is None else argv) or ["--help"]
    if name in HELP_FLAGS:
        print(describe_commands())
        return process.DONE
    if name == "--version":
        print(f"tfstyle {__version__}")
        return process.DONE
    if name not in COMMANDS:
        return process.complain("tfstyle", unknown_command(name))
    return run(name, arguments)


def run(command: str, arguments: Sequence[str]) -> int:
    """Runs one command and turns what stops it into a sentence and an exit status."""
    program = f"tfstyle {command}"
    try:
        with process.stop_on_sigterm(), process.warnings_in_a_line(program):
            method = process.load(COMMANDS[command].module)
            if HELP_FLAGS.intersection(arguments):
                print(describe_flags(command, method.Config))
                return process.DONE
            files, config = config_flags.parse(program, arguments, (Files, method.Config))
            return painting.paint_all(painting.prepare(command, method, files, config))
    except KeyboardInterrupt as interruption:
        return process.complain(program, str(interruption) or "interrupted", process.INTERRUPTED)
    except process.USER_ERRORS as error:
        return process.complain(program, error)


def unknown_command(name: str) -> str:
    """Returns the sentence for a command that there is not."""
    return f"unknown command {name}.{config_flags.nearest(name, COMMANDS)} See: tfstyle --help"


def describe_commands() -> str:
    """Returns the help of the program."""
    width = max(map(len, COMMANDS))
    rows = [f"  {name:{width}}  {command.help}" for name, command in COMMANDS.items()]
    return "\n".join(
        [
            "tfstyle: a photograph painted in the manner of a picture.",
            "",
            "Usage: tfstyle COMMAND --flag=value ...",
            "",
            "Commands:",
            *rows,
            "",
            "tfstyle COMMAND --help lists the flags of a command.",
        ]
    )


def describe_flags(command: str, config: type) -> str:
    """Returns the help of a command: every flag with its default, meaning and range."""
    return "\n".join(
        [
            f"tfstyle {command}: {COMMANDS[command].help}",
            "",
            f"Usage: tfstyle {command} --content=PATH --style=PATH --output=PATH [--flag=value]",
            "",
            "Files, and what is said meanwhile:",
            config_flags.describe(Files),
            "",
            "Settings:",
            config_flags.describe(config),
            "",
            "Each flag stands with its default; yes-or-no flags are switched off as --noFLAG.",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
