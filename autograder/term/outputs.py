"""term.csv and term.html: the table of a term."""

from pathlib import Path

from autograder.batch.files import made, replace_file
from autograder.reports.html import page, percent
from autograder.reports.tables import Table
from autograder.term.table import Term

TERM_HEAD = ("student", "id", "email", "section")


def write_term(term: Term, out: Path, section: str = "") -> list[Path]:
    """Write the table of a term as CSV and as a page; return where."""
    made(out)
    name = "term" + "".join(f"-{letter}" if at == 0 else letter for at, letter in enumerate(safe(section)))
    paths = [out / f"{name}.csv", out / f"{name}.html"]
    replace_file(paths[0], str(table_of(term)))
    replace_file(paths[1], html_of(term, section))
    return paths


def safe(section: str) -> str:
    """Return a section's name as part of a file's."""
    return "".join(letter if letter.isalnum() or letter in "._" else "-" for letter in section)[:60].strip(
        "-."
    )


def table_of(term: Term) -> Table:
    """Return a line a student: scores, late days, the total in percent, and why to look at them."""
    stems = [one.stem for one in term.assignments]
    table = Table([*TERM_HEAD, *stems, *[f"{stem}.late_days" for stem in stems], "total_percent", "look_at"])
    for student in term.students:
        person, marks = student.person, [student.marks.get(stem) for stem in stems]
        table.add([
            person.name, person.number or person.login, person.email, person.section,
            *[mark.score if (mark and mark.handed_in) or (mark and mark.score) else "" for mark in marks],
            *[mark.late_days if mark else "" for mark in marks],
            round(100 * term.total(student), 2), "; ".join(term.worries(student)),
        ])  # fmt: skip
    return table


def html_of(term: Term, section: str) -> str:
    """Return the page of a term."""
    rows = [
        (student, [student.marks.get(one.stem) for one in term.assignments], term.total(student),
         "; ".join(term.worries(student)))
        for student in term.students
    ]  # fmt: skip
    return page(
        "term.html.j2", script=True, title=f"The term so far{f', section {section}' if section else ''}",
        term=term, rows=rows, behind=[row for row in rows if row[3]], percent_of=percent,
    )  # fmt: skip
