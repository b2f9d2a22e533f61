"""canvas.csv: scores for the gradebook of Canvas (Grades, Import).

The columns are those that `lib/gradebook_importer.rb` of instructure/canvas-lms reads: the header needs
Student, ID and Section, with SIS User ID and SIS Login ID between them; a line "Points Possible" may
follow. A student is found by ID, else by the SIS columns, else by name. The last column is the
assignment's: "Homework (4711)" with its number in Canvas if the roster is a gradebook exported there;
else its title, as it stands in Canvas: under another title Canvas offers to make a new assignment.
"""

import re

from autograder.reports.tables import ReportRow, StudentTable
from autograder.results import Report
from autograder.roster.people import Person

STUDENT = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")


def canvas_table(title: str, max_score: float, column: str = "") -> StudentTable:
    """Return a canvas.csv without students; `column` is the assignment's header there, if known."""
    # "Homework (2)" would be read as the assignment with the number 2
    table = StudentTable([*STUDENT, column or re.sub(r"\((\d+)\)$", r"[\1]", title)], canvas_row)
    table.add(["    Points Possible", "", "", "", "", max_score])
    return table


def canvas_row(report: Report, person: Person) -> ReportRow:
    """Return the line of one of those who handed a submission in."""
    return [
        person.name, person.canvas, person.sid, person.login or person.email, person.section, report.score,
    ]  # fmt: skip
