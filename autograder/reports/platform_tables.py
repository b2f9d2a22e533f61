"""Scores for the gradebooks of Canvas (Grades, Import), Brightspace (Import Grades), Blackboard.

canvas.csv: the columns are those that `lib/gradebook_importer.rb` of instructure/canvas-lms reads: the header
needs Student, ID and Section, with SIS User ID and SIS Login ID between them; a line "Points Possible" may
follow. A student is found by ID, else by the SIS columns, else by name. The last column is the
assignment's: "Homework (4711)" with its number in Canvas if the roster is a gradebook exported there;
else its title, as it stands in Canvas: under another title Canvas offers to make a new assignment.

brightspace.csv and blackboard.csv are after their makers' help: "Importing grades" of D2L, "Working offline"
of Blackboard. Brightspace finds a student by OrgDefinedId or Username, in the first two columns, the item by
its name before "Points Grade", and asks for a mark at the end of each line. Blackboard finds a student by
Username and the column by the number after the bar in its header, which only its own download knows: give
that as the roster. Without it the column is new, of text.
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


def brightspace_table(title: str) -> StudentTable:
    """Return a brightspace.csv without students."""
    header = ["OrgDefinedId", "Username", f"{title} Points Grade", "End-of-Line Indicator"]
    return StudentTable(header, brightspace_row)


def brightspace_row(report: Report, person: Person) -> ReportRow:
    """Return the line of one of those who handed a submission in."""
    known = person.login or ("" if person.sid else person.email)  # a Username that is none finds nobody
    return [f"#{person.sid}" if person.sid else "", known, report.score, "#"]


def blackboard_table(title: str, max_score: float, column: str = "") -> StudentTable:
    """Return a blackboard.csv without students; `column` is the assignment's header there, if known."""
    header = ["Username", "Student ID", column or f"{title} [Total Pts: {max_score:g} Score]"]
    return StudentTable(header, blackboard_row)


def blackboard_row(report: Report, person: Person) -> ReportRow:
    """Return the line of one of those who handed a submission in."""
    return [person.login or person.email, person.sid, report.score]
