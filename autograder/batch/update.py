"""What a report needs to be up to date: nothing, adding up again, or all checks once more.

Questions cannot be run alone: they share a worker, and later ones may be judged with earlier ones lent.
A part that is run alone can therefore end otherwise than in a fresh grade.
"""

from collections.abc import Mapping
from enum import Enum

from msgspec.structs import replace

from autograder.gradebook.keys import POINTS, RECEIPT, WEIGHTS
from autograder.grading.grader import Grader
from autograder.grading.scoring import quiz_shares, share
from autograder.results import Cause, CheckResult, Outcome, Report
from autograder.submission.reading import Submission


class Need(Enum):
    """What it takes to bring a report up to date."""

    NOTHING = "nothing"
    ADD_UP = "add up"  # points, titles, visibility: no code of the student has to run
    RUN = "run"


def need_of(old: Mapping[str, str], new: Mapping[str, str], report: Report) -> Need:
    """Return what it takes to bring a report, made from the parts `old`, up to date."""
    changed = {name for name in new.keys() | old.keys() if old.get(name) != new.get(name)}
    if stumbled(report):
        return Need.RUN
    if not changed:
        return Need.NOTHING
    known = bool(report.checks) and all(answer.weight for answer in report.quiz)
    if changed - {POINTS, RECEIPT, WEIGHTS} or not known:
        return Need.RUN
    # by the weights it is decided whether lent functions earn more
    return Need.RUN if WEIGHTS in changed and not all_by_own_functions(report) else Need.ADD_UP


def all_by_own_functions(report: Report) -> bool:
    """Whether every question was answered in full by the student's own functions."""
    return all(one.outcome is Outcome.PASSED and not one.hint for one in report.questions)


def stumbled(report: Report) -> bool:
    """Whether a report says that the kit failed, where it may not fail again: it must not stand."""
    if report.outcome is Outcome.BROKEN and not report.checks:
        return True
    causes = {check.cause for check in report.checks} | {answer.cause for answer in report.quiz}
    return Cause.REFERENCE in causes


def renamed(report: Report, submission: Submission) -> Report:
    """Return the report on the same work for another submission."""
    return replace(report, student=submission.student, submission=submission.name)


def added_up_again(grader: Grader, submission: Submission, report: Report) -> Report:
    """Return a report, which has all the grader's checks, with the points, titles and visibility of now."""
    checks = {check.id: check for check in grader.bank.checks}
    results = [
        replace(
            result,
            title=checks[result.id].title,
            weight=checks[result.id].weight,
            visibility=visibility_of(grader, result),
        )
        for result in report.checks
    ]
    points = grader.assignment.questions
    questions = [
        replace(
            one,
            score=share(points[name], [result for result in results if result.question == one.id]),
            max_score=points[name],
        )
        for one, name in zip(report.questions, points, strict=False)  # what examples earn comes after them
    ]
    quiz = quiz_shares(grader.assignment.quiz, report.quiz)
    fresh = grader.report(
        submission, questions, results, quiz, notes=report.notes, output=report.output,
        seconds=report.seconds, refused=report.refused, examples=report.examples,
    )  # fmt: skip
    return replace(fresh, isolation=report.isolation)


def visibility_of(grader: Grader, result: CheckResult) -> str:
    """Return who may see a check's result now."""
    visibility = grader.course.settings.visibility
    return visibility.visible_checks if result.visible else visibility.hidden_checks
