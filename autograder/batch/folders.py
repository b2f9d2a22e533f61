"""What staff ask for in OUT: feedback/, a text for each student, and sections/, a page for each TA."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from autograder.batch.files import file_name, made, replace_file, replace_parts
from autograder.gradebook.book import Gradebook
from autograder.gradebook.current import Standing
from autograder.reports.html import index_parts
from autograder.reports.tables import grades_row, grades_table
from autograder.results import Report

FEEDBACK, SECTIONS = "feedback", "sections"  # also settings of OUT: "yes" or not


def tidy(folder: Path, book: Gradebook, names: Sequence[str]) -> None:
    """Remove the files that an earlier run wrote into a folder and this one did not; nobody else's."""
    remembered = f"files in {folder.name}"
    for name in set(filter(None, book.setting(remembered).split("\n"))) - set(names):
        (folder / name).unlink(missing_ok=True)
    book.set(remembered, "\n".join(names))


def write_sections(out: Path, reports: Sequence[Report], title: str, about: dict[str, Any]) -> list[str]:
    """Write sections/: a page and a table for each section of the roster, for its TA; return their names."""
    folder, facts, names = made(out / SECTIONS), about["facts"], list[str]()
    for name in sorted({one.section for one in facts.values() if one.section}):
        chosen = [report for report in reports if facts[report.submission].section == name]
        questions = [question.id for report in chosen[:1] for question in report.questions]
        table = grades_table(questions)
        for report in chosen:
            table.add(grades_row(report, questions))
        replace_file(folder / f"{file_name(name)}.csv", str(table))
        page = index_parts(chosen, f"{title}: section {name}", root="../", **about)
        replace_parts(folder / f"{file_name(name)}.html", page)
        names += [f"{file_name(name)}.csv", f"{file_name(name)}.html"]
    return names


def write_handbacks(out: Path, texts: Iterable[tuple[Standing, str]]) -> list[str]:
    """Write feedback/, a text for each student to send back; return their names."""
    folder, names = out / FEEDBACK, list[str]()
    for one, text in texts:
        made(folder)
        names.append(f"{file_name(one.row.returned or one.report.submission)}.txt")
        replace_file(folder / names[-1], text)
    return names
