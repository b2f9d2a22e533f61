"""The report on a submission: what its questions, checks and answers add up to."""

from collections.abc import Mapping, Sequence

from autograder import __version__
from autograder.config import Assignment, max_score
from autograder.grading.quiz_sheet import name_on_sheet
from autograder.grading.scoring import examples_earned
from autograder.results import (
    CheckResult,
    Examples,
    Isolation,
    Outcome,
    QuestionResult,
    QuizAnswer,
    Report,
    worst,
)
from autograder.submission.reading import Submission, content_hash

FAILED = "The grader could not finish; staff have been told. This is no fault of yours."


def added_up(
    assignment: Assignment,
    submission: Submission,
    questions: list[QuestionResult],
    checks: list[CheckResult],
    answers: list[QuizAnswer],
    *,
    isolation: Isolation,
    receipt: Mapping[str, str],
    notes: list[str],
    output: str = "",
    seconds: float = 0.0,
    refused: bool = False,
    examples: Sequence[Examples] = (),
    staff: Sequence[str] = (),
    outcome: Outcome | None = None,
) -> Report:
    """Return the report; `outcome` is of the whole, where it does not follow from the parts."""
    quiz_score = round(sum(answer.score for answer in answers), 2)
    unjudged = [answer for answer in answers if answer.outcome is Outcome.BROKEN]
    broken = [result.staff_note for result in checks if result.outcome is Outcome.BROKEN]
    broken += [answer.staff_note for answer in unjudged]
    outcomes = [*(one.outcome for one in questions), *(one.outcome for one in unjudged)]
    if assignment.examples_points:
        questions = [*questions, examples_earned(assignment, examples)]
    return Report(
        kit_version=__version__, assignment=assignment.stem, title=assignment.title,
        student=submission.student, submission=submission.name,
        score=round(sum(question.score for question in questions) + quiz_score, 2),
        max_score=max_score(assignment), outcome=outcome or worst(outcomes),
        questions=questions, checks=checks, examples=list(examples), quiz=answers, quiz_score=quiz_score,
        quiz_max_score=float(assignment.quiz), quiz_student=name_on_sheet(submission), notes=notes,
        staff_notes=[*broken, *staff], output=output, refused=refused, isolation=isolation,
        seconds=seconds, receipt={"submission_sha256": content_hash(submission), **receipt},
    )  # fmt: skip


def blank_report(assignment: Assignment, note: str) -> Report:
    """Return the report on a submission of which nothing has been graded."""
    stem = assignment.stem
    questions = [
        QuestionResult(id=f"{stem}.{name}", score=0.0, max_score=points, outcome=Outcome.SKIPPED)
        for name, points in assignment.worth.items()
    ]
    return Report(
        kit_version=__version__, assignment=stem, title=assignment.title, student="", submission="",
        score=0.0, max_score=max_score(assignment), outcome=Outcome.BROKEN, questions=questions, checks=[],
        quiz=[], quiz_score=0.0, quiz_max_score=assignment.quiz, notes=[note] if note else [],
        isolation=Isolation("not tried", [], []),
    )  # fmt: skip
