"""Stubs out of a solution, by syntax tree. What is not asked for is left out.

A stub keeps signature and docstring to the letter; its body raises. Beside the stubs stay: the
module's docstring, public constants that are literals, the type aliases and imports that what is
left refers to, and the imports that every student needs.
"""

import ast
import builtins
from collections.abc import Collection, Sequence

from autograder.errors import STUB, KitError, nearest
from autograder.publish.source import (
    DEFINITION,
    FUNCTION,
    CourseModule,
    Definition,
    FunctionNode,
    free_names,
    is_private,
    names_in_strings,
    without_comments,
)

NEEDED_IMPORTS = ("numpy", "torch", "torch.nn")
# These change how a thing is called; any other decorator may tell how it is done.
INTERFACE_DECORATORS = ("classmethod", "dataclass", "property", "staticmethod")
ALIAS_NODES = (
    *(ast.Name, ast.Attribute, ast.Subscript, ast.Tuple, ast.List, ast.Constant),
    *(ast.BinOp, ast.BitOr, ast.Load),
)


def make_stubs(source: CourseModule, questions: Sequence[str], provided: Collection[str] = ()) -> str:
    """Return the module that students fill in; importing a module that is `provided` stays."""
    stubs = [make_stub(source, node) for node in find_questions(source, questions)]
    constants = [node for node in source.tree.body if is_constant(node)]
    trees = [ast.parse(stub) for stub in stubs]
    needed = free_names([*trees, *constants])
    aliases = find_aliases(source, needed | names_in_strings(trees))
    needed |= free_names(aliases)
    hinted = names_in_strings([*trees, *aliases])

    def keep(name: str, path: str) -> bool:
        wanted = name in needed or name in hinted
        return wanted or path in NEEDED_IMPORTS or path.split(".")[0] in provided

    imports, bound = source.imports(keep)
    known = bound | set(questions) | set(map(name_of, [*constants, *aliases]))
    refuse_missing(source, needed - known - set(dir(builtins)))
    settings = [
        without_comments(source.cut(node)) for node in source.tree.body if node in constants + aliases
    ]
    head = [source.docstring(source.tree), imports.rstrip("\n"), "\n".join(settings)]
    return "\n\n\n".join(["\n\n".join(part for part in head if part), *stubs]).lstrip("\n") + "\n"


def find_questions(source: CourseModule, questions: Sequence[str]) -> list[Definition]:
    """Return what is asked for in the order of the solution."""
    found = {node.name: node for node in source.tree.body if isinstance(node, DEFINITION)}
    for question in questions:
        if question not in found:
            raise KitError(
                f"{source.where} has no function or class `{question}`{nearest(question, found)};"
                " write it with def or class at the top level, or fix the questions in grading.yml"
            )
        if isinstance(found[question], ast.AsyncFunctionDef):
            raise KitError(f"{source.where}: `{question}` is async; a question is a plain function")
    return [node for name, node in found.items() if name in questions]


def make_stub(source: CourseModule, node: Definition) -> str:
    """Return the stub of one question."""
    if isinstance(node, ast.ClassDef):
        return make_class_stub(source, node)
    return make_function_stub(source, node, node.name)


def make_function_stub(source: CourseModule, node: FunctionNode, question: str) -> str:
    """Return signature, docstring and a body that names the question."""
    raises = f'raise NotImplementedError("{question}: {STUB}")'
    indent = " " * (node.col_offset + 4)
    parts = [decorators(source, node), source.signature(node), source.docstring(node), indent + raises]
    return "\n".join(part for part in parts if part)


def make_class_stub(source: CourseModule, node: ast.ClassDef) -> str:
    """Return a class with its public fields and methods (`__init__` too), all unwritten."""
    fields = [item for item in node.body if is_constant(item) or is_field(item)]
    methods = [item for item in node.body if isinstance(item, FUNCTION) and not is_private(item.name)]
    if not methods:
        raise KitError(f"{source.where}: class `{node.name}` has no public method to be written")
    parts = [
        source.docstring(node),
        "\n".join(without_comments(source.cut(item)) for item in fields),
        *[make_function_stub(source, method, node.name) for method in methods],
    ]
    start = "\n".join(part for part in (decorators(source, node), source.signature(node)) if part)
    return start + "\n" + "\n\n".join(part for part in parts if part)


def decorators(source: CourseModule, node: Definition) -> str:
    """Return the decorators that belong to the interface, a line each."""
    kept = []
    for decorator in node.decorator_list:
        name = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(name, ast.Name) and name.id in INTERFACE_DECORATORS:
            kept.append(" " * node.col_offset + "@" + source.cut(decorator).strip())
    return "\n".join(kept)


def name_of(node: ast.stmt) -> str:
    """Return the name that a simple assignment binds, or ""."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return targets[0].id if len(targets) == 1 and isinstance(targets[0], ast.Name) else ""


def is_constant(node: ast.stmt) -> bool:
    """Whether this is `UPPER_CASE = <literal>`."""
    if not isinstance(node, ast.Assign | ast.AnnAssign):
        return False
    name = name_of(node)
    return name.isupper() and not name.startswith("_") and is_literal(node.value)


def is_field(node: ast.stmt) -> bool:
    """Whether this is a public `name: type` of a class, perhaps with a literal as its default."""
    if not isinstance(node, ast.AnnAssign) or name_of(node).startswith("_"):
        return False
    return node.value is None or is_literal(node.value)


def is_literal(value: ast.expr | None) -> bool:
    """Whether an expression is data written out."""
    try:
        ast.literal_eval(value)  # type: ignore[arg-type]
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def find_aliases(source: CourseModule, wanted: set[str]) -> list[ast.stmt]:
    """Return the type aliases among `wanted`, and those that they refer to in turn."""
    found: list[ast.stmt] = []
    for node in reversed(source.tree.body):
        if is_alias(node) and name_of(node) in wanted:
            found.append(node)
            wanted = wanted | free_names([node]) | names_in_strings([node])
    return found


def is_alias(node: ast.stmt) -> bool:
    """Whether this assigns a type: names, dots, brackets and bars only, or a TypeVar."""
    if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
        return False
    if name_of(node).startswith("_") or is_constant(node):
        return False
    value = node.value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "TypeVar":
        return True
    return all(isinstance(part, ALIAS_NODES) for part in ast.walk(value))


def refuse_missing(source: CourseModule, missing: set[str]) -> None:
    """Raise for a name in a signature that will not be there."""
    if missing:
        raise KitError(
            f"{source.where}: a signature refers to `{min(missing)}`, which is left out; make it a"
            " public constant in capitals, a type alias, or move it to a `provided` module"
        )
