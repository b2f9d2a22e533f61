"""Grade the answer sheets that came back, into viva.csv."""

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.batch.files import file_name, replace_file
from autograder.errors import InputError
from autograder.quiz.sheet import MAX_SHEET
from autograder.quiz.tame_yaml import SheetError, read_yaml
from autograder.reports.tables import Table
from autograder.viva.questions import VivaQuestion, VivaSheet
from autograder.viva.sheets import letter_of, read_key

ANSWER_WORD = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|\w+")
CONTAINERS = {"array", "tensor", "np", "torch", "list", "tuple"}
LONGEST_ANSWER = 500  # characters of an answer
REL, ABS = 2e-3, 0.006  # 6.67 is 6.6667


def grade_answers(out: Path, folder: Path) -> tuple[Path, int, int]:
    """Write viva.csv; return where, how many sheets came back, and how many were asked for."""
    sheets = [sheet for sheet in read_key(out / "viva") if sheet.questions]
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder: give the one with the answer sheets (NAME.yml)")
    came = {path.stem: path for path in sorted(folder.rglob("*.y*ml"), reverse=True)}
    table = Table(["submission", "student", "asked", "right", "wrong", "remark"])
    back = 0
    for sheet in sheets:
        path = came.get(file_name(sheet.submission))
        back += path is not None
        table.add([sheet.submission, sheet.student, len(sheet.questions), *grade_viva(sheet, path)])
    place = out / "viva" / "viva.csv"
    replace_file(place, str(table))
    return place, back, len(sheets)


def grade_viva(sheet: VivaSheet, path: Path | None) -> tuple[int, str, str]:
    """Return how many answers on a sheet are right, which are not, and what is odd about it."""
    everything = numbers_text(range(1, len(sheet.questions) + 1))
    if path is None:
        return 0, everything, "no answers came back"
    try:
        with path.open("rb") as file:
            text = file.read(MAX_SHEET * 4 + 1).decode("utf-8-sig", "replace")
        given = read_yaml(text)
    except (OSError, SheetError) as error:
        return 0, everything, f"cannot be read: {error}"
    given = given if isinstance(given, dict) else {}
    right = [is_right_answer(one, answer_to(given, at)) for at, one in enumerate(sheet.questions, 1)]
    wrong = [at for at, one in enumerate(right, 1) if not one]
    empty = [at for at in wrong if not answer_to(given, at)]
    return sum(right), numbers_text(wrong), f"left empty: {numbers_text(empty)}" if empty else ""


def answer_to(given: Mapping[str, Any], number: int) -> str:
    """Return what was written as an answer; a list of YAML as its items."""
    return " ".join(texts(given.get(str(number), "")))[:LONGEST_ANSWER].strip()


def texts(value: Any) -> list[str]:
    """Return the texts in what YAML holds."""
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    return [value] if isinstance(value, str) else []


def is_right_answer(question: VivaQuestion, given: str) -> bool:
    """Whether an answer is right: the letter of a choice, or the same numbers and words."""
    if question.choices:
        return given.strip("().: ").lower() == letter_of(question)
    want, have = answer_words(question.answer), answer_words(given)
    return len(want) == len(have) and all(map(words_alike, want, have)) and bool(given)


def answer_words(text: str) -> list[str]:
    """Return the numbers and words of an answer; brackets and commas do not count."""
    return [one for one in ANSWER_WORD.findall(text) if one not in CONTAINERS]


def words_alike(want: str, have: str) -> bool:
    """Whether two words are the same, or two numbers as good as the same."""
    try:
        return math.isclose(float(want), float(have), rel_tol=REL, abs_tol=ABS)
    except ValueError:
        return want.lower() == have.lower()


def numbers_text(found: Sequence[int]) -> str:
    """Return numbers as text."""
    return " ".join(map(str, found))
