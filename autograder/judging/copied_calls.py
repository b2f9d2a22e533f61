"""Whether a call is copied from another: the same but for its writing, and for a hair in its figures."""

import ast
import contextlib
import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from autograder.data.values import Tensor
from autograder.sandbox.calls import Call

LIKE = 0.01  # as near are the figures of a call that is copied


def defaults_of(texts: Iterable[str], name: str) -> dict[str, Any]:
    """Return the parameters of a function in their order, each with its default, None where there is none."""
    for node in (node for text in texts for node in ast.parse(text).body):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            by_place = [*node.args.posonlyargs, *node.args.args]
            given = [None] * (len(by_place) - len(node.args.defaults)) + node.args.defaults
            pairs = zip([*by_place, *node.args.kwonlyargs], [*given, *node.args.kw_defaults], strict=True)
            return {parameter.arg: default_value(default) for parameter, default in pairs}
    return {}


def default_value(node: ast.expr | None) -> Any:
    """Return the value of a default that is written as a plain one, None for others."""
    with contextlib.suppress(ValueError):
        return ast.literal_eval(node) if node else None
    return None


def is_copy(one: Call, other: Call, defaults: Mapping[str, Any]) -> bool:
    """Whether two calls of a function are made with nearly the same figures."""
    pairs = figures(one, defaults), figures(other, defaults)
    return len(pairs[0]) == len(pairs[1]) and all(map(is_near, *pairs))


def figures(call: Call, defaults: Mapping[str, Any]) -> list[Any]:
    """Return what a function is called with, in the order of its parameters, defaults written out."""
    given = {**defaults, **dict(zip(defaults, call.args, strict=False)), **call.kwargs}
    return flat([*given.values(), *call.args[len(defaults) :]])


def is_near(one: Any, other: Any) -> bool:
    """Whether two figures are nearly the same, or two other things the same."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        with contextlib.suppress(OverflowError):  # a whole number beyond all floats
            return math.isclose(one, other, rel_tol=LIKE, abs_tol=LIKE)
    return type(one) is type(other) and one == other


def flat(value: Any) -> list[Any]:
    """Return everything in data one after another, whatever it is kept in."""
    if isinstance(value, Tensor):
        value = value.array
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, Mapping):
        value = list(value.values())
    return [leaf for one in value for leaf in flat(one)] if isinstance(value, list | tuple) else [value]
