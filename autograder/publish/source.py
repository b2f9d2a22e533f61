"""Python source as text and as a tree at once, to cut pieces out of it to the letter."""

import ast
import io
import tokenize
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path

from autograder.errors import KitError

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITION = (*FUNCTION, ast.ClassDef)
CODE_WIDTH = 100


class CourseModule:
    """A module of the course, with the name that messages call it by."""

    def __init__(self, text: str, where: str) -> None:
        self.text = text.removeprefix("\ufeff").replace("\r\n", "\n")
        self.where = where
        self.lines = self.text.split("\n")
        try:
            self.tree = ast.parse(self.text)
        except (SyntaxError, ValueError) as wrong:
            line = getattr(wrong, "lineno", None)
            place = f"{where}, line {line}" if line else where
            raise KitError(f"{place}: Python cannot read this: {getattr(wrong, 'msg', wrong)}") from wrong
        self.tokens = list(tokenize.generate_tokens(io.StringIO(self.text).readline))

    def cut(self, node: ast.stmt | ast.expr) -> str:
        """Return the text of a node, in its place on the first line and without what follows it."""
        lines = self.lines[node.lineno - 1 : node.end_lineno]
        # Offsets of the tree count bytes.
        lines[-1] = lines[-1].encode()[: node.end_col_offset].decode()
        start = len(self.lines[node.lineno - 1].encode()[: node.col_offset].decode())
        lines[0] = " " * start + lines[0][start:]
        return "\n".join(lines)

    def signature(self, node: Definition) -> str:
        """Return `def f(...) -> ...:` or `class C(...):` as it is written, without decorators."""
        depth = 0
        for token in self.tokens:
            if token.start < (node.lineno, 0) or token.type != tokenize.OP:
                continue
            depth += (token.string in "([{") - (token.string in ")]}")
            if token.string == ":" and depth == 0:
                self.refuse_one_line(node, token.end[0])
                lines = self.lines[node.lineno - 1 : token.end[0]]
                lines[-1] = lines[-1][: token.end[1]]
                return "\n".join(lines)
        raise KitError(f"{self.where}, line {node.lineno}: `{node.name}` has no colon")

    def refuse_one_line(self, node: Definition, signature_ends: int) -> None:
        """Raise for `def f(x): return x`: a body on the line of the signature cannot be cut out."""
        if node.body[0].lineno == signature_ends:
            raise KitError(
                f"{self.where}, line {node.lineno}: `{node.name}` is written on one line;"
                " put its body on lines of its own, so that it can be left out of the stub"
            )

    def docstring(self, node: ast.Module | Definition) -> str:
        """Return the docstring as it is written, quotes and indentation included, or ""."""
        return self.cut(node.body[0]) if ast.get_docstring(node, clean=False) is not None else ""

    def imports(self, keep: Callable[[str, str], bool]) -> tuple[str, set[str]]:
        """Return the imports for which `keep(name, dotted path)` holds, and the names they bind."""
        text, bound, last = "", set(), 0
        for node in self.tree.body:
            if not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            prefix = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            names = {alias: alias.asname or alias.name.split(".")[0] for alias in node.names}
            if prefix:
                names = {alias: alias.asname or alias.name for alias in node.names}
            kept = [a for a in node.names if prefix == "__future__." or keep(names[a], prefix + a.name)]
            if not kept:
                continue
            apart = last and not all(map(str.strip, self.lines[last : node.lineno - 1]))
            text += ("\n" if apart else "") + self.import_line(node, kept) + "\n"
            bound |= {names[alias] for alias in kept}
            last = node.end_lineno or node.lineno
        return text, bound

    def import_line(self, node: ast.Import | ast.ImportFrom, kept: list[ast.alias]) -> str:
        """Return an import statement with only the names that are kept."""
        if kept == node.names:
            return without_comments(self.cut(node))
        one: ast.stmt = ast.Import(kept)
        if isinstance(node, ast.ImportFrom):
            one = ast.ImportFrom(node.module, kept, node.level)
        line = ast.unparse(one)
        head, _, names = line.partition(" import ")
        if len(line) > CODE_WIDTH and names:
            line = f"{head} import (\n" + "".join(f"    {name},\n" for name in names.split(", ")) + ")"
        return line


def read_source(root: Path, path: str) -> CourseModule:
    """Return the module at `path` below the course's root."""
    try:
        return CourseModule((root / path).read_text(encoding="utf-8"), path)
    except FileNotFoundError:
        raise KitError(f"{path} is missing in {root}") from None
    except UnicodeDecodeError:
        raise KitError(f"{path} is not UTF-8 text: save it as UTF-8") from None


def free_names(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the names that any of several pieces of code refers to and does not itself bind."""
    return {name for node in nodes for name in used_names(node) - bound_names(node)}


def used_names(top: ast.AST) -> set[str]:
    """Return all names that are read or written below a node."""
    return {node.id for node in ast.walk(top) if isinstance(node, ast.Name)}


def bound_names(top: ast.AST) -> set[str]:
    """Return the names that code below a node assigns, defines, takes or imports."""
    bound = set()
    for node in ast.walk(top):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            bound.add(node.asname or node.name.split(".")[0])
        elif isinstance(node, (*DEFINITION, ast.ExceptHandler)) and node.name:
            bound.add(node.name)
    return bound


def names_in_strings(nodes: Iterable[ast.AST]) -> set[str]:
    """Return what might be names in quoted annotations: `"np.ndarray"`."""
    names: set[str] = set()
    for node in chain.from_iterable(map(ast.walk, nodes)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isprintable():
            try:
                names |= free_names([ast.parse(node.value, mode="eval")])
            except (SyntaxError, ValueError):
                continue
    return names


def without_comments(text: str) -> str:
    """Return code without its comments, and without the lines that held nothing else."""
    lines = text.split("\n")
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip() or "\0"
    return "\n".join(line for line in lines if line != "\0")


def is_private(name: str) -> bool:
    """Whether a definition is a helper that students do not get: `_name`, but not `__len__`."""
    return name.startswith("_") and not (name.startswith("__") and name.endswith("__"))
