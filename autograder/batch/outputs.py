"""Write OUT/ from the gradebook: what people and other programs read. Everything here can be made again."""

import contextlib
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from msgspec.structs import replace as changed

from autograder.batch.files import file_name, remove, replace, replace_parts, reports_folder
from autograder.batch.folders import FEEDBACK, SECTIONS, tidy, write_handbacks, write_sections
from autograder.gradebook.book import Gradebook
from autograder.gradebook.byhand import is_older
from autograder.gradebook.current import Standing, absent_rows, standing, standing_of_absent
from autograder.gradebook.records import Run
from autograder.reports.canvas import canvas_row, canvas_table
from autograder.reports.html import Facts, index_parts, student_html
from autograder.reports.moodle import moodle_table
from autograder.reports.other_platforms import (
    blackboard_row,
    blackboard_table,
    brightspace_row,
    brightspace_table,
)
from autograder.reports.previews import preview
from autograder.reports.statistics import readable
from autograder.reports.tables import Table, grades_row, grades_table, missing_table, roster_row, roster_table
from autograder.reports.terminal import number
from autograder.results import CheckResult, Outcome, QuestionResult, Report, to_json
from autograder.roster.intake import Row
from autograder.roster.people import Index
from autograder.submission.archive import listing

SHOWN = 40  # rows that a terminal is given
Output = TypeVar("Output")


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
    published = book.setting(PUBLISHED) == "yes"
    folder = reports_folder(out)
    names = [f"{run.assignment}.{name}" for name in run.about.questions]
    grades, moodle, canvas = grades_table(names), moodle_table(run.about.worksheet), None
    roster, facts = roster_table(), dict[str, Facts]()
    title = run.about.title or run.assignment
    others = other_tables(run, title)
    written, slim = Written(), []
    same: dict[object, object] = {}
    absent: dict[str, float] = {}
    for one in standings(book, run):
        if one is None:
            written.waiting += 1
            continue
        report = one.report
        write_report(folder, report)
        write_page(folder, report, afresh=afresh)
        grades.add(grades_row(report, names))
        canvas = canvas or canvas_table(title, report.max_score, run.about.canvas_column)
        facts[report.submission] = facts_of(one.row, same)
        for person in one.row.people:
            roster.add(roster_row(report, person, facts[report.submission].submitted))
            canvas.add(canvas_row(report, person))
            moodle.add(report, person, looks_of(book, run, one), published=published)
            if "brightspace" in others:
                others["brightspace"].add(brightspace_row(report, person))
            if "blackboard" in others:
                others["blackboard"].add(blackboard_row(report, person))
        if one.absent:
            absent[report.submission] = report.score
        else:
            slim.append(slimmed(report, same))
            written.remarks += decided_on_other_work(book, report)
    links = {report.submission: file_name(report.submission) for report in slim}
    missing = [
        f"{row.name}: {number(absent[row.name])}, set by hand" if row.name in absent else row.name
        for row in absent_rows(run, book.names(run.id))
    ]
    about: dict[str, Any] = {
        "links": links,
        "facts": facts,
        "due": run.about.terms.get("due date", "").replace("none", ""),
    }
    replace_parts(out / "index.html", index_parts(slim, run.about.title, missing=missing, **about))
    replace(out / "grades.csv", str(grades))
    replace(out / "roster_grades.csv", str(roster))
    written.remarks += write_waiting(out, slim)
    sections = write_sections(out, slim, run.about.title, about) if book.setting(SECTIONS) == "yes" else []
    tidy(out / SECTIONS, book, sections)
    replace(out / "canvas.csv", str(canvas or canvas_table(title, 0.0, run.about.canvas_column)))
    replace(out / "moodle.csv", str(moodle))
    for name, table in others.items():
        replace(out / f"{name}.csv", str(table))
    if run.about.has_roster:
        replace(out / "missing.csv", str(missing_table(run.about.missing)))
    nobody = without_row(book, run, absent)
    written.remarks += lost_decisions(book, nobody)
    remove(folder, nobody, ("json", "html"))
    wanted = standings(book, run) if book.setting(FEEDBACK) == "yes" else ()
    texts = write_handbacks(
        out, ((one, looks_of(book, run, one)) for one in wanted if one), published=published
    )
    tidy(out / FEEDBACK, book, texts)
    written.texts = len(texts)
    written.count, written.first = len(slim), slim[:SHOWN]
    written.unread = [report for report in slim if not readable(report)]
    return written


def other_tables(run: Run, title: str) -> dict[str, Table]:
    """Return the tables for those platforms that the class comes from."""
    most = sum(run.about.points.values()) + run.about.quiz
    made_for = {
        "brightspace": brightspace_table(title),
        "blackboard": blackboard_table(title, most, run.about.blackboard_column),
    }
    return {name: table for name, table in made_for.items() if name in run.about.platforms}


def write_waiting(out: Path, reports: Sequence[Report]) -> Iterator[str]:
    """Write waiting.csv, answers that a person has to read; yield a remark if there are any."""
    table, count = Table(["student", "question", "answer", "points", "comment"]), 0
    for report in reports:
        for answer in report.quiz:
            if answer.outcome is Outcome.WAITING:
                table.add([report.submission, f"quiz.{answer.id}", answer.given, "", ""])
                count += 1
    if count or (out / "waiting.csv").exists():
        replace(out / "waiting.csv", str(table))
    if count:
        yield (
            f"{count} quiz answers wait for a person: fill in points in a copy of {out / 'waiting.csv'}, then"
            f" autograder comments {out} FILE --by NAME"
        )


def facts_of(row: Row, same: dict[object, object]) -> Facts:
    """Return what the class's page tells of a submission besides its report."""
    sections = " and ".join(dict.fromkeys(person.section for person in row.people if person.section))
    submitted = f"{row.submitted_at:%Y-%m-%d %H:%M}" if row.submitted_at else ""
    return Facts(str(same.setdefault(sections, sections)), submitted)


def looks_of(book: Gradebook, run: Run, one: Standing) -> list[str]:
    """Return what a student may know of hidden mistakes before publication: a look for each new work."""
    if not run.about.previews:
        return []
    works, work = book.works(one.report.submission), one.report.receipt.get("submission_sha256")
    used = works.index(work) if work in works else len(works)
    return preview(one.report, run.about.previews, used)


def with_doubts(one: Standing, everyone: Index, rows: Sequence[Row]) -> Standing:
    """Return where a submission stands, with a note to staff if its quiz bears another student's name."""
    said = one.report.quiz_student
    whose = sorted(rows[at].name for at in everyone.called(said)) if said else []
    if not whose or one.row.name in whose:
        return one
    note = f"quiz.yml bears the name {said}, which is that of {listing(whose)}"
    return Standing(one.row, changed(one.report, staff_notes=[note, *one.report.staff_notes]), one.absent)


def standings(book: Gradebook, run: Run) -> Iterator[Standing | None]:
    """Yield where each submission of a run stands, one at a time; None for one not graded yet.

    Those who handed in nothing and have a score by hand come last.
    """
    rows = list(book.rows(run.id))
    everyone = Index([(at, person) for at, row in enumerate(rows) for person in row.people])
    for row in rows:
        found = standing(book, row)
        yield found and with_doubts(found, everyone, rows)
    for row in absent_rows(run, book.names(run.id)):
        if (found := standing_of_absent(book, run, row)) is not None:
            yield found


def without_row(book: Gradebook, run: Run, absent: Collection[str]) -> list[str]:
    """Return the names of which earlier runs wrote reports, and which have none now."""
    gone = {*book.gone(run.id), *book.set_by_hand()} - {*book.names(run.id), *absent}
    return sorted(gone)


def decided_on_other_work(book: Gradebook, report: Report) -> Iterator[str]:
    """Yield a remark if a score was set by hand on work that was handed in anew since."""
    by_hand = book.by_hand(report.submission)
    last = by_hand.overrides[-1] if by_hand.overrides else None
    if last and last.score is not None and is_older(last.content_hash, report):
        yield (
            f"{report.submission} handed in other work after {number(last.score)} was set by hand, which"
            f" still counts; autograder override OUT {report.submission!r} --remove lets the new work count"
        )


def lost_decisions(book: Gradebook, names: Iterable[str]) -> Iterator[str]:
    """Yield a remark for each score set by hand on a name that is not in the class any more."""
    for name in names:
        overrides = book.by_hand(name).overrides
        if overrides and (score := overrides[-1].score) is not None:
            yield (
                f"{name} is no submission here any more: the {number(score)} set by hand counts for nobody;"
                " if work came in under another name, set it there"
            )


def write_report(folder: Path, report: Report) -> None:
    """Write the report of one submission as JSON."""
    replace(folder / f"{file_name(report.submission)}.json", to_json(report))


def write_page(folder: Path, report: Report, *, afresh: bool = False) -> None:
    """Write the page of one submission; one that is younger than its report stays, unless `afresh`."""
    name = file_name(report.submission)
    path, origin = folder / f"{name}.html", folder / f"{name}.json"
    with contextlib.suppress(OSError):
        if not afresh and path.stat().st_mtime_ns >= origin.stat().st_mtime_ns:
            return
    replace(path, student_html(report))
    os.utime(path)


def slimmed(report: Report, same: dict[object, object]) -> Report:
    """Return what the class's page needs of a report; `same` keeps once what is the same in many."""

    def once(value: Output) -> Output:
        return same.setdefault(value, value)  # type: ignore[return-value]

    wrong = [check for check in report.checks if check.outcome is not Outcome.PASSED]
    checks = [once(slim_check(check)) for check in wrong or report.checks[:1]]
    quiz = [
        once(changed(answer, feedback="", staff_note="", prompt=once(answer.prompt)))
        for answer in report.quiz
    ]
    questions = [slim_question(one, same) for one in report.questions]
    return changed(
        report, checks=checks, quiz=quiz, questions=questions, output="", receipt={},
        isolation=same.setdefault(repr(report.isolation), report.isolation),
        notes=[once(note) for note in report.notes],
        assignment=once(report.assignment), title=once(report.title), kit_version=once(report.kit_version),
    )  # fmt: skip


def slim_question(question: QuestionResult, same: dict[object, object]) -> QuestionResult:
    """Return a question's result without its comment, the same object for equal ones."""
    bare = changed(question, comment="")
    key = (bare.id, bare.score, bare.max_score, bare.outcome, bare.hint, *bare.misconceptions)
    return same.setdefault(key, bare)  # type: ignore[return-value]


def slim_check(check: CheckResult) -> CheckResult:
    """Return a check's result without what is not told on the class's page."""
    return changed(
        check, feedback=check.feedback[:200], staff_note="", picture=b"", reference_picture=b"",
        answer_digest="",
    )  # fmt: skip
