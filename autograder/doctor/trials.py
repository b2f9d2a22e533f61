"""Run the reference, and everything that resembles it, through the checks, behind the wall."""

import copy
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.bank import Check, Variant
from autograder.doctor import garbage
from autograder.doctor.findings import Subject, definitions
from autograder.doctor.margins import tolerances
from autograder.grading import Grader, reference_program, variant_program
from autograder.mutants import Mutant
from autograder.publish.source import Definition
from autograder.results import Outcome
from autograder.sandbox.protocol import Source
from autograder.session import Program, Session

CAUGHT = (Outcome.FAILED, Outcome.ERROR, Outcome.TIMEOUT, Outcome.CRASHED)
JOBS = 2
HASTY_S = 2.0  # a mutant that has not answered by then is caught: the reference is far quicker
ALONE = ("misconception", "mutant")  # each check counts for itself, whatever it requires
MEASURED = ("misconception", "alternative")


@dataclass(frozen=True, eq=False)
class Trial:
    """A program and the questions whose checks it goes through."""

    kind: str
    name: str
    questions: tuple[str, ...]
    program: Program
    until_caught: bool = False


@dataclass(frozen=True)
class Ran:
    """What one check said to a program, and how far its answers were from the right ones."""

    check: Check
    outcome: Outcome
    note: str
    seconds: float
    away: float | None  # in tolerances, infinite for an answer of another kind, None if not measured


class Bench:
    """Runs trials, several at a time."""

    def __init__(self, grader: Grader) -> None:
        self._grader = grader
        self._seconds: dict[str, float] = {}
        self._lock = threading.Lock()
        # The same warm process, with less patience.
        self._hasty = copy.copy(grader.wall)
        bounds = grader.wall.bounds
        self._hasty.bounds = replace(bounds, call_s=min(HASTY_S, bounds.call_s))

    def run_all(self, trials: Sequence[Trial]) -> Iterator[tuple[Trial, list[Ran]]]:
        """Yield each trial with what its checks said, in order."""
        with ThreadPoolExecutor(JOBS) as pool:
            yield from zip(trials, pool.map(self.run, trials), strict=True)

    def run(self, trial: Trial) -> list[Ran]:
        """Put a program through the checks of its questions, quick ones first if one is enough."""
        checks = [check for question in trial.questions for check in self._grader.bank.of(question)]
        if trial.until_caught:
            checks.sort(key=lambda check: self._seconds.get(check.id, 0.0))
        passed = {check.name for check in checks} if trial.kind in ALONE else set()
        wall = self._hasty if trial.kind == "mutant" else self._grader.wall
        session = Session(wall, trial.program)
        ran: list[Ran] = []
        try:
            for check in checks:
                ran.append(self._one(check, session, passed, trial.kind))
                if trial.until_caught and ran[-1].outcome in CAUGHT:
                    break
        finally:
            session.close()
        return ran

    def _one(self, check: Check, session: Session, passed: set[str], kind: str) -> Ran:
        session.begin_question()
        began = time.monotonic()
        verdict = self._grader.run_check(check, session, passed)
        seconds = time.monotonic() - began
        if verdict.outcome is Outcome.PASSED:
            passed.add(check.name)
        if kind == "reference":
            self._seconds[check.id] = seconds
        away = tolerances(session.exchanges, self._grader.reference) if kind in MEASURED else None
        return Ran(check, verdict.outcome, verdict.staff_note or verdict.feedback, seconds, away)


def reference_trials(subject: Subject) -> list[Trial]:
    """Return the reference, question by question."""
    program = reference_program(subject.bank)
    return [Trial("reference", "the reference", (question,), program) for question in subject.ready()]


def stub_trials(subject: Subject, stub: str) -> list[Trial]:
    """Return the untouched template, question by question."""
    program = Program(Source(f"{subject.stem}.py", [stub]), subject.bank.provided)
    return [Trial("stub", "the untouched template", (question,), program) for question in subject.ready()]


def variant_trials(
    subject: Subject, kind: str, variants: Sequence[Variant], text: str
) -> list[Trial]:
    """Return misconceptions or alternatives."""
    ready = subject.ready()
    return [
        Trial(kind, variant.name, (variant.question,), variant_program(subject.bank, text, variant))
        for variant in variants
        if variant.question in ready
    ]


def mutant_trials(subject: Subject, found: Sequence[Mutant], *, to_the_end: bool) -> list[Trial]:
    """Return mutants; one check that fails is enough unless `to_the_end`."""
    name = f"{subject.stem}.py"
    return [
        Trial("mutant", mutant.id, mutant.questions, Program(Source(name, [mutant.text]), subject.bank.provided),
              until_caught=not to_the_end)
        for mutant in found
    ]  # fmt: skip


def garbage_trials(subject: Subject) -> list[Trial]:
    """Return every kind of garbage for every question."""
    defined = definitions(subject.bank.solution)
    text = Path(garbage.__file__).read_text("utf-8")
    modules = {**subject.bank.provided, "garbage": text}
    trials = []
    for question in subject.ready():
        for kind, parameter in garbage.kinds(parameters(defined[question])):
            swap = f"import garbage\n{question} = garbage.instead({question}, {kind!r}, {parameter!r})\n"
            source = Source(f"{subject.stem}.py", [subject.bank.solution, swap])
            name = f"{parameter} {kind}".strip()
            trials.append(Trial("garbage", name, (question,), Program(source, modules)))
    return trials


def parameters(node: Definition) -> list[str]:
    """Return the names of a function's parameters; for a class, one that stands for any."""
    arguments = getattr(node, "args", None)
    if arguments is None:
        return ["input"]
    return [one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]


def by_question(results: Mapping[Trial, list[Ran]], kind: str, question: str) -> dict[str, list[Ran]]:
    """Return the results of one kind of trial for a question, by name."""
    return {
        trial.name: ran
        for trial, ran in results.items()
        if trial.kind == kind and question in trial.questions
    }
