"""The command that asks students about their own code."""

from datetime import datetime
from pathlib import Path

import click

from autograder.cli.class_commands import FOLDER_PATH, jobs_option, out_argument, quiet_option


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
