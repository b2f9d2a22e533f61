"""Reports as tables that spreadsheets and platforms read. No cell of theirs is ever a formula."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence

from autograder.results import Report
from autograder.roster.people import Person

FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # also those of full width
JOINERS = "\u200c\u200d"  # emoji and some scripts are made with them
HEAD = ("student", "submission", "score", "max_score")
TAIL = ("quiz", "late_days", "outcome")
ROSTER_HEAD = (
    "student", "id", "email", "login", "section", "group", "submission", "submitted_at", "late_days",
    "score", "max_score", "outcome",
)  # fmt: skip
ReportRow = list[str | float]


class Table:
    """The text of a CSV file, row by row: texts are made harmless, numbers stay numbers."""

    def __init__(self, header: Sequence[str]) -> None:
        self._out = io.StringIO()
        self._writer = csv.writer(self._out, lineterminator="\n")
        self.add(header)

    def add(self, row: Iterable[str | float]) -> None:
        """Add a row."""
        self._writer.writerow([safe_cell(cell) if isinstance(cell, str) else cell for cell in row])

    def __str__(self) -> str:
        return self._out.getvalue()


class StudentTable(Table):
    """A table with a line for each of those who handed a submission in."""

    def __init__(self, header: Sequence[str], row: Callable[[Report, Person], ReportRow]) -> None:
        super().__init__(header)
        self._row = row

    def take(self, report: Report, person: Person) -> None:
        """Add a student's line."""
        self.add(self._row(report, person))


def grades_table(questions: Sequence[str]) -> Table:
    """Return an empty grades.csv."""
    return Table([*HEAD, *questions, *TAIL])


def grades_row(report: Report, questions: Sequence[str]) -> ReportRow:
    """Return a submission's row of grades.csv."""
    scores = {question.id: question.score for question in report.questions}
    return [
        report.student, report.submission, report.score, report.max_score,
        *[scores.get(name, 0.0) for name in questions],
        report.quiz_score, report.late_days, report.outcome.value,
    ]  # fmt: skip


def roster_row(report: Report, person: Person, submitted: str) -> ReportRow:
    """Return the line of one of those who handed a submission in."""
    return [
        *who(person), report.submission, submitted, report.late_days, report.score, report.max_score,
        report.outcome.value,
    ]  # fmt: skip


def who(person: Person) -> ReportRow:
    """Return what identifies a student."""
    return [person.name, person.number, person.email, person.login, person.section, person.group]


def missing_table(people: Iterable[Person]) -> Table:
    """Return missing.csv: who is on the roster and handed in nothing."""
    table = Table(["student", "id", "email", "section"])
    for person in people:
        table.add([person.name, person.number, person.email, person.section])
    return table


def safe_cell(value: str) -> str:
    """Return text that a spreadsheet does not take for a formula, without control characters."""
    if not value.isprintable():
        value = "".join(char if char.isprintable() or char in JOINERS else " " for char in value)
    return f"'{value}" if value.lstrip().startswith(FORMULA) and value != "-" else value
