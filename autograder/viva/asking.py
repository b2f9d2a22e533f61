"""Find out, behind the wall, what can be asked about a submission and what the answers are."""

import contextlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from autograder.judging.bank import Check
from autograder.judging.grader import Grader
from autograder.judging.loading import Program
from autograder.judging.session import Session
from autograder.sandbox import protocol
from autograder.sandbox.calls import Call, StudentRaised
from autograder.sandbox.libraries import used_by
from autograder.sandbox.remote import CallTimeout, WorkerDied
from autograder.sandbox.student import Student
from autograder.submission.reading import Submission, data_files_of, modules_of, source_of
from autograder.viva.questions import (
    LineChange,
    Outline,
    TracedCall,
    VivaQuestion,
    about_leaving,
    about_mistake,
    about_run,
    picked,
    shuffled,
)

T = TypeVar("T")
HERE = Path(__file__).parent
MOST_INPUTS, MOST_LEFT_OUT, MOST_CHANGED = 3, 4, 8  # of a function
NOTHING = (StudentRaised, CallTimeout, WorkerDied, msgspec.ValidationError)


class Asker:
    """Makes the questions on submissions of one assignment, from any number of threads."""

    def __init__(self, grader: Grader) -> None:
        self.grader = grader

    @cached_property
    def texts(self) -> dict[str, str]:
        """The modules that run beside a program."""
        return {f"viva_{name}": (HERE / f"{name}.py").read_text("utf-8") for name in ("outline", "trace")}

    def questions(
        self, submission: Submission, right: Collection[str], key: bytes
    ) -> tuple[list[VivaQuestion], list[Outline]]:
        """Return what a student is asked, and the functions that the questions are about.

        Args:
            submission: what was handed in.
            right: the questions of the assignment that were answered in full.
            key: of the student.
        """
        work = VivaWork(self, submission)
        found: list[VivaQuestion] = []
        outlines = [one for one in work.outlines() if not one.is_small]
        for function in outlines:
            found += work.about(function, key)
            if function.name in right:
                found += work.about_mistakes(function, key)
        asked = picked(found, key)
        names = {one.function for one in asked}
        return asked, [one for one in outlines if one.name in names]

    def inputs(self, question: str) -> list[Call]:
        """Return calls that every student has seen: those of the visible checks."""
        checks: Sequence[Check] = [one for one in self.grader.bank.of(question) if one.visible]
        scripts = [self.grader.judge.script(check) for check in checks]
        calls = [call for script in scripts if script is not None for call in script.calls]
        return [one for one in calls if one.action == "call" and one.name == question and not one.functions]


class VivaWork:
    """One submission, as it is and with lines changed."""

    def __init__(self, asker: Asker, submission: Submission) -> None:
        self.asker, self.grader = asker, asker.grader
        source = source_of(submission, self.grader.bank.stem)
        self.name = source.name
        self.cells = [unix(text) for text in source.cells]
        self.modules = {**modules_of(submission), **self.grader.bank.provided, **asker.texts}
        self.files = data_files_of(submission)
        self.grader.wall.preload(used_by([*self.cells, *self.modules.values()]))

    def program(self, cells: Sequence[str]) -> Program:
        """Return the program with other cells."""
        return Program(protocol.ProgramText(self.name, list(cells)), self.modules, files=self.files)

    def outlines(self) -> list[Outline]:
        """Return what can be asked about the assignment's functions; nothing of the student's runs for it."""
        program = Program(protocol.ProgramText("outline.py", [""]), self.asker.texts)
        names = list(self.grader.assignment.questions)
        with self.session(program) as session:
            found = ask(session, list[Outline], "viva_outline.outline", self.cells, names)
        return [one for one in found or [] if 0 <= one.cell < len(self.cells)]

    def about(self, function: Outline, key: bytes) -> Iterator[VivaQuestion]:
        """Yield the questions that follow from running a function, and from leaving out its lines."""
        offset = self.offset(function)
        runs: list[tuple[Call, TracedCall]] = []
        with self.session(self.program(self.cells)) as session:
            for call in self.asker.inputs(function.name)[:MOST_INPUTS]:
                run = self.run(function, call, session)
                if run is not None and run.can_be_told:
                    runs.append((call, run))
                    yield from about_run(function, run, offset)
        if runs:
            yield from self.about_leaving(function, runs, key)

    def about_leaving(
        self, function: Outline, runs: Sequence[tuple[Call, TracedCall]], key: bytes
    ) -> Iterator[VivaQuestion]:
        """Yield the questions about lines left out; about errors only if there are no others."""
        found: dict[bool, list[VivaQuestion]] = {False: [], True: []}
        for edit in self.edits(function, "leave out", key)[:MOST_LEFT_OUT]:
            call, before = shuffled(runs, key, lambda one: one[1].call)[0]
            with self.session(self.program(self.edited(function, edit))) as session:
                after = self.run(function, call, session)
            if after is not None:
                asked = about_leaving(function, edit, before, after, self.offset(function))
                found[bool(after.raised)] += asked
        yield from found[False] or found[True]

    def about_mistakes(self, function: Outline, key: bytes) -> Iterator[VivaQuestion]:
        """Yield the question about the first change that makes a known mistake of a right function."""
        known = self.grader.bank.misconceptions
        hints: Mapping[str, str] = {one.name: one.text for one in known if one.question == function.name}
        for edit in self.edits(function, "change", key)[:MOST_CHANGED]:
            with self.session(self.program(self.edited(function, edit))) as session:
                _, diagnosis = self.grader.judge_alone(function.name, session)
            mistake = "".join(diagnosis.misconceptions)
            if hints.get(mistake) == diagnosis.hint:
                yield from about_mistake(function, edit, mistake, hints, self.offset(function), key)
                return

    def edits(self, function: Outline, kind: str, key: bytes) -> list[LineChange]:
        """Return the edits of a kind, in an order that follows from the key."""
        inside = [
            one for one in function.edits if one.kind == kind and function.first <= one.line <= function.last
        ]
        return shuffled(inside, key, repr)

    def edited(self, function: Outline, edit: LineChange) -> list[str]:
        """Return the cells with one line replaced."""
        lines = self.cells[function.cell].split("\n")
        lines[edit.line - 1 : edit.line] = [edit.text]
        return ["\n".join(lines) if at == function.cell else text for at, text in enumerate(self.cells)]

    def offset(self, function: Outline) -> int:
        """Return how many lines come before a function's cell."""
        return sum(text.count("\n") + 1 for text in self.cells[: function.cell])

    def run(self, function: Outline, call: Call, session: Session) -> TracedCall | None:
        """Return what a call goes through, None if it does not end or cannot be followed."""
        module = self.name.rpartition(".")[0] or self.name
        args = (module, function.name, function.loops, list(call.args), call.kwargs)
        return ask(session, TracedCall, "viva_trace.trace", *args)

    @contextlib.contextmanager
    def session(self, program: Program) -> Iterator[Session]:
        """Yield a program that can be asked."""
        session = Session(self.grader.wall, program)
        try:
            yield session
        finally:
            session.close()


def ask(session: Session, kind: type[T], path: str, *args: Any) -> T | None:
    """Return what a module of ours answers beside a program, None if it does not."""
    try:
        return msgspec.convert(Student(session.send).make(path, *args), kind)
    except NOTHING:
        return None


def unix(text: str) -> str:
    """Return a text with one kind of line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
