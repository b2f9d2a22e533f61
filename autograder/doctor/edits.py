"""What can be changed in a function to make it slightly wrong: one operator, number, text, call, end.

Docstrings, annotations and what is said to people are left alone.
"""

import ast
import builtins
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from autograder.doctor.swaps import (
    AXES,
    COMMUTATIVE,
    COSMETICS,
    COUSINS,
    NO_CONTEXT,
    OPERATORS,
    ORDERED,
    OTHER_ERROR,
)
from autograder.doctor.walking import code, last_name, root_of
from autograder.publish.source import FUNCTION

LABEL = 20  # characters of a text in the name of a mutant


@dataclass(frozen=True)
class CodeEdit:
    """A piece of code and what takes its place."""

    node: ast.stmt | ast.expr
    label: str
    text: str


def edits(top: ast.stmt, modules: Set[str]) -> Iterator[CodeEdit]:
    """Yield the changes to a definition or a constant.

    `modules` are names that the program imports: `np.sum(x)` calls no method of `np`.
    """
    known = {node.arg for node in ast.walk(top) if isinstance(node, ast.arg)}
    for node in code(top):
        yield from EDITS.get(type(node), no_edit)(node)
        if isinstance(node, ast.Call):
            yield from dropped_call(node, modules)
        if isinstance(node, ast.stmt):
            yield from dropped_statement(node, known)


def no_edit(_: Any) -> Iterator[CodeEdit]:
    """Yield no change."""
    return iter(())


def replaced_by(node: ast.expr, label: str, new: ast.expr) -> CodeEdit:
    """Return the edit that puts one expression in the place of another."""
    return CodeEdit(node, label, f"({ast.unparse(new)})")


def binary(node: ast.BinOp) -> Iterator[CodeEdit]:
    """Yield other operators."""
    if type(node.op) in OPERATORS:
        label, other = OPERATORS[type(node.op)]
        yield replaced_by(node, label, ast.BinOp(node.left, other(), node.right))


def boolean(node: ast.BoolOp) -> Iterator[CodeEdit]:
    """Yield "and" for "or"."""
    label, other = OPERATORS[type(node.op)]
    yield replaced_by(node, label, ast.BoolOp(other(), node.values))


def comparison(node: ast.Compare) -> Iterator[CodeEdit]:
    """Yield each comparison with its end taken in or left out, and turned round."""
    for at, op in enumerate(node.ops):
        if type(op) not in OPERATORS:
            continue
        label, other = OPERATORS[type(op)]
        ops = list(node.ops)
        ops[at] = other()
        yield replaced_by(node, label, ast.Compare(node.left, ops, node.comparators))
    if len(node.ops) == 1 and isinstance(node.ops[0], ORDERED):
        turned = ast.Compare(node.comparators[0], node.ops, [node.left])
        yield replaced_by(node, "swap sides", turned)


def unary(node: ast.UnaryOp) -> Iterator[CodeEdit]:
    """Yield the operand without its sign or its `not`; a negative number counts as a number."""
    value = node.operand.value if isinstance(node.operand, ast.Constant) else None
    if isinstance(node.op, ast.USub) and isinstance(value, int | float):
        yield from near_numbers(node, -value)
    elif isinstance(node.op, ast.USub | ast.Not):
        yield replaced_by(node, "drop " + ("-" if isinstance(node.op, ast.USub) else "not"), node.operand)


def other_constant(node: ast.Constant) -> Iterator[CodeEdit]:
    """Yield other numbers, other texts, and the other truth value."""
    if isinstance(node.value, bool):
        yield replaced_by(node, f"{node.value}->{not node.value}", ast.Constant(not node.value))
    elif isinstance(node.value, int | float):
        yield from near_numbers(node, node.value)
    elif isinstance(node.value, str):
        for other in dict.fromkeys(["", node.value.swapcase()] if node.value else [" "]):
            if other != node.value:
                yield replaced_by(
                    node, f"{quoted_glance(node.value)}->{quoted_glance(other)}", ast.Constant(other)
                )


def quoted_glance(text: str) -> str:
    """Return a text in quotes, cut to a glance."""
    return repr(text if len(text) <= LABEL else f"{text[:LABEL]}...")


def near_numbers(node: ast.expr, value: float) -> Iterator[CodeEdit]:
    """Yield numbers near a number: the next ones, a little more, zero, its opposite."""
    near = [value + 1, value - 1] if isinstance(value, int) else [value * 1.001 or 1.0]
    for other in dict.fromkeys([*near, type(value)(0), -value]):
        if other != value:
            yield replaced_by(node, f"{value!r}->{other!r}", ast.Constant(other))


def call(node: ast.Call) -> Iterator[CodeEdit]:
    """Yield a call with its arguments swapped, one left out, another axis, another end."""
    name = last_name(node.func)
    first = node.args[:2]
    if len(node.args) == 2 and name not in COMMUTATIVE and ast.dump(first[0]) != ast.dump(first[1]):
        yield replaced_by(node, f"swap arguments of {name}", ast.Call(node.func, first[::-1], node.keywords))
    for word in node.keywords:
        rest = [other for other in node.keywords if other is not word]
        if word.arg in AXES:
            for old, new in AXES[word.arg].items():
                if ast.unparse(word.value) == str(old):
                    yield CodeEdit(word.value, f"{word.arg} {old}->{new}", str(new))
        elif word.arg and word.arg not in COSMETICS and not leaves_unset(word, rest):
            yield replaced_by(node, f"drop {word.arg}= of {name}", ast.Call(node.func, node.args, rest))
    if name == "range":
        for end in node.args:
            yield from off_by_one(end)


def leaves_unset(word: ast.keyword, rest: Sequence[ast.keyword]) -> bool:
    """Whether without an argument, as `out` beside `where`, an answer holds whatever stood in memory."""
    return word.arg == "out" and any(other.arg == "where" for other in rest)


def dropped_call(node: ast.Call, modules: Set[str]) -> Iterator[CodeEdit]:
    """Yield what is called upon in place of the call: `x` for `f(x)` and for `x.f()`."""
    name = last_name(node.func)
    method = isinstance(node.func, ast.Attribute) and root_of(node.func) not in modules
    if isinstance(node.func, ast.Attribute) and method:
        yield replaced_by(node, f"drop .{name}()", node.func.value)
    elif node.args and not isinstance(node.args[0], ast.Starred) and name not in ("range", "super"):
        yield replaced_by(node, f"drop {name}()", node.args[0])


def cousins(node: ast.Name | ast.Attribute) -> Iterator[CodeEdit]:
    """Yield the function that is easily taken for this one."""
    name = last_name(node) if isinstance(node.ctx, ast.Load) else ""
    if name in COUSINS and isinstance(node, ast.Attribute) and name not in ("sorted", "set"):
        yield replaced_by(node, f"{name}->{COUSINS[name]}", ast.Attribute(node.value, COUSINS[name]))
    elif isinstance(node, ast.Name) and hasattr(builtins, name) and hasattr(builtins, COUSINS.get(name, "-")):
        yield replaced_by(node, f"{name}->{COUSINS[name]}", ast.Name(COUSINS[name]))


def raised(node: ast.Raise) -> Iterator[CodeEdit]:
    """Yield another class of Python's own that is raised."""
    kind = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    known = getattr(builtins, kind.id, None) if isinstance(kind, ast.Name) else None
    if isinstance(kind, ast.Name) and isinstance(known, type) and issubclass(known, Exception):
        other = OTHER_ERROR.get(kind.id, OTHER_ERROR[""])
        yield replaced_by(kind, f"{kind.id}->{other}", ast.Name(other))


def bounds(node: ast.Slice) -> Iterator[CodeEdit]:
    """Yield a slice that begins or ends one place too early or too late."""
    for end in (node.lower, node.upper):
        if end is not None:
            yield from off_by_one(end)


def off_by_one(end: ast.expr) -> Iterator[CodeEdit]:
    """Yield one more and one less; numbers that are written out are changed elsewhere."""
    if not any(isinstance(part, ast.Constant) for part in ast.walk(end)):
        for sign, op in (("+", ast.Add()), ("-", ast.Sub())):
            label = f"{ast.unparse(end)}->{ast.unparse(end)}{sign}1"
            yield replaced_by(end, label, ast.BinOp(end, op, ast.Constant(1)))


def condition(node: ast.If | ast.While | ast.IfExp) -> Iterator[CodeEdit]:
    """Yield the opposite of a condition."""
    if not isinstance(node.test, ast.Constant):
        yield replaced_by(node.test, "not condition", ast.UnaryOp(ast.Not(), node.test))


def comprehension(node: ast.comprehension) -> Iterator[CodeEdit]:
    """Yield the opposite of each condition."""
    for test in node.ifs:
        yield replaced_by(test, "not condition", ast.UnaryOp(ast.Not(), test))


def returned(node: ast.Return) -> Iterator[CodeEdit]:
    """Yield one operand in place of both, one branch in place of a choice, swapped outputs."""
    value = node.value
    if isinstance(value, ast.BinOp):
        yield replaced_by(value, "left operand only", value.left)
        yield replaced_by(value, "right operand only", value.right)
    elif isinstance(value, ast.IfExp):
        yield replaced_by(value, "first branch only", value.body)
        yield replaced_by(value, "second branch only", value.orelse)
    elif isinstance(value, ast.Tuple) and len(value.elts) > 1:
        yield replaced_by(value, "reverse outputs", ast.Tuple(value.elts[::-1]))


def augmented(node: ast.AugAssign) -> Iterator[CodeEdit]:
    """Yield another operator."""
    if type(node.op) in OPERATORS:
        label, other = OPERATORS[type(node.op)]
        text = ast.unparse(ast.AugAssign(node.target, other(), node.value))
        yield CodeEdit(node, label.replace("->", "=->") + "=", text)


def context(node: ast.With) -> Iterator[CodeEdit]:
    """Yield no context in place of one, such as `torch.no_grad()`."""
    for item in node.items:
        if item.optional_vars is None:
            yield CodeEdit(item.context_expr, f"drop with {ast.unparse(item.context_expr)}", NO_CONTEXT)


def defaults(node: ast.FunctionDef) -> Iterator[CodeEdit]:
    """Yield other default values."""
    for default in (*node.args.defaults, *node.args.kw_defaults):
        if default is not None:
            yield from EDITS.get(type(default), no_edit)(default)


def dropped_statement(node: ast.stmt, known: set[str]) -> Iterator[CodeEdit]:
    """Yield nothing in place of a statement that is not the first to bind a name; `known` names grow."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    fresh = {target.id for target in targets if isinstance(target, ast.Name)} - known
    known |= fresh
    assigned = isinstance(node, ast.Assign | ast.AnnAssign) and not fresh
    simple = isinstance(node, ast.AugAssign | ast.Expr | ast.Raise | ast.Break | ast.Continue)
    if (assigned and not isinstance(targets[0], ast.Tuple)) or simple:
        yield CodeEdit(node, "drop statement", "pass")


EDITS: Mapping[type[ast.AST], Callable[[Any], Iterator[CodeEdit]]] = {
    ast.BinOp: binary,
    ast.BoolOp: boolean,
    ast.Compare: comparison,
    ast.UnaryOp: unary,
    ast.Constant: other_constant,
    ast.Call: call,
    ast.Raise: raised,
    ast.Name: cousins,
    ast.Attribute: cousins,
    ast.Slice: bounds,
    ast.If: condition,
    ast.While: condition,
    ast.IfExp: condition,
    ast.comprehension: comprehension,
    ast.Return: returned,
    ast.AugAssign: augmented,
    ast.With: context,
    **dict.fromkeys(FUNCTION, defaults),
}
