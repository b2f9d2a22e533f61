"""The commands about a term and about what staff look into: comments, similar, viva, term, new-term."""

from datetime import datetime
from pathlib import Path

import click

from autograder.cli.class_commands import FILE_PATH, FOLDER_PATH, jobs_option, out_argument, quiet_option


@click.command()
@out_argument
@click.argument("table", type=FILE_PATH)
@click.option("--by", "author", required=True, help="Who decides; staff read it.")
@click.option("--bonus", is_flag=True, help="Points may be more than a question is worth.")
def comments(out: Path, table: Path, author: str, bonus: bool) -> None:
    """Take in points and comments by hand from a CSV or YAML."""
    from autograder.batch.comments import read_comments
    from autograder.batch.outputs import write_reports
    from autograder.cli import classes

    if not author.strip():
        raise click.UsageError("--by must say something")
    with classes.last_graded(out) as (book, run):
        found = read_comments(table, book, classes.Class(book, run).find, author.strip(), bonus=bonus)
        book.comment(found.new)
        written = write_reports(out, book, run)
    click.echo(
        f"{len(found.new)} taken in, {found.known} known already; all files in {out} are written again"
    )
    classes.tell_remarks(written.remarks)


@click.command()
@click.argument("folders", nargs=-1, required=True, type=FOLDER_PATH)
@click.option(
    "-o", "--out", type=FOLDER_PATH, help="Where term.csv and term.html go (default: the first folder)."
)
@click.option("--section", default="", help="Only the students of this section of the roster.")
@click.pass_obj
def term(root: Path, folders: tuple[Path, ...], out: Path | None, section: str) -> None:
    """Combine the assignments of a term in one table."""
    from autograder.config import FILE as SETTINGS
    from autograder.config import load_config
    from autograder.term.outputs import write_term
    from autograder.term.table import term_of

    course = load_config(root).settings.assignments if (root / SETTINGS).is_file() else {}
    found = term_of(folders, {stem: one.weight for stem, one in course.items()}, section)
    paths = write_term(found, out or folders[0], section)
    behind = sum(any(True for _ in found.worries(student)) for student in found.students)
    click.echo(
        f"{len(found.students)} students, {len(found.assignments)} assignments; look at {behind} of them"
    )
    for remark in found.remarks():
        click.echo(remark, err=True)
    click.echo("\n".join(map(str, paths)))


@click.command("new-term")
@click.option("--first-due", metavar="DATE", help="When the first assignment is due; all dates move along.")
@click.option("--seed", type=click.IntRange(min=0), help="The term's seed (default: drawn).")
@click.option("--dry-run", is_flag=True, help="Print what would change; write nothing.")
@click.pass_obj
def new_term(root: Path, first_due: str | None, seed: int | None, dry_run: bool) -> None:
    """Prepare grading.yml for a new term."""
    from autograder.batch.files import replace_file
    from autograder.config import FILE as SETTINGS
    from autograder.config import load_config
    from autograder.roster.intake import EXTENSIONS
    from autograder.term.new_term import for_new_term

    zone = load_config(root).settings.zone
    try:
        day = datetime.fromisoformat(first_due).date() if first_due else None
    except ValueError:
        raise click.UsageError(f"--first-due must be a date such as 2027-04-20, not {first_due}") from None
    made = for_new_term((root / SETTINGS).read_text("utf-8-sig"), day, seed)
    click.echo("seed: a new one; hidden inputs are drawn anew")
    now = datetime.now().astimezone()
    for stem, before, due in made.dates:
        past = "; this is in the past: give --first-due DATE" if due < now else ""
        was = "" if due == before else f", was {before:%a %Y-%m-%d}"
        click.echo(f"{stem}: due {due:%a %Y-%m-%d %H:%M %z}{was}{past}")
    if made.dates and zone is None:
        click.echo("UTC offsets stay as they are: where clocks change, name time_zone in grading.yml first")
    if (root / EXTENSIONS).exists():
        click.echo(f"{EXTENSIONS} is the last term's: move it away")
    if dry_run:
        click.echo("Nothing was written (--dry-run).")
        return
    replace_file(root / SETTINGS, made.text)
    click.echo("next: autograder doctor, then autograder build; grade into new folders (docs/new-term.md)")


@click.command()
@out_argument
@click.option("--against", multiple=True, type=FOLDER_PATH, help="An earlier term's folder; may be repeated.")
@click.option("--export", "exported", type=FOLDER_PATH, help="Also write folders that JPlag and Dolos read.")
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@click.pass_obj
def similar(root: Path, out: Path, against: tuple[Path, ...], exported: Path | None, quiet: bool) -> None:
    """List similar submissions for a person to review."""
    from autograder.cli import classes
    from autograder.cli.progress import counting
    from autograder.similar.answers import with_answers
    from autograder.similar.gather import folder_of, gathered, handed_out_prints
    from autograder.similar.outputs import export, write_similar
    from autograder.similar.pairs import pairs_of
    from autograder.submission.work import task_of

    with classes.last_graded(out) as (_, run):
        course = classes.course_of(run, root)
    with counting("read", quiet=quiet) as tell:
        task = task_of(course, run.assignment)
        mine = gathered(run.folder, task, out, "", tell)
        works, graded = list(mine.works), list(mine.graded)
        for folder in against:
            place, out_of_it = folder_of(folder)
            other = gathered(place, task, out_of_it, folder.name, tell)
            works, graded = works + other.works, graded + other.graded
    with counting("asked again", quiet=quiet) as tell:
        works = with_answers(course, run.assignment, works, graded, tell)
    pairs = pairs_of(works, handed_out_prints(course, run.assignment))
    path = write_similar(out, run.about.title, pairs, mine.names, len(works))
    if exported:
        submissions = [one for one, _ in mine.graded]
        export(exported, course, run.assignment, list(zip(submissions, mine.works, strict=True)))
        click.echo(f"java -jar jplag.jar -l python3 -bc BASE {exported / 'submissions'}")
        click.echo(f"dolos run -l python {exported / 'info.csv'}")
    if not quiet:
        click.echo(f"pairs to look at: {len(pairs)}; works that name others: {len(mine.names)}; {path}")


@click.command()
@out_argument
@click.option("--answers", type=FOLDER_PATH, help="Grade the answer sheets in this folder into viva.csv.")
@jobs_option
@quiet_option
@click.pass_obj
def viva(root: Path, out: Path, answers: Path | None, jobs: int | None, quiet: bool) -> None:
    """Ask students about their own code: sheets and a key."""
    from autograder.cli import classes
    from autograder.cli.progress import counting
    from autograder.grading.opening import at_once, open_grader
    from autograder.viva.answers import grade_answers
    from autograder.viva.run import sheets_of
    from autograder.viva.sheets import write_sheets

    if answers is not None:
        path, back, asked = grade_answers(out, answers)
        click.echo(f"{back} of {asked} answer sheets came back: {path}")
        return
    with classes.last_graded(out) as (book, run):
        course = classes.course_of(run, root)
        due = course.assignment(run.assignment).due
        if due is not None and due > datetime.now().astimezone():
            click.echo(
                "the deadline is not over: sheets quote hints that students should not have yet", err=True
            )
        grader = open_grader(course, run.assignment)
        try:
            with counting("asked about", quiet=quiet) as tell:
                sheets = sheets_of(book, run, grader, jobs or at_once(), tell)
        finally:
            grader.close()
    folder = write_sheets(out, run.about.title, sheets)
    asked = sum(bool(sheet.questions) for sheet in sheets)
    click.echo(f"{asked} sheets; {len(sheets) - asked} with nothing to ask about (key.html says why)")
    click.echo(f"print {folder / 'sheets.html'}; for staff only: key.html, key.csv")


TERM_COMMANDS = (comments, similar, term, new_term, viva)
