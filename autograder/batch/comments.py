"""Points and comments by hand, from a table that staff keep: student, question, points or add, comment."""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.errors import InputError, nearest
from autograder.gradebook.book import Gradebook
from autograder.gradebook.byhand import QUIZ_ITEM
from autograder.gradebook.records import Comment
from autograder.quiz.tame_yaml import SheetError, read_yaml
from autograder.results import Report
from autograder.roster.intake import Row
from autograder.roster.people import PERSON_COLUMNS
from autograder.roster.tables import Line, heads_of, read_lines

COMMENT_COLUMNS = {
    "student": ("submission", "student", "name", "id", "email"),
    "question": ("question",),
    "points": ("points", "score"),
    "more": ("add", "more", "bonus"),
    "text": ("comment", "comments", "feedback"),
}
KNOWN_HEADS = "student, question, points, add, comment"
LONGEST_COMMENT = 4000  # characters of a comment


@dataclass
class TakenIn:
    """What is new in a table, each after its submission's name, and how many lines were known already."""

    new: list[tuple[str, Comment]] = field(default_factory=list)
    known: int = 0


def read_comments(
    path: Path, book: Gradebook, find: Callable[[str], Row], author: str, *, bonus: bool
) -> TakenIn:
    """Read a CSV, or a YAML list of the same cells; if one line cannot be meant nothing is taken in.

    That is an `InputError`. With `bonus`, points may be more than a question is worth.
    """
    taken, now = TakenIn(), time.time()
    for line in table_lines(path):
        where = f"{path}, {'entry' if is_yaml(path) else 'line'} {line.number}"
        if not (student := line.cells.get("student", "")):
            raise InputError(f"{where}: the student is missing")
        try:
            row = find(student)
        except InputError as error:
            raise InputError(f"{where}: {error}") from None
        stored = book.newest(row.name)
        if stored is None:
            raise InputError(
                f"{where}: {row.name} handed in nothing: autograder override gives a score all the same"
            )
        comment = comment_on(line, stored.report, where, author, now)
        insist_on_bounds(comment, stored.report, where, bonus=bonus)
        held = {one.question: one for one in book.by_hand(row.name).comments}.get(comment.question)
        if comment.is_empty if held is None else says_the_same(held, comment):
            taken.known += 1
        else:
            taken.new.append((row.name, comment))
    return taken


def table_lines(path: Path) -> Iterator[Line]:
    """Yield the lines of a table, by what their cells mean."""
    if not is_yaml(path):
        insist_on_columns(path)
        yield from read_lines(path, COMMENT_COLUMNS, ["student"])
        return
    try:
        tree = read_yaml(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, SheetError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    if not isinstance(tree, list) or not all(isinstance(item, dict) for item in tree):
        raise InputError(f"{path}: must be a list of entries, each with student, question, points, comment")
    for number, item in enumerate(tree, 1):
        yield Line(number, cells_by_meaning(item, f"{path}, entry {number}"))


def is_yaml(path: Path) -> bool:
    """Whether a table is YAML, by its name."""
    return path.suffix.lower() in (".yml", ".yaml")


def insist_on_columns(path: Path) -> None:
    """Raise if a column would not be read: points under a misspelt header would be lost."""
    known = {name for names in (*COMMENT_COLUMNS.values(), *PERSON_COLUMNS.values()) for name in names}
    for head in heads_of(path) if path.is_file() else ():
        if head and head not in known | {"answer"}:
            raise InputError(f"{path}: there is no column {head}{nearest(head, known)} (read: {KNOWN_HEADS})")


def cells_by_meaning(item: Mapping[str, object], where: str) -> dict[str, str]:
    """Return an entry's cells by what they mean."""
    meanings = {name: meaning for meaning, names in COMMENT_COLUMNS.items() for name in names}
    for name, value in item.items():
        if name.lower() not in meanings:
            raise InputError(f"{where}: there is no {name}{nearest(name, meanings)}")
        if not isinstance(value, str):
            raise InputError(f"{where}: {name} must be a number or a text")
    return {meanings[name.lower()]: str(value).strip() for name, value in item.items()}


def comment_on(line: Line, report: Report, where: str, author: str, now: float) -> Comment:
    """Return what a line gives to a question of a report."""
    points, more = (points_in(line.cells.get(name, ""), where) for name in ("points", "more"))
    question = question_meant(line.cells.get("question", ""), report, where)
    if not question and points is not None:
        raise InputError(f"{where}: points need a question; a score for the whole: autograder override")
    text = line.cells.get("text", "")
    if len(text) > LONGEST_COMMENT:
        raise InputError(f"{where}: the comment has {len(text)} characters, {LONGEST_COMMENT} at most")
    return Comment(question, points, more, text, author, now)


def question_meant(said: str, report: Report, where: str) -> str:
    """Return the question that is meant, "" for the whole; quiz items begin with `quiz.`."""
    name = said.removeprefix(f"{report.assignment}.")
    questions = [one.id.partition(".")[2] for one in report.questions]
    items = [QUIZ_ITEM + one.id for one in report.quiz]
    if name in ("", *questions, *items):
        return name
    if QUIZ_ITEM + name in items:
        return QUIZ_ITEM + name
    near = nearest(said, [*questions, *items]) or f" (there are: {', '.join(questions)})"
    raise InputError(f"{where}: there is no question {said}{near}")


def points_in(said: str, where: str) -> float | None:
    """Return a number in a cell, None for an empty one."""
    if not said:
        return None
    value = number_in(said)
    if not math.isfinite(value):
        raise InputError(f"{where}: {said[:40]!r} is no number of points")
    return value


def number_in(said: str) -> float:
    """Return a number as people write it, 80.5 or 80,5; NaN if it is none."""
    try:
        return float(said.replace(",", ".").replace("\u2212", "-"))
    except ValueError:
        return math.nan


def insist_on_bounds(comment: Comment, report: Report, where: str, *, bonus: bool) -> None:
    """Raise if a question would score less than 0, or more than it is worth without that being meant."""
    worth = {QUIZ_ITEM + one.id: (one.score, one.max_score) for one in report.quiz}
    worth |= {one.id.partition(".")[2]: (one.score, one.max_score) for one in report.questions}
    before, most = worth.get(comment.question, (report.score, report.max_score))
    score, name = comment.score(before), comment.question or "the whole"
    if score < 0:
        raise InputError(f"{where}: {name} would score {score:g}, less than nothing")
    if score > most + 1e-9 and not bonus:
        raise InputError(f"{where}: {name} would score {score:g} of {most:g}: --bonus if that is meant")


def says_the_same(held: Comment, comment: Comment) -> bool:
    """Whether a comment says what is held already."""
    return replace(held, author="", made=0, content_hash="") == replace(comment, author="", made=0)
