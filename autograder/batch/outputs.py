"""Write OUT/ from the gradebook: what people and other programs read. Everything here can be made again."""

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace as changed

from autograder.errors import InputError
from autograder.gradebook.book import Gradebook
from autograder.gradebook.current import Standing, standing
from autograder.gradebook.records import Run
from autograder.reports.canvas import canvas_row, canvas_table
from autograder.reports.handback import handback
from autograder.reports.html import index_html, student_html
from autograder.reports.moodle import moodle_table
from autograder.reports.statistics import readable
from autograder.reports.tables import grades_row, grades_table, missing_table
from autograder.results import Outcome, Report, to_json

LONGEST = 120  # bytes of a file's name without its ending
UNSAFE = re.compile(r'[/\\:*?"<>|]|^[.\- ]|[. ]$|-[0-9a-f]{12}$')
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
SHOWN = 40  # rows that a terminal is given


@dataclass
class Written:
    """What was written: how many reports, the first, the unread, and how many submissions have none yet."""

    count: int = 0
    waiting: int = 0
    first: list[Report] = field(default_factory=list)
    unread: list[Report] = field(default_factory=list)


def write_reports(
    out: Path, book: Gradebook, run: Run, *, published: bool = False, afresh: bool = False
) -> Written:
    """Write all that follows from a run and the newest reports on its submissions.

    Args:
        out: the folder.
        book: the gradebook in it.
        run: which submissions it is about.
        published: whether students may read what waits for publication, in Moodle's comments.
        afresh: write pages again that are younger than their reports.
    """
    folder = reports_folder(out)
    names = [f"{run.assignment}.{name}" for name in run.about.questions]
    grades, moodle, canvas = grades_table(names), moodle_table(run.about.worksheet), None
    title = run.about.title or run.assignment
    written, slim = Written(), []
    same: dict[str, str] = {}
    for one in standings(book, run):
        if one is None:
            written.waiting += 1
            continue
        report = one.report
        write_report(folder, report)
        write_page(folder, report, afresh=afresh)
        grades.add(grades_row(report, names))
        canvas = canvas or canvas_table(title, report.max_score, run.about.canvas_column)
        for person in one.row.people:
            canvas.add(canvas_row(report, person))
            moodle.add(report, person, published=published)
        slim.append(slimmed(report, same))
    links = {report.submission: file_name(report.submission) for report in slim}
    missing = [person.name for person in run.about.missing]
    replace(out / "index.html", index_html(slim, run.about.title, links=links, missing=missing))
    replace(out / "grades.csv", str(grades))
    replace(out / "canvas.csv", str(canvas or canvas_table(title, 0.0, run.about.canvas_column)))
    replace(out / "moodle.csv", str(moodle))
    if run.about.has_roster:
        replace(out / "missing.csv", str(missing_table(run.about.missing)))
    remove(folder, [file_name(name) for name in book.gone(run.id)], ("json", "html"))
    written.count, written.first = len(slim), slim[:SHOWN]
    written.unread = [report for report in slim if not readable(report)]
    return written


def write_handbacks(out: Path, book: Gradebook, run: Run, *, published: bool) -> int:
    """Write feedback/, a text for each student to send back; return how many."""
    folder = made(out / "feedback")
    count = 0
    for one in standings(book, run):
        if one is not None:
            text = handback(one.report, published=published)
            replace(folder / f"{file_name(one.row.returned or one.report.submission)}.txt", text)
            count += 1
    remove(folder, [file_name(name) for name in book.gone(run.id)], ("txt",))
    return count


def standings(book: Gradebook, run: Run) -> Iterator[Standing | None]:
    """Yield where each submission of a run stands, one at a time; None for one not graded yet."""
    for row in book.rows(run.id):
        yield standing(book, row)


def reports_folder(out: Path) -> Path:
    """Return the folder of the reports, without the half files of a grader that was killed."""
    folder = made(out / "reports")
    for half in folder.glob(".*.new"):
        owner = half.name.split(".")[-2]
        if owner.isdecimal() and not is_alive(int(owner)):
            half.unlink(missing_ok=True)
    return folder


def is_alive(pid: int) -> bool:
    """Whether there is a process with this number."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


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


def slimmed(report: Report, same: dict[str, str]) -> Report:
    """Return what the class's page needs of a report, without what weighs most.

    Args:
        report: of one submission.
        same: texts that occur often, kept once.
    """
    keep = same.setdefault
    wrong = [check for check in report.checks if check.outcome is not Outcome.PASSED]
    checks = [
        changed(
            check, id=keep(check.id, check.id), question=keep(check.question, check.question),
            title=keep(check.title, check.title), feedback=keep(check.feedback[:200], check.feedback[:200]),
            staff_note="",
        )
        for check in wrong or report.checks[:1]
    ]  # fmt: skip
    quiz = [
        changed(
            answer,
            id=keep(answer.id, answer.id),
            prompt=keep(answer.prompt, answer.prompt),
            feedback="",
        )
        for answer in report.quiz
    ]
    return changed(report, checks=checks, quiz=quiz, output="", receipt={})


def file_name(submission: str) -> str:
    """Return a submission's name as that of a file: distinct for distinct names, and safe anywhere."""
    plain = "".join(char if char.isprintable() else "_" for char in submission)
    safe = UNSAFE.sub("_", plain)
    cut = safe.encode("utf-8", "replace")[: LONGEST - 13].decode("utf-8", "ignore")
    fits = len(submission.encode("utf-8", "replace")) <= LONGEST and not RESERVED.fullmatch(submission)
    if submission and safe == submission and fits:
        return submission
    digest = hashlib.sha256(submission.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{cut.strip('. ') or '_'}-{digest[:12]}"


def made(folder: Path) -> Path:
    """Return a folder that exists."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder} cannot be made: {error.strerror}") from error
    return folder


def remove(folder: Path, names: list[str], endings: tuple[str, ...]) -> None:
    """Remove what earlier runs wrote on submissions that are gone; the gradebook keeps their reports."""
    for name in names:
        for ending in endings:
            (folder / f"{name}.{ending}").unlink(missing_ok=True)


def replace(path: Path, content: str | bytes) -> None:
    """Write a file beside its place, then move it there; leave an identical one alone."""
    data = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
    with contextlib.suppress(OSError):
        if path.read_bytes() == data:
            return
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        new.write_bytes(data)
        new.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            new.unlink()
        safe = "what is graded is safe, the same command goes on"
        raise InputError(f"{path} cannot be written: {error.strerror}; {safe}") from error
