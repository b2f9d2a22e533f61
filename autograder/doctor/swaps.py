"""What is easily taken for what: operators, functions, axes; and what makes no difference."""

import ast
from collections.abc import Mapping
from typing import Any

OPERATORS: Mapping[type[ast.AST], tuple[str, Any]] = {
    ast.Add: ("+->-", ast.Sub),
    ast.Sub: ("-->+", ast.Add),
    ast.Mult: ("*->/", ast.Div),
    ast.Div: ("/->*", ast.Mult),
    ast.Pow: ("**->*", ast.Mult),
    ast.FloorDiv: ("//->*", ast.Mult),
    ast.Mod: ("%->//", ast.FloorDiv),
    ast.Lt: ("<-><=", ast.LtE),
    ast.LtE: ("<=-><", ast.Lt),
    ast.Gt: (">->>=", ast.GtE),
    ast.GtE: (">=->>", ast.Gt),
    ast.Eq: ("==->!=", ast.NotEq),
    ast.NotEq: ("!=->==", ast.Eq),
    ast.In: ("in->not in", ast.NotIn),
    ast.NotIn: ("not in->in", ast.In),
    ast.Is: ("is->is not", ast.IsNot),
    ast.IsNot: ("is not->is", ast.Is),
    ast.And: ("and->or", ast.Or),
    ast.Or: ("or->and", ast.And),
}
ORDERED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
PAIRS = (
    "max min, maximum minimum, argmax argmin, sum mean, cumsum cumprod, zeros ones, zeros_like ones_like,"
    " floor ceil, exp expm1, log log1p, all any, lower upper, strip rstrip, split splitlines, append extend,"
    " startswith endswith"
)
COUSINS = {one: other for pair in PAIRS.split(", ") for one, other in (pair.split(), pair.split()[::-1])}
COUSINS |= {"sorted": "list", "set": "list"}
# What may be raised in place of an exception: not one that the same `except` or `expect_raises` takes.
OTHER_ERROR = {"ValueError": "TypeError", "": "ValueError"}
SYMMETRIC = (
    "max min maximum minimum add multiply mul logaddexp hypot isclose allclose array_equal gcd lcm"
    " mse_loss l1_loss smooth_l1_loss huber_loss"
)
COMMUTATIVE = set(SYMMETRIC.split())
AXES = {"axis": {0: 1, 1: 0, 2: 1, -1: 0, -2: -1}}
AXES["dim"] = AXES["axis"]
# How a figure looks, which no contract lays down.
COSMETIC = (
    "alpha aspect bbox c clip_on cmap color colors dpi edgecolor facecolor figsize fontsize fontweight ha"
    " horizontalalignment layout linestyle linewidth lw marker markersize pad rotation s shrink size va"
    " verticalalignment weight zorder"
)
COSMETICS = set(COSMETIC.split())
# What says its texts to a person: no contract lays down the words.
SPOKEN = (
    "print warn warning info debug annotate text title xlabel ylabel suptitle set_title set_xlabel set_ylabel"
    " set_label label TypeVar namedtuple"
)
SAYING = set(SPOKEN.split())
NO_CONTEXT = '__import__("contextlib").nullcontext()'
