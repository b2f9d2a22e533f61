"""Moodle's grading worksheet in any language: which column is which, by where it stands and what is in it.

The order is that of `mod/assign/gradingtable.php` of moodle/moodle: the identifier ("Participant 123",
in German "Teilnehmer/in123"), the name unless marking is blind, other fields, the status, the grade, the
maximum, whether the grade can be changed, when the submission was changed, when the grade was, feedback.
"""

import re
from collections.abc import Sequence

IDENTIFIER = re.compile(r"[^\d]{2,60}?(\d+)")
NUMBER_CELL = re.compile(r"\d+(?:[.,]\d+)?")
TIME_CELL = re.compile(r"-?|.*(?<!\d)(?:19|20)\d\d(?!\d).*\d.*")
ENGLISH = {
    "identifier": "Identifier", "name": "Full name", "email": "Email address", "status": "Status",
    "grade": "Grade", "maximum": "Maximum grade", "submitted": "Last modified (submission)",
    "graded": "Last modified (grade)", "feedback": "Feedback comments",
}  # fmt: skip

Rows = Sequence[Sequence[str]]


def places_in(rows: Rows) -> dict[str, int]:
    """Return what the columns of a worksheet, its header first, are; {} if these rows are none."""
    header, body = rows[0], [row for row in rows[1:] if any(row)]
    known = {what: list(header).index(title) for what, title in ENGLISH.items() if title in header}
    if {"identifier", "grade", "graded"} <= set(known):
        return known
    width = len(header)
    if width < 6 or not body or any(len(row) != width for row in body):
        return {}
    columns = [[row[at].strip() for row in body] for at in range(width)]
    if not all(map(IDENTIFIER.fullmatch, columns[0])) or len(set(columns[0])) < len(body):
        return {}
    if len({re.sub(r"\d+$", "", cell) for cell in columns[0]}) > 1:
        return {}
    maximum = next((at for at in range(3, width) if is_maximum(columns[at], columns[at - 1])), 0)
    times = [
        at
        for at in range(maximum + 1, width)
        if all(map(TIME_CELL.fullmatch, columns[at])) and any(columns[at])
    ]
    if not maximum or not times:
        return {}
    places = {"identifier": 0, "grade": maximum - 1, "maximum": maximum, "graded": times[-1]}
    if len(times) > 1:
        places["submitted"] = times[0]
    if times[-1] + 1 < width:
        places["feedback"] = times[-1] + 1
    emails = [at for at in range(1, maximum - 1) if sum("@" in cell for cell in columns[at]) * 2 > len(body)]
    if emails:
        places["email"] = emails[0]
    if maximum - 1 >= 3 and 1 not in emails:
        places["name"] = 1
    return places


def is_maximum(cells: Sequence[str], before: Sequence[str]) -> bool:
    """Whether a column is the maximum grade: one number for all, and no grade before it is above."""
    if len(set(cells)) != 1 or not NUMBER_CELL.fullmatch(cells[0]):
        return False
    most = float(cells[0].replace(",", "."))
    return all(
        not cell or (NUMBER_CELL.fullmatch(cell) and float(cell.replace(",", ".")) <= most) for cell in before
    )


def in_english(header: Sequence[str], rows: Rows) -> list[str]:
    """Return the header of a list, that of a worksheet of Moodle in English whatever its language."""
    places = places_in([header, *rows])
    titles = list(header)
    for what, at in places.items():
        titles[at] = ENGLISH[what]
    return titles
