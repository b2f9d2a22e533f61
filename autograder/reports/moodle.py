"""moodle.csv: a grading worksheet for Moodle (the assignment, Grading action, Upload grading worksheet).

What `mod/assign/feedback/offline/importgradeslib.php` and `locallib.php` of moodle/moodle look for:
Identifier, Grade and Last modified (grade), and Feedback comments if that kind of feedback is switched
on, by their names in the language of the site. So if the roster is a worksheet that Moodle made, its own
header and rows are written back, with grades and comments filled in; else one in English is made up.

A row is skipped there if its grade was changed after the time in Last modified (grade), unless "update
records that have been modified" is ticked. That cell is the worksheet's: to upload a second time, download
the worksheet again first and give it as the roster.
"""

import re
from collections.abc import Callable, Sequence
from html import escape

from autograder.reports.tables import ReportRow, Table
from autograder.results import Report
from autograder.roster.people import Person
from autograder.roster.times import moment
from autograder.roster.worksheet import IDENTIFIER, NUMBER_CELL, places_in

SAME = 0.005  # Moodle shows two decimals
ENGLISH_MONTH = re.compile(
    r"\b(?:Jan|Febr)uary|March|April|May|Ju(?:ne|ly)|August|(?:Sept|Nov|Dec)ember|October"
)
HEADER = (
    "Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade",
    "Grade can be changed", "Last modified (submission)", "Last modified (grade)", "Feedback comments",
)  # fmt: skip


class MoodleTable:
    """The grading worksheet that Moodle made, or one in English, that is being filled in.

    `told` is what the student of a report may read.
    """

    def __init__(self, worksheet: Sequence[Sequence[str]], told: Callable[[Report], str]) -> None:
        self._told = told
        self._places = places_in(worksheet) if worksheet else {}
        self._header = list(worksheet[0]) if self._places else list(HEADER)
        self._rows = [self._row(row) for row in worksheet[1:]] if self._places else []
        self.changes: list[str] = []  # of grades that the worksheet has
        self._of = {number_of(row[self._places["identifier"]]): row for row in self._rows}

    def _row(self, row: Sequence[str]) -> ReportRow:
        """Return a row of the worksheet with a time of the grade that Moodle can read in any language."""
        cells: ReportRow = [*row, *[""] * (len(self._header) - len(row))]
        at = self._places["graded"]
        said = str(cells[at])
        if (when := moment(said)) and not ENGLISH_MONTH.search(said):
            cells[at] = f"{when:%d %B %Y, %I:%M %p}"
        return cells

    def take(self, report: Report, person: Person) -> None:
        """Fill in the line of one of those who handed a submission in, with what they may read."""
        told = escape(self._told(report)).strip().replace("\n", "<br>")
        if not self._places:
            self._rows.append(made_up(report, person, told))
        elif row := self._of.get(person.moodle):
            held = str(row[self._places["grade"]]).replace(",", ".")
            if NUMBER_CELL.fullmatch(held) and abs(float(held) - report.score) >= SAME:
                self.changes.append(f"{person.name} {float(held):g} -> {report.score:g}")
            row[self._places["grade"]] = report.score
            if "feedback" in self._places:
                row[self._places["feedback"]] = told

    def __str__(self) -> str:
        """Return the text of the file."""
        table = Table(self._header)
        for row in self._rows:
            table.add(row)
        return str(table)


def made_up(report: Report, person: Person, told: str) -> ReportRow:
    """Return a line for a student of whose worksheet nothing is known."""
    identifier = f"Participant {person.moodle}" if person.moodle else ""
    return [
        identifier, person.name, person.email, "Submitted for grading", report.score, report.max_score,
        "Yes", "-", "-", told,
    ]  # fmt: skip


def number_of(identifier: str | float) -> str:
    """Return the number in "Participant 123"."""
    found = IDENTIFIER.fullmatch(str(identifier).strip())
    return found[1] if found else ""
