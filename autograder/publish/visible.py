"""The visible checks of an assignment as a plain pytest file. What is not visible is left out."""

import ast
import re
from collections.abc import Sequence

from autograder.errors import KitError
from autograder.publish.source import (
    DEFINITION,
    Source,
    names_in,
    walk_all,
)

FIXTURES = ("student", "rng")
ENGINE_IMPORT = re.compile(r"^from autograder\.(?:\w+\.)*(\w+) import", re.MULTILINE)
LEAK_LENGTH = 20


def make_visible_checks(source: Source) -> str:
    """Return the visible checks, and of the rest of the module only what they refer to."""
    checks = [node for node in source.tree.body if is_visible(node)]
    helpers = find_helpers(source, checks)
    needed = names_in([*checks, *helpers]) | {"check"}
    for node in walk_all([*checks, *helpers]):
        if isinstance(node, ast.Import | ast.ImportFrom) and "autograder" in ast.unparse(node):
            raise KitError(f"{source.where}, line {node.lineno}: import autograder at the top of the file")
    imports, _ = source.imports(lambda name, path: name in needed)
    if re.search(r"^import autograder", imports, re.MULTILINE):
        raise KitError(f"{source.where}: write `from autograder.checks import ...`")
    parts = [make_check(source, node) if node in checks else whole(source, node) for node in helpers + checks]
    head = [summary(source), ENGINE_IMPORT.sub(kit_import, imports).rstrip("\n")]
    text = "\n\n\n".join(["\n\n".join(part for part in head if part), *parts]) + "\n"
    told = hidden_lines(source, [*checks, *helpers], text)
    if told:
        raise KitError(f"{source.where}: a hidden check would be handed out: {told[0]}")
    return text


def summary(source: Source) -> str:
    """Return the first line of the module's docstring; what follows may be about hidden checks."""
    told = (ast.get_docstring(source.tree) or "Visible checks.").splitlines()[0]
    return f'"""{told}"""'


def kit_import(match: re.Match[str]) -> str:
    """Return the start of the import that works in the student's folder."""
    module = match.group(1)
    return "from checks.kit import" if module == "checks" else f"from checks.kit.{module} import"


def check_mark(node: ast.stmt) -> ast.Call | None:
    """Return the call of `@check(...)` on a function, if there is one."""
    for decorator in getattr(node, "decorator_list", []):
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name):
            if decorator.func.id == "check":
                return decorator
    return None


def is_visible(node: ast.stmt) -> bool:
    """Whether a function is marked `@check(..., visible=True)`."""
    mark = check_mark(node)
    shown = [word.value for word in mark.keywords if word.arg == "visible"] if mark else []
    return any(isinstance(value, ast.Constant) and value.value is True for value in shown)


def find_helpers(source: Source, checks: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Return the other statements that the visible checks need, in the order of the file."""
    bound: dict[str, ast.stmt] = {}
    for node in source.tree.body:
        if isinstance(node, DEFINITION):
            bound[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            bound |= {n.id: node for n in ast.walk(node) if isinstance(n, ast.Name) and is_store(n)}
    found: list[ast.stmt] = list(checks)
    for node in found:  # grows while it is walked
        for name in sorted(names_in([node]) & bound.keys()):
            helper = bound[name]
            if check_mark(helper):
                raise KitError(f"{source.where}: a visible check refers to the check `{name}`")
            if helper not in found:
                found.append(helper)
    return [node for node in source.tree.body if node in found and node not in checks]


def is_store(name: ast.Name) -> bool:
    """Whether a name is being assigned."""
    return isinstance(name.ctx, ast.Store)


def make_check(source: Source, node: ast.stmt) -> str:
    """Return one check: only its question stays in the decorator, nothing after its last line."""
    mark = check_mark(node)
    assert isinstance(node, ast.FunctionDef)
    assert mark is not None
    strange = [arg.arg for arg in node.args.args if arg.arg not in FIXTURES]
    if strange:
        raise KitError(
            f"{source.where}, line {node.lineno}: the visible check `{node.name}` asks for"
            f" `{strange[0]}`, which students do not have; write the wanted values out or hide the check"
        )
    if len(node.decorator_list) > 1:
        raise KitError(f"{source.where}, line {node.lineno}: a check takes no decorator but @check")
    return f"@check({quoted(mark.args[0])})\n{source.cut(node)}"


def quoted(node: ast.expr) -> str:
    """Return a text constant in double quotes."""
    return '"' + str(ast.literal_eval(node)) + '"'


def whole(source: Source, node: ast.stmt) -> str:
    """Return a helper as it is written, decorators included."""
    marks = [f"@{source.cut(mark).strip()}" for mark in getattr(node, "decorator_list", [])]
    return "\n".join([*marks, source.cut(node)])


def hidden_lines(source: Source, kept: Sequence[ast.stmt], text: str) -> list[str]:
    """Return the lines of what is not kept, titles included, that occur in a handed-out text.

    Not looked for: lines of up to 20 characters, and lines that what is kept holds too.
    """
    shown: set[str] = set()
    hidden: set[str] = set()
    for node in source.tree.body:
        if not isinstance(node, ast.Import | ast.ImportFrom | ast.Expr):
            mine = shown if node in kept else hidden
            mine |= bare_lines(source.cut(node))
    told = bare_lines(text)
    return sorted(line for line in (hidden - shown) & told if len(line) > LEAK_LENGTH)


def bare_lines(text: str) -> set[str]:
    """Return the lines of a text without indentation and quotes."""
    return {line.strip(" \"'.") for line in text.split("\n")}


def count_visible(source: Source) -> dict[str, int]:
    """Return how many visible checks each question has."""
    found: dict[str, int] = {}
    for node in source.tree.body:
        mark = check_mark(node)
        if mark and is_visible(node):
            question = str(ast.literal_eval(mark.args[0]))
            found[question] = found.get(question, 0) + 1
    return found
