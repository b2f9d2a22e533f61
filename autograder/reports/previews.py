"""A few looks at hidden mistakes before publication: their kind, never a number."""

from autograder.results import WEIGHTLESS, Outcome, QuestionResult, Report

FINE = (Outcome.PASSED, *WEIGHTLESS)


def preview(report: Report, allowed: int, used: int) -> list[str]:
    """Return what this look, after `used` ones, says: a line a question that only hidden checks fail."""
    if used >= allowed:
        return []
    kinds = [line for question in report.questions if (line := kind(question, report))]
    none = ["No other mistake where the visible checks pass."]
    return [f"Hidden checks, look {used + 1} of {allowed}:", *(kinds or none)]


def kind(question: QuestionResult, report: Report) -> str:
    """Return the kind of a question's hidden mistakes, "" if there are none or visible checks fail."""
    checks = [check for check in report.checks if check.question == question.id]
    wrong = [check for check in checks if check.outcome not in FINE]
    if not wrong or any(check.visible for check in wrong):
        return ""
    told = question.hint or next((check.feedback for check in wrong if check.feedback), "wrong.")
    return f"{question.id.partition('.')[2]}: {told}"
