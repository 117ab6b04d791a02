"""Every block of the README and of docs/ runs as it stands; most with small pictures, few steps."""

import pathlib
import re
import subprocess
import sys

import pytest

from tfstyle import image
from tfstyle.cli import app
from tfstyle.optimization import loop

ROOT = pathlib.Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").rglob("*.md"))]
TEXTS = {str(page.relative_to(ROOT)): page.read_text(encoding="utf-8") for page in PAGES}

LONGEST, STEPS = 96, 2
"""Pixels of a result's longest side and steps at a size; what else a block says is as it says."""

MOST_README_LINES = 120

MOST_PICTURE_BYTES = 200_000
"""Of all pictures in docs/ together: a clone should not wait for them."""

NOT_RUN = "text"
"""The language of blocks that show a formula, an answer, or what needs more than the examples."""


def blocks(kind: str) -> list[str]:
    """Returns the blocks of one language, in the order of the pages; equal ones once."""
    found = (re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL) for text in TEXTS.values())
    return list(dict.fromkeys(block for of_page in found for block in of_page))


def commands(block: str) -> tuple[str, ...]:
    """Splits a shell block into its commands, without those that set up what runs this test."""
    parts = [part.strip() for line in block.splitlines() for part in line.split(" && ")]
    return tuple(part for part in parts if not part.startswith("pip install") and part != "pytest")


SHELL = [found for found in map(commands, blocks("sh")) if found]
PYTHON = blocks("python")
COLD = "tfstyle video", "load_stylizer"
"""What the command and the block hold that run in a process of their own, at full size.

The rest share this one, which spares each of them the start of TensorFlow.
"""

downloading = pytest.mark.filterwarnings("default:VGG19's ImageNet weights are not at hand")


def is_cold(block: str | tuple[str, ...]) -> bool:
    return any(words in "\n".join([block] if isinstance(block, str) else block) for words in COLD)


def split(blocks: list) -> tuple[list, list]:
    """Returns the first of the blocks that `COLD` means, alone, and the others."""
    cold = next(block for block in blocks if is_cold(block))
    return [cold], [block for block in blocks if block != cold]


def named(block: str | tuple[str, ...]) -> str:
    """Returns a short name for a test of the block."""
    lines = block.splitlines() if isinstance(block, str) else block
    return lines[-1][:60]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with nothing but the examples, as beside the README."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def short(monkeypatch):
    """Makes results small, and ends optimisations early, however long the block has them."""
    fit_size, minimize = image.fit_size, loop.minimize

    def small(height, width, longest):
        return fit_size(height, width, min(longest, LONGEST))

    def early(value_and_gradient, start, steps, *others, **named):
        return minimize(value_and_gradient, start, min(steps, STEPS), *others, **named)

    monkeypatch.setattr(image, "fit_size", small)
    monkeypatch.setattr(loop, "minimize", early)


def words(command: str) -> list[str]:
    program, *arguments = command.split()
    assert program == "tfstyle"
    return arguments


def run(*arguments: str) -> None:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def assert_outputs_are_there(arguments: list[str]) -> None:
    for argument in arguments:
        flag, _, path = argument.partition("=")
        is_written = flag in ("--output", "--strip", "--sheet", "--model")
        if is_written and (flag != "--model" or arguments[0].startswith("train")):
            assert pathlib.Path(path).exists(), argument


def assert_result_is_there(folder: pathlib.Path) -> None:
    written = [*folder.glob("*.png"), *folder.glob("*.mp4")]
    assert [path.stat().st_size > 0 for path in written] == [True]


def test_readme_shows_the_shell_and_python():
    text = TEXTS["README.md"]
    assert "tfstyle gatys" in "".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    assert "```python\n" in text


@pytest.mark.large
@downloading
@pytest.mark.parametrize("block", split(SHELL)[1], ids=named)
def test_shell_commands_run(block, folder, short, capsys):
    for command in block:
        arguments = words(command)
        assert app.main(arguments) == 0, capsys.readouterr().err
        assert_outputs_are_there(arguments)


@pytest.mark.large
@downloading
@pytest.mark.parametrize("block", split(SHELL)[0], ids=named)
def test_shell_commands_run_in_a_new_process(block, folder):
    for command in block:
        arguments = words(command)
        run("-m", "tfstyle.cli.app", *arguments)
        assert_outputs_are_there(arguments)


@pytest.mark.large
@downloading
@pytest.mark.parametrize("block", split(PYTHON)[1], ids=named)
def test_python_block_runs_and_writes_its_result(block, folder, short):
    exec(block, {"__name__": "__main__"})
    assert_result_is_there(folder)


@pytest.mark.large
@pytest.mark.parametrize("block", split(PYTHON)[0], ids=named)
def test_python_block_runs_in_a_new_process(block, folder):
    run("-c", block)
    assert_result_is_there(folder)


@pytest.mark.parametrize("page", TEXTS)
def test_every_block_is_run_or_says_that_it_is_text(page):
    fences = re.findall(r"^```(.*)$", TEXTS[page], re.MULTILINE)
    assert set(fences[::2]) <= {"sh", "python", NOT_RUN} and not any(fences[1::2])


@pytest.mark.parametrize("page", TEXTS)
def test_python_blocks_import_public_names_alone(page):
    import tfstyle

    python = "".join(re.findall(r"```python\n(.*?)```", TEXTS[page], re.DOTALL))
    imported = re.findall(r"from tfstyle import (.+)", python)
    assert {name.strip() for line in imported for name in line.split(",")} <= set(tfstyle.__all__)
    assert not re.search(r"(from|import) tfstyle\.", python)


@pytest.mark.parametrize("page", TEXTS)
def test_files_that_a_page_names_exist(page):
    folders = "tfstyle|examples|docs|export|benchmarks|tests"
    for path in re.findall(rf"`((?:{folders})/[\w./]*)`", TEXTS[page]):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize("page", TEXTS)
def test_links_of_a_page_lead_to_files_and_headings(page):
    for path, anchor in re.findall(r"\]\(([^)#\s]*)(?:#([^)\s]+))?\)", TEXTS[page]):
        target = ((ROOT / page).parent / path if path else ROOT / page).resolve()
        assert target.exists(), path
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), f"{path}#{anchor}"


def anchors(text: str) -> set[str]:
    """Returns what the headings of a page are linked by."""
    without_code = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", without_code, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_readme_is_read_in_a_minute():
    assert len(TEXTS["README.md"].splitlines()) <= MOST_README_LINES


@pytest.mark.parametrize("page", sorted(set(TEXTS) - {"docs/README.md"}))
def test_index_leads_to_every_page(page):
    index = ROOT / "docs"
    paths = re.findall(r"\]\(([^)#\s]+)", TEXTS["docs/README.md"])
    assert (ROOT / page).resolve() in {(index / path).resolve() for path in paths}


def test_pictures_of_the_pages_are_small():
    pictures = [path for path in (ROOT / "docs").rglob("*") if path.suffix in (".jpg", ".png")]
    assert pictures and sum(path.stat().st_size for path in pictures) <= MOST_PICTURE_BYTES
