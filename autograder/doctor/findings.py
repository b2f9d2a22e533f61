"""What doctor finds, and what it looks at."""

import ast
import difflib
import functools
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from msgspec import structs

from autograder.config import Assignment, Course
from autograder.judging.bank import Bank, read_text
from autograder.publish.source import DEFINITION, Definition
from autograder.quiz.questions import Quiz


@dataclass(frozen=True)
class Finding:
    """Something that is wrong with a course, where, and how to fix it."""

    what: str
    mend: str


@dataclass(frozen=True)
class Defined:
    """A function or class of the reference, and the file that it stands in."""

    node: Definition
    path: str


@dataclass(frozen=True)
class Subject:
    """One assignment under examination.

    `unfinished` are the questions whose answers cannot be judged yet: they hold TODO marks, or the
    reference fails.
    """

    course: Course
    assignment: Assignment
    bank: Bank
    quiz: Quiz | None
    unfinished: frozenset[str] = frozenset()

    @property
    def stem(self) -> str:
        """The assignment's stem."""
        return self.bank.stem

    def path(self, part: str) -> str:
        """Return the path of one of the assignment's files, below the course's root."""
        return PATHS[part].format(stem=self.stem)

    def at(self, part: str, name: str) -> str:
        """Return `file:line` of a definition."""
        if part == "solution" and name in self.defined:
            return f"{self.defined[name].path}:{self.defined[name].node.lineno}"
        texts = {
            "solution": self.bank.solution,
            "checks": self.bank.checks_source,
            "mistakes": self.bank.mistakes_source,
            "alternatives": self.bank.alternatives_source,
        }
        line = definition_line(texts[part], name)
        if part == "mistakes" and (short := re.search(rf"\n\s*{name}=", self.written("mistakes"))):
            line = self.written("mistakes").count("\n", 0, short.end()) + 1
        return f"{self.path(part)}:{line}"

    def written(self, part: str) -> str:
        """Return the text of one of the assignment's files."""
        return read_text(self.course.root / self.path(part), missing="")

    def without(self, questions: Collection[str]) -> "Subject":
        """Return the assignment with further questions left unjudged."""
        return replace(self, unfinished=self.unfinished | set(questions))

    def about(self, questions: Collection[str]) -> "Subject":
        """Return what there is of some questions alone: their points, checks, mistakes and alternatives."""
        bank = self.bank
        points = {name: worth for name, worth in self.assignment.questions.items() if name in questions}
        mine = replace(
            bank,
            checks=tuple(one for one in bank.checks if one.question in questions),
            misconceptions=tuple(one for one in bank.misconceptions if one.question in questions),
            alternatives=tuple(one for one in bank.alternatives if one.question in questions),
        )
        return replace(self, assignment=structs.replace(self.assignment, questions=points), bank=mine)

    @functools.cached_property
    def everything(self) -> frozenset[str]:
        """All questions of the assignment, also where this is about some of them."""
        return frozenset(self.course.assignment(self.stem).questions)

    def is_asked(self, name: str) -> bool:
        """Whether something may be told of a name: it belongs to no question that this is not about."""
        return name in self.assignment.questions or name not in self.everything

    def ready(self) -> list[str]:
        """Return the questions whose answers can be judged."""
        return [q for q in self.assignment.questions if q in self.defined and q not in self.unfinished]

    @functools.cached_property
    def defined(self) -> dict[str, Defined]:
        """The functions and classes of the reference by name, in the order of its modules."""
        found: dict[str, Defined] = {}
        for name, text in reversed(self.bank.parts.items()):
            path = f"solutions/{name}.py"
            found |= {one: Defined(node, path) for one, node in definitions(text).items()}
        return found


Audit = Callable[[Subject], Iterator[Finding]]
PATHS = {
    "solution": "solutions/{stem}.py",
    "checks": "tests/questions/test_{stem}.py",
    "mistakes": "tests/questions/mistakes/{stem}.py",
    "alternatives": "tests/questions/alternatives/{stem}.py",
    "equivalent": "tests/questions/mistakes/{stem}_equivalent.yml",
    "handout": "assignments/{stem}/handout.md",
    "quiz": "assignments/{stem}/quiz.yml",
    "quiz key": "solutions/{stem}_quiz.yml",
    "template": "student_template/{stem}",
}


def definitions(text: str) -> dict[str, Definition]:
    """Return the functions and classes at the top of a module, by name; of two, the last."""
    return {node.name: node for node in ast.parse(text).body if isinstance(node, DEFINITION)}


def definition_line(text: str, name: str) -> int:
    """Return the line on which a name is defined at the top of a module, 1 if it is not."""
    node = definitions(text).get(name)
    return node.lineno if node else 1


def closest(name: str, names: Sequence[str]) -> str:
    """Return the name that resembles `name` most, or the first."""
    return (difflib.get_close_matches(name, names, 1, 0.3) or list(names))[0]
