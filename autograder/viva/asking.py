"""Find out, behind the wall, what can be asked about a submission and what the answers are."""

import contextlib
import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from autograder.beside import modules
from autograder.data.plain import MAX_CHARACTERS
from autograder.grading.grader import Grader
from autograder.judging.bank import Check
from autograder.judging.programs import variant_program
from autograder.judging.session import Session
from autograder.sandbox import protocol
from autograder.sandbox.calls import Call, StudentRaised
from autograder.sandbox.program import Program
from autograder.sandbox.remote import CallTimeout, WorkerDied
from autograder.sandbox.student import Student
from autograder.submission.reading import Submission
from autograder.viva.questions import (
    LEAST,
    MOST_OF_A_KIND,
    LineChange,
    Outline,
    T,
    TracedCall,
    VivaQuestion,
    about_edit,
    about_mistake,
    about_run,
    picked,
    shuffled,
)

Runs = Sequence[tuple[Call, TracedCall]]
VIVA_FOLDER = Path(__file__).parent
MOST_INPUTS, MOST_EDITS, MOST_GRADED = 3, 6, 2  # of a function
NO_ANSWER = (StudentRaised, CallTimeout, WorkerDied, msgspec.ValidationError)


class Asker:
    """Makes the questions on submissions of one assignment, from any number of threads."""

    def __init__(self, grader: Grader) -> None:
        self.grader = grader
        self._mistaken: dict[str, dict[str, list[str]]] = {}

    @cached_property
    def texts(self) -> dict[str, str]:
        """The modules that run beside a program."""
        return {
            f"viva_{name}": (VIVA_FOLDER / f"{name}.py").read_text("utf-8") for name in ("outline", "trace")
        }

    def questions(
        self, submission: Submission, right: Collection[str], key: bytes
    ) -> tuple[list[VivaQuestion], list[Outline]]:
        """Return what a student is asked, and the functions that the questions are about.

        `right` are the questions that were answered in full.
        """
        work = VivaWork(self, submission, key)
        outlines = work.outlines()
        with work.session(work.program(work.cells)) as session:
            runs = {one.name: list(work.runs(one, session)) for one in outlines}
            found = [asked for one in outlines for asked in work.about(one, runs[one.name], session)]
            known = [one for one in shuffled(outlines, key, str) if one.name in right and runs[one.name]]
            found += itertools.islice(work.about_mistakes(known, runs, session), MOST_OF_A_KIND)
            if len(picked(found, key)) < LEAST:
                found += (
                    asked for one in outlines for asked in work.about_changes(one, runs[one.name], session)
                )
        asked = picked(found, key)
        names = {one.function for one in asked}
        return asked, [one for one in outlines if one.name in names]

    def mistaken(self, question: str) -> dict[str, list[str]]:
        """Return what each known mistake of a question answers to the calls that students have seen."""
        if question not in self._mistaken:
            bank, calls = self.grader.bank, self.inputs(question)[:MOST_INPUTS]
            mistakes = [one for one in bank.misconceptions if one.question == question]
            found: dict[str, list[str]] = {}
            if mistakes:
                program = variant_program(bank, bank.mistakes_source, mistakes[0])
                session = Session(self.grader.wall, program_beside(program, self.texts))
                with contextlib.closing(session):
                    for one in mistakes:
                        runs = [run_of(session, "variants", one.name, call) for call in calls]
                        found[one.name] = [run.outcome if run and run.ended else "" for run in runs]
            self._mistaken[question] = found
        return self._mistaken[question]

    def inputs(self, question: str) -> list[Call]:
        """Return calls that every student has seen: those of the visible checks."""
        checks: Sequence[Check] = [one for one in self.grader.bank.of(question) if one.visible]
        scripts = [self.grader.judge.script(check) for check in checks]
        calls = [call for script in scripts if script is not None for call in script.calls]
        return [one for one in calls if one.action == "call" and one.name == question and not one.functions]


class VivaWork:
    """One submission, as it is and with lines changed."""

    def __init__(self, asker: Asker, submission: Submission, key: bytes) -> None:
        self.asker, self.grader, self.key = asker, asker.grader, key
        program = self.grader.program_of(submission)
        self.name = program.source.name
        main = self.name.rpartition(".")[0] or self.name
        own = {name: program.modules.get(name, "") for name in modules(self.grader.assignment.hand_in)}
        self.cells = [unix(text) for text in (*program.source.cells, *own.values())]
        self.homes = [*(main for _ in program.source.cells), *own]  # the module of each
        self._program = program_beside(program, asker.texts)

    def program(self, cells: Sequence[str]) -> Program:
        """Return the program with other cells."""
        count = len(self._program.source.cells)
        own = dict(zip(self.homes[count:], cells[count:], strict=True))
        source = protocol.ProgramText(self.name, list(cells[:count]))
        return replace(self._program, source=source, modules={**self._program.modules, **own})

    def session(self, program: Program) -> contextlib.AbstractContextManager[Session]:
        """Return a program that can be asked."""
        return contextlib.closing(Session(self.grader.wall, program))

    def outlines(self) -> list[Outline]:
        """Return what can be asked about the assignment's functions; nothing of the student's runs for it."""
        program = Program(protocol.ProgramText("outline.py", [""]), self.asker.texts)
        names = list(self.grader.assignment.questions)
        cells = [text if len(text) <= MAX_CHARACTERS else "" for text in self.cells]  # what can be sent
        with self.session(program) as session:
            found = ask(session, list[Outline], "viva_outline.outline", cells, names)
        return [one for one in found or [] if 0 <= one.cell < len(self.cells)]

    def runs(self, function: Outline, session: Session) -> Iterator[tuple[Call, TracedCall]]:
        """Yield the calls of a function that can be quoted, and what they go through."""
        for call in self.asker.inputs(function.name)[:MOST_INPUTS]:
            run = self.run(function, call, session)
            if run is not None and run.can_be_told:
                yield call, run

    def about(self, function: Outline, runs: Runs, session: Session) -> Iterator[VivaQuestion]:
        """Yield the questions that follow from running a function, and from leaving out its lines.

        About errors only if there are no others of the second kind.
        """
        offset = self.offset(function)
        for _, run in runs:
            yield from about_run(function, run, offset)
        found: dict[bool, list[VivaQuestion]] = {False: [], True: []}
        for edit, before, after in self.edited_runs(function, "leave out", runs, session):
            found[bool(after.raised)] += about_edit(function, edit, before, after, offset)
        yield from found[False] or found[True]

    def about_changes(self, function: Outline, runs: Runs, session: Session) -> Iterator[VivaQuestion]:
        """Yield questions about changed lines, for programs about which there is little else to ask."""
        for edit, before, after in self.edited_runs(function, "change", runs, session):
            yield from about_edit(function, edit, before, after, self.offset(function))

    def edited_runs(
        self, function: Outline, kind: str, runs: Runs, session: Session
    ) -> Iterator[tuple[LineChange, TracedCall, TracedCall]]:
        """Yield some edits of a kind, with what each call goes through before and after.

        None where an answer may hold what happens to be in the memory.
        """
        edits = [] if function.unset else self.edits(function, kind)[:MOST_EDITS]
        for edit, (call, before) in itertools.product(edits, runs):
            after = self.run(function, call, session, edit)
            if after is not None:
                yield edit, before, after

    def about_mistakes(
        self, functions: Sequence[Outline], runs: Mapping[str, Runs], session: Session
    ) -> Iterator[VivaQuestion]:
        """Yield a question on each function of which a change makes a known mistake.

        On the calls that students have seen a changed function must answer as the mistake does.
        """
        known = self.grader.bank.misconceptions
        for function in functions:
            hints: Mapping[str, str] = {one.name: one.text for one in known if one.question == function.name}
            likely = (
                edit
                for edit in self.edits(function, "change")
                if self.resembles(function, edit, runs, session)
            )
            for edit in itertools.islice(likely, MOST_GRADED):
                with self.session(self.program(self.edited(function, edit))) as changed:
                    _, diagnosis = self.grader.judge_alone(function.name, changed)
                mistake = "".join(diagnosis.misconceptions)
                if hints.get(mistake) == diagnosis.hint:
                    yield from about_mistake(function, edit, mistake, hints, self.offset(function), self.key)
                    break

    def resembles(
        self, function: Outline, edit: LineChange, runs: Mapping[str, Runs], session: Session
    ) -> bool:
        """Whether a function with one line changed answers as one of the known mistakes does."""
        mistaken = self.asker.mistaken(function.name)
        before = [run.outcome for _, run in runs[function.name]]
        calls = self.asker.inputs(function.name)[:MOST_INPUTS]
        left, after = list(mistaken.values()), list[str]()
        for place, call in enumerate(calls):
            run = self.run(function, call, session, edit)
            told = run.outcome if run and run.ended else ""
            after.append(told)
            left = [answers for answers in left if told and answers[place] == told]
            if not left:
                return False
        return after != before

    def edits(self, function: Outline, kind: str) -> list[LineChange]:
        """Return the edits of a kind, in an order that follows from the key."""
        inside = (function.first, function.last)
        found = [one for one in function.edits if one.kind == kind and inside[0] <= one.line <= inside[1]]
        return shuffled(found, self.key, repr)

    def edited(self, function: Outline, edit: LineChange) -> list[str]:
        """Return the cells with one line replaced."""
        lines = self.cells[function.cell].split("\n")
        lines[edit.line - 1 : edit.line] = [edit.text]
        return ["\n".join(lines) if at == function.cell else text for at, text in enumerate(self.cells)]

    def offset(self, function: Outline) -> int:
        """Return how many lines of its module come before a function's cell."""
        before = zip(self.cells[: function.cell], self.homes, strict=False)
        return sum(text.count("\n") + 1 for text, home in before if home == self.homes[function.cell])

    def run(
        self, function: Outline, call: Call, session: Session, edit: LineChange | None = None
    ) -> TracedCall | None:
        """Return what a call goes through, None if it does not end or cannot be followed."""
        text = ""
        if edit:
            lines = self.edited(function, edit)[function.cell].split("\n")
            text = "\n".join(lines[function.first - 1 : function.last])
        home = self.homes[function.cell]
        return run_of(session, home, function.name, call, function.loops, text)


def program_beside(program: Program, modules: Mapping[str, str]) -> Program:
    """Return a program with more modules."""
    return replace(program, modules={**program.modules, **modules})


def run_of(
    session: Session, module: str, name: str, call: Call, watch: Sequence[int] = (), text: str = ""
) -> TracedCall | None:
    """Return what a call of a module's function goes through, with another text of it if one is given."""
    args = (module, name, list(watch), list(call.args), call.kwargs, text)
    return ask(session, TracedCall, "viva_trace.trace", *args)


def ask(session: Session, kind: type[T], path: str, *args: Any) -> T | None:
    """Return what a module of ours answers beside a program, None if it does not."""
    try:
        return msgspec.convert(Student(session.send).make(path, *args), kind)
    except NO_ANSWER:
        return None


def unix(text: str) -> str:
    """Return a text with one kind of line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
