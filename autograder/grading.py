"""Grade one submission: run its checks behind the wall, diagnose, add up."""

import hashlib
import inspect
import time
import zlib
from collections.abc import Sequence
from importlib import metadata

import numpy as np

from autograder import __version__, quiz
from autograder.bank import Bank, Check, imported
from autograder.config import Assignment, Course
from autograder.diagnosis import Diagnosis, diagnose
from autograder.feedback import Verdict, judge, load_note
from autograder.results import (
    CheckResult,
    Isolation,
    Outcome,
    QuestionResult,
    QuizAnswer,
    Report,
    worst,
)
from autograder.sandbox.protocol import Source
from autograder.sandbox.student import Student
from autograder.sandbox.wall import CallTimeout, StudentRaised, Wall, WorkerDied
from autograder.session import Answers, Exchange, Program, Session
from autograder.submission import Submission, modules_of, source_of

PRELOAD = {"torch": "torch", "matplotlib": "matplotlib.pyplot"}
UNDIAGNOSED = ("Not written yet.", "There is no function")
FULL = "full"


class Grader:
    """Grades submissions of one assignment; keeps the reference's answers between them."""

    def __init__(self, course: Course, bank: Bank, wall: Wall, isolation: Isolation) -> None:
        self.course, self.bank, self.wall, self.isolation = course, bank, wall, isolation
        self.assignment: Assignment = course.assignment(bank.stem)
        self.quiz = quiz.load(course.root, bank.stem)
        self.hidden_too = isolation.verdict == FULL
        solution = Source(f"{bank.stem}.py", [bank.solution])
        self.reference = Answers(wall, Program(solution, bank.provided))
        trusted = {
            **bank.provided,
            "solutions": "",
            f"solutions.{bank.stem}": bank.solution,
            "mistakes": bank.mistakes_source,
        }
        self.mistakes = {
            mistake.name: Answers(
                wall, Program(solution, trusted, {mistake.question: ("mistakes", mistake.name)})
            )
            for mistake in bank.misconceptions
        }
        self._proven: dict[str, bool] = {}

    def grade(self, submission: Submission) -> Report:
        """Return the report on one submission; whatever is in it, this returns."""
        began = time.monotonic()
        if submission.problem:
            return self.unreadable(submission)
        source = source_of(submission, self.bank.stem)
        modules = {**modules_of(submission), **self.bank.provided}
        texts = [*source.cells, *modules.values()]
        wanted = {name for text in texts for name in imported(text)}
        self.wall.preload([PRELOAD[name] for name in PRELOAD if name in wanted])
        session = Session(self.wall, Program(Source(source.name, list(source.cells)), modules))
        try:
            graded = [self.grade_question(question, session) for question in self.assignment.questions]
            answers = self.grade_quiz(submission, session)
        finally:
            output = session.close()
        notes = [*submission.notes, *load_notes(session, source)]
        return self.report(
            submission,
            [question for question, _ in graded],
            [result for _, results in graded for result in results],
            answers,
            notes=notes,
            output=output,
            seconds=round(time.monotonic() - began, 4),
        )

    def grade_question(
        self, question: str, session: Session
    ) -> tuple[QuestionResult, list[CheckResult]]:
        """Run a question's checks; judge again in a fresh worker what another question may have spoilt."""
        used_before = session.loaded is not None
        results, exchanges = self.run_checks(question, session)
        diagnosis = self.diagnose(question, results, exchanges)
        wrong = [result for result in results if result.outcome is not Outcome.PASSED]
        plain = all(result.feedback.startswith(UNDIAGNOSED) for result in wrong)
        if wrong and used_before and not plain and not diagnosis.misconceptions and not session.unloadable:
            session.renew()
            results, exchanges = self.run_checks(question, session)
            diagnosis = self.diagnose(question, results, exchanges)
        points = self.assignment.questions[question]
        score = share(points, results)
        outcome = worst([result.outcome for result in results])
        hint, names = diagnosis.hint, list(diagnosis.misconceptions)
        graded = QuestionResult(
            id=f"{self.bank.stem}.{question}", score=score, max_score=points, outcome=outcome,
            hint=hint, misconceptions=names,
        )  # fmt: skip
        return graded, results

    def run_checks(
        self, question: str, session: Session
    ) -> tuple[list[CheckResult], list[list[Exchange]]]:
        """Run every check of a question, in order."""
        session.begin_question()
        results: list[CheckResult] = []
        exchanges = []
        passed: set[str] = set()
        for check in self.bank.of(question):
            began = time.monotonic()
            verdict = self.run_check(check, session, passed)
            if verdict.outcome is Outcome.PASSED:
                passed.add(check.name)
            if session.exchanges:
                exchanges.append(session.exchanges)
            results.append(self.result(check, verdict, time.monotonic() - began))
        return results, exchanges

    def run_check(self, check: Check, session: Session, passed: set[str]) -> Verdict:
        """Run one check and say how it ended."""
        session.begin_check()
        if not check.visible and not self.hidden_too:
            return Verdict(Outcome.SKIPPED, "Hidden checks do not run on this machine.")
        missing = [name for name in check.requires if name not in passed]
        if missing:
            return Verdict(Outcome.SKIPPED, f"Runs once {' and '.join(missing)} passes.")
        try:
            self.call(check, Student(session.send))
        except (StudentRaised, CallTimeout, WorkerDied, AssertionError) as error:
            names = session.loaded.names if session.loaded else []
            return judge(error, check.visible, session.exchanges, names)
        except Exception as error:  # noqa: BLE001 the check met data that it did not expect
            return self.not_expected(check, error)
        return Verdict(Outcome.PASSED)

    def call(self, check: Check, student: Student) -> None:
        """Call a check's function with what it asks for."""
        fixtures = {
            "student": student,
            "reference": Student(self.reference.conversation().send),
            "rng": np.random.default_rng([self.course.settings.seed, zlib.crc32(check.id.encode())]),
        }
        with np.errstate(all="ignore"):
            check.function(*[fixtures[name] for name in check.fixtures])

    def not_expected(self, check: Check, error: Exception) -> Verdict:
        """Decide whose fault it is that a check stumbled: with the reference's answers it must not."""
        note = f"{check.id} stumbled: {type(error).__name__}: {error}"
        if not self.works_with_reference(check):
            return Verdict(Outcome.BROKEN, "This check is broken; it costs you nothing.", note)
        told = "The answer is not of the kind that the docstring promises."
        return Verdict(Outcome.FAILED, told, note)

    def works_with_reference(self, check: Check) -> bool:
        """Whether a check passes when the reference is the student."""
        if check.id not in self._proven:
            try:
                self.call(check, Student(self.reference.conversation().send))
                self._proven[check.id] = True
            except Exception:  # noqa: BLE001 any failure here is ours
                self._proven[check.id] = False
        return self._proven[check.id]

    def diagnose(
        self, question: str, results: Sequence[CheckResult], exchanges: Sequence[Sequence[Exchange]]
    ) -> Diagnosis:
        """Find the known mistake behind a question's wrong answers."""
        wrong = [result for result in results if result.outcome is not Outcome.PASSED]
        if not wrong or all(result.feedback.startswith(UNDIAGNOSED) for result in wrong):
            return Diagnosis()
        candidates = [mistake for mistake in self.bank.misconceptions if mistake.question == question]
        return diagnose(exchanges, candidates, self.mistakes, self.reference)

    def result(self, check: Check, verdict: Verdict, seconds: float) -> CheckResult:
        """Return a check's result, with who may see it."""
        visibility = self.course.settings.visibility
        return CheckResult(
            id=check.id, question=f"{self.bank.stem}.{check.question}", title=check.title,
            visible=check.visible, weight=check.weight,
            visibility=visibility.visible_checks if check.visible else visibility.hidden_checks,
            outcome=verdict.outcome, feedback=verdict.feedback, staff_note=verdict.staff_note,
            seconds=round(seconds, 4),
        )  # fmt: skip

    def grade_quiz(self, submission: Submission, session: Session) -> list[QuizAnswer]:
        """Grade the answer sheet; figures are the student's own."""
        session.begin_check()
        return quiz.grade_submission(
            self.quiz, submission.files, self.assignment.quiz,
            Student(self.reference.conversation().send), Student(session.send),
        )  # fmt: skip

    def unreadable(self, submission: Submission) -> Report:
        """Return the report on a submission that holds nothing to grade."""
        questions = [
            QuestionResult(
                id=f"{self.bank.stem}.{name}", score=0.0, max_score=points, outcome=Outcome.ERROR
            )
            for name, points in self.assignment.questions.items()
        ]
        notes = [*submission.notes, submission.problem]
        return self.report(submission, questions, [], [], notes=notes, outcome=Outcome.ERROR)

    def report(
        self,
        submission: Submission,
        questions: list[QuestionResult],
        checks: list[CheckResult],
        answers: list[QuizAnswer],
        *,
        notes: list[str],
        output: str = "",
        seconds: float = 0.0,
        outcome: Outcome | None = None,
    ) -> Report:
        """Add up."""
        quiz_score = round(sum(answer.score for answer in answers), 2)
        broken = [result.staff_note for result in checks if result.outcome is Outcome.BROKEN]
        return Report(
            kit_version=__version__, assignment=self.bank.stem, title=self.assignment.title,
            student=submission.student, submission=submission.name,
            score=round(sum(question.score for question in questions) + quiz_score, 2),
            max_score=self.assignment.max_score, outcome=outcome or worst([q.outcome for q in questions]),
            questions=questions, checks=checks, quiz=answers, quiz_score=quiz_score,
            quiz_max_score=float(self.assignment.quiz), notes=notes, staff_notes=broken, output=output,
            isolation=self.isolation, receipt=self.receipt(submission), seconds=seconds,
        )  # fmt: skip

    def receipt(self, submission: Submission) -> dict[str, str]:
        """Return what proves which work was graded with what."""
        checks = hashlib.sha256()
        for part in (self.bank.solution, self.bank.checks_source, self.bank.mistakes_source):
            checks.update(part.encode())
        libraries = {name: metadata.version(name) for name in ("numpy", "torch")}
        return {
            "submission_sha256": submission.content_hash,
            "checks_sha256": checks.hexdigest(),
            "seed": str(self.course.settings.seed),
            "kit": __version__,
            **libraries,
        }

    def close(self) -> None:
        """End the workers that answer for the course's own programs."""
        for answers in (self.reference, *self.mistakes.values()):
            answers.close()


def share(points: float, results: Sequence[CheckResult]) -> float:
    """Return what a question earned: its points shared by its checks by weight, broken ones left out.

    Where hidden checks could not run, the visible ones share all the points.
    """
    counted = [
        result
        for result in results
        if result.outcome is not Outcome.BROKEN
        and not (result.outcome is Outcome.SKIPPED and result.feedback.startswith("Hidden checks"))
    ]
    total = sum(result.weight for result in counted)
    if not total:
        return float(points) if results else 0.0
    earned = sum(result.weight for result in counted if result.outcome is Outcome.PASSED)
    return round(points * earned / total, 2)


def load_notes(session: Session, source: object) -> list[str]:
    """Tell a student what kept their program from loading."""
    if session.unloadable is not None:
        return [f"The file could not be loaded: {session.unloadable}."]
    if session.loaded is None:
        return []
    cells = len(getattr(source, "cells", ()))
    return [load_note(problem, getattr(source, "name", ""), cells) for problem in session.loaded.problems]


__all__ = ["Grader", "share"]
assert inspect
