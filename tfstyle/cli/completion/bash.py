"""The script by which bash completes a command line; it runs in the 3.2 of macOS too."""

import shlex
from collections.abc import Iterable, Sequence

from tfstyle.cli.completion.flags import Command, Flag
from tfstyle.version import __version__

PATH, TEXT = "PATH", "TEXT"
"""What the script's table says of flags whose values cannot be listed."""

FUNCTIONS = r"""
_tfstyle_reply() {
    # Adds what compgen finds by the arguments from $2 on, each behind $1.
    local found
    while IFS= read -r found; do
        found=$1$found
        # Readline keeps the start of the word, and completes from its last = or : on.
        COMPREPLY+=("${found#"$kept"}")
    done < <(compgen "${@:2}")
}

_tfstyle_option() {
    # Bash 3.2 has no compopt.
    compopt -o "$1" 2> /dev/null
}

_tfstyle_value() {
    # Completes the value $3 of the flag $2 of the command $1, behind $4.
    local kind list
    kind=$(_tfstyle_values "$1 $2")
    case $kind in
        PATH)
            _tfstyle_option filenames
            _tfstyle_reply "$4" -f -- "$3"
            # Several paths stand with commas between.
            list=${3%"${3##*,}"}
            if [[ ${#COMPREPLY[@]} -eq 0 && -n $list ]]; then
                _tfstyle_reply "$4$list" -f -- "${3##*,}"
            fi
            ;;
        TEXT) ;;
        *) _tfstyle_reply "$4" -W "$kind" -- "$3" ;;
    esac
}

_tfstyle() {
    local words=() index part last=-1 word before=tfstyle key=tfstyle method= kept= mark start
    COMPREPLY=()
    # Bash parts words at = and :, so they are put together again.
    for ((index = 1; index <= COMP_CWORD; index++)); do
        part=${COMP_WORDS[index]}
        if ((last >= 1)) && [[ $part == [=:]* || ${words[last]} == *[=:] && $part == [!-]* ]]; then
            words[last]=${words[last]}$part
        else
            words+=("$part")
            last=$((last + 1))
        fi
    done
    word=${words[last]//\\/}
    word=${word/=[\"\']/=}
    for mark in = :; do
        start=${word%"${word##*$mark}"}
        if [[ $COMP_WORDBREAKS == *$mark* && ${#start} -gt ${#kept} ]]; then kept=$start; fi
    done
    for ((index = 1; index < last; index++)); do
        case ${words[index]} in
            --method=*) method=${words[index]#*=} ;;
            --method) method=${words[index + 1]} ;;
        esac
    done
    if ((last > 0)); then
        key=$(_tfstyle_key "${words[0]}" "$method")
        before=${words[last - 1]}
    fi
    if [[ $word == --*=* ]]; then
        _tfstyle_value "$key" "${word%%=*}" "${word#*=}" "${word%%=*}="
    elif [[ $before == --* && -n $(_tfstyle_values "$key $before") ]]; then
        _tfstyle_value "$key" "$before" "$word" ""
    else
        _tfstyle_reply "" -W "$(_tfstyle_words "$key")" -- "$word"
        if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then _tfstyle_option nospace; fi
    fi
}

complete -F _tfstyle tfstyle
"""
"""Facts come from three functions made of the tables: of keys, of words and of values."""


def write_script(commands: Sequence[Command]) -> str:
    """Returns the script for these commands."""
    keys, words, values = [], [("tfstyle", _names(commands))], []
    for command in commands:
        if command.method:
            # The shell puts in the method that was typed, $2, or else the default.
            keys.append((command.name, f"{command.name} ${{2:-{command.method}}}"))
        for method, flags in command.flags.items():
            key = f"{command.name} {method}".strip()
            words.append((key, " ".join([*command.words, *map(_spell, flags), "--help"])))
            values += [(f"{key} --{flag.name}", _value(flag)) for flag in flags]
    return "\n".join(
        [
            f"# Completion of tfstyle {__version__} for bash.",
            *_function("_tfstyle_key", keys, 'printf "%s" "$1"'),
            *_function("_tfstyle_words", words),
            *_function("_tfstyle_values", [row for row in values if row[1]]),
            FUNCTIONS.strip(),
        ]
    )


def _names(commands: Iterable[Command]) -> str:
    return " ".join([*(command.name for command in commands), "--help", "--version"])


def _spell(flag: Flag) -> str:
    return f"--{flag.name} --no{flag.name}" if flag.is_switch else f"--{flag.name}="


def _value(flag: Flag) -> str:
    """Returns what the table says of a flag's value; nothing of a switch, which has none."""
    if flag.is_switch:
        return ""
    return " ".join(flag.choices) or (PATH if flag.is_path else TEXT)


def _function(name: str, rows: Iterable[tuple[str, str]], otherwise: str = "") -> list[str]:
    """Returns the lines of a function that prints the text beside its first argument."""
    others = [f"        *) {otherwise} ;;"] * bool(otherwise)
    cases = [f"        {shlex.quote(key)}) printf '%s' {_quote(text)} ;;" for key, text in rows]
    return [f"{name}() {{", "    case $1 in", *cases, *others, "    esac", "}", ""]


def _quote(text: str) -> str:
    """Returns the text in quotes in which the method that is named still stands for itself."""
    return f'"{text}"'
