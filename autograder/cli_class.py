"""The commands about a class: grade, regrade, report, override, show. Thin, like the rest of the CLI."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autograder.errors import InputError, nearest

if TYPE_CHECKING:
    from autograder.batch import Batch, Wishes
    from autograder.config import Course
    from autograder.gradebook import Gradebook
    from autograder.intake import Intake, Options, Row
    from autograder.outputs import Written
    from autograder.records import Run

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)
TOLD = 10  # remarks on standard error

layers = click.option(
    "--without", multiple=True, metavar="LAYER", help="Switch a layer of the wall off, to see its worth."
)
hidden_anyway = click.option(
    "--hidden-anyway", is_flag=True, help="Run hidden checks even where submissions could read them."
)
jobs_option = click.option(
    "-j", "--jobs", type=click.IntRange(min=1), help="How many at once (default: all processors)."
)
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print a line of JSON a submission.")
roster_option = click.option("--roster", type=FILE, help="CSV of the class: name, id, email; or an LMS's.")
submitted_option = click.option("--submitted", type=FILE, help="CSV of when who handed in.")
extensions_option = click.option(
    "--extensions", type=FILE, help="CSV: student,days or student,until (default: extensions.csv there)."
)
out_argument = click.argument("out", type=FOLDER)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("-a", "--assignment", required=True, help="The assignment's stem.")
@click.option("-o", "--out", required=True, type=FOLDER, help="Where the gradebook and reports go.")
@roster_option
@submitted_option
@extensions_option
@jobs_option
@quiet_option
@json_option
@layers
@hidden_anyway
@click.pass_obj
def grade(
    root: Path, /, folder: Path, assignment: str, out: Path, jobs: int | None, quiet: bool, as_json: bool,
    without: tuple[str, ...], hidden_anyway: bool, **lists: Path | None,
) -> None:  # fmt: skip
    """Grade a folder of submissions; what OUT already holds is not graded again."""
    from autograder.batch import Wishes
    from autograder.config import load_config
    from autograder.intake import Options
    from autograder.reports.terminal import to_table

    course = load_config(root)
    course.assignment(assignment)
    paths = {name: str(path.resolve()) for name, path in lists.items() if path}
    options = Options(**paths, course=str(root.resolve()), without=without, hidden_anyway=hidden_anyway)
    batch = prepared(course, assignment, folder, options, Wishes(jobs or 0), quiet)
    written = carried_out(batch, out, quiet, as_json)
    if quiet or as_json:
        return
    if written.first:
        click.echo(to_table(written.first, written.first[0].isolation), nl=False)
    if len(written.first) < written.count:
        click.echo(f"and {written.count - len(written.first)} more rows in grades.csv")
    click.echo(f"\n{written.count} submissions in {out}: index.html, grades.csv, reports/")


@click.command()
@out_argument
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.option("--never-lower", is_flag=True, help="Where the score from before is better, it stays.")
@click.option("--again", is_flag=True, help="Run everything again; what ends otherwise is a flaky check.")
@roster_option
@submitted_option
@extensions_option
@jobs_option
@quiet_option
@json_option
@click.pass_obj
def regrade(
    root: Path, /, out: Path, dry_run: bool, never_lower: bool, again: bool, jobs: int | None, quiet: bool,
    as_json: bool, **lists: Path | None,
) -> None:  # fmt: skip
    """Grade the class in OUT again, as far as checks, points or files changed, and say what that changes."""
    from msgspec.structs import replace

    from autograder.batch import Wishes
    from autograder.gradebook import Gradebook
    from autograder.regrade import Impact, to_text

    with Gradebook(out, create=False) as book:
        run = run_of(book, out)
    options = run.about.options
    options = replace(options, **{name: str(path.resolve()) for name, path in lists.items() if path})
    course = course_of(run, root)
    wishes = Wishes(jobs or 0, again=again, never_lower=never_lower, dry_run=dry_run)
    impact = Impact()
    batch = prepared(course, run.assignment, run.folder, options, wishes, quiet)
    batch.watch = impact.watch
    carried_out(batch, out, quiet, as_json)
    if not as_json:
        click.echo(to_text(impact, run.assignment, dry_run=dry_run), nl=False)


@click.command()
@out_argument
@click.option("--feedback", is_flag=True, help="Write feedback/ too: a text for each student, to send back.")
@click.option("--published", is_flag=True, help="What waits for publication may be read by students now.")
def report(out: Path, feedback: bool, published: bool) -> None:
    """Write all reports and tables in OUT again, from the gradebook."""
    from autograder.gradebook import Gradebook
    from autograder.outputs import write_handbacks, write_reports

    with Gradebook(out, create=False) as book:
        run = run_of(book, out)
        written = write_reports(out, book, run, published=published, afresh=True)
        click.echo(f"{written.count} reports in {out}")
        if written.waiting:
            click.echo(f"{written.waiting} submissions are not graded yet: autograder regrade {out}")
        if feedback:
            click.echo(f"{write_handbacks(out, book, run, published=published)} texts in {out / 'feedback'}")


@click.command()
@out_argument
@click.argument("submission")
@click.argument("score", type=click.FloatRange(min=0), required=False)
@click.option("--reason", required=True, help="Why; the student reads it.")
@click.option("--author", required=True, help="Who decides; staff read it.")
@click.option("--remove", is_flag=True, help="Let the computed score count again.")
def override(
    out: Path, submission: str, score: float | None, reason: str, author: str, remove: bool
) -> None:
    """Set a submission's score by hand; every later report shows that it was."""
    from autograder.gradebook import Gradebook
    from autograder.outputs import write_reports

    if remove == (score is not None):
        raise click.UsageError("give a SCORE, or --remove")
    if not reason.strip() or not author.strip():
        raise click.UsageError("--reason and --author must say something")
    with Gradebook(out, create=False) as book:
        run = run_of(book, out)
        row = find_row(book, run, submission)
        if book.newest(row.name) is None:
            raise InputError(f"{row.name} is not graded yet: autograder regrade {out}")
        book.override(row.name, score, author.strip(), reason.strip())
        write_reports(out, book, run)
    told = "counts as computed again" if score is None else f"now has {score:g}"
    click.echo(f"{row.name} {told}; grades.csv and the reports are written again")


@click.command()
@out_argument
@click.argument("submission")
@click.option("--student", is_flag=True, help="Show what the student may read, once all is published.")
def show(out: Path, submission: str, student: bool) -> None:
    """Print the report on one submission, and how its score came about."""
    from autograder.gradebook import Gradebook
    from autograder.reports.handback import handback
    from autograder.reports.history import to_history
    from autograder.reports.terminal import to_terminal
    from autograder.standing import standing

    with Gradebook(out, create=False) as book:
        run = run_of(book, out)
        row = find_row(book, run, submission)
        found = standing(book, row)
        if found is None:
            raise InputError(f"{row.name} is not graded yet: autograder regrade {out}")
        if student:
            click.echo(handback(found.report, published=True), nl=False)
        else:
            click.echo(to_terminal(found.report), nl=False)
            click.echo(to_history(book.history(row.name), book.overrides(row.name)), nl=False)


CLASS_COMMANDS = (grade, regrade, report, override, show)


def prepared(
    course: "Course", stem: str, folder: Path, options: "Options", wishes: "Wishes", quiet: bool
) -> "Batch":
    """Return a class that is ready to be graded; say what is odd about it."""
    from msgspec.structs import replace

    from autograder.batch import Batch
    from autograder.grading import open_grader
    from autograder.intake import EXTENSIONS, take_in
    from autograder.layouts import find_submissions

    extensions = course.root / EXTENSIONS
    if not options.extensions and extensions.exists():
        options = replace(options, extensions=str(extensions.resolve()))
    intake = take_in(find_submissions(folder, stem), course, stem, options)
    if not quiet:
        tell_oddities(intake)
    return Batch(
        lambda: open_grader(course, stem, options.without, hidden_anyway=options.hidden_anyway),
        intake, folder, options, wishes,
    )  # fmt: skip


def carried_out(batch: "Batch", out: Path, quiet: bool, as_json: bool) -> "Written":
    """Grade a class with progress; Ctrl-C ends it in good order."""
    from autograder.batch import Stopped, grade_class
    from autograder.progress import progress, stoppable

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


def tell_oddities(intake: "Intake") -> None:
    """Say who is missing and what does not fit together, a line each."""
    from autograder.archive import listing

    if intake.missing:
        names = listing((person.name for person in intake.missing), TOLD)
        click.echo(f"{len(intake.missing)} on the roster handed in nothing (missing.csv): {names}", err=True)
    for line in intake.remarks[:TOLD]:
        click.echo(line, err=True)
    if len(intake.remarks) > TOLD:
        click.echo(f"and {len(intake.remarks) - TOLD} more remarks like these", err=True)


def run_of(book: "Gradebook", out: Path) -> "Run":
    """Return the newest run in a gradebook."""
    run = book.last_run()
    if run is None:
        raise InputError(f"{out} holds no grades yet: autograder grade FOLDER -a STEM -o {out}")
    return run


def course_of(run: "Run", root: Path) -> "Course":
    """Return the course in `root` if it has the assignment, else the one that the class was graded with."""
    from autograder.config import FILE as SETTINGS
    from autograder.config import load_config

    if (root / SETTINGS).exists():
        course = load_config(root)
        if run.assignment in course.settings.assignments or not run.about.options.course:
            return course
    return load_config(Path(run.about.options.course or root))


def find_row(book: "Gradebook", run: "Run", name: str) -> "Row":
    """Return the submission that is meant: by its own name, or by its student's name, id or address."""
    from autograder.roster import Index

    row = book.row(run.id, name)
    if row is not None:
        return row
    rows = list(book.rows(run.id))
    found = Index([(at, person) for at, row in enumerate(rows) for person in row.people]).called(name)
    if len(found) == 1:
        return rows[found.pop()]
    names = [row.name for row in rows]
    if found:
        raise InputError(f"{name} may be any of {', '.join(sorted(names[at] for at in found))}")
    raise InputError(f"there is no submission {name} in it{nearest(name, names)}")
