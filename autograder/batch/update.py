"""Run again only what a change touches, and put it together with what stands."""

import copy
import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from msgspec.structs import replace

from autograder.gradebook.keys import COURSE, FILES, QUESTION, QUIZ
from autograder.judging.grader import Grader
from autograder.judging.scoring import share
from autograder.results import CheckResult, Outcome, QuestionResult, QuizAnswer, Report
from autograder.submission.reading import Submission


@dataclass(frozen=True)
class Todo:
    """What has to run: everything, or some questions and maybe the quiz; nothing at all is fine."""

    everything: bool = True
    questions: frozenset[str] = frozenset()
    quiz: bool = False

    @property
    def runs(self) -> bool:
        """Whether any code of the student has to run."""
        return self.everything or bool(self.questions) or self.quiz


def what_to_do(old: Mapping[str, str], new: Mapping[str, str], report: Report) -> Todo:
    """Return what has to run to bring a report up to date.

    Args:
        old: keys of the parts that the report was made from.
        new: the keys now.
        report: which stands.
    """
    changed = {name for name in new if old.get(name) != new[name]}
    if changed & {FILES, COURSE} or not report.checks:
        return Todo()
    names = [name for name in new if name.startswith(QUESTION)]
    questions = {name.removeprefix(QUESTION) for name in names if name in changed}
    if QUIZ in changed and not questions:
        # notes on what kept the file from loading come with a question
        questions = {names[0].removeprefix(QUESTION)}
    return Todo(False, frozenset(questions), QUIZ in changed)


def stumbled(report: Report) -> bool:
    """Whether a report only says that the kit failed: it must not stand."""
    return report.outcome is Outcome.BROKEN and not report.checks


def renamed(report: Report, submission: Submission) -> Report:
    """Return the report on the same work for another submission."""
    return replace(report, student=submission.student, submission=submission.name)


def brought_up_to_date(grader: Grader, submission: Submission, report: Report | None, todo: Todo) -> Report:
    """Run what has to run and return the whole report.

    Args:
        grader: of the assignment.
        submission: to be graded.
        report: which stands, on the same files; None if there is none.
        todo: what has to run.
    """
    if todo.everything or report is None:
        return grader.grade(submission)
    fresh = part_of(grader, todo).grade(submission) if todo.runs else report
    if stumbled(fresh):
        return fresh
    return combined(grader, submission, report, fresh, todo)


def part_of(grader: Grader, todo: Todo) -> Grader:
    """Return a grader of some questions that shares everything with the whole one."""
    part = copy.copy(grader)
    chosen = tuple(check for check in grader.bank.checks if check.question in todo.questions)
    part.bank = dataclasses.replace(grader.bank, checks=chosen)
    part.quiz = grader.quiz if todo.quiz else None
    return part


def combined(grader: Grader, submission: Submission, old: Report, fresh: Report, todo: Todo) -> Report:
    """Return the report that has the questions that ran from `fresh` and the others from `old`."""
    stem, points = grader.bank.stem, grader.assignment.questions
    ran = {f"{stem}.{name}" for name in todo.questions}
    by_id = {one.id: one for one in old.questions if one.id not in ran}
    by_id |= {one.id: one for one in fresh.questions if one.id in ran}
    results = {one.id: one for one in old.checks if one.question not in ran}
    results |= {one.id: one for one in fresh.checks if one.question in ran}
    names = [f"{stem}.{name}" for name in points]
    checks = [
        seen_by(grader, results[check.id])
        for name in points for check in grader.bank.of(name) if check.id in results
    ]  # fmt: skip
    questions = [
        rescored(by_id[name], [one for one in checks if one.question == name], worth)
        for name, worth in zip(names, points.values(), strict=True)
    ]
    quiz = fresh.quiz if todo.quiz else old.quiz if grader.quiz else []
    return grader.report(
        submission, questions, checks, reweighted(quiz, grader.assignment.quiz),
        notes=fresh.notes if todo.quiz else old.notes, output=old.output,
        seconds=old.seconds if fresh is old else fresh.seconds, refused=old.refused,
    )  # fmt: skip


def seen_by(grader: Grader, check: CheckResult) -> CheckResult:
    """Return a check's result with who may see it now."""
    visibility = grader.course.settings.visibility
    return replace(check, visibility=visibility.visible_checks if check.visible else visibility.hidden_checks)


def rescored(question: QuestionResult, results: Sequence[CheckResult], points: float) -> QuestionResult:
    """Return a question's result with the points it is worth now."""
    return replace(question, score=share(points, results), max_score=points)


def reweighted(answers: Sequence[QuizAnswer], points: float) -> list[QuizAnswer]:
    """Return the answers of a quiz that is worth `points` now."""
    total = sum(answer.max_score for answer in answers)
    if not total or abs(total - points) < 0.01:
        return list(answers)
    return [
        replace(
            answer,
            score=round(points * answer.max_score / total * earned(answer), 4),
            max_score=round(points * answer.max_score / total, 4),
        )
        for answer in answers
    ]


def earned(answer: QuizAnswer) -> float:
    """Return which share of its points an answer earned, without the noise of rounding."""
    share_earned = answer.score / answer.max_score if answer.max_score else 0.0
    return float(Fraction(share_earned).limit_denominator(30))
