"""How much of an assignment a file holds: which questions it defines, and which are still stubs.

A file is read definition by definition, as text: one broken line hides nothing else, and the time is
linear in the file. Only the short text of a question's own definition is parsed.
"""

import ast
import re
import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from autograder import beside
from autograder.config import Course
from autograder.errors import STUB, InputError
from autograder.submission.archive import Item
from autograder.submission.large_notebook import slim
from autograder.submission.notebook_code import MAX_CODE, cells_of
from autograder.submission.parsing import syntax_tree

MAX_NOTEBOOK = 20_000_000  # bytes: its pictures are in it
MAX_TEXT = 1_000_000  # bytes of a text file
MOST_READ = 20  # files that are looked into
UNREADABLE_COST = 150_000  # characters that a file costs which cannot be read
LONGEST_STUB = 20_000  # characters: a longer definition is somebody's work
DEFINED = re.compile(r"([ \t]*)(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)")
ASSIGNED = re.compile(r"(\w+)[ \t]*(?::[^=]*)?=(?!=)")
IMPORTED = re.compile(r"[ \t]*from[ \t]+(\.?\w+)[ \t]+import[ \t]+(.+)")
CLOSING = (")", "]", "}")


@dataclass(frozen=True)
class Task:
    """What is known of an assignment: its stem, its questions, and what lies beside its module.

    `provided` are the modules handed out whole, `given` the other files that are; `hand_in` are the
    modules and files that are handed in too, by their full names. Of one that is only a quiz no code is
    looked for.
    """

    stem: str
    questions: frozenset[str] = frozenset()
    provided: Mapping[str, str] = field(default_factory=dict)
    given: frozenset[str] = frozenset()
    hand_in: tuple[str, ...] = ()
    only_quiz: bool = False

    @cached_property
    def handed_out(self) -> frozenset[str]:
        """What the provided modules say, without what editors change."""
        return frozenset(map(squeezed, self.provided.values()))


@dataclass(frozen=True)
class Work:
    """What a file holds of the assignment.

    `done` is the number of questions that are filled in, a class by the share of its methods;
    `stubs` is the number of definitions that are as they were handed out.
    """

    done: float = 0.0
    stubs: int = 0
    questions: frozenset[str] = frozenset()

    @property
    def untouched(self) -> bool:
        """Whether this is the template as it was handed out."""
        return bool(self.stubs) and not self.done


NO_WORK = Work()


def task_of(course: Course, stem: str) -> Task:
    """Return what is known of an assignment of a course."""
    assignment = course.assignment(stem)
    folder = course.root / "assignments" / stem
    paths = {name: folder / f"{name}.py" for name in beside.modules(assignment.provided)}
    texts = {name: path.read_text("utf-8") for name, path in paths.items() if path.exists()}
    hand_in = [f"{name}.py" for name in beside.modules(assignment.hand_in)] + beside.files(assignment.hand_in)
    questions, given = frozenset(assignment.questions), frozenset(beside.files(assignment.provided))
    return Task(stem, questions, texts, given, tuple(hand_in), only_quiz=not questions)


def as_task(task: Task | str) -> Task:
    """Return a task; of a stem alone nothing more is known."""
    return Task(task) if isinstance(task, str) else task


def texts_of(items: Sequence[Item]) -> Iterator[tuple[Item, str]]:
    """Yield files with the code in each as Python text, "" if it cannot be read.

    Of many only the first, and no more than may be graded: who hands in much pays with what is not looked at.
    """
    room = MAX_CODE
    for item in items[:MOST_READ]:
        try:
            text = text_of(item)
            room -= len(text)
        except InputError:
            text = ""
            room -= UNREADABLE_COST
        yield item, text
        if room < 0:
            break


def text_of(item: Item) -> str:
    """Return the code in a file as Python text, or raise an `InputError`."""
    limit = MAX_NOTEBOOK if ".ipynb" in item.name.lower() else MAX_TEXT
    return "\n".join(cells_of(slim(item.read(limit), item.name), item.name))


def squeezed(text: str) -> str:
    """Return a text without white space: two that differ in nothing else are the same file."""
    return "".join(text.split())


def work_in(
    text: str, questions: Collection[str], siblings: Mapping[str, Collection[str]] | None = None
) -> Work:
    """Return how much of an assignment a text holds, cells joined; what is bound last counts.

    If `questions` are not known, whatever is defined at the top level does. `siblings` is what is done in
    the modules beside it, for `from X import *`.
    """
    lines = text.split("\n")
    places: dict[str, tuple[int, int] | None] = {}  # line and indent of a definition
    for at, line in enumerate(lines):
        if defined := DEFINED.match(line):
            name, indent = defined[2], len(defined[1])
            if name in questions or (not questions and not indent):
                places[name] = at, indent
        else:
            names = bound_in(line, siblings or {})
            places.update({name: None for name in names if name in questions})
    judgements = {name: judged(lines, *place) if place else (1.0, 0) for name, place in places.items()}
    done = frozenset(name for name, (share, _) in judgements.items() if share)
    shares, stubs = zip(*judgements.values(), strict=True) if judgements else ((), ())
    return Work(sum(shares), sum(stubs), done)


def bound_in(line: str, siblings: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Yield the names that a line binds by an assignment, or by an import from a module beside it."""
    if assigned := ASSIGNED.match(line):
        yield assigned[1]
    elif (imported := IMPORTED.match(line)) and (module := imported[1].lstrip(".")) in siblings:
        names = imported[2][:2_000].split("#")[0].strip("() ")
        if names == "*":
            yield from siblings[module]
        else:
            yield from (words[-1] for part in names.split(",") if (words := part.split()))


def judged(lines: list[str], at: int, indent: int) -> tuple[float, int]:
    """Return the share of a definition that is filled in, and how many stubs are in it."""
    body = [lines[at]]
    size = 0
    for line in lines[at + 1 :]:
        stripped = line.lstrip()
        if stripped and len(line) - len(stripped) <= indent and not stripped.startswith(CLOSING):
            break
        body.append(line)
        size += len(line) + 1
        if size > LONGEST_STUB:
            return 1.0, 0
    text = "\n".join(body)
    if STUB not in text:
        return 1.0, 0
    tree = syntax_tree(textwrap.dedent(text))
    if tree is None or len(tree.body) != 1:
        return 1.0, 0
    functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    stubs = sum(map(is_stub, functions))
    return 1.0 - stubs / max(len(functions), 1), stubs


def is_stub(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function holds a docstring, the stub's raise and nothing else."""
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    if len(body) != 1 or not isinstance(body[0], ast.Raise):
        return False
    raised = body[0].exc
    if not isinstance(raised, ast.Call) or not isinstance(raised.func, ast.Name) or len(raised.args) != 1:
        return False
    (said,) = raised.args
    return (
        raised.func.id == "NotImplementedError" and isinstance(said, ast.Constant) and STUB in str(said.value)
    )
