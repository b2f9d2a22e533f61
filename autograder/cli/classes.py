"""What the commands about a class share: prepare it, carry it out, find things in its gradebook."""

import contextlib
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import click
from msgspec.structs import replace

from autograder.batch.backend import Backend, LocalBackend
from autograder.batch.files import file_name, made, replace_file
from autograder.batch.outputs import Written
from autograder.batch.run import grade_class
from autograder.batch.tasks import Batch, Stopped, Wishes
from autograder.batch.terms import changed_terms, terms_of
from autograder.cli.progress import progress, stoppable
from autograder.cluster.client import ClusterBackend
from autograder.cluster.processes import ProcessesBackend, processes_for
from autograder.config import FILE as SETTINGS
from autograder.config import Course, load_config
from autograder.errors import InputError, nearest
from autograder.gradebook.book import Gradebook
from autograder.gradebook.current import absent_rows, blank, standing, standing_of_absent
from autograder.gradebook.database import BOOK_FILE as BOOK
from autograder.gradebook.records import Run
from autograder.grading.opening import open_grader
from autograder.quiz.alone import insist_on_questions, quiz_alone
from autograder.reports.code import Cell, marked_code
from autograder.reports.html import student_html
from autograder.reports.terminal import printable, to_table
from autograder.results import Report
from autograder.roster.intake import EXTENSIONS, Intake, Options, Row, take_in
from autograder.roster.people import Index
from autograder.sandbox.elsewhere import insist_on_linux
from autograder.submission.archive import listing
from autograder.submission.layouts import find_submissions, left_out
from autograder.submission.reading import read_entry, source_of
from autograder.submission.work import task_of

LISTS = ("roster", "submitted", "extensions")
REMARKS_SHOWN = 10  # remarks on standard error
TOLD_UNREAD = 30  # submissions that could not be read


def prepared(
    course: Course, stem: str, folder: Path, options: Options, wishes: Wishes, quiet: bool,
    cluster: str | None = None, processes: int | None = None,
) -> Batch:  # fmt: skip
    """Return a class that is ready to be graded, here or on a cluster; say what is odd about it."""
    if not cluster:
        insist_on_linux()
    insist_on_lists(options)
    if options.quiz_only:
        course = quiz_alone(course, stem)
    else:
        insist_on_questions(course, stem)
    extensions = course.root / EXTENSIONS
    if not options.extensions and extensions.exists():
        options = replace(options, extensions=str(extensions.resolve()))
    entries = find_submissions(folder, stem)
    intake = take_in(entries, course, stem, options)
    lists = {Path(path).name for path in (options.roster, options.submitted, options.extensions)}
    if others := [name for name in left_out(folder, entries) if name not in lists]:
        intake.remarks.insert(0, f"in the folder, but no code, zip or quiz: {listing(others)}")
    if not quiet:
        tell_oddities(intake)

    def open_backend() -> Backend:
        if cluster:
            return ClusterBackend(cluster, course, stem, options, batch.stop, batch.say)
        count = processes or processes_for(len(entries))
        if count > 1:
            return ProcessesBackend(count, course, stem, options, wishes.jobs, batch.say)
        grader = open_grader(course, stem, options.without, hidden_anyway=options.hidden_anyway)
        return LocalBackend(grader)

    batch = Batch(open_backend, intake, folder, options, wishes, terms=terms_of(course, stem))
    return batch


def insist_on_lists(options: Options) -> None:
    """Raise if a list is not there: without it grades would change, and nobody would be told."""
    for kind in LISTS:
        path = getattr(options, kind)
        if path and not Path(path).is_file():
            raise InputError(
                f"{path} is not there: put it back, give --{kind} FILE, or --without-list {kind}"
            )


def absolute(lists: Mapping[str, Path | None]) -> dict[str, str]:
    """Return the lists that were given, by their full paths."""
    return {name: str(path.resolve()) for name, path in lists.items() if path}


def last_run(out: Path, stem: str, *, quiz_only: bool) -> Run | None:
    """Return the newest run in a folder, None if there is none yet; one of something else is an error."""
    if not (out / BOOK).is_file():
        return None
    with Gradebook(out, create=False) as book:
        run = book.last_run_of(stem)
    if run and run.about.options.quiz_only != quiz_only:
        held = f"the whole of {stem}: give the quiz" if quiz_only else f"its quiz: give the whole of {stem}"
        raise InputError(f"{out} holds the grades of {held} another -o")
    return run


def lists_of(run: Run | None, given: Mapping[str, str], without: Collection[str]) -> dict[str, str]:
    """Return the lists that a class is graded with: those given, else the last run's, but none `without`."""
    before = {kind: getattr(run.about.options, kind) if run else "" for kind in LISTS}
    return {**before, **given, **dict.fromkeys(without, "")}


def tell_differences(out: Path, run: Run | None, batch: Batch) -> None:
    """Say before anything is graded what is otherwise than in the last run: the course, who is there."""
    if run is None:
        return
    with Gradebook(out, create=False) as book:
        now = {row.name for row in batch.intake.rows}
        gone = [name for name in book.names(run.id) if name not in now]
    lines = list(changed_terms(run, batch.terms))
    if gone:
        lines.append(f"{len(gone)} are not in {batch.folder}, so they leave all tables: {listing(gone)}")
    for line in lines:
        click.echo(f"other than in the last run of this folder: {line}", err=True)


def tell_remarks(remarks: Sequence[str]) -> None:
    """Say what staff should know, a line each, and how many more there are."""
    for line in remarks[:REMARKS_SHOWN]:
        click.echo(line, err=True)
    if len(remarks) > REMARKS_SHOWN:
        click.echo(f"and {len(remarks) - REMARKS_SHOWN} more remarks like these", err=True)


def carried_out(batch: Batch, out: Path, quiet: bool, as_json: bool) -> Written:
    """Grade a class with progress; Ctrl-C ends it in good order."""
    total = len(batch.intake.rows)
    try:
        with stoppable() as stop, progress(total, quiet=quiet, as_json=as_json) as tell:
            batch.tell, batch.stop = tell, stop
            batch.say = lambda line: click.echo(f"autograder: {line}", err=True)
            return grade_class(batch, out)
    except (Stopped, KeyboardInterrupt):
        done = batch.counts["done"]
        click.echo(f"Stopped after {done} of {total}. The same command goes on where it stopped.", err=True)
        sys.exit(1)


def written_summary(written: Written, out: Path) -> str:
    """Return what was written as text for a terminal."""
    tell_remarks(written.remarks)
    shown = written.first
    text = to_table(shown, shown[0].isolation) if shown else ""
    more = written.count - len(shown)
    text += f"and {more} more rows in grades.csv\n" if more else ""
    text += "".join(unread_lines(written.unread))
    return f"{text}\n{written.count} submissions in {out}: index.html, grades.csv, reports/\n"


def unread_lines(unread: Sequence[Report]) -> Iterator[str]:
    """Yield who could not be graded at all, and why: staff may write to them today."""
    if unread:
        yield f"\n{len(unread)} could not be read and score 0:\n"
    for report in unread[:TOLD_UNREAD]:
        yield f"  {printable(report.submission)}: {printable('; '.join(report.notes[:2]))}\n"
    if len(unread) > TOLD_UNREAD:
        yield f"  and {len(unread) - TOLD_UNREAD} more, in index.html\n"


def tell_oddities(intake: Intake) -> None:
    """Say who is missing and what does not fit together, a line each."""
    if intake.missing:
        names = listing((person.name for person in intake.missing), REMARKS_SHOWN, "; ")
        click.echo(f"{len(intake.missing)} on the roster handed in nothing (missing.csv): {names}", err=True)
    tell_remarks(intake.remarks)


@contextlib.contextmanager
def last_graded(out: Path) -> Iterator[tuple[Gradebook, Run]]:
    """Open the gradebook in a folder; yield it and the newest run in it."""
    with Gradebook(out, create=False) as book:
        run = book.last_run()
        if run is None:
            raise InputError(f"{out} holds no grades yet: autograder grade FOLDER -a STEM -o {out}")
        yield book, run


def course_of(run: Run, root: Path) -> Course:
    """Return the course in `root` if it has the assignment, else the one the class was graded with."""
    options = run.about.options
    course = load_config(root) if (root / SETTINGS).exists() else None
    if course is None or (options.course and run.assignment not in course.settings.assignments):
        course = load_config(Path(options.course or root))
    return quiz_alone(course, run.assignment) if options.quiz_only else course


def report_of(book: Gradebook, run: Run, row: Row, out: Path) -> Report:
    """Return a submission's report as it counts; of somebody who handed in nothing an empty one."""
    if book.row(run.id, row.name) is None:
        absent = standing_of_absent(book, run, row)
        return absent.report if absent else blank(run, row)
    found = standing(book, row)
    if found is None:
        raise InputError(f"{row.name} is not graded yet: autograder regrade {out}")
    return found.report


class Class:
    """Everybody in a gradebook's newest run: who handed in, and who on the roster did not."""

    def __init__(self, book: Gradebook, run: Run) -> None:
        self._rows = {row.name: row for row in book.rows(run.id)}
        self._rows |= {row.name: row for row in absent_rows(run, list(self._rows.values()))}
        self._names = list(self._rows)
        people = [(at, person) for at, row in enumerate(self._rows.values()) for person in row.people]
        self._index = Index(people)

    def find(self, name: str) -> Row:
        """Return who is meant: by a submission's name, or by its student's name, id or address."""
        if name in self._rows:
            return self._rows[name]
        found = self._index.called(name)
        if len(found) == 1:
            return self._rows[self._names[found.pop()]]
        if found:
            raise InputError(f"{name} may be any of {', '.join(sorted(self._names[at] for at in found))}")
        known = [*self._names, *(person.name for row in self._rows.values() for person in row.people)]
        raise InputError(f"there is no submission {name} in the gradebook{nearest(name, known)}")


def staff_page(out: Path, run: Run, course: Course, report: Report) -> Path:
    """Write the page of a submission for staff, with its code if it is still there; return where."""
    entries = find_submissions(run.folder, run.assignment)
    cells: list[Cell] = []
    for entry in entries:
        if entry.name == report.submission:
            submission = read_entry(entry, task_of(course, run.assignment))
            if not submission.problem:
                source = source_of(submission, run.assignment)
                cells = marked_code(report, source.name, source.cells)
    path = made(out / "staff") / f"{file_name(report.submission)}.html"
    replace_file(path, student_html(report, staff=True, code=cells))
    return path
