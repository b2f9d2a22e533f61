"""What can be read off the statements of a program, and how they are taken apart."""

import __future__

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

FUTURES = {name: getattr(__future__, name).compiler_flag for name in __future__.all_feature_names}
WITHOUT_ANNOTATIONS = FUTURES["annotations"]
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
SCOPES = (*DEFINITIONS, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def statement_at(body: list[ast.stmt], line: int, column: int | None = None) -> int:
    """Return the number of the statement that a place is in."""
    place = (line, 10**9 if column is None else column)
    starts = (
        min((one.lineno, one.col_offset) for one in (node, *getattr(node, "decorator_list", ())))
        for node in body
    )
    return max(sum(start <= place for start in starts) - 1, 0)


def single_imports(node: ast.stmt, namespace: Mapping[str, Any]) -> list[ast.stmt]:
    """Return an import of several names as imports of one name each; any other statement as it is.

    A program that is in no package may say `from .helpers import f`, which was meant for one.
    """
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return [node]
    level = getattr(node, "level", 0) if namespace.get("__package__") else 0
    if level == getattr(node, "level", 0) and not node.names[1:]:
        return [node]
    found: list[ast.stmt] = []
    for alias in node.names:
        module = getattr(node, "module", None)
        whole = isinstance(node, ast.Import) or not (module or level)
        one = ast.Import([alias]) if whole else ast.ImportFrom(module, [alias], level)
        found.append(ast.copy_location(one, node))
    return found


def plainer_definitions(node: ast.stmt, lost: Collection[str]) -> Iterator[ast.stmt]:
    """Yield a definition, to be compiled with annotations that nobody reads, that loses its decorators.

    Those of lost names go first, in a class those of its methods too; then all of its own.
    """
    if isinstance(node, DEFINITIONS):
        yield node
        for one in ast.walk(node):
            if isinstance(one, DEFINITIONS):
                one.decorator_list = [mark for mark in one.decorator_list if names_in(mark).isdisjoint(lost)]
        yield node
        node.decorator_list = []
        yield node


def names_in(node: ast.AST) -> set[str]:
    """Return the names that an expression reads."""
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def futures(body: Iterable[ast.stmt]) -> int:
    """Return the compiler's flags that `from __future__ import` statements set."""
    names = (
        alias.name
        for node in body
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
        for alias in node.names
    )
    flags = 0
    for name in names:
        flags |= FUTURES.get(name, 0)
    return flags


def bound(node: ast.AST) -> Iterator[str]:
    """Yield the names that a statement defines in the scope that it stands in."""
    if isinstance(node, DEFINITIONS):
        yield node.name
    elif isinstance(node, ast.alias) and node.name != "*":
        yield node.asname or node.name.partition(".")[0]
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    if not isinstance(node, SCOPES):
        for child in ast.iter_child_nodes(node):
            yield from bound(child)
