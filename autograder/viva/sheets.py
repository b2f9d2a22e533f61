"""OUT/viva/: a sheet for each student, all of them for the printer, and the key for staff."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from autograder.batch.files import file_name, made, replace_file, replace_parts
from autograder.errors import InputError
from autograder.reports.html import line, page_parts
from autograder.reports.tables import Table
from autograder.viva.questions import VivaQuestion, VivaSheet

KEY = "key.json"  # the same as key.csv and key.html, for --answers
LETTERS = "abcdefgh"
PER_QUESTION = ("submission", "student", "question", "kind", "function", "text", "answer", "how")
TEXT_WIDTH = 400


def write_sheets(out: Path, title: str, sheets: Sequence[VivaSheet]) -> Path:
    """Write everything about a class; return the folder."""
    folder = made(out / "viva")
    remove_old(folder)
    asked = [sheet for sheet in sheets if sheet.questions]
    for sheet in asked:
        name = file_name(sheet.submission)
        replace_parts(folder / f"{name}.html", html([sheet], title, key=False))
        replace_file(folder / f"{name}.yml", "\n".join(answer_sheet(sheet, title)))
    replace_parts(folder / "sheets.html", html(asked, title, key=False))
    replace_parts(folder / "key.html", html(sheets, title, key=True))
    replace_file(folder / "key.csv", str(key_table(asked)))
    replace_file(folder / KEY, msgspec.json.encode(sheets))
    return folder


def remove_old(folder: Path) -> None:
    """Remove the sheets that were written before, so that none is left of somebody who is asked no more."""
    for sheet in read_key(folder) if (folder / KEY).is_file() else ():
        for ending in ("html", "yml"):
            (folder / f"{file_name(sheet.submission)}.{ending}").unlink(missing_ok=True)


def read_key(folder: Path) -> list[VivaSheet]:
    """Return the sheets that were written into a folder."""
    path = folder / KEY
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[VivaSheet])
    except (OSError, msgspec.DecodeError) as error:
        raise InputError(
            f"{path} is missing or damaged: autograder viva {folder.parent} writes it"
        ) from error


def html(sheets: Sequence[VivaSheet], title: str, *, key: bool) -> Iterator[str]:
    """Yield a page of sheets in pieces, each on paper of its own; with answers in a key."""
    heading = f"Key: {title}" if key else f"Questions about your code: {title}"
    return page_parts(
        "viva.html.j2", script=False, title=heading, sheets=sheets, key=key, letters=LETTERS,
        letter=letter_of,
    )  # fmt: skip


def letter_of(question: VivaQuestion) -> str:
    """Return the letter of the right choice, "" if the answer is written."""
    return LETTERS[question.choices.index(question.answer)] if question.choices else ""


def answer_sheet(sheet: VivaSheet, title: str) -> Iterator[str]:
    """Yield the lines of a student's answer sheet: YAML, the questions as comments."""
    yield f"# Questions about your code: {line(title)}"
    yield f"# {line(sheet.student)}, {line(sheet.submission)}"
    yield "# Write each answer after its colon, in quotes; of a choice, the letter. Lists as in Python."
    for number, question in enumerate(sheet.questions, 1):
        yield ""
        yield f"# {number}. {line(question.text, TEXT_WIDTH)}"
        yield from (f"#    {LETTERS[at]}) {line(one, TEXT_WIDTH)}" for at, one in enumerate(question.choices))
        yield f"{number}: ''"
    yield ""


def key_table(sheets: Sequence[VivaSheet]) -> Table:
    """Return key.csv."""
    table = Table(PER_QUESTION)
    for sheet in sheets:
        for number, one in enumerate(sheet.questions, 1):
            letter = letter_of(one)
            answer = f"{letter}) {one.answer}" if letter else one.answer
            table.add(
                [sheet.submission, sheet.student, number, one.kind, one.function, one.text, answer, one.how]
            )
    return table
