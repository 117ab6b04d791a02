import functools
import inspect
import sys
import threading
import types
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_probability as tfp
from minima import quadratic
from tensorflow_probability.python.optimizer import bfgs_utils, lbfgs

from tfstyle.optimization import lbfgs as our_lbfgs
from tfstyle.optimization import loop
from tfstyle.optimization.lbfgs_clones import with_unit_step
from tfstyle.optimization.options import Options

START = np.random.default_rng(0).random([1, 4, 5, 3], np.float32)
TARGET = np.random.default_rng(1).random([1, 4, 5, 3], np.float32)

MODULES = (
    lbfgs,
    bfgs_utils,
    # A function has the same name there as the module.
    sys.modules["tensorflow_probability.python.optimizer.linesearch.hager_zhang"],
)


IMPORTANCE = np.geomspace(1, 100, 60, dtype=np.float32).reshape([1, 4, 5, 3])


def smooth(image):
    """The weighted distance from a known image and its fourth power: many steps to the minimum."""
    away = image - TARGET
    value = tf.reduce_sum(IMPORTANCE * tf.square(away) + away**4)
    return value, 2 * IMPORTANCE * away + 4 * away**3, {"pull": value}


def descend(objective=smooth, line_search="unit_step", steps=4):
    """What our minimiser finds, and after how many evaluations."""
    trace = loop.minimize(objective, START, steps, Options(line_search=line_search))
    return trace.image.tobytes(), trace.evaluations


def another(minimize=None):
    """What TFP's own minimiser finds elsewhere in a few steps, and its evaluations."""
    function, start, _ = quadratic(5, 10, seed=0)
    minimize = minimize or tfp.optimizer.lbfgs_minimize
    result = minimize(function, tf.constant(start), max_iterations=4)
    return result.position, result.num_objective_evaluations


def eagerly():
    position, evaluations = another()
    return position.numpy().tobytes(), int(evaluations)


def traced():
    """The same in a graph, which is traced at each call."""
    position, evaluations = tf.function(another)()
    return position.numpy().tobytes(), int(evaluations)


def names():
    """The identity of all that TFP's modules hold."""
    return {
        (module.__name__, name): id(value)
        for module in MODULES
        for name, value in vars(module).items()
        if not name.startswith("__")
    }


def interrupted_by(action, since=2, until=np.inf):
    """The smooth objective, which does something else at some evaluations, and what came of it.

    The first evaluation is that of the scale, before TFP's minimiser runs.
    """
    found, calls = [], []

    def objective(image):
        calls.append(image)
        if since <= len(calls) <= until:
            found.append(action())
        return smooth(image)

    return objective, found


# --- Other callers ---


def test_problem_tells_tfp_s_parts_from_ours():
    _, evaluations = another(with_unit_step(tfp.optimizer.lbfgs_minimize))
    assert int(evaluations) != eagerly()[1]


@pytest.mark.parametrize(("run", "until"), [(eagerly, np.inf), (traced, 2)])
def test_tfp_s_own_run_in_the_midst_of_ours_ends_where_it_does_alone(run, until):
    alone = run()
    objective, found = interrupted_by(run, until=until)
    descend(objective)
    assert found
    assert set(found) == {alone}


@pytest.mark.slow
@pytest.mark.parametrize(("run", "rounds"), [(eagerly, 20), (traced, 2)])
def test_tfp_s_own_runs_in_another_thread_end_where_they_do_alone(run, rounds):
    alone, ours_alone = run(), descend(steps=20)
    meet = threading.Barrier(2, timeout=60)

    def let_the_other_run():
        # It starts after the first meeting and is done at the second.
        meet.wait()
        meet.wait()

    objective, _ = interrupted_by(let_the_other_run, until=rounds + 1)
    found = []
    with ThreadPoolExecutor(1) as pool:
        ours = pool.submit(descend, objective, steps=20)
        for _ in range(rounds):
            meet.wait()
            found.append(run())
            meet.wait()
    assert found == [alone] * rounds
    assert ours.result() == ours_alone


@pytest.mark.parametrize(
    ("outer", "inner"), [("unit_step", "hager_zhang"), ("hager_zhang", "unit_step")]
)
def test_neither_line_search_changes_the_other(outer, inner):
    outer_alone, inner_alone = descend(line_search=outer), descend(line_search=inner)
    assert outer_alone != inner_alone
    objective, found = interrupted_by(lambda: descend(line_search=inner))
    assert descend(objective, outer) == outer_alone
    assert set(found) == {inner_alone}


# --- TFP's modules ---


def test_tfp_s_modules_stay_as_they_are():
    before = names()
    objective, during = interrupted_by(names)
    descend(objective)
    assert during
    assert all(each == before for each in during)
    assert names() == before


def test_tfp_s_modules_stay_as_they_are_when_the_objective_fails():
    before = names()
    objective, _ = interrupted_by(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        descend(objective)
    assert names() == before


def test_hager_zhang_is_tfp_s_own_minimiser():
    options = Options(line_search="hager_zhang")
    optimizer = our_lbfgs.Lbfgs(smooth, START, options)
    assert optimizer._minimize is tfp.optimizer.lbfgs_minimize


def test_copy_is_made_once():
    own = tfp.optimizer.lbfgs_minimize
    assert with_unit_step(own) is with_unit_step(own) is not own


# --- Other versions of TFP ---


def version_of_tfp(*changes):
    """TFP's minimiser with each pair's first text replaced by its second, apart from TFP's own."""
    both = inspect.getsource(bfgs_utils) + inspect.getsource(lbfgs)
    assert all(old in both for old, _ in changes)
    utils, minimiser = (executed(module, changes) for module in (bfgs_utils, lbfgs))
    minimiser.bfgs_utils = utils
    return minimiser.minimize


def executed(module, changes):
    source = inspect.getsource(module)
    for old, new in changes:
        source = source.replace(old, new)
    version = types.ModuleType(module.__name__)
    exec(source, vars(version))
    return version


def use(monkeypatch, minimize):
    """Makes our optimiser, and nobody else, find that version."""
    version = types.SimpleNamespace(optimizer=types.SimpleNamespace(lbfgs_minimize=minimize))
    monkeypatch.setattr(our_lbfgs, "tfp", version)


IMPORT = "from tensorflow_probability.python.optimizer"
SEARCH_IMPORT = f"{IMPORT}.linesearch.hager_zhang import hager_zhang\n"
UTILS_IMPORT = f"{IMPORT} import bfgs_utils\n"

RENAMED = {
    "line search": [
        (SEARCH_IMPORT, f"{IMPORT}.linesearch.hager_zhang import hager_zhang as search\n"),
        ("= hager_zhang(", "= search("),
    ],
    "line search, taken out of a module": [
        (SEARCH_IMPORT, f"{SEARCH_IMPORT}{IMPORT} import linesearch\n"),
        ("= hager_zhang(", "= linesearch.hager_zhang("),
    ],
    "line search's arguments": [
        (SEARCH_IMPORT, f"{SEARCH_IMPORT}\ndef hager_zhang(function, first, start): ...\n"),
    ],
    "line search step": [("line_search_step", "search_step")],
    "line search step, imported by its own name": [
        (UTILS_IMPORT, f"{UTILS_IMPORT}{IMPORT}.bfgs_utils import line_search_step\n"),
        ("bfgs_utils.line_search_step(", "line_search_step("),
    ],
    "direction": [("_get_search_direction", "_direction")],
    "direction's arguments": [("_direction(state)", "_direction(state, history)")],
    "module": [
        (UTILS_IMPORT, f"{IMPORT} import bfgs_utils as utils\n"),
        (" bfgs_utils.", " utils."),
    ],
}


def assert_runs_as_it_is(version):
    with pytest.warns(UserWarning, match="tensorflow-probability has renamed its line search"):
        assert with_unit_step(version) is version
    # Warnings are errors here: there is no second one.
    assert with_unit_step(version) is version


@pytest.mark.parametrize("renamed", RENAMED)
def test_version_with_another_name_runs_as_it_is_with_one_warning(renamed):
    assert_runs_as_it_is(version_of_tfp(*RENAMED[renamed]))


def test_decorated_version_runs_as_it_is_with_one_warning():
    own = tfp.optimizer.lbfgs_minimize
    assert_runs_as_it_is(functools.wraps(own)(lambda *arguments, **named: own(*arguments, **named)))


def test_version_that_is_no_plain_function_runs_as_it_is_with_one_warning():
    assert_runs_as_it_is(functools.partial(tfp.optimizer.lbfgs_minimize))


def test_picture_of_a_renamed_version_is_that_of_its_own_search(monkeypatch):
    use(monkeypatch, version_of_tfp(*RENAMED["direction"]))
    with pytest.warns(UserWarning, match="needs more evaluations a step"):
        found = descend()
    assert found == descend(line_search="hager_zhang")


@pytest.mark.parametrize(
    "changes",
    [
        [],
        # Those after the star have their defaults elsewhere in the function.
        [("             parallel_iterations=1,", "             *, parallel_iterations=1,")],
    ],
)
def test_version_of_the_same_names_gives_the_same_picture(monkeypatch, changes):
    version = version_of_tfp(*changes)
    assert inspect.signature(version) != inspect.signature(lbfgs.minimize) or not changes
    use(monkeypatch, version)
    found = descend()
    monkeypatch.undo()
    assert found == descend()
