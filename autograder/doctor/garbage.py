"""Answers that are worth nothing: right in shape, wrong in every number. None may earn a point.

Workers get this module as text and import nothing else of the kit.
"""

import copy
import functools
import inspect
import sys
from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np

RNG = np.random.default_rng(20261122)
Make = Callable[[np.ndarray], np.ndarray]

# Numbers in place of the right ones, given as an array of floats.
NUMBER_GARBAGE: Mapping[str, Make] = {
    "zeros": np.zeros_like,
    "ones": np.ones_like,
    "a constant": lambda right: np.full_like(right, 0.5),
    "NaN": lambda right: np.full_like(right, np.nan),
    "uniform random numbers": lambda right: RNG.random(right.shape),
    "normal random numbers": lambda right: RNG.normal(size=right.shape),
}
WHOLE = {"uniform random numbers", "normal random numbers"}  # where whole numbers were, whole ones
NO_DATA: Mapping[str, Callable[[], Any]] = {"an empty list": list, "None": lambda: None}
EMPTY: Mapping[str, Callable[[], Any]] = {"an empty dict": dict, "an empty set": set, **NO_DATA}
LOWER = "handed back in lower case"
RAISED = "an exception"


def kinds(
    parameters: list[str], *, types: Collection[type], numeric: bool, acts: bool = False
) -> list[tuple[str, str]]:
    """Return the kinds of garbage, each (kind, parameter).

    Args:
        parameters: those of the function that is asked for.
        types: of the right answers: what is empty, and text, is tried where answers are such.
        numeric: whether numbers come out; otherwise one kind of them is as good as another.
        acts: whether nothing comes out, as what it does is asked for: garbage does nothing.
    """
    if acts:
        return [(kind, "") for kind in NO_DATA]
    empty = [kind for kind, make in EMPTY.items() if kind in NO_DATA or make in types]
    plain = [(kind, "") for kind in (*(NUMBER_GARBAGE if numeric else ["zeros"]), *empty)]
    ways = ("handed back", "handed back repeatedly", *([LOWER] if str in types else []))
    return [*plain, (RAISED, ""), *((kind, name) for name in parameters for kind in ways)]


def instead(target: Any, kind: str, parameter: str = "") -> Any:
    """Return what answers garbage in place of a function, or of every method of a class.

    Where a class has no method to be called by name, its operators and what makes it answer garbage.
    """
    if kind == RAISED:
        return refuse
    if isinstance(target, type):
        own = {name: value for name, value in vars(target).items() if inspect.isfunction(value)}
        public = {name: value for name, value in own.items() if not name.startswith("_")} or own
        return type(target.__name__, (target,), {n: instead(v, kind, parameter) for n, v in public.items()})

    counted: list[int] = []  # how many outputs the right answer has, once that is known

    @functools.wraps(target)
    def answer(*args: Any, **kwargs: Any) -> Any:
        if kind in EMPTY:
            return EMPTY[kind]()
        if kind in ("handed back", LOWER):
            given = given_argument(target, parameter, args, kwargs)
            return given.lower() if kind == LOWER and isinstance(given, str) else given
        if kind in NUMBER_GARBAGE:
            return replaced(target(*fresh(args), **fresh(kwargs)), kind)
        if not counted:
            right = target(*fresh(args), **fresh(kwargs))
            counted.append(len(right) if isinstance(right, tuple) else 2)
        return (given_argument(target, parameter, args, kwargs),) * counted[0]

    return answer


class Refused(ValueError, TypeError, KeyError, IndexError, ZeroDivisionError):
    """Each of the exceptions that a check may be content with."""


def refuse(*_args: Any, **_kwargs: Any) -> Any:
    """Raise, whatever is asked."""
    raise Refused


def given_argument(target: Any, parameter: str, args: Any, kwargs: Any) -> Any:
    """Return the argument that a call gave for a parameter, its first one for a method's."""
    bound = inspect.signature(target).bind(*args, **kwargs)
    bound.apply_defaults()
    given = list(bound.arguments.values())
    return bound.arguments.get(parameter, given[-1] if given else None)


def fresh(arguments: Any) -> Any:
    """Return copies of a call's arguments, so that the right function teaches nothing to what it is given."""
    torch = sys.modules.get("torch")
    known: dict[int, Any] = {}
    if torch is not None:  # a generator has a way of its own to be copied
        values = arguments.values() if isinstance(arguments, dict) else arguments
        known = {id(one): one.clone_state() for one in values if isinstance(one, torch.Generator)}
    try:
        return copy.deepcopy(arguments, known)
    except Exception:  # noqa: BLE001 a tensor inside a graph cannot be copied
        return arguments


def replaced(right: Any, kind: str) -> Any:
    """Return an answer with other numbers; what holds none becomes None."""
    torch = sys.modules.get("torch")
    if isinstance(right, tuple | list | set | frozenset):
        return type(right)([replaced(item, kind) for item in right])
    if isinstance(right, dict):
        return {key: replaced(item, kind) for key, item in right.items()}
    if torch is not None and isinstance(right, torch.Tensor):
        return torch.as_tensor(garbage_numbers(right.detach().numpy(), kind), dtype=right.dtype)
    if isinstance(right, np.ndarray):
        return garbage_numbers(right, kind)
    if isinstance(right, bool | int | float | np.generic):
        return garbage_numbers(np.asarray(right), kind).item()
    if type(right).__name__ == "Figure":
        return type(right)()
    return "" if isinstance(right, str) else None


def garbage_numbers(right: np.ndarray, kind: str) -> np.ndarray:
    """Return garbage of an array's shape, and of its kind where that can hold it."""
    if right.dtype.kind in "iub" and kind in WHOLE and right.size:
        return RNG.integers(0, int(right.max()) + 2, right.shape).astype(right.dtype)
    made = NUMBER_GARBAGE[kind](right.astype(np.float64))
    whole = right.dtype.kind in "iub" and bool((made == np.round(made)).all())
    return made.astype(right.dtype) if whole else made
