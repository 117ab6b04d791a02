"""The command line: `tfstyle COMMAND --flag=value ...`, for one picture or many.

A command's settings load when its flags are asked for, its method, and TensorFlow with it, when
it runs.
"""

import dataclasses
import sys
import types
from collections.abc import Sequence

from tfstyle import settings
from tfstyle.cli import flags, process
from tfstyle.system import errors, processor, signals
from tfstyle.version import __version__

# absl takes flags behind one hyphen as well as behind two; help is asked for likewise.
HELP_FLAGS = {"--help", "-help", "-h"}


@dataclasses.dataclass(frozen=True)
class Command:
    """A row of `COMMANDS`: the method's module has `Config`, the runner's has `Files` and `run`.

    A runner whose words are no flags has `main` instead, which takes them as they are.
    """

    help: str
    module: str
    runner: str
    brief: bool = False
    """Whether it is over before kernels that take a second more to make are worth it."""
    settings: str = ""
    """The module of `Config`, where that of the method would load TensorFlow with it."""


# Modules are named, not imported: most of them load TensorFlow, which --help does without.
COMMANDS = {
    "gatys": Command(
        "Paint by optimising the pixels (Gatys et al., 2015): any style, minutes a picture.",
        "tfstyle.methods.gatys",
        "tfstyle.cli.commands.pictures",
    ),
    "apply": Command(
        "Paint in one pass of a network trained for the style (Johnson et al., 2016).",
        "tfstyle.methods.feed_forward",
        "tfstyle.cli.commands.apply",
        brief=True,
    ),
    "swap": Command(
        "Paint with patches of any picture's features (Chen and Schmidt, 2016): seconds a picture.",
        "tfstyle.methods.style_swap",
        "tfstyle.cli.commands.pictures",
    ),
    "video": Command(
        "Paint a clip by one of these methods so that it does not flicker (Ruder et al., 2016).",
        "tfstyle.methods.video",
        "tfstyle.cli.commands.video.command",
    ),
    "quilt": Command(
        "Sew a picture of a texture's blocks: more of it, or a photograph (Efros and Freeman).",
        "tfstyle.methods.quilting",
        "tfstyle.cli.commands.quilt",
    ),
    "analogy": Command(
        "Filter a picture as another one was, or paint it so (Hertzmann et al., 2001).",
        "tfstyle.methods.analogies",
        "tfstyle.cli.commands.analogy",
    ),
    "styles": Command(
        "List what a trained network can paint, and draw it all on one sheet.",
        "tfstyle.methods.feed_forward",
        "tfstyle.cli.commands.styles",
        brief=True,
    ),
    "train": Command(
        "Train a network of one or more styles on a folder of photographs.",
        "tfstyle.training.stylizer",
        "tfstyle.cli.commands.train",
        settings="tfstyle.training.stylizer_config",
    ),
    "train_inverse": Command(
        "Train the network that paints any style's swapped features (Chen and Schmidt, 2016).",
        "tfstyle.training.inverse",
        "tfstyle.cli.commands.train",
        settings="tfstyle.training.inverse_config",
    ),
    "export": Command(
        "Write a trained network for TF Serving, ONNX Runtime or LiteRT.",
        "tfstyle.export.savedmodel",
        "tfstyle.cli.commands.export",
        brief=True,
        settings="tfstyle.export.config",
    ),
    "completion": Command(
        "Print the script by which bash or zsh completes these commands and their flags.",
        "tfstyle.cli.commands.completion",
        "tfstyle.cli.commands.completion",
        brief=True,
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
    # TensorFlow looks for this wish once, as it loads.
    if not COMMANDS[command].brief:
        processor.switch_on_onednn()
    try:
        with signals.as_ctrl_c(), process.warnings_in_a_line(program):
            runner = process.load(COMMANDS[command].runner)
            if hasattr(runner, "main"):
                return runner.main(arguments)
            groups = flag_groups(command, runner, arguments)
            # Before flags are parsed: a required one that is missing must not keep help away.
            if HELP_FLAGS.intersection(arguments):
                print(describe_flags(command, groups))
                return process.DONE
            values = flags.parse(program, arguments, groups)
            # Only now the rest of the method: what its flags refuse, they refuse at once.
            return runner.run(command, process.load(COMMANDS[command].module), *values)
    except KeyboardInterrupt as interruption:
        # Who kept a picture has said in the message where it is; a bare Ctrl-C has no message.
        return process.complain(program, str(interruption) or "interrupted", process.INTERRUPTED)
    except errors.USER_ERRORS as error:
        return process.complain(program, error)


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


def describe_commands() -> str:
    """Returns the help of the program."""
    width = max(map(len, COMMANDS))
    rows = [f"  {name:{width}}  {command.help}" for name, command in COMMANDS.items()]
    return "\n".join(
        [
            "tfstyle: a photograph painted in the style of a picture.",
            "",
            "Usage: tfstyle COMMAND --flag=value ...",
            "",
            "Commands:",
            *rows,
            "",
            "tfstyle COMMAND --help lists the flags of a command.",
        ]
    )


def describe_flags(command: str, groups: Sequence[type]) -> str:
    """Returns the help of a command: every flag with its default, meaning and range."""
    files, *others = groups
    return "\n".join(
        [
            f"tfstyle {command}: {COMMANDS[command].help}",
            "",
            f"Usage: tfstyle {command} {_required(files)} [--flag=value]",
            "",
            "Files, and what is said meanwhile:",
            flags.describe([files]),
            "",
            "Settings:",
            flags.describe(others, taken=[files]),
            "",
            "Each flag stands with its default; yes-or-no flags are switched off as --noFLAG.",
        ]
    )


def _required(files: type) -> str:
    fields = dataclasses.fields(files)
    return " ".join(f"--{field.name}=PATH" for field in fields if field.default == "")


if __name__ == "__main__":
    sys.exit(main())
