"""What there is to ask about in a program. Its text runs in a worker: students' code is parsed there.

It imports the standard library only, runs nothing of the program, and returns plain data.
"""

import ast
import copy
from collections.abc import Iterator, Sequence
from typing import Any

MOST_EACH = 40  # loops, branches or edits of a function
LONGEST_EDITED = 200  # characters of a line that is edited
SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
}  # fmt: skip
NAME_SWAPS = {
    "max": "min", "min": "max", "maximum": "minimum", "minimum": "maximum", "mean": "sum", "sum": "mean",
    "argmax": "argmin", "argmin": "argmax", "any": "all", "all": "any",
}  # fmt: skip
UNSET = {"empty", "empty_like", "new_empty"}
LOOPS = (ast.For, ast.While)
SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Return, ast.Break, ast.Continue)


def outline(cells: Sequence[str], names: Sequence[str]) -> list[dict[str, Any]]:
    """Return what can be asked about each of some functions, as the last cell that defines it has it."""
    found: dict[str, dict[str, Any]] = {}
    for number, text in enumerate(cells):
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name in names:
                found[node.name] = {"cell": number, **function(node, text.split("\n"))}
    return list(found.values())


def function(node: ast.FunctionDef, lines: Sequence[str]) -> dict[str, Any]:
    """Return what can be asked about a function."""
    body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
    called = [one.func for one in ast.walk(node) if isinstance(one, ast.Call)]
    return {
        "name": node.name, "first": first, "last": node.end_lineno,
        "unset": list(unset(node)),
        "recursive": any(isinstance(one, ast.Name) and one.id == node.name for one in called),
        "loops": [one.lineno for one in body if isinstance(one, LOOPS) and one_line_head(one)][:MOST_EACH],
        "branches": list(branches(body, node.end_lineno or 0))[:MOST_EACH],
        "edits": [*leavings(body, lines), *changes(body, lines)],
    }  # fmt: skip


def unset(node: ast.FunctionDef) -> Iterator[str]:
    """Yield the variables that are made as arrays without values."""
    for one in ast.walk(node):
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Call):
            made = ast.unparse(one.value.func).rpartition(".")[2]
            yield from (name.id for name in one.targets if isinstance(name, ast.Name) and made in UNSET)


def statements(node: ast.stmt) -> Iterator[ast.stmt]:
    """Yield a statement and those inside it, without those of functions that it defines."""
    yield node
    for part in blocks(node):
        for inner in part:
            yield from statements(inner)


def blocks(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    """Yield the blocks of a statement."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        for name in ("body", "orelse", "finalbody"):
            if part := getattr(node, name, None):
                yield part


def one_line_head(node: Any) -> bool:
    """Whether what a loop or a branch asks is on its first line, and its body is not."""
    head = node.iter if isinstance(node, ast.For) else node.test
    return bool(head.end_lineno == node.lineno < node.body[0].lineno)


def branches(body: Sequence[ast.stmt], after: int, looping: int = 0) -> Iterator[dict[str, Any]]:
    """Yield each `if` of a block with the lines that may follow it.

    `after` is where the program goes on after the block, `looping` the line of the loop around it.
    """
    for place, node in enumerate(body):
        following = body[place + 1].lineno if place + 1 < len(body) else looping or after
        if isinstance(node, ast.If) and one_line_head(node):
            other = node.orelse[0].lineno if node.orelse else following
            yield {"line": node.lineno, "choices": sorted({node.body[0].lineno, other})}
        for part in blocks(node):
            around = node.lineno if isinstance(node, LOOPS) and part is node.body else 0
            yield from branches(part, following, around)


def leavings(body: Sequence[ast.stmt], lines: Sequence[str]) -> list[dict[str, Any]]:
    """Return the lines that can be left out, each with what then stands there."""
    inside = [one for statement in body for one in statements(statement)]
    starts = [one.lineno for one in inside]
    found = []
    for node in inside:
        text = lines[node.lineno - 1]
        whole = text[: len(text) - len(text.lstrip())]
        alone = starts.count(node.lineno) == 1 and len(whole) == node.col_offset
        at_end = isinstance(node, ast.Return) and node in body
        if isinstance(node, SIMPLE) and alone and not at_end and node.end_lineno == node.lineno:
            found.append({"kind": "leave out", "line": node.lineno, "text": f"{whole}pass"})
    return found[:MOST_EACH]


def changes(body: Sequence[ast.stmt], lines: Sequence[str]) -> list[dict[str, Any]]:
    """Return lines with one small thing changed."""
    found = []
    for node in (one for statement in body for one in ast.walk(statement)):
        if not isinstance(node, ast.expr | ast.AugAssign) or node.end_lineno != node.lineno:
            continue
        raw = lines[node.lineno - 1].encode()
        for other in changed_node(node):
            middle = ast.unparse(other).encode()
            text = (raw[: node.col_offset] + middle + raw[node.end_col_offset :]).decode("utf-8", "replace")
            if len(text) <= LONGEST_EDITED:
                found.append({"kind": "change", "line": node.lineno, "text": text})
    return found[:MOST_EACH]


def changed_node(node: Any) -> Iterator[ast.AST]:
    """Yield a node with one small thing changed, in each way in which that is a usual mistake."""
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in SWAPS:
        yield with_field(node, "op", SWAPS[type(node.op)]())
        if isinstance(node, ast.BinOp):
            yield node.left
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPS and len(node.ops) == 1:
        yield with_field(node, "ops", [SWAPS[type(node.ops[0])]()])
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        yield ast.Constant(node.value + 1)
    elif isinstance(node, ast.Call):
        yield from changed_call(node)
    elif isinstance(node, ast.Subscript):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield node.body
        yield node.orelse


def changed_call(node: ast.Call) -> Iterator[ast.AST]:
    """Yield a call of another function, without the function, or with an argument less."""
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if name in NAME_SWAPS:
        field = "id" if isinstance(node.func, ast.Name) else "attr"
        yield with_field(node, "func", with_field(node.func, field, NAME_SWAPS[name]))
    for place in range(len(node.args) - 1):
        swapped = [*node.args[:place], node.args[place + 1], node.args[place], *node.args[place + 2 :]]
        yield with_field(node, "args", swapped)
    if node.args and not isinstance(node.args[0], ast.Starred):
        yield node.args[0]
    elif not node.args and isinstance(node.func, ast.Attribute):
        yield node.func.value
    for place in range(len(node.keywords)):
        yield with_field(node, "keywords", node.keywords[:place] + node.keywords[place + 1 :])


def with_field(node: Any, field: str, value: Any) -> Any:
    """Return a copy of a node with one field replaced."""
    made = copy.copy(node)
    setattr(made, field, value)
    return made
