"""The visible checks of an assignment as a plain pytest file. What is not visible is left out."""

import ast
import builtins
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from autograder.errors import KitError
from autograder.publish.leaks import LEAK_LENGTH
from autograder.publish.source import DEFINITION, CourseModule, bound_names, free_names

STUDENT_FIXTURES = ("student", "rng")
BUILTINS = set(dir(builtins))
ENGINE_IMPORT = re.compile(r"^from autograder\.[\w.]+ import", re.MULTILINE)
KIT_IMPORT = "from checks.kit import"


def make_visible_checks(source: CourseModule) -> str:
    """Return the visible checks, and of the rest of the module only what they refer to."""
    questions = visible_checks(source)
    helpers = find_helpers(source, list(questions))
    kept = [*helpers, *questions]
    needed = free_names(kept)
    imports, bound = source.imports(lambda name, _: name in needed)
    missing = needed - bound - {name for node in kept for name in bound_names(node)} - BUILTINS
    if missing or "import autograder" in imports:
        odd = min(missing, default="import autograder")
        raise KitError(
            f"{source.where}: a visible check needs `{odd}`, which cannot be handed out; import it"
            " with from ... import, define it with def or by a plain assignment"
        )
    marks = {node: f'@check("{question}")\n' for node, question in questions.items()}
    parts = [marks.get(node, "") + whole(source, node) for node in kept]
    head = [first_line_of(source), ENGINE_IMPORT.sub(KIT_IMPORT, imports).rstrip("\n")]
    text = "\n\n\n".join(["\n\n".join(part for part in head if part), *parts]) + "\n"
    told = hidden_lines(source, kept, text)
    if told:
        raise KitError(f"{source.where}: a hidden check would be handed out: {told[0]}")
    return text


def first_line_of(source: CourseModule) -> str:
    """Return the first line of the module's docstring; what follows may be about hidden checks."""
    told = (ast.get_docstring(source.tree) or "Visible checks.").splitlines()[0]
    return '"""' + told.replace("\\", r"\\").rstrip('"') + '"""'


def check_mark(node: ast.stmt) -> ast.Call | None:
    """Return the call of `@check(...)` on a function, if there is one."""
    for decorator in getattr(node, "decorator_list", []):
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "check":
            return decorator
    return None


def visible_checks(source: CourseModule) -> dict[ast.stmt, str]:
    """Return the functions marked `@check("question", visible=True)`, each with its question."""
    found: dict[ast.stmt, str] = {}
    for node in source.tree.body:
        mark = check_mark(node)
        words = {word.arg: word.value for word in mark.keywords} if mark else {}
        shown = words.get("visible")
        if mark and isinstance(shown, ast.Constant) and shown.value is True:
            question = mark.args[0] if mark.args else words.get("question")
            if not isinstance(question, ast.Constant) or not isinstance(node, ast.FunctionDef):
                raise KitError(f'{source.where}, line {node.lineno}: write @check("question", ...)')
            refuse_strange(source, node)
            found[node] = str(question.value)
    return found


def refuse_strange(source: CourseModule, node: ast.FunctionDef) -> None:
    """Raise for a visible check that cannot run in a student's folder."""
    place = f"{source.where}, line {node.lineno}: the visible check `{node.name}`"
    strange = [argument.arg for argument in node.args.args if argument.arg not in STUDENT_FIXTURES]
    if strange:
        raise KitError(
            f"{place} asks for `{strange[0]}`, which students do not have;"
            " write the wanted values out or hide the check"
        )
    if len(node.decorator_list) > 1:
        raise KitError(f"{place} takes no decorator but @check")
    for inner in ast.walk(node):
        if isinstance(inner, ast.Import | ast.ImportFrom) and "autograder" in ast.unparse(inner):
            raise KitError(f"{place} imports autograder: do it at the top of the file")


def find_helpers(source: CourseModule, checks: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Return the other statements that the visible checks need, in the order of the file."""
    bound: dict[str, ast.stmt] = {}
    for node in source.tree.body:
        if isinstance(node, DEFINITION):
            bound[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            bound |= dict.fromkeys(bound_names(node), node)
    found: list[ast.stmt] = list(checks)
    for node in found:  # grows while it is walked
        for name in sorted(free_names([node]) & bound.keys()):
            helper = bound[name]
            if check_mark(helper):
                raise KitError(f"{source.where}: a visible check refers to the check `{name}`")
            if helper not in found:
                found.append(helper)
    return [node for node in source.tree.body if node in found and node not in checks]


def whole(source: CourseModule, node: ast.stmt) -> str:
    """Return a statement as it is written, decorators included, @check excepted."""
    others = [mark for mark in getattr(node, "decorator_list", []) if mark is not check_mark(node)]
    marks = [f"@{source.cut(mark).strip()}" for mark in others]
    return "\n".join([*marks, source.cut(node)])


def hidden_lines(source: CourseModule, kept: Sequence[ast.stmt], text: str) -> list[str]:
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


def count_visible(source: CourseModule) -> Mapping[str, int]:
    """Return how many visible checks each question has."""
    return Counter(visible_checks(source).values())
