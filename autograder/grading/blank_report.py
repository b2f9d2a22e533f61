"""The report before anything is graded: what stands where grading does not come to an end."""

from autograder import __version__
from autograder.config import Assignment, max_score
from autograder.results import Isolation, Outcome, QuestionResult, Report

FAILED = "The grader could not finish; staff have been told. This is no fault of yours."


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
