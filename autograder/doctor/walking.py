"""Which parts of a piece of code do something, and are no words for people."""

import ast
from collections.abc import Iterator, Sequence

from autograder.doctor.swaps import AXES, COSMETICS, SAYING


def code(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a piece of code and its parts, leaving out what is said rather than done."""
    yield node
    for part in code_parts(node):
        yield from code(part)


def code_parts(node: ast.AST) -> Sequence[ast.AST]:
    """Return the parts of a node that are worth changing."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return node.body[ast.get_docstring(node) is not None :]
        case ast.Raise() | ast.JoinedStr() | ast.Import() | ast.ImportFrom():
            return []
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()) | ast.Expr(value=ast.Constant()):
            return []
        case ast.Assert():
            return [node.test]
        case ast.AnnAssign():
            return [node.value] if node.value else []
        case ast.Call():
            named = [word.value for word in node.keywords if word.arg not in {*AXES, *COSMETICS, *SAYING}]
            said = last_name(node.func) in SAYING
            return [node.func, *(part for part in (*node.args, *named) if not (said and is_text(part)))]
    return list(ast.iter_child_nodes(node))


def is_text(node: ast.AST) -> bool:
    """Whether a piece of code is a text that is written out."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def last_name(node: ast.expr) -> str:
    """Return the last name of a dotted path."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "call")


def root_of(node: ast.expr) -> str:
    """Return the first name of a dotted path."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return getattr(node, "id", "")
