"""The script by which zsh completes a command line, with each flag's help."""

import shlex
from collections.abc import Iterable, Sequence

from tfstyle.cli.completion.flags import Command, Flag
from tfstyle.version import __version__

PATHS = r"""
_tfstyle_paths() {
    # Several paths stand with commas between.
    _files "$@" || { compset -P '*,' && _files "$@" }
}
"""

START = r"""
_tfstyle() {
    local key=$words[2] method=${${(M)words:#--method=*}[-1]#--method=}
    local -a commands flags
    if (( CURRENT == 2 )); then
"""

END = r"""
    shift words
    (( CURRENT-- ))
    _arguments $flags '--help[Show what the flags are]'
}

# Either zsh has just loaded this file as the function itself, or it was sourced.
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _tfstyle "$@"
else
    compdef _tfstyle tfstyle
fi
"""


def write_script(commands: Sequence[Command]) -> str:
    """Returns the script for these commands."""
    return "\n".join(
        [
            "#compdef tfstyle",
            f"# Completion of tfstyle {__version__} for zsh.",
            PATHS.rstrip(),
            START.rstrip(),
            *_lines_of_commands(commands),
            "    case $key in",
            *(_line_of_method(command) for command in commands if command.method),
            "    esac",
            "    case $key in",
            *(line for command in commands for line in _lines_of_flags(command)),
            "    esac",
            END.strip(),
        ]
    )


def _lines_of_commands(commands: Iterable[Command]) -> list[str]:
    described = (shlex.quote(f"{command.name}:{command.help}") for command in commands)
    return [
        "        commands=(",
        *(f"            {each}" for each in described),
        "        )",
        "        _describe -t commands command commands",
        "        _arguments '--help[List the commands]' '--version[Show the version]'",
        "        return",
        "    fi",
    ]


def _line_of_method(command: Command) -> str:
    return f'        {command.name}) key="{command.name} ${{method:-{command.method}}}" ;;'


def _lines_of_flags(command: Command) -> list[str]:
    """Returns the rows of the table of a command's flags, one for each method."""
    words = [f"1:word:({' '.join(command.words)})"] * bool(command.words)
    lines = []
    for method, flags in command.flags.items():
        specs = [*words, *(spec for flag in flags for spec in _specs(flag))]
        lines += [
            f"        {shlex.quote(f'{command.name} {method}'.strip())})",
            "            flags=(",
            *(f"                {shlex.quote(spec)}" for spec in specs),
            "            )",
            "            ;;",
        ]
    return lines


def _specs(flag: Flag) -> list[str]:
    """Returns the flag as `_arguments` reads it: `--name=[help]:what the value is:action`."""
    name, opposite = f"--{flag.name}", f"--no{flag.name}"
    # _arguments takes brackets for the ends of the help; a backslash before them makes them text.
    help = flag.help.translate({ord(mark): f"\\{mark}" for mark in "\\[]"})
    if flag.is_switch:
        # In parentheses stands what is no longer offered once this flag is there.
        return [f"({opposite}){name}[{help}]", f"({name}){opposite}[Not so]"]
    if flag.choices:
        return [f"{name}=[{help}]:choice:({' '.join(flag.choices)})"]
    return [f"{name}=[{help}]:" + ("path:_tfstyle_paths" if flag.is_path else "value: ")]
