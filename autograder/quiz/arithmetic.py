"""Arithmetic written as text in a course's files: `score - 0.01 * max(0, tokens - 150)`.

Numbers, names, lists, + - * / **, calls by name and constant indices; nothing else, and no eval.
"""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.data.values import Tensor, tensor
from autograder.errors import KitError

OPERATIONS: Mapping[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
BUILT_IN: Mapping[str, Callable[..., Any]] = {
    "min": min,
    "max": max,
    "exp": math.exp,
    "log": math.log,
    "array": lambda items: np.array(items, dtype=np.float64),
    "tensor": tensor,
}


def evaluate(
    expression: str, names: Mapping[str, float], functions: Mapping[str, Callable[..., Any]]
) -> float:
    """Return the number that `expression` comes to. What a function raises propagates.

    It may use `names`, call `functions`, and min, max, exp, log, array and tensor.
    """

    def value(node: ast.AST) -> Any:
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return number
            case ast.Name(id=name) if name in names:
                return names[name]
            case ast.List(elts=items):
                return [value(item) for item in items]
            case ast.UnaryOp(op=op, operand=operand) if type(op) in OPERATIONS:
                return OPERATIONS[type(op)](value(operand))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATIONS:
                return OPERATIONS[type(op)](value(left), value(right))
            case ast.Subscript(value=whole, slice=ast.Constant(value=int() as index)):
                return as_array(value(whole))[index]
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                function = {**functions, **BUILT_IN}.get(name)
                if function is not None:
                    return function(*map(value, args))
        raise KitError(f"{expression!r}: what is {ast.unparse(node)!r}?")

    result = as_array(value(parse(expression)))
    if np.size(result) != 1 or not np.all(np.isfinite(result)):
        raise KitError(f"{expression!r} does not come to one finite number")
    return float(np.asarray(result).reshape(()))


def parse(expression: str) -> ast.expr:
    """Return the syntax tree of an expression."""
    try:
        return ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError) as wrong:
        raise KitError(f"{expression!r} is not an expression") from wrong


def names_and_calls(expression: str) -> tuple[set[str], set[str]]:
    """Return the names an expression reads and the functions it calls, built-in ones left out."""
    nodes = list(ast.walk(parse(expression)))
    called = {
        node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    read = {node.id for node in nodes if isinstance(node, ast.Name)}
    return read - called, called - set(BUILT_IN)


def as_array(value: Any) -> Any:
    """Return a tensor marker as its array, anything else as it is."""
    return value.array if isinstance(value, Tensor) else value
