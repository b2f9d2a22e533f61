"""Commands for authors: a new course, assignment, question or known mistake, and the guide."""

from pathlib import Path

import click

PACKAGE = Path(__file__).resolve().parents[1]
GUIDES = (
    PACKAGE / "authoring" / "authors.md",
    PACKAGE.parent / "docs" / "authors.md",
)  # installed, in a checkout
KINDS = ("function", "class", "text", "plot", "training")


@click.command("new-course")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--stem", default="warmup", show_default=True, help="The first assignment, a module's name.")
@click.option("--title", default="My course", show_default=True, help="What students read.")
def new_course(folder: Path, stem: str, title: str) -> None:
    """Write a healthy course with one question into FOLDER."""
    from autograder.authoring.course import write_course as write_course

    click.echo(write_course(folder, stem, title), nl=False)


@click.command("new-assignment")
@click.argument("stem")
@click.option("--title", default="", help="What students read.")
@click.pass_obj
def new_assignment(root: Path, stem: str, title: str) -> None:
    """Add an assignment STEM with one question to the course."""
    from autograder.authoring.course import write_assignment as write_assignment
    from autograder.config import load_config

    click.echo(write_assignment(load_config(root), stem, title), nl=False)


@click.command("new-question")
@click.argument("name", metavar="STEM.NAME")
@click.option(
    "--kind", type=click.Choice(KINDS), default="function", show_default=True, help="What is asked for."
)
@click.option(
    "--points", type=click.FloatRange(min=0), default=10, show_default=True, help="What it is worth."
)
@click.pass_obj
def new_question(root: Path, name: str, kind: str, points: float) -> None:
    """Write the fragments of a new question, to be filled in."""
    from autograder.authoring.question import add_question
    from autograder.config import load_config

    click.echo(add_question(load_config(root), name, points, kind), nl=False)


@click.command("new-mistake")
@click.argument("handed_in", metavar="SUBMISSION", type=click.Path(exists=True, path_type=Path))
@click.argument("question", metavar="STEM.QUESTION")
@click.argument("name")
@click.pass_obj
def new_mistake(root: Path, handed_in: Path, question: str, name: str) -> None:
    """Turn what a SUBMISSION answered into a known mistake NAME."""
    from autograder.authoring.mistake import add_mistake
    from autograder.config import load_config

    click.echo(add_mistake(load_config(root), handed_in, question, name), nl=False)


@click.command()
def guide() -> None:
    """Show the author's guide: how to write questions."""
    path = next(path for path in GUIDES if path.is_file())
    click.echo_via_pager(path.read_text("utf-8"))


AUTHOR_COMMANDS = (new_course, new_assignment, new_question, new_mistake, guide)
