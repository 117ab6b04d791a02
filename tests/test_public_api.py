import ast
import graphlib
import importlib
import pathlib
import subprocess
import sys

import pytest

import tfstyle

PACKAGE = pathlib.Path(tfstyle.__file__).parent
ROOT = PACKAGE.parent
FILES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def module_name(path):
    name = path.parent if path.name == "__init__.py" else path.with_suffix("")
    return ".".join(name.relative_to(ROOT).parts)


MODULES = {module_name(path): path for path in FILES}


def imported_by(path):
    """The package's own modules that a file imports, wherever in the file it does so."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            # A folder is imported for its own names alone: those of its files are their own.
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= names if names <= set(MODULES) else names | {node.module}
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
    return found & set(MODULES)


GRAPH = {name: imported_by(path) for name, path in MODULES.items()}


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)


# --- What the package offers ---


def test_import_loads_nothing_heavy():
    heavy = "('tensorflow', 'keras', 'tensorflow_probability', 'numpy', 'PIL', 'absl', 'rich')"
    finished = run(f"import sys, tfstyle; print([m for m in {heavy} if m in sys.modules])")
    assert (finished.stdout, finished.stderr) == ("[]\n", "")


WITHOUT_TENSORFLOW = (
    "export.config",
    "image",
    "methods.analogies.config",
    "methods.gatys.config",
    "methods.quilting.config",
    "methods.shared_settings",
    "methods.style_swap.config",
    "networks.vgg19_files",
    "networks.vgg19_layers",
    "settings",
    "system.fetching.downloads",
    "system.files",
    "system.precision",
    "training.inverse_config",
    "training.stylizer_config",
)


@pytest.mark.parametrize("name", WITHOUT_TENSORFLOW)
def test_configurations_and_what_they_name_need_no_tensorflow(name):
    finished = run(f"import sys, tfstyle.{name}; print('tensorflow' in sys.modules)")
    assert (finished.stdout, finished.stderr) == ("False\n", "")


def test_public_names_are_sorted_and_there():
    assert tfstyle.__all__ == sorted(tfstyle.__all__)
    for name in tfstyle.__all__:
        assert getattr(tfstyle, name) is not None


def test_dir_lists_the_public_names():
    assert set(tfstyle.__all__) <= set(dir(tfstyle))


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'tfstyle' has no attribute 'gaty'"):
        tfstyle.gaty  # noqa: B018


def test_methods_are_public():
    from tfstyle.methods import gatys

    assert tfstyle.gatys is gatys


# --- How the rooms connect ---


def test_imports_have_no_cycle():
    graphlib.TopologicalSorter(GRAPH).prepare()


@pytest.mark.parametrize("name", MODULES)
def test_module_does_not_import_names_through_the_root(name):
    for node in ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "tfstyle":
            for alias in node.names:
                assert (PACKAGE / f"{alias.name}.py").exists() or (PACKAGE / alias.name).is_dir()


def test_no_method_imports_a_sibling():
    """But `gatys`, which may begin from what a method of one pass paints."""
    for name in set(MODULES) - {"tfstyle.methods.gatys.start"}:
        if name.startswith("tfstyle.methods.") and not name.startswith("tfstyle.methods.video."):
            assert {other.split(".")[2] for other in GRAPH[name] if other in METHODS} <= {
                name.split(".")[2],
                "shared_settings",
                "style_scaling",
            }, name


def test_losses_know_nothing_else_of_the_package():
    assert GRAPH["tfstyle.losses.functional"] == set()


def reached_from(names):
    """Those modules and all that they import, however far down."""
    found, rest = set(), set(names)
    while rest:
        found |= rest
        rest = set().union(*(GRAPH[name] for name in rest)) - found
    return found


METHODS = {name for name in MODULES if name.startswith("tfstyle.methods.")}
SHELL = ("tfstyle.cli.", "tfstyle.jobs.")


def test_methods_do_not_reach_the_shell():
    assert not [name for name in reached_from(METHODS) if name.startswith(SHELL)]


@pytest.mark.parametrize("name", sorted(reached_from(METHODS)))
def test_library_never_prints(name):
    calls = ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8")))
    printed = [
        node.lineno
        for node in calls
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
    ]
    assert printed == []


@pytest.mark.parametrize("name", MODULES)
def test_module_can_be_imported_alone(name):
    if name.startswith("tfstyle.web.page."):
        # It is installed by a line of its own.
        pytest.importorskip("gradio", reason="gradio is not installed")
    assert importlib.import_module(name).__doc__
