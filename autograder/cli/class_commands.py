"""The commands about a class: grade, regrade, report, override, show. Thin, like the rest of the CLI.

What they need is imported when they run: `autograder --help` waits for nothing.
"""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

FOLDER_PATH = click.Path(file_okay=False, path_type=Path)
FILE_PATH = click.Path(dir_okay=False, path_type=Path)

LIST_CHOICE = click.Choice(["roster", "submitted", "extensions"])
layers = click.option(
    "--without", multiple=True, metavar="LAYER", help="Disable a sandbox layer (testing only)."
)
hidden_anyway = click.option(
    "--hidden-anyway", is_flag=True, help="Run hidden checks even where submissions could read them."
)
jobs_option = click.option(
    "-j", "--jobs", type=click.IntRange(min=1), help="How many at once (default: one more than processors)."
)
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Print only errors, and changed terms.")
CLASS_OPTIONS = (
    click.option("--roster", type=FILE_PATH,
                 help="CSV: name,id,email,group; or Canvas' gradebook, Moodle's worksheet."),
    click.option("--submitted", type=FILE_PATH,
                 help="CSV: student,submitted at (default: what the export says)."),
    click.option("--extensions", type=FILE_PATH,
                 help="CSV: student,days or student,until (default: the course's)."),
    click.option("--without-list", "without_lists", multiple=True, type=LIST_CHOICE,
                 help="Grade without a list that was given before."),
    jobs_option,
    click.option("--cluster", metavar="ADDRESS",
                 help="Grade on the workers of a Dask cluster, such as tcp://host:8786."),
    click.option("--processes", type=click.IntRange(min=1), metavar="N",
                 help="Grading processes on this machine (default: one for each 8 processors)."),
    quiet_option,
    click.option("--json", "as_json", is_flag=True, help="Print one JSON line per submission."),
)  # fmt: skip


def class_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of all that grades a class."""
    for option in reversed(CLASS_OPTIONS):
        command = option(command)
    return command


class Points(click.ParamType[float]):
    """Points as people write them: 80.5, and 80,5 too."""

    name = "points"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number."""
        from autograder.batch.comments import number_in

        points = number_in(str(value))
        if not 0 <= points < math.inf:
            self.fail(f"{value!r} is no number of points: write it like 80.5", param, ctx)
        return points


out_argument = click.argument("out", type=FOLDER_PATH)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("-a", "--assignment", required=True, help="The assignment's stem.")
@click.option("-o", "--out", required=True, type=FOLDER_PATH, help="Where the gradebook and reports go.")
@class_options
@click.option("--quiz-only", is_flag=True, help="Grade the quiz alone; code is neither run nor read.")
@layers
@hidden_anyway
@click.pass_obj
def grade(
    root: Path, /, folder: Path, assignment: str, out: Path, jobs: int | None, cluster: str | None,
    processes: int | None, quiet: bool, as_json: bool, quiz_only: bool, without: tuple[str, ...],
    hidden_anyway: bool, without_lists: tuple[str, ...], **lists: Path | None,
) -> None:  # fmt: skip
    """Grade a folder of submissions; reuse results in OUT."""
    from autograder.batch.regrade import Impact, unasked_text
    from autograder.batch.tasks import Wishes
    from autograder.cli import classes
    from autograder.config import load_config
    from autograder.roster.intake import Options

    if out.resolve() == folder.resolve():
        raise click.UsageError(f"{out} holds the submissions: give -o a folder of its own")
    course = load_config(root)
    course.assignment(assignment)
    before, given = classes.last_run(out, assignment, quiz_only=quiz_only), classes.absolute(lists)
    paths = classes.lists_of(before, given, without_lists)
    options = Options(
        **paths, course=str(root.resolve()), without=without, hidden_anyway=hidden_anyway, quiz_only=quiz_only
    )
    batch = classes.prepared(
        course, assignment, folder, options, Wishes(jobs or 0), quiet, cluster, processes
    )
    if not quiet:
        again = [path for kind, path in paths.items() if path and kind not in given]
        if again:
            click.echo(f"as before, with {', '.join(again)}", err=True)
        classes.tell_differences(out, before, batch)
    impact = Impact()
    if before:
        batch.watch = impact.watch
    written = classes.carried_out(batch, out, quiet, as_json)
    if not quiet and not as_json:
        click.echo(classes.written_summary(written, out), nl=False)
    if not quiet:
        click.echo(unasked_text(impact), err=True, nl=False)


@click.command()
@out_argument
@click.option("--dry-run", is_flag=True, help="Print what would change; write nothing.")
@click.option("--never-lower", is_flag=True, help="Never lower a score.")
@click.option("--only", multiple=True, metavar="STUDENT", help="Run only this one again; may be repeated.")
@click.option("--again", is_flag=True, help="Re-run everything; report checks whose result differs.")
@class_options
@click.pass_obj
def regrade(
    root: Path, /, out: Path, dry_run: bool, never_lower: bool, only: tuple[str, ...], again: bool,
    jobs: int | None, cluster: str | None, processes: int | None, quiet: bool, as_json: bool,
    without_lists: tuple[str, ...], **lists: Path | None,
) -> None:  # fmt: skip
    """Re-grade what changed, and list the differences."""
    from msgspec.structs import replace

    from autograder.batch.regrade import Impact, impact_text
    from autograder.batch.tasks import Wishes
    from autograder.cli import classes

    with classes.last_graded(out) as (book, run):
        people = classes.Class(book, run) if only else None
        chosen = frozenset(people.find(name).name for name in only) if people else frozenset()
    options = replace(run.about.options, **classes.lists_of(run, classes.absolute(lists), without_lists))
    course = classes.course_of(run, root)
    wishes = Wishes(jobs or 0, again=again, never_lower=never_lower, dry_run=dry_run, only=chosen)
    impact = Impact()
    batch = classes.prepared(course, run.assignment, run.folder, options, wishes, quiet, cluster, processes)
    batch.watch = impact.watch
    classes.tell_differences(out, run, batch)
    written = classes.carried_out(batch, out, quiet, as_json)
    if not quiet:
        classes.tell_remarks(written.remarks)
    if not as_json:
        click.echo(impact_text(impact, run.assignment, dry_run=dry_run), nl=False)


@click.command()
@out_argument
@click.option(
    "--feedback/--no-feedback",
    default=None,
    help="From now on write feedback/ too: a text for each student, to send back.",
)
@click.option(
    "--published/--unpublished", default=None,
    help="Include results marked after_published from now on, or stop.",
)  # fmt: skip
@click.option(
    "--sections/--no-sections", default=None,
    help="From now on write sections/ too: a page and a table for each section of the roster.",
)  # fmt: skip
def report(out: Path, feedback: bool | None, published: bool | None, sections: bool | None) -> None:
    """Write reports and tables again, from the gradebook."""
    from autograder.batch.folders import FEEDBACK, SECTIONS
    from autograder.batch.outputs import PUBLISHED, write_reports
    from autograder.cli import classes

    with classes.last_graded(out) as (book, run):
        for name, wanted in ((PUBLISHED, published), (FEEDBACK, feedback), (SECTIONS, sections)):
            if wanted is not None:
                book.set(name, "yes" if wanted else "no")
        written = write_reports(out, book, run, afresh=True)
        open_ = (
            "results are published" if book.setting(PUBLISHED) == "yes" else "results are not published yet"
        )
    click.echo(f"{written.count} reports in {out}; {open_}")
    if written.waiting:
        click.echo(f"{written.waiting} submissions are not graded yet: autograder regrade {out}")
    if written.texts:
        click.echo(f"{written.texts} texts to send back in {out / 'feedback'}")
    classes.tell_remarks(written.remarks)


@click.command()
@out_argument
@click.argument("submission")
@click.argument("score", type=Points(), required=False)
@click.option("--reason", required=True, help="Why; the student reads it.")
@click.option("--author", required=True, help="Who decides; staff read it.")
@click.option("--remove", is_flag=True, help="Let the computed score count again.")
@click.option("--bonus", is_flag=True, help="The score may be more than the maximum.")
def override(
    out: Path, submission: str, score: float | None, reason: str, author: str, remove: bool, bonus: bool
) -> None:
    """Set a score by hand; every later report says so."""
    from autograder.batch.outputs import write_reports
    from autograder.cli import classes
    from autograder.errors import InputError

    if remove == (score is not None):
        raise click.UsageError("give a SCORE, or --remove")
    if not reason.strip() or not author.strip():
        raise click.UsageError("--reason and --author must say something")
    with classes.last_graded(out) as (book, run):
        row = classes.Class(book, run).find(submission)
        most = classes.report_of(book, run, row, out).max_score
        if score is not None and score > most and not bonus:
            raise InputError(f"{score:g} is more than the {most:g} points there are: --bonus if it is meant")
        book.override(row.name, score, author.strip(), reason.strip())
        written = write_reports(out, book, run)
    told = "counts as computed again" if score is None else f"now has {score:g}"
    who = f"{row.name} (of {row.student})" if len(row.people) > 1 else row.name
    click.echo(f"{who} {told}; all files in {out} are written again")
    classes.tell_remarks(written.remarks)


@click.command()
@out_argument
@click.argument("submission")
@click.option("--student", is_flag=True, help="Show what the student may read, once all is published.")
@click.option(
    "--page", is_flag=True, help="Write staff/: all checks, and the code with failing lines marked."
)
@click.pass_obj
def show(root: Path, out: Path, submission: str, student: bool, page: bool) -> None:
    """Print one report, and how its score came about."""
    from autograder.cli import classes
    from autograder.reports.handback import handback
    from autograder.reports.history import to_history
    from autograder.reports.terminal import to_terminal

    with classes.last_graded(out) as (book, run):
        row = classes.Class(book, run).find(submission)
        found = classes.report_of(book, run, row, out)
        history = to_history(book.history(row.name), book.by_hand(row.name))
    if page:
        click.echo(classes.staff_page(out, run, classes.course_of(run, root), found))
        return
    text = handback(found, published=True) if student else to_terminal(found) + history
    click.echo(text, nl=False)


CLASS_COMMANDS = (grade, regrade, report, override, show)
