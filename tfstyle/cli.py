"""The command line: `tfstyle COMMAND --flag=value ...`, for one picture or many.

A command's module, and TensorFlow with it, loads only when that command is asked for.
"""

import contextlib
import dataclasses
import difflib
import functools
import glob
import importlib
import os
import shutil
import signal
import sys
import textwrap
import time
import types
import typing
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from absl import flags
from PIL import Image

from tfstyle import image, progress_bar, record, settings
from tfstyle.result import Interrupted, Progress, Result
from tfstyle.version import __version__

DONE, SOME_FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
"""Exit statuses."""

USER_ERRORS = (ValueError, OSError, MemoryError)
"""What the library raises when the user can mend it; anything else is a bug of ours."""

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


@dataclasses.dataclass(frozen=True)
class Files:
    """The flags that every command has beside those of its `Config`."""

    content: str = settings.setting(
        "",
        "What to paint: a picture, a folder or a quoted pattern such as 'in/*.jpg'; required.",
    )
    style: str = settings.setting(
        "", "The picture to take the manner from; several have commas between; required."
    )
    output: str = settings.setting(
        "", "The picture to write, or a folder when there are many contents; required."
    )
    save_every: int = settings.setting(
        0,
        "Write the picture so far beside the output, this often; 0 is never.",
        unit="steps",
        minimum=0,
    )
    checkpoint: str | None = settings.setting(
        None, "A folder that keeps the state of the run, for --resume."
    )
    resume: bool = settings.setting(False, "Go on from the state in --checkpoint.")
    quiet: bool = settings.setting(False, "Say nothing but warnings and errors.")

    def __post_init__(self):
        """Raises ValueError when a flag is missing, out of range or useless alone."""
        settings.check(self)
        for name in ("content", "style", "output"):
            if not getattr(self, name):
                raise ValueError(f"{name} must be given, as --{name}=PATH.")
        if self.resume and not self.checkpoint:
            raise ValueError("resume needs the folder of the run, as --checkpoint=FOLDER.")


@dataclasses.dataclass(frozen=True)
class Input:
    """A picture that was read, and what the record keeps of it."""

    picture: image.Picture
    described: record.Input


@dataclasses.dataclass(frozen=True)
class Job:
    """All that one call of a command shares between its contents."""

    command: str
    method: types.ModuleType
    files: Files
    config: Any
    styles: Sequence[Input]
    others: Sequence[Input]
    """Further pictures that the result depends on."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command line and returns its exit status.

    Args:
        argv: the words after the program's name; those of this process by default.
    """
    name, *arguments = (sys.argv[1:] if argv is None else argv) or ["--help"]
    if name in HELP_FLAGS:
        print(describe_commands())
        return DONE
    if name == "--version":
        print(f"tfstyle {__version__}")
        return DONE
    if name not in COMMANDS:
        return complain("tfstyle", unknown_command(name))
    return run(name, arguments)


def run(command: str, arguments: Sequence[str]) -> int:
    """Runs one command and turns what stops it into a sentence and an exit status."""
    program = f"tfstyle {command}"
    try:
        with stop_on_sigterm(), warnings_in_a_line(program):
            method = load(COMMANDS[command].module)
            if HELP_FLAGS.intersection(arguments):
                print(describe_flags(command, method.Config))
                return DONE
            files, config = parse(program, arguments, (Files, method.Config))
            return paint_all(prepare(command, method, files, config))
    except KeyboardInterrupt as interruption:
        return complain(program, str(interruption) or "interrupted", INTERRUPTED)
    except USER_ERRORS as error:
        return complain(program, error)


def complain(program: str, problem: Any, status: int = BAD_INPUT) -> int:
    """Says the problem in one line on stderr and returns the exit status."""
    print(f"{program}: {' '.join(str(problem).split())}", file=sys.stderr)
    return status


def say(line: str) -> None:
    """Prints on stdout at once, even a path whose bytes are not UTF-8."""
    print(line.encode(errors="backslashreplace").decode(), flush=True)


def unknown_command(name: str) -> str:
    """Returns the sentence for a command that there is not."""
    return f"unknown command {name}.{nearest(name, COMMANDS)} See: tfstyle --help"


def nearest(name: str, names: Sequence[str], prefix: str = "") -> str:
    """Returns a sentence that suggests the name meant, or nothing when none is near."""
    matches = difflib.get_close_matches(name, names, n=1)
    return f" Did you mean {prefix}{matches[0]}?" if matches else ""


# --- The process around a command ---


@contextlib.contextmanager
def stop_on_sigterm() -> Iterator[None]:
    """Makes a polite kill do what Ctrl-C does: keep the best picture so far."""
    try:
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    except ValueError:  # Only the main thread may set handlers.
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def warnings_in_a_line(program: str) -> Iterator[None]:
    """Shows warnings as sentences to the user instead of lines of source code."""
    with warnings.catch_warnings():
        warnings.showwarning = lambda message, *_: complain(program, message)
        yield


def load(module: str) -> types.ModuleType:
    """Imports a command's module without TensorFlow's chatter, unless a log level asks for it."""
    if "TF_CPP_MIN_LOG_LEVEL" in os.environ:
        return importlib.import_module(module)
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    with silent_descriptor():
        return importlib.import_module(module)


@contextlib.contextmanager
def silent_descriptor() -> Iterator[None]:
    """Drops what is written to file descriptor 2.

    While TensorFlow loads, its C++ side writes there whatever its log level is.
    """
    sys.stderr.flush()
    saved = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)


# --- Flags, which are the fields of dataclasses made by `settings.setting` ---


def parse(program: str, arguments: Sequence[str], groups: Sequence[type]) -> list[Any]:
    """Returns one instance of each dataclass, its fields read from `--field=value`."""
    flag_values = flags.FlagValues()
    flag_values.set_gnu_getopt(True)
    for group in groups:
        define_flags(group, flag_values)
    try:
        _, *rest = flag_values([program, *arguments])
    except flags.UnrecognizedFlagError as error:
        suggestion = nearest(error.flagname, list(flag_values), "--")
        raise ValueError(
            f"unknown flag --{error.flagname}.{suggestion} See: {program} --help"
        ) from error
    except flags.Error as error:
        raise ValueError(error) from error
    if rest:
        raise ValueError(
            f"flags are written --name=value, and patterns in quotes. Received: {' '.join(rest)}"
        )
    return [read_group(group, flag_values) for group in groups]


def define_flags(group: type, flag_values: flags.FlagValues) -> None:
    """Defines a flag for each field, without a default: the dataclass has those."""
    for name, hint in typing.get_type_hints(group).items():
        define = flags.DEFINE_boolean if hint is bool else flags.DEFINE_string
        define(name, None, name, flag_values=flag_values)


def read_group(group: type, flag_values: flags.FlagValues) -> Any:
    """Returns the dataclass made of the flags that were given."""
    hints = typing.get_type_hints(group)
    given = [name for name in hints if flag_values[name].present]
    return group(**{name: read(name, flag_values[name].value, hints[name]) for name in given})


def read(name: str, text: str | bool, hint: Any) -> Any:
    """Returns a flag's text as the type that its field declares."""
    kind, optional = unwrap(hint)
    if optional and text == "none":
        return None
    if typing.get_origin(kind) is tuple:
        parts = (part.strip() for part in text.split(","))
        return tuple(read(name, part, typing.get_args(kind)[0]) for part in parts if part)
    try:
        return kind(text)
    except ValueError as error:
        expected = {int: "a whole number", float: "a number"}[kind] + " or none" * optional
        raise ValueError(f"{name} must be {expected}. Received: {name}={text}") from error


def unwrap(hint: Any) -> tuple[Any, bool]:
    """Returns the type without its `| None`, and whether it had one."""
    if typing.get_origin(hint) not in (types.UnionType, typing.Union):
        return hint, False
    kinds = [kind for kind in typing.get_args(hint) if kind is not types.NoneType]
    return kinds[0], len(kinds) < len(typing.get_args(hint))


# --- Help ---


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
            *map(describe_flag, dataclasses.fields(Files)),
            "",
            "Settings:",
            *map(describe_flag, dataclasses.fields(config)),
            "",
            "Each flag stands with its default; yes-or-no flags are switched off as --noFLAG.",
        ]
    )


def describe_flag(field: dataclasses.Field) -> str:
    """Returns a flag with its default, and below it the help, the range and the unit."""
    meaning = " ".join(filter(None, [field.metadata["help"], describe_allowed(field)]))
    columns = min(shutil.get_terminal_size().columns, 100)
    lines = textwrap.wrap(meaning, max(columns - 6, 20), break_on_hyphens=False)
    return "\n      ".join([f"  --{field.name}={describe_value(field.default)}", *lines])


def describe_allowed(field: dataclasses.Field) -> str:
    """Returns the sentence on a field's range or choices, empty when any text will do."""
    limits = field.metadata
    optional = " or none" * unwrap(field.type)[1]
    if limits["choices"] or limits["minimum"] is not None or limits["maximum"] is not None:
        words = settings.describe_range(field) + optional
        return f"{words[0].upper()}{words[1:]}."
    return f"In {limits['unit']}{optional}." if limits["unit"] else ""


def describe_value(value: Any) -> str:
    """Returns a default as it would be typed; the flags without one take paths."""
    if value == "":
        return "PATH"
    if isinstance(value, tuple):
        return ",".join(map(describe_value, value))
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)


# --- Before painting: everything is found, read and checked, and nothing is written ---


def prepare(command: str, method: types.ModuleType, files: Files, config: Any) -> Job:
    """Reads what all contents share."""
    styles = [read_input(path) for path in split_paths(files.style)]
    start = getattr(config, "start", None)
    others = [read_input(start)] if start and start not in method.STARTS else []
    return Job(command, method, files, config, styles, others)


def split_paths(text: str) -> list[str]:
    """Returns the comma-separated paths; a comma inside a path that exists stays in it."""
    pieces = text.split(",")
    ends = (end for end in range(len(pieces), 0, -1) if os.path.exists(",".join(pieces[:end])))
    end = next(ends, 1)
    rest = ",".join(pieces[end:])
    return [",".join(pieces[:end]).strip(), *(split_paths(rest) if rest else [])]


def read_input(path: str | os.PathLike) -> Input:
    """Reads a picture once for the method and for the record."""
    picture = image.read_picture(path)
    return Input(picture, record.describe_input(path, picture.pixels))


def pair_paths(job: Job) -> list[tuple[Path, Path]]:
    """Returns (content, output) for each content, after checking that outputs can be written."""
    content, output = job.files.content, Path(job.files.output)
    if is_many(content) or output.is_dir():
        check_folder(output)
        pairs = [(path, output / f"{path.stem}.png") for path in find_contents(content)]
    else:
        image.check_writable(output)
        pairs = [(Path(content), output)]
    check_clashes(pairs, [Path(each.described.path) for each in [*job.styles, *job.others]])
    return pairs


def is_many(content: str) -> bool:
    """Returns whether `content` is a folder or a pattern and no file."""
    return not os.path.isfile(content) and (os.path.isdir(content) or glob.has_magic(content))


def find_contents(content: str) -> list[Path]:
    """Returns the pictures of a folder, the files of a pattern, or the one file."""
    if not is_many(content):
        return [Path(content)]
    if os.path.isdir(content):
        paths = filter(has_picture_suffix, Path(content).iterdir())
    else:
        paths = map(Path, glob.iglob(content, recursive=True))
    found = sorted(path for path in paths if path.is_file())
    if not found:
        raise ValueError(f"content must hold at least one picture. Received: content={content}")
    return found


def has_picture_suffix(path: Path) -> bool:
    """Returns whether a visible file is named as a picture that can be read."""
    file_format = Image.registered_extensions().get(path.suffix.lower())
    return file_format in image.READ_FORMATS and not path.name.startswith(".")


def check_folder(folder: Path) -> None:
    """Raises ValueError when pictures cannot be written into `folder`, which may not exist yet."""
    if folder.is_dir():
        image.check_writable(folder / "any.png")
    elif folder.exists() or folder.suffix.lower() in image.WRITE_FORMATS:
        raise ValueError(
            f"output must be a folder, as content is many pictures. Received: output={folder}"
        )
    else:
        image.check_writable(folder.with_name(f"{folder.name}.png"))


def check_clashes(pairs: Sequence[tuple[Path, Path]], others: Sequence[Path]) -> None:
    """Raises ValueError when an output would replace an input or another output."""
    inputs = {path.resolve() for path in [*others, *(content for content, _ in pairs)]}
    makers: dict[Path, Path] = {}
    for content, output in pairs:
        if output.resolve() in inputs:
            raise ValueError(f"output must not replace an input. Received: output={output}")
        if output in makers:
            raise ValueError(
                f"output must differ for each content; rename one of {makers[output]} and "
                f"{content}. Received: output={output}"
            )
        makers[output] = content


# --- Painting ---


def paint_all(job: Job) -> int:
    """Paints every content and returns the exit status; a lone failure is raised."""
    pairs = pair_paths(job)
    if len(pairs) == 1:
        paint(job, *pairs[0])
        return DONE
    failures = sum(not paint_or_complain(job, *pair) for pair in pairs)
    if failures == len(pairs):
        return BAD_INPUT
    return SOME_FAILED if failures else DONE


def paint_or_complain(job: Job, content: Path, output: Path) -> bool:
    """Paints one content of many; returns False, with the reason on stderr, when it failed."""
    try:
        paint(job, content, output)
    except USER_ERRORS as error:
        complain(f"tfstyle {job.command}", f"{content}: {error}")
        return False
    return True


def paint(job: Job, content: Path, output: Path) -> None:
    """Paints one content, showing how it goes; Ctrl-C keeps the best picture so far."""
    source = read_input(content)
    levels = job.method.plan(source.picture.pixels.shape[1:3], job.config)
    began = time.monotonic()
    try:
        with progress_bar.show(levels, job.files.quiet) as move_bar:
            watchers = [
                announcement(f"{content}, levels: {', '.join(map(str, levels))}", job.files.quiet),
                move_bar,
                snapshots(output, source.picture.alpha, job.files.save_every),
            ]
            result = stylize(job, source.picture.pixels, watchers, output)
    except Interrupted as interruption:
        save(job, source, output, interruption.result, time.monotonic() - began)
        hint = "; --resume goes on from there" * bool(job.files.checkpoint)
        raise KeyboardInterrupt(f"interrupted; the best picture so far is {output}{hint}") from None
    seconds = time.monotonic() - began
    save(job, source, output, result, seconds)
    if not job.files.quiet:
        say(f"{output}  {seconds:.1f} s  {result.outcome}")


def stylize(
    job: Job,
    content: np.ndarray,
    watchers: Sequence[Callable[[Progress], None]],
    output: Path,
) -> Result:
    """Runs the method, telling every watcher how far it is."""
    checkpoint, resume = find_checkpoint(job.files, output)

    def callback(progress: Progress) -> None:
        for watch in watchers:
            watch(progress)

    return job.method.stylize(
        content,
        [style.picture.pixels for style in job.styles],
        job.config,
        callback=callback,
        checkpoint=checkpoint,
        resume=resume,
    )


def find_checkpoint(files: Files, output: Path) -> tuple[str | None, bool]:
    """Returns the folder of the run's state, and whether to go on from it.

    Of many outputs, each has its own folder, and those without a state start afresh.
    """
    if not files.checkpoint or not is_many(files.content):
        return files.checkpoint, files.resume
    folder = os.path.join(files.checkpoint, output.stem)
    begun = os.path.isdir(folder) and bool(os.listdir(folder))
    return folder, files.resume and begun


def announcement(line: str, quiet: bool) -> Callable[[Progress], None]:
    """Returns a callback that says the line once, at the first step.

    By then the method has accepted its input: what it refuses leaves one line, the reason.
    """
    say_once = functools.cache(lambda: quiet or print(line, file=sys.stderr))
    return lambda progress: say_once()


def snapshots(output: Path, alpha: np.ndarray | None, every: int) -> Callable[[Progress], None]:
    """Returns a callback that writes out_step00100.png beside out.png, every so many steps."""

    def snapshot(progress: Progress) -> None:
        if every and progress.step and progress.total_step % every == 0:
            name = f"{output.stem}_step{progress.total_step:05}{output.suffix}"
            write_picture(output.with_name(name), progress.image(), alpha)

    return snapshot


def save(job: Job, source: Input, output: Path, result: Result, seconds: float) -> None:
    """Writes the picture, and the record beside it."""
    write_picture(output, result.image, source.picture.alpha)
    record.write(
        output,
        command=job.command,
        config=job.config,
        inputs=[each.described for each in (source, *job.styles, *job.others)],
        result=result,
        seconds=seconds,
    )


def write_picture(path: Path, pixels: np.ndarray, alpha: np.ndarray | None) -> None:
    """Writes pixels with the content's transparency, brought to their size."""
    path.parent.mkdir(exist_ok=True)
    if alpha is not None:
        three_channels = np.repeat(alpha[np.newaxis, :, :, np.newaxis], 3, axis=-1)
        alpha = image.resize(three_channels, pixels.shape[1:3])[0, :, :, 0]
    image.write(path, pixels, alpha)


if __name__ == "__main__":
    sys.exit(main())
