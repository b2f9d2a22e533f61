"""Reports as tables: grades.csv."""

import csv
import io
from collections.abc import Sequence

from autograder.results import Report

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_csv(reports: Sequence[Report]) -> str:
    """Return grades.csv: one row a submission, scores as numbers."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [question.id for question in reports[0].questions] if reports else []
    writer.writerow(["student", "submission", "score", "max_score", *names, "quiz", "late_days", "outcome"])
    for report in reports:
        scores = {question.id: question.score for question in report.questions}
        writer.writerow(
            [
                text(report.student), text(report.submission), report.score, report.max_score,
                *[scores.get(name, 0.0) for name in names],
                report.quiz_score, report.late_days, report.outcome.value,
            ]
        )  # fmt: skip
    return out.getvalue()


def text(value: str) -> str:
    """Return text that a spreadsheet does not take for a formula."""
    value = "".join(char if char.isprintable() else " " for char in value)
    return f"'{value}" if value.startswith(FORMULA) else value
