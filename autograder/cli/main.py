"""The command line: thin. Exit codes: 0 done, 1 something in the input is wrong, 2 wrong usage."""

import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import click

from autograder import __version__
from autograder.cli.author_commands import AUTHOR_COMMANDS, PACKAGE
from autograder.cli.class_commands import CLASS_COMMANDS, FOLDER_PATH, hidden_anyway, layers
from autograder.cli.term_commands import TERM_COMMANDS
from autograder.errors import InputError, KitError

TEXT_BYTES = 1_000_000
# installed, or in a checkout
ATTACKS = (PACKAGE / "redteam" / "attacks", PACKAGE.parent / "tests" / "kit" / "hostile")
HOSTILE = next((folder for folder in ATTACKS if folder.is_dir()), ATTACKS[0])


class Commands(click.Group):
    """Commands whose errors are one line on standard error."""

    def invoke(self, context: click.Context) -> Any:
        """Run a command; what is wrong with its input ends in one line and exit code 1."""
        try:
            return super().invoke(context)
        except (InputError, KitError) as error:
            click.echo(f"autograder: {error}", err=True)
            sys.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
@click.option(
    "--course", "root", type=FOLDER_PATH, default=Path(), help="The course's folder (default: this one)."
)
@click.pass_context
def main(context: click.Context, root: Path) -> None:
    """Grade Python assignments; student code runs in a sandbox."""
    context.obj = root


for command in (*CLASS_COMMANDS, *TERM_COMMANDS, *AUTHOR_COMMANDS):
    main.add_command(command)


@main.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("-a", "--assignment", help="Which assignment it is, if its name does not say.")
@layers
@hidden_anyway
@click.pass_obj
def check(
    root: Path, path: Path, assignment: str | None, without: tuple[str, ...], hidden_anyway: bool
) -> None:
    """Grade one submission with all checks; print the report."""
    from autograder.config import load_config
    from autograder.grading.opening import open_grader
    from autograder.reports.terminal import to_terminal
    from autograder.submission.reading import read_submission
    from autograder.submission.work import task_of

    course = load_config(root)
    known = {stem: list(one.questions) for stem, one in course.settings.assignments.items()}
    stem = assignment or guess_assignment(path, known)
    course.assignment(stem)
    submission = read_submission(path, task_of(course, stem))
    grader = open_grader(course, stem, without, hidden_anyway=hidden_anyway)
    try:
        report = grader.grade(submission)
    finally:
        grader.close()
    click.echo(to_terminal(report), nl=False)


@main.command()
@click.pass_obj
def build(root: Path) -> None:
    """Generate student_template/ and the zips in dist/."""
    from autograder.config import load_config
    from autograder.doctor.examination import open_subject
    from autograder.publish.build import build_everything as build_all

    course = load_config(root)
    build_all(course, click.echo)
    for stem in course.settings.assignments:
        if waiting := open_subject(course, course.assignment(stem)).unfinished:
            left = ", ".join(sorted(waiting))
            click.echo(
                f"do not hand it out yet, TODO is left in {left}: autograder doctor -a {stem}", err=True
            )


@main.command()
@click.option("-a", "--assignment", help="Audit this assignment only.")
@click.option("--question", "only", multiple=True, help="Try only this question's answers; may be repeated.")
@click.option("--matrix", is_flag=True, help="Print which check catches which wrong answer; takes longer.")
@click.option("--seed", type=click.IntRange(min=0), help="Use another seed for the hidden inputs.")
@click.option("--quick", is_flag=True, help="Try only the first draw of the hidden inputs, not all eight.")
@click.option(
    "--hints", type=click.Path(dir_okay=False, path_type=Path), metavar="CSV",
    help="Instead, hand in each known mistake in four writings, and write which hint it gets to CSV.",
)  # fmt: skip
@click.pass_obj
def doctor(
    root: Path, assignment: str | None, only: tuple[str, ...], matrix: bool, seed: int | None,
    quick: bool, hints: Path | None,
) -> None:  # fmt: skip
    """Audit the course: what is wrong, and how to fix it."""
    from autograder.cli.progress import trials
    from autograder.config import load_config
    from autograder.doctor.examination import examine, reseeded
    from autograder.doctor.report import to_matrix, to_text

    course = reseeded(load_config(root), seed)
    if hints is not None:
        from autograder.doctor.hints import tell_hints

        sys.exit(0 if tell_hints(course, assignment, only, hints, click.echo, trials) else 1)
    healthy = True
    for stem in [assignment] if assignment else course.settings.assignments:
        with trials(stem) as tell:
            found = examine(course, stem, only=only or None, thorough=matrix, every_draw=not quick, tell=tell)
        click.echo((to_matrix(found) if matrix else "") + to_text(found), nl=False)
        healthy = healthy and not found.findings
    sys.exit(0 if healthy else 1)


@main.command()
@click.argument("archive", metavar="ZIP", type=click.Path(dir_okay=False, path_type=Path))
@click.option("-a", "--assignment", help="Which assignment it is, if the zip's name does not say.")
@click.option("--attacks", type=FOLDER_PATH, default=HOSTILE, help="The collection (default: the kit's own).")
@click.option("--layers", "each_layer", is_flag=True, help="Repeat with each sandbox layer disabled.")
@click.pass_obj
def redteam(root: Path, archive: Path, assignment: str | None, attacks: Path, each_layer: bool) -> None:
    """Run attacks against a Gradescope zip and the grader."""
    from autograder.config import load_config
    from autograder.redteam.attack import run_all

    course = load_config(root)
    stem = assignment or guess_assignment(archive, dict.fromkeys(course.settings.assignments, ()))
    if not run_all(course, stem, archive, attacks, each_layer=each_layer, tell=click.echo):
        sys.exit(1)


def guess_assignment(path: Path, known: Mapping[str, Collection[str]]) -> str:
    """Return the assignment that a path is named after, whose functions it defines, or the only one."""
    named = [stem for stem in known if stem in path.name.lower()]
    if path.is_dir():
        named = named or [
            one for one in known if any(path.glob(f"{one}.py")) or any(path.glob(f"{one}.ipynb"))
        ]
    elif not named and path.suffix in (".py", ".ipynb") and path.is_file():
        with path.open("rb") as file:
            text = file.read(TEXT_BYTES).decode("utf-8", "replace")
        named = [one for one, questions in known.items() if any(f"{name}(" in text for name in questions)]
    if len(named) == 1 or len(known) == 1 or not path.exists():
        return [*named, *known][0]
    raise InputError(f"which assignment is {path}? Say -a with one of: {', '.join(known)}")


if __name__ == "__main__":
    main()
