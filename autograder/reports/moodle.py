"""moodle.csv: a grading worksheet for Moodle (the assignment, Grading action, Upload grading worksheet).

The columns are those of Moodle's own worksheet, `mod/assign/gradingtable.php`, and what
`mod/assign/feedback/offline/importgradeslib.php` looks for: Identifier, Grade and Last modified (grade)
by their English names, and Feedback comments if that kind of feedback is switched on. The identifier is
"Participant" and the number in the names of downloaded folders. A grade above the assignment's maximum
in Moodle is skipped there; so is one that was changed in Moodle since, unless "update records that have
been modified" is ticked.
"""

from html import escape

from autograder.reports.handback import handback
from autograder.reports.tables import Table
from autograder.results import Report
from autograder.roster.people import Person

HEADER = (
    "Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade",
    "Grade can be changed", "Last modified (submission)", "Last modified (grade)", "Feedback comments",
)  # fmt: skip


def moodle_table() -> Table:
    """Return a moodle.csv without students."""
    return Table(HEADER)


def moodle_row(report: Report, person: Person, *, published: bool) -> list[str | float]:
    """Return the line of one of those who handed a submission in, with what they may read."""
    identifier = f"Participant {person.moodle}" if person.moodle else ""
    told = escape(handback(report, published=published)).strip().replace("\n", "<br>")
    return [
        identifier, person.name, person.email, "Submitted for grading", report.score, report.max_score,
        "Yes", "-", "-", told,
    ]  # fmt: skip
