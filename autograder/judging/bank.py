"""Find what a course folder holds for an assignment: checks, known mistakes, alternatives."""

import ast
import functools
import importlib.util
import inspect
import sys
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from types import ModuleType

import numpy as np

from autograder import beside
from autograder.checks.draws import hidden_rng, identity, visible_rng
from autograder.checks.marks import CheckMark
from autograder.config import AssignmentSettings
from autograder.errors import KitError, not_utf8
from autograder.judging.changed_reference import written_out
from autograder.judging.sentences import Sentences

FIXTURES = ("student", "reference", "rng")


@dataclass(frozen=True)
class Check:
    """One thing to verify, with the function that verifies it."""

    id: str
    question: str
    title: str
    visible: bool
    weight: float
    requires: tuple[str, ...]
    fixtures: tuple[str, ...]
    function: Callable[..., None]
    draw: int = 0  # of the random numbers that a hidden check calls with

    @property
    def name(self) -> str:
        """The test function's name."""
        return self.function.__name__

    @functools.cached_property
    def key(self) -> str:
        """What tells apart everything that the calls of a check follow from."""
        return f"{self.id} {self.draw}"

    def drawn(self, draw: int) -> "Check":
        """Return the check with another draw of its hidden inputs, if it draws any."""
        return replace(self, draw=draw) if self.draws else self

    @property
    def draws(self) -> bool:
        """Whether the check draws hidden inputs."""
        return "rng" in self.fixtures and not self.visible

    def rng(self, seed: int) -> np.random.Generator:
        """Return the check's random numbers, for a course's seed."""
        return visible_rng(self.name) if self.visible else hidden_rng(seed, self.id, self.draw)


@dataclass(frozen=True)
class Variant:
    """A wrong answer (misconception) or an unusual right one (alternative) to a question."""

    name: str
    question: str
    text: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bank:
    """Everything that an assignment is graded with."""

    stem: str
    checks: tuple[Check, ...]
    misconceptions: tuple[Variant, ...]
    alternatives: tuple[Variant, ...]
    solution: str
    mistakes_source: str
    alternatives_source: str
    checks_source: str
    provided: dict[str, str]  # modules that are handed out whole
    files: dict[str, bytes] = field(default_factory=dict)  # other files that are
    own: dict[str, str] = field(default_factory=dict)  # the reference's modules beside the main one
    own_files: dict[str, bytes] = field(default_factory=dict)  # and its other files

    @property
    def parts(self) -> dict[str, str]:
        """Everything of the reference that is a program, the main module first, by the name of the module."""
        return {self.stem: self.solution, **self.own}

    @functools.cached_property
    def defined(self) -> frozenset[str]:
        """What the solution defines at the top."""
        return frozenset(
            name for node in ast.parse(self.solution).body for name in names_defined(node, self.own)
        )

    @functools.cached_property
    def classes(self) -> frozenset[str]:
        """The classes that the reference defines at the top of its modules."""
        bodies = [ast.parse(text).body for text in self.parts.values()]
        return frozenset(node.name for body in bodies for node in body if isinstance(node, ast.ClassDef))

    @functools.cached_property
    def sentences(self) -> Sentences:
        """What the author of the checks wrote."""
        return Sentences(self.checks_source)

    def drawn(self, draw: int) -> "Bank":
        """Return the bank with another draw of the hidden inputs."""
        found = self._drawn.get(draw)
        if found is None:
            found = replace(self, checks=tuple(check.drawn(draw) for check in self.checks))
            self._drawn[draw] = found
        return found

    @functools.cached_property
    def _drawn(self) -> dict[int, "Bank"]:
        return {0: self}

    def of(self, question: str) -> tuple[Check, ...]:
        """Return a question's checks."""
        return self._by_question.get(question, ())

    @functools.cached_property
    def _by_question(self) -> dict[str, tuple[Check, ...]]:
        names = dict.fromkeys(check.question for check in self.checks)
        return {name: tuple(check for check in self.checks if check.question == name) for name in names}


def load_bank(root: Path, stem: str, assignment: AssignmentSettings | None = None) -> Bank:
    """Read an assignment's checks (which are run: they are ours) and the texts of its programs.

    What is only a quiz has no checks, and a solution only if its answers are measured.
    """
    path = root / "tests" / "questions" / f"test_{stem}.py"
    solution = root / "solutions" / f"{stem}.py"
    if assignment is not None and not assignment.questions:
        return Bank(stem, (), (), (), read_text(solution, missing=""), "", "", "", {})
    provided, hand_in = (assignment.provided, assignment.hand_in) if assignment else ([], [])
    given, solutions = root / "assignments" / stem, root / "solutions"
    modules = {name: read_text(given / f"{name}.py") for name in beside.modules(provided)}
    refuse_repeated(path)
    module = import_checks(path, stem, root, bool(provided))
    own = {name: read_text(solutions / f"{name}.py") for name in beside.modules(hand_in)}
    wrong = root / "tests" / "questions" / "mistakes" / f"{stem}.py"
    mistakes = written_out(read_text(wrong, missing=""), {stem: read_text(solution), **own}, str(wrong))
    alternatives = read_text(root / "tests" / "questions" / "alternatives" / f"{stem}.py", missing="")
    return Bank(
        stem,
        collect_checks(module, stem, path),
        variants(mistakes, "misconception"),
        variants(alternatives, "alternative"),
        read_text(solution),
        mistakes,
        alternatives,
        read_text(path),
        modules,
        {name: read_bytes(given / name) for name in beside.files(provided)},
        own,
        {name: read_bytes(solutions / name) for name in beside.files(hand_in)},
    )


def read_text(path: Path, missing: str | None = None) -> str:
    """Return a file's text; `missing` stands for a file that is not there."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        if missing is not None:
            return missing
        raise KitError(f"{path} is missing: every assignment needs it") from None
    except UnicodeDecodeError as wrong:
        raise KitError(not_utf8(path, wrong)) from None


def read_bytes(path: Path) -> bytes:
    """Return a file's contents."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise KitError(f"{path} is missing: grading.yml names it") from None


def refuse_repeated(path: Path) -> None:
    """Raise if a file of checks defines a function twice: the first would never run."""
    try:
        body = ast.parse(read_text(path)).body
    except (SyntaxError, ValueError):
        return  # importing it says more
    first: dict[str, int] = {}
    for node in body:
        if isinstance(node, ast.FunctionDef):
            if node.name in first:
                where = f"{path}:{node.lineno}"
                raise KitError(f"{where}: {node.name} stands in line {first[node.name]} already: rename one")
            first[node.name] = node.lineno


def import_checks(path: Path, stem: str, root: Path, provided: bool) -> ModuleType:
    """Import a file of checks under a name of its own, without leaving compiled files behind."""
    name = f"checks_of_{stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.exists():
        raise KitError(f"{path} is missing: every assignment needs it")
    module = importlib.util.module_from_spec(spec)
    before, writes = list(sys.path), sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    if provided:
        sys.path.insert(0, str(root / "assignments" / stem))
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise KitError(f"{path} cannot be imported: {type(error).__name__}: {error}") from error
    finally:
        sys.path[:], sys.dont_write_bytecode = before, writes
    return module


def collect_checks(module: ModuleType, stem: str, path: Path) -> tuple[Check, ...]:
    """Return a module's checks in the order in which they are written."""
    checks = []
    for function in vars(module).values():
        mark = getattr(function, "check", None)
        if not isinstance(mark, CheckMark):
            continue
        where = f"{path.name}: {function.__name__}"
        title = (inspect.getdoc(function) or "").partition("\n")[0]
        if not title:
            raise KitError(f"{where} has no docstring: its first line is the title that students read")
        fixtures = tuple(inspect.signature(function).parameters)
        if not set(fixtures) <= set(FIXTURES):
            raise KitError(f"{where} asks for {fixtures}; a check may ask for {', '.join(FIXTURES)}")
        refuse_odd(mark, where)
        checks.append(
            Check(
                identity(stem, mark.question, function.__name__),
                mark.question,
                title,
                mark.visible,
                float(mark.weight),
                mark.requires,
                fixtures,
                function,
            )
        )
    hidden = {check.name for check in checks if not check.visible}
    for check in checks:
        if check.visible and hidden & set(check.requires):
            raise KitError(f"{path.name}: {check.name} is visible and requires a hidden check: take that out")
    return tuple(checks)


def refuse_odd(mark: CheckMark, where: str) -> None:
    """Raise if `@check` was given what it cannot mean: visible="no", requires=("test_one")."""
    if not isinstance(mark.visible, bool):
        raise KitError(f"{where}: visible={mark.visible!r}: write True or False")
    if isinstance(mark.weight, bool) or not isinstance(mark.weight, int | float) or not 0 < mark.weight < inf:
        raise KitError(f"{where}: weight={mark.weight!r}: write a number above 0")
    if not isinstance(mark.requires, tuple) or not all(isinstance(one, str) for one in mark.requires):
        raise KitError(f'{where}: requires={mark.requires!r}: write a tuple, ("test_name",) with its comma')


def variants(source: str, decorator: str) -> tuple[Variant, ...]:
    """Return the marked functions and classes of a module that only workers run."""
    found = []
    for node in ast.parse(source).body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        for mark in node.decorator_list:
            if isinstance(mark, ast.Call) and getattr(mark.func, "id", "") == decorator:
                question = ast.literal_eval(mark.args[0])
                text = " ".join((ast.get_docstring(node) or "").split())
                tags = [ast.literal_eval(one.value) for one in mark.keywords if one.arg == "tags"]
                found.append(Variant(node.name, question, text, *map(tuple, tags)))
    return tuple(found)


def names_defined(node: ast.stmt, own: Container[str | None]) -> Iterator[str]:
    """Yield what a statement at the top of a module defines, or imports from a module of the same work."""
    if isinstance(node, ast.ImportFrom) and node.module in own:
        yield from (alias.asname or alias.name for alias in node.names)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    yield from (target.id for target in targets if isinstance(target, ast.Name))
