"""The student's kit, `checks/kit.py`: the engine's modules that checks need, put together as one file."""

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import KitError
from autograder.judging.receipt import ENGINE
from autograder.publish.source import bound_names

FRONT_DOOR = "checks"  # what it exports is what checks may use
RUNNERS = (
    "sandbox.student",
    "checks.draws",
    "publish.student_files.plugin",
    "publish.student_files.runner",
    "publish.student_files.notebook_tools",
)
KIT_HEAD = '''"""What your checks are written with, and what runs them in this folder. Leave it as it is.

It was put together from the course's grader, part by part:

{parts}
"""
'''


@dataclass(frozen=True)
class KitModule:
    """A module of the engine."""

    name: str  # without the package's
    text: str
    tree: ast.Module

    @property
    def title(self) -> str:
        """The last part of its name and what it is for."""
        told = (ast.get_docstring(self.tree) or "").splitlines()[0]
        return f"{self.name.rpartition('.')[2]}: {told}"


def kit_text() -> str:
    """Return the kit's one file: every part after those that it imports, all imports at the top."""
    front = ast.parse((ENGINE / FRONT_DOOR / "__init__.py").read_text("utf-8"))
    exported = [node.module or "" for node in front.body if isinstance(node, ast.ImportFrom)]
    parts = kit_modules([*(name.partition(".")[2] for name in exported), *RUNNERS])
    refuse_doubles(parts)
    listed = "\n".join(f"- {part.title}" for part in parts)
    sections = [f"# {'-' * 40}\n# {part.title}\n\n{body_of(part)}" for part in parts]
    return "\n\n\n".join([KIT_HEAD.format(parts=listed) + "\n" + imports_of(parts), *sections]) + "\n"


def kit_modules(roots: Sequence[str]) -> list[KitModule]:
    """Return modules and all that they import of the engine, each after what it imports."""
    found: dict[str, KitModule] = {}

    def visit(name: str) -> None:
        if name in found:
            return
        text = module_path(name).read_text("utf-8")
        part = KitModule(name, text, ast.parse(text))
        for other in engine_imports(part):
            visit(other)
        found[name] = part

    for root in roots:
        visit(root)
    return list(found.values())


def engine_imports(part: KitModule) -> Iterator[str]:
    """Yield the engine's modules that a part imports, or raise for an import that cannot be merged."""
    for node in ast.walk(part.tree):
        if not isinstance(node, ast.Import | ast.ImportFrom) or "autograder" not in ast.unparse(node):
            continue
        inner = (getattr(node, "module", "") or "").partition(".")[2]
        renamed = any(alias.asname for alias in node.names)
        if renamed or node not in part.tree.body or not module_path(inner).is_file():
            raise KitError(
                f"autograder.{part.name}, line {node.lineno}: students get this module, so write"
                " `from autograder.FOLDER.MODULE import NAME` at its top"
            )
        yield inner


def module_path(name: str) -> Path:
    """Return the file of a module of the engine."""
    return ENGINE / f"{name.replace('.', '/')}.py"


def refuse_doubles(parts: Sequence[KitModule]) -> None:
    """Raise where two modules use one name: in one file they would be one thing."""
    owner: dict[str, str] = {}
    doubles: list[str] = []
    for part in parts:
        for node in part.tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                continue
            names = {node.name} if isinstance(node, ast.FunctionDef | ast.ClassDef) else bound_names(node)
            for name in names:
                if owner.setdefault(name, part.name) != part.name:
                    doubles.append(f"{name} ({owner[name]} and {part.name})")
    if doubles:
        raise KitError(f"students get these modules as one file, so rename one of each: {', '.join(doubles)}")


def imports_of(parts: Sequence[KitModule]) -> str:
    """Return the imports from elsewhere, the standard library's first."""
    whole: set[str] = set()
    taken: dict[str, set[str]] = {}
    for node in (node for part in parts for node in part.tree.body):
        if isinstance(node, ast.Import):
            whole |= {ast.unparse(ast.Import([alias])) for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not (node.module or "").startswith("autograder"):
            taken.setdefault(node.module or "", set()).update(map(ast.unparse, node.names))
    lines = sorted(whole)
    lines += [f"from {name} import {', '.join(sorted(names))}" for name, names in sorted(taken.items())]
    ours = [line for line in lines if line.split()[1].partition(".")[0] in sys.stdlib_module_names]
    return "\n".join([*ours, "", *(line for line in lines if line not in ours)])


def body_of(part: KitModule) -> str:
    """Return a module's text without its docstring, its imports and what it exports."""
    lines = part.text.splitlines()
    left_out: set[int] = set()
    for at, node in enumerate(part.tree.body):
        docstring = at == 0 and isinstance(node, ast.Expr)
        exports = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        if docstring or exports or isinstance(node, ast.Import | ast.ImportFrom):
            first = node.lineno
            while lines[first - 2].startswith("#") and not docstring:  # a comment on the import
                first -= 1
            left_out |= set(range(first, (node.end_lineno or first) + 1))
    return "\n".join(line for at, line in enumerate(lines, 1) if at not in left_out).strip("\n")
