"""What staff ask for in OUT: feedback/, a text for each student, and sections/, a page for each TA."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.batch.files import file_name, made, replace_file, replace_parts
from autograder.gradebook.book import Gradebook
from autograder.gradebook.current import Standing
from autograder.reports.html import Facts, index_parts
from autograder.reports.tables import ROSTER_HEAD, Table, roster_row, who
from autograder.roster.people import Person

FEEDBACK, SECTIONS = "feedback", "sections"  # also settings of OUT: "yes" or not


def tidy(folder: Path, book: Gradebook, names: Sequence[str]) -> None:
    """Remove the files that an earlier run wrote into a folder and this one did not; nobody else's."""
    remembered = f"files in {folder.name}"
    for name in set(filter(None, book.setting(remembered).split("\n"))) - set(names):
        (folder / name).unlink(missing_ok=True)
    book.set(remembered, "\n".join(names))


def write_sections(
    out: Path, handed_in: Sequence[Standing], missing: Sequence[Person], title: str, about: dict[str, Any]
) -> list[str]:
    """Write sections/: a page and a table for each section of the roster, for its TA; return their names.

    A group's work stands in the section of each member; who handed in nothing has a line, too.
    """
    folder, names = made(out / SECTIONS), list[str]()
    theirs = {person.section for one in handed_in for person in one.row.people}
    for name in sorted({*theirs, *(person.section for person in missing)} - {""}):
        chosen = [one for one in handed_in if any(person.section == name for person in one.row.people)]
        nothing = [person for person in missing if person.section == name]
        stem, reports = file_name(name), [one.report for one in chosen if not one.absent]
        replace_file(folder / f"{stem}.csv", str(section_table(name, chosen, nothing, about["facts"])))
        listed = [person.name for person in nothing]
        page = index_parts(reports, f"{title}: section {name}", root="../", **about | {"missing": listed})
        replace_parts(folder / f"{stem}.html", page)
        names += [f"{stem}.csv", f"{stem}.html"]
    return names


def section_table(
    section: str, handed_in: Sequence[Standing], missing: Sequence[Person], facts: Mapping[str, Facts]
) -> Table:
    """Return the students of a section: what identifies them, the score and that of each question."""
    questions = [question.id for one in handed_in[:1] for question in one.report.questions]
    table = Table([*ROSTER_HEAD, *questions, "quiz"])
    for one in handed_in:
        scores = {question.id: question.score for question in one.report.questions}
        for person in one.row.people:
            if person.section == section:
                row = roster_row(one.report, person, facts[one.report.submission].submitted)
                table.add([*row, *(scores.get(name, 0.0) for name in questions), one.report.quiz_score])
    for person in missing:
        known = who(person)
        nothing = [""] * (len(ROSTER_HEAD) - len(known) - 1)
        table.add([*known, *nothing, "missing", *[""] * (len(questions) + 1)])
    return table


def write_handbacks(out: Path, texts: Iterable[tuple[Standing, str]]) -> list[str]:
    """Write feedback/, a text for each student to send back; return their names."""
    folder, names = out / FEEDBACK, list[str]()
    for one, text in texts:
        made(folder)
        names.append(f"{file_name(one.row.returned or one.report.submission)}.txt")
        replace_file(folder / names[-1], text)
    return names
