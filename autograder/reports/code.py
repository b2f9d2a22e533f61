"""A student's program as staff read it: every line, and at which of them checks failed."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.reports.statistics import is_wrong, short_question
from autograder.results import Outcome, Report

MOST_LINES = 3000


@dataclass(frozen=True)
class CodeLine:
    """A line of a program, with what went wrong at it or in the function that begins there."""

    number: int
    text: str
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook, or a whole file."""

    title: str
    lines: list[CodeLine]


def marked_code(report: Report, name: str, cells: Sequence[str]) -> list[Cell]:
    """Return the cells of a program, one for a `.py`, with the lines marked at which checks failed."""
    remarks = remarks_of(report, cells)
    found, left = [], MOST_LINES
    for number, text in enumerate(cells, 1):
        lines = text.split("\n")[:left]
        left -= len(lines)
        title = name if len(cells) == 1 else f"{name}, cell {number}"
        marked = [
            CodeLine(at, line, tuple(dict.fromkeys(remarks[number, at]))) for at, line in enumerate(lines, 1)
        ]
        found.append(Cell(title, marked))
    return found


def remarks_of(report: Report, cells: Sequence[str]) -> defaultdict[tuple[int, int], list[str]]:
    """Return what went wrong by cell and line: where code raised, else where its function begins."""
    found: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
    for check in report.checks:
        if not is_wrong(check):
            continue
        name = short_question(check.question)
        if check.line and check.outcome is Outcome.ERROR:
            found[max(1, check.cell), check.line].append(f"{name}: raised here ({check.title})")
        elif (place := definition(name, cells)) is not None:
            found[place].append(f"{name}: {check.outcome.value} ({check.title})")
    return found


def definition(name: str, cells: Sequence[str]) -> tuple[int, int] | None:
    """Return the cell and the line at which a function or a class is defined last, None if nowhere."""
    place = None
    pattern = re.compile(rf"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+{re.escape(name)}\b", re.MULTILINE)
    for number, text in enumerate(cells, 1):
        for found in pattern.finditer(text):
            place = number, text.count("\n", 0, found.start()) + 1
    return place
