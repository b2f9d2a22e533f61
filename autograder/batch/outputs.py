"""Write OUT/ from the gradebook: what people and other programs read. Everything here can be made again."""

import contextlib
import math
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from autograder.batch.files import file_name, remove, replace_file, replace_parts, reports_folder
from autograder.batch.folders import FEEDBACK, SECTIONS, tidy, write_handbacks, write_sections
from autograder.gradebook.book import Gradebook
from autograder.gradebook.byhand import is_older
from autograder.gradebook.current import Standing, absent_rows, standings
from autograder.gradebook.records import Run
from autograder.reports.handback import handback, preview
from autograder.reports.html import Facts, index_parts, student_html
from autograder.reports.moodle import MoodleTable
from autograder.reports.platform_tables import blackboard_table, brightspace_table, canvas_table
from autograder.reports.slim import slimmed
from autograder.reports.statistics import was_readable
from autograder.reports.tables import (
    ROSTER_HEAD,
    StudentTable,
    Table,
    grades_row,
    grades_table,
    missing_table,
    roster_row,
)
from autograder.reports.terminal import number
from autograder.results import Outcome, Report, to_json
from autograder.roster.intake import Row
from autograder.submission.archive import listing

ROWS_SHOWN = 40  # rows that a terminal is given


PUBLISHED = "published"  # a setting of OUT: "yes" or not


@dataclass
class Written:
    """What was written: how many reports, the first, the unread, how many submissions have none yet.

    `texts` is how many texts stand in feedback/; `remarks` are for staff, a line each.
    """

    count: int = 0
    waiting: int = 0
    texts: int = 0
    first: list[Report] = field(default_factory=list)
    unread: list[Report] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def write_reports(out: Path, book: Gradebook, run: Run, *, afresh: bool = False) -> Written:
    """Write all that follows from a run, the newest reports and what staff decided, in full agreement.

    Whether results are published, and whether feedback/ is wanted, is remembered in the gradebook.
    `afresh` also writes pages again that are younger than their reports.
    """
    return OutFolder(out, book, run).write(afresh)


class OutFolder:
    """OUT/ as it is being written: what one look at every submission leaves for tables and pages."""

    def __init__(self, out: Path, book: Gradebook, run: Run) -> None:
        self.out, self.book, self.run = out, book, run
        self.reports = reports_folder(out)
        self.published = book.setting(PUBLISHED) == "yes"
        self.title = run.about.title or run.assignment
        self.written = Written()
        self.sections = book.setting(SECTIONS) == "yes"
        self.everyone: list[Standing] = []  # for sections/: also those with nothing but a score by hand
        self.slim: list[Report] = []  # of all who handed something in
        self.facts: dict[str, Facts] = {}
        self.absent: dict[str, float] = {}  # scores set by hand for those who did not

    def write(self, afresh: bool) -> Written:
        """Write everything, and return what was written."""
        self.write_submissions(afresh)
        self.written.remarks += write_waiting(self.out, self.slim)
        self.write_pages()
        if self.run.about.has_roster:
            replace_file(self.out / "missing.csv", str(missing_table(self.run.about.missing)))
        nobody = without_row(self.book, self.run, self.absent)
        self.written.remarks += lost_decisions(self.book, nobody)
        remove(self.reports, nobody, ("json", "html"))
        self.write_texts()
        self.written.count, self.written.first = len(self.slim), self.slim[:ROWS_SHOWN]
        self.written.unread = [report for report in self.slim if not was_readable(report)]
        return self.written

    def write_submissions(self, afresh: bool) -> None:
        """Write each report, its page, and the tables with a line for each of them."""
        names = [f"{self.run.assignment}.{name}" for name in self.run.about.questions]
        grades, roster, others = grades_table(names), Table(ROSTER_HEAD), self.student_tables()
        same: dict[object, object] = {}
        for one in standings(self.book, self.run):
            if one is None:
                self.written.waiting += 1
                continue
            report, facts = one.report, page_facts(one.row, same)
            write_report(self.reports, report)
            write_page(self.reports, report, afresh=afresh)
            self.facts[report.submission] = facts
            grades.add(grades_row(report, names))
            for person in one.row.people:
                roster.add(roster_row(report, person, facts.submitted))
                for table in others.values():
                    table.take(report, person)
            slim = slimmed(report, same)
            if self.sections:
                self.everyone.append(replace(one, report=slim))
            if one.absent:
                self.absent[report.submission] = report.score
            else:
                self.slim.append(slim)
                self.written.remarks += decided_on_other_work(self.book, report)
        self.written.remarks += changes_in_moodle(others["moodle"])
        texts = {"grades": grades, "roster_grades": roster, **others}
        for name, text in texts.items():
            replace_file(self.out / f"{name}.csv", str(text))

    def student_tables(self) -> dict[str, StudentTable | MoodleTable]:
        """Return the tables for platforms: Canvas and Moodle, and others that the class comes from."""
        about = self.run.about
        most = math.fsum([*about.points.values(), about.quiz])
        tables: dict[str, StudentTable | MoodleTable] = {
            "canvas": canvas_table(self.title, most, about.canvas_column),
            "moodle": MoodleTable(about.worksheet, self.handback_of),
            "brightspace": brightspace_table(self.title),
            "blackboard": blackboard_table(self.title, most, about.blackboard_column),
        }
        return {name: tables[name] for name in tables if name in ("canvas", "moodle", *about.platforms)}

    def write_pages(self) -> None:
        """Write the class's page, and a page for each section if that is wanted."""
        by_hand = {name: f"{name}: {number(score)}, set by hand" for name, score in self.absent.items()}
        absent = list(absent_rows(self.run, list(self.book.rows(self.run.id))))
        listed = [by_hand.get(row.name, row.name) for row in absent]
        about: dict[str, Any] = {
            "links": {report.submission: file_name(report.submission) for report in self.slim},
            "facts": self.facts,
            "due": self.run.about.terms.get("due date", "").replace("none", ""),
        }
        page = index_parts(self.slim, self.run.about.title, missing=listed, **about)
        replace_parts(self.out / "index.html", page)
        missing = [row.people[0] for row in absent if row.name not in self.absent]
        title = self.run.about.title
        names = write_sections(self.out, self.everyone, missing, title, about) if self.sections else []
        tidy(self.out / SECTIONS, self.book, names)

    def write_texts(self) -> None:
        """Write feedback/ if it is wanted."""
        wanted = standings(self.book, self.run) if self.book.setting(FEEDBACK) == "yes" else ()
        texts = write_handbacks(self.out, ((one, self.handback_of(one.report)) for one in wanted if one))
        tidy(self.out / FEEDBACK, self.book, texts)
        self.written.texts = len(texts)

    def handback_of(self, report: Report) -> str:
        """Return what a student may read now: until publication, with looks at hidden mistakes."""
        return handback(report, looks_of(self.book, self.run, report), published=self.published)


def write_waiting(out: Path, reports: Sequence[Report]) -> Iterator[str]:
    """Write waiting.csv, answers that a person has to read; yield a remark if there are any."""
    table, count = Table(["student", "question", "answer", "points", "comment"]), 0
    for report in reports:
        for answer in report.quiz:
            if answer.outcome is Outcome.WAITING:
                table.add([report.submission, f"quiz.{answer.id}", answer.given, "", ""])
                count += 1
    if count or (out / "waiting.csv").exists():
        replace_file(out / "waiting.csv", str(table))
    if count:
        yield (
            f"{count} quiz answers wait for a person: fill in points in a copy of {out / 'waiting.csv'}, then"
            f" autograder comments {out} FILE --by NAME"
        )


def changes_in_moodle(table: StudentTable | MoodleTable) -> Iterator[str]:
    """Yield a remark if moodle.csv has other scores than the worksheet, where staff may have set them."""
    if isinstance(table, MoodleTable) and table.changes:
        yield (
            f"moodle.csv changes {len(table.changes)} grades that the worksheet has: {listing(table.changes)}"
            " (if one was set in Moodle by hand, autograder override keeps it)"
        )


def page_facts(row: Row, same: dict[object, object]) -> Facts:
    """Return what the class's page tells of a submission besides its report."""
    sections = " and ".join(dict.fromkeys(person.section for person in row.people if person.section))
    submitted = f"{row.submitted_at:%Y-%m-%d %H:%M}" if row.submitted_at else ""
    return Facts(str(same.setdefault(sections, sections)), submitted)


def looks_of(book: Gradebook, run: Run, report: Report) -> list[str]:
    """Return what a student may know of hidden mistakes before publication: a look for each new work."""
    if not run.about.previews:
        return []
    works, work = book.works(report.submission), report.receipt.get("submission_sha256")
    used = works.index(work) if work in works else len(works)
    return preview(report, run.about.previews, used)


def without_row(book: Gradebook, run: Run, absent: Collection[str]) -> list[str]:
    """Return the names of which earlier runs wrote reports, and which have none now."""
    gone = {*book.gone(run.id), *book.set_by_hand()} - {*book.names(run.id), *absent}
    return sorted(gone)


def decided_on_other_work(book: Gradebook, report: Report) -> Iterator[str]:
    """Yield a remark if a score or points were set by hand on work that was handed in anew since."""
    by_hand = book.by_hand(report.submission)
    set_by_hand = [
        *((number(one.score), one.content_hash) for one in by_hand.overrides[-1:] if one.score is not None),
        *(
            (f"points of {one.question or 'all'}", one.content_hash)
            for one in by_hand.comments
            if one.has_points
        ),
    ]
    if old := [what for what, content_hash in set_by_hand if is_older(content_hash, report)]:
        yield (
            f"{report.submission} handed in other work after {listing(old)} was set by hand, which still"
            " counts: override --remove, or a line of comments without points, lets the new work count"
        )


def lost_decisions(book: Gradebook, names: Iterable[str]) -> Iterator[str]:
    """Yield a remark for each score or points set by hand on a name that is not in the class any more."""
    for name in names:
        by_hand = book.by_hand(name)
        lost = [one.question or "the whole" for one in by_hand.comments]
        if by_hand.overrides and (score := by_hand.overrides[-1].score) is not None:
            lost.insert(0, number(score))
        if lost:
            yield (
                f"{name} is no submission here any more: what was set by hand counts for nobody"
                f" ({listing(lost)}); if work came in under another name, set it there"
            )


def write_report(folder: Path, report: Report) -> None:
    """Write the report of one submission as JSON."""
    replace_file(folder / f"{file_name(report.submission)}.json", to_json(report))


def write_page(folder: Path, report: Report, *, afresh: bool = False) -> None:
    """Write the page of one submission; one that is younger than its report stays, unless `afresh`."""
    name = file_name(report.submission)
    path, origin = folder / f"{name}.html", folder / f"{name}.json"
    with contextlib.suppress(OSError):
        if not afresh and path.stat().st_mtime_ns >= origin.stat().st_mtime_ns:
            return
    replace_file(path, student_html(report))
    os.utime(path)
