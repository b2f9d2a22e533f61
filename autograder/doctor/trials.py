"""Run the reference, and everything that resembles it, through the checks, behind the wall.

A check of a misconception or a mutant counts for itself, whatever checks it requires to pass first.
"""

import copy
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from msgspec import structs

from autograder.doctor.findings import Subject
from autograder.doctor.margins import tolerances
from autograder.doctor.mutants import Mutant
from autograder.errors import KitError
from autograder.grading.grader import Grader
from autograder.judging.bank import Check, Variant
from autograder.judging.judged import Judged
from autograder.judging.programs import reference_program, variant_program
from autograder.judging.session import Session
from autograder.results import Outcome
from autograder.sandbox.calls import Answer, Call
from autograder.sandbox.program import Program
from autograder.sandbox.protocol import ProgramText
from autograder.sandbox.wall import Wall

CAUGHT = (Outcome.FAILED, Outcome.ERROR, Outcome.TIMEOUT, Outcome.CRASHED, Outcome.UNWRITTEN)
JOBS = os.cpu_count() or 2
HASTY_S, SLOWER = 2.0, 5  # a mutant that takes longer, and so many times the reference's time, is caught
AS_GRADED = ("stub", "alternative", "garbage", "handed out")  # all checks, as a submission's are run
PARTLY = ("misconception", "mutant")  # one check that refuses it is enough
MEASURED = ("misconception", "alternative")
UNLOADABLE = ("mutant", "handed out")  # whose failure to load is a failure like any other


@dataclass(frozen=True, eq=False)
class Trial:
    """A program and the questions whose checks it goes through."""

    kind: str
    name: str
    questions: tuple[str, ...]
    program: Program


@dataclass(frozen=True)
class Ran:
    """What one check said to a program, and how far its answers were from the right ones."""

    check: Check
    outcome: Outcome
    note: str
    raised: str  # the type of exception that the program raised, empty if none
    away: float | None  # in tolerances, infinite for an answer of another kind, None if not measured

    @property
    def caught(self) -> bool:
        """Whether the check refused the program."""
        return self.outcome in CAUGHT


class TrialRunner:
    """Runs trials, several at a time. It starts with the reference, which shows how quick a check is."""

    def __init__(self, grader: Grader, *, thorough: bool) -> None:
        self._grader, self._thorough = grader, thorough
        self._seconds: dict[str, float] = {}
        self.answers: dict[str, list[Any]] = {}  # of the reference, by question
        self.calls: dict[str, list[Call]] = {}  # that it answered

    def run_all(self, trials: Sequence[Trial]) -> Iterator[tuple[Trial, list[Ran]]]:
        """Yield each trial with what its checks said, in order."""
        with ThreadPoolExecutor(JOBS) as pool:
            yield from zip(trials, pool.map(self.run, trials), strict=True)

    def run(self, trial: Trial) -> list[Ran]:
        """Put a program through the checks of its questions, as far as they have something to tell."""
        if self._thorough or trial.kind not in PARTLY:
            checks = [check for question in trial.questions for check in self._grader.bank.of(question)]
            return self.put_through(trial, checks)
        checks = self.by_seconds(trial.questions)
        if trial.kind == "mutant":
            return self.put_through(trial, checks, until_caught=True)
        ran = self.put_through(trial, [check for check in checks if check.visible])
        if any(one.caught for one in ran):
            return ran
        hidden = [check for check in checks if not check.visible]
        return [*ran, *self.put_through(trial, hidden, until_caught=True)]

    def by_seconds(self, questions: Sequence[str]) -> list[Check]:
        """Return the checks of questions, those first that the reference answers soonest."""
        checks = [check for question in questions for check in self._grader.bank.of(question)]
        return sorted(checks, key=lambda check: self._seconds.get(check.id, 0.0))

    def put_through(
        self, trial: Trial, checks: Sequence[Check], *, until_caught: bool = False, alone: bool = False
    ) -> list[Ran]:
        """Run checks on a program, `until_caught` only to the first that refuses it.

        `alone`, each counts for itself, whatever it requires to pass first.
        """
        session = Session(self._wall(trial, checks), trial.program)
        try:
            if trial.kind in AS_GRADED and not alone:
                judged = self._grader.judge.judge_all(checks, session)
                ran = [self._told(check, one, trial) for check, one in zip(checks, judged, strict=True)]
            else:
                ran = self._one_by_one(trial, checks, session, until_caught)
        finally:
            output = session.close()
        if trial.kind not in UNLOADABLE:
            refuse_unloadable(trial, session, output)
        return ran

    def _wall(self, trial: Trial, checks: Sequence[Check]) -> Wall:
        """Return the wall; for a mutant, which may never end, the same one with less patience."""
        wall = self._grader.wall
        if trial.kind != "mutant":
            return wall
        longest = max((self._seconds.get(check.id, 0.0) for check in checks), default=0.0)
        hasty = copy.copy(wall)
        call_s = min(wall.bounds.call_s, max(HASTY_S, SLOWER * longest))
        hasty.bounds = structs.replace(wall.bounds, call_s=call_s)
        return hasty

    def _one_by_one(
        self, trial: Trial, checks: Sequence[Check], session: Session, until_caught: bool
    ) -> list[Ran]:
        ran: list[Ran] = []
        for check in checks:
            ran.append(self._one(check, session, trial))
            if until_caught and ran[-1].caught:
                break
        return ran

    def _one(self, check: Check, session: Session, trial: Trial) -> Ran:
        session.begin_question()
        began = time.monotonic()
        judged = self._grader.judge.judge_live(check, session)
        if trial.kind == "reference":
            self._seconds[check.id] = time.monotonic() - began
            mine = [one for one in judged.exchanges if one.call.name == check.question]
            told = [one.outcome.value for one in mine if isinstance(one.outcome, Answer)]
            self.answers.setdefault(check.question, []).extend(told)
            self.calls.setdefault(check.question, []).extend(one.call for one in mine)
        return self._told(check, judged, trial)

    def _told(self, check: Check, judged: Judged, trial: Trial) -> Ran:
        verdict, away = judged.verdict, None
        if trial.kind in MEASURED:
            away = tolerances(judged.exchanges, self._grader.reference)
        return Ran(check, verdict.outcome, verdict.staff_note or verdict.feedback, verdict.raised, away)

    def prove_all(self, results: Mapping[Trial, list[Ran]]) -> None:
        """Let each check that no misconception has failed yet meet the others, until one fails it."""
        mistakes = [trial for trial in results if trial.kind == "misconception"]
        questions = {question for trial in mistakes for question in trial.questions}
        proven = {one.check.id for trial in mistakes for one in results[trial] if one.caught}
        checks = [check for check in self._grader.bank.checks
                  if check.id not in proven and check.question in questions]  # fmt: skip
        with ThreadPoolExecutor(JOBS) as pool:
            for found in pool.map(lambda check: self.prove(check, mistakes, results), checks):
                for trial, ran in found:
                    results[trial].append(ran)

    def prove(
        self, check: Check, mistakes: Sequence[Trial], results: Mapping[Trial, list[Ran]]
    ) -> list[tuple[Trial, Ran]]:
        """Run a check on misconceptions that it has not met until it refuses one."""
        found: list[tuple[Trial, Ran]] = []
        fresh = [trial for trial in mistakes if check.question in trial.questions
                 and all(one.check.id != check.id for one in results[trial])]  # fmt: skip
        for trial in fresh:
            found.append((trial, self.put_through(trial, [check])[0]))
            if found[-1][1].caught:
                break
        return found


def refuse_unloadable(trial: Trial, session: Session, output: str) -> None:
    """Raise if a program of ours could not be loaded: no check has then refused its answers."""
    problems = [stop.problem for stop in session.loaded.stops] if session.loaded else []
    if session.unloadable is not None or problems:
        told = [f"{problem.type_name}: {problem.message}" for problem in problems]
        told += [line for line in output.splitlines() if line.strip()][-1:]
        why = told[0] if told else session.unloadable
        raise KitError(f"{trial.kind} {trial.name} of {trial.questions[0]} cannot be loaded: {why}")


def reference_trials(subject: Subject) -> list[Trial]:
    """Return the reference, question by question."""
    program = reference_program(subject.bank)
    return [Trial("reference", "the reference", (question,), program) for question in subject.ready()]


def stub_trials(subject: Subject, stubs: Mapping[str, str]) -> list[Trial]:
    """Return the untouched template, question by question."""
    bank = subject.bank
    others = {name: text for name, text in stubs.items() if name != bank.stem}
    program = Program(
        ProgramText(f"{bank.stem}.py", [stubs[bank.stem]]), others | bank.provided, files=bank.files
    )
    return [Trial("stub", "the untouched template", (question,), program) for question in subject.ready()]


def variant_trials(subject: Subject, kind: str, variants: Sequence[Variant], text: str) -> list[Trial]:
    """Return misconceptions or alternatives."""
    ready = subject.ready()
    return [
        Trial(kind, variant.name, (variant.question,), variant_program(subject.bank, text, variant))
        for variant in variants
        if variant.question in ready
    ]


def mutant_trials(subject: Subject, found: Sequence[Mutant]) -> list[Trial]:
    """Return the mutants of questions that can be judged."""
    reference, ready = reference_program(subject.bank), set(subject.ready())
    trials = []
    for mutant in found:
        if questions := tuple(one for one in mutant.questions if one in ready):
            name = Path(mutant.where).stem
            if name == subject.stem:
                program = replace(reference, source=ProgramText(f"{name}.py", [mutant.text]))
            else:
                program = replace(reference, modules={**reference.modules, name: mutant.text})
            trials.append(Trial("mutant", mutant.id, questions, program))
    return trials


def trials_of(results: Mapping[Trial, list[Ran]], kind: str, question: str) -> dict[str, list[Ran]]:
    """Return the results of one kind of trial for a question, by name."""
    return {
        trial.name: ran
        for trial, ran in results.items()
        if trial.kind == kind and question in trial.questions
    }
