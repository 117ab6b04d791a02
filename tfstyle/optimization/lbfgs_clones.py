"""A private copy of TFP's L-BFGS that runs two inner parts of ours.

TFP offers no way to choose the line search of `lbfgs_minimize`, nor how it computes its direction.
To exchange the names in TFP's modules would change every other caller's results, too. So two
functions are cloned, the same code with other global names, and one module's names are copied:

- `minimize` finds `compact_direction` under the name `_get_search_direction`, and the copied
  names under `bfgs_utils`;
- the copied names hold the clone of `line_search_step`;
- `line_search_step` finds `unit_step_first(hager_zhang)` under the name `hager_zhang`.

All else is TFP's own, Hager and Zhang's search included. TFP's modules are read, never written.
"""

import dis
import functools
import inspect
import types
import warnings
from collections.abc import Callable
from typing import Any

from tfstyle.optimization import lbfgs_parts

Minimize = Callable[..., lbfgs_parts.Results]
"""What takes the arguments of `tfp.optimizer.lbfgs_minimize`."""


# Kept, so that one clone serves all steps and a warning is given once.
@functools.cache
def with_unit_step(minimize: Minimize) -> Minimize:
    """Returns a copy of `minimize` that tries the unit step first and has a compact direction.

    Where the insides of TFP are no longer those described above, `minimize` itself is returned,
    with a warning: it finds the same minimum by more evaluations.

    Args:
        minimize: `tfp.optimizer.lbfgs_minimize`. It is an argument so that TFP is imported by
            those only who minimise.
    """
    try:
        return _with_parts(minimize)
    # What TFP has renamed is not found, or does not take the arguments that are passed.
    except (LookupError, TypeError, ValueError) as error:
        warnings.warn(
            "tensorflow-probability has renamed its line search or another inner part of L-BFGS: "
            f"using its own, which needs more evaluations a step ({error}).",
            stacklevel=2,
        )
        return minimize


def _with_parts(minimize: Minimize) -> Minimize:
    utils = _global(minimize, "bfgs_utils")
    own_utils = _with_own_search(utils)
    _check_use(minimize, ".line_search_step")
    # Called without names: as many arguments as TFP's own takes.
    inspect.signature(_global(minimize, "_get_search_direction")).bind("state")
    return _clone(
        minimize, bfgs_utils=own_utils, _get_search_direction=lbfgs_parts.compact_direction
    )


def _with_own_search(utils: types.ModuleType) -> types.SimpleNamespace:
    """Returns the module's names in a namespace, of which the clone asks only for attributes."""
    line_search_step = vars(utils)["line_search_step"]
    hager_zhang = _global(line_search_step, "hager_zhang")
    # What our search passes on to TFP's.
    names = ("initial_step_size", "value_at_initial_step", "value_at_zero")
    inspect.signature(hager_zhang).bind("function", **dict.fromkeys(names))
    step = _clone(line_search_step, hager_zhang=lbfgs_parts.unit_step_first(hager_zhang))
    return types.SimpleNamespace(**{**vars(utils), "line_search_step": step})


def _clone(function: object, **ours: object) -> Callable[..., Any]:
    """Returns a copy of a function of Python that finds `ours` among its global names.

    Functions defined inside of it see them too, functions that it calls do not.

    Raises:
        LookupError: `function` does not use one of the names, so that nothing would change.
    """
    plain = _plain(function)
    _check_use(plain, *ours)
    clone = types.FunctionType(
        plain.__code__,
        {**plain.__globals__, **ours},
        plain.__name__,
        plain.__defaults__,
        plain.__closure__,
    )
    clone.__kwdefaults__ = dict(plain.__kwdefaults__ or {})
    return clone


def _plain(function: object) -> types.FunctionType:
    """Returns the same, unless it is a builtin or an object whose code cannot be copied."""
    if isinstance(function, types.FunctionType):
        return function
    raise LookupError(f"{function!r} is no plain function")


def _global(function: object, name: str) -> Any:
    """Returns what a function finds under a global name."""
    _check_use(function, name)
    return _plain(function).__globals__[name]


def _check_use(function: object, *names: str) -> None:
    """Raises LookupError unless the function's code uses all the names; see `_names`.

    That also finds out a decorated function, whose own code is the decorator's.
    """
    missing = set(names) - _names(_plain(function).__code__)
    if missing:
        raise LookupError(f"{function!r} does not use {', '.join(sorted(missing))}")


def _names(code: types.CodeType) -> set[str]:
    """Returns what code loads, inner functions included: a global as `name`, an attribute `.name`.

    `code.co_names` does not tell the two apart, and only a global can be exchanged in a clone.
    """
    dots = {"LOAD_GLOBAL": "", "LOAD_ATTR": ".", "LOAD_METHOD": "."}
    loads = [each for each in dis.get_instructions(code) if each.opname in dots]
    inner = [_names(part) for part in code.co_consts if isinstance(part, types.CodeType)]
    return {f"{dots[each.opname]}{each.argval}" for each in loads}.union(*inner)
