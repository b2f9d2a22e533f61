"""Which known mistakes may be behind what is wrong: told for all at once, before any is looked at closely."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from autograder.diagnosis.layout import AnswerFacts, near
from autograder.diagnosis.weighing import NEARLY, Case, FailedAnswers


class Stack:
    """What several programs answered to one check, a row for each that was asked."""

    def __init__(self, rows: int, entries: int) -> None:
        self.there = np.zeros(rows, dtype=bool)
        self.numbers = np.zeros((rows, entries))
        self.strange, self.wrong, self.clear, self.present = np.zeros((4, rows, entries), dtype=bool)
        self.odd: dict[int, AnswerFacts] = {}

    def put(self, row: int, record: AnswerFacts) -> None:
        """Enter one program's answers."""
        self.numbers[row] = record.numbers
        self.strange[row], self.wrong[row] = record.strange, record.wrong
        self.clear[row], self.present[row] = record.clear, record.present
        if record.odd:
            self.odd[row] = record
        self.there[row] = True  # last: others may read meanwhile

    def same(self, one: AnswerFacts, rows: np.ndarray) -> np.ndarray:
        """Return where a program answers as those of some rows do."""
        near_it = near(one.numbers, self.numbers[rows], one.layout.room)
        alike: np.ndarray = near_it & ~one.strange & ~self.strange[rows]
        alike &= one.present & self.present[rows]
        for at, row in enumerate(rows if one.odd else ()):
            if row in self.odd:
                alike[at] = one.same(self.odd[row])
        return alike


@dataclass(frozen=True)
class Shares:
    """What programs have in common with a submission in one check, a number for each."""

    matched: np.ndarray  # entries that both get wrong alike
    lost: np.ndarray  # the part of what either gets wrong that the other does not get wrong alike
    extra: np.ndarray  # whether it is clearly wrong where the submission is right


def shares(case: Case, one: FailedAnswers, stack: Stack, rows: np.ndarray) -> Shares:
    """Hold several programs against one failed check of plain functions; see `hold`."""
    free, record, wrong = case.free[one.key], one.record, case.wrong_in(one)
    theirs, alike = stack.wrong[rows] & (free <= stack.strange[rows]), stack.same(record, rows)
    clear = stack.clear[rows] & record.clear & stack.present[rows]
    extra = ~wrong & theirs & ~alike & clear & record.present & record.layout.counts
    matched = (wrong & alike).sum(axis=1)
    either = (wrong | (theirs & record.present)).sum(axis=1)
    return Shares(matched, 1 - np.where(either, matched / np.maximum(either, 1), 1.0), extra.any(axis=1))


def sift(
    case: Case,
    plain: Sequence[FailedAnswers],
    stack: Callable[[FailedAnswers, np.ndarray], Stack],
    fails: Callable[[int, FailedAnswers], bool],
    count: int,
) -> np.ndarray:
    """Return the numbers of the mistakes that explain something and are not hopeless.

    Args:
        case: what is wrong.
        plain: the failed checks of plain functions, the visible ones first.
        stack: gives what the mistakes of some rows answered to a check.
        fails: whether a mistake does not pass a check.
        count: how many mistakes there are.
    """
    rows, lost = np.arange(count), np.zeros(count)
    matched, odd = np.zeros(count, dtype=int), np.zeros(count, dtype=bool)
    by_line = len(plain) < len(case.failed) or not all(case.wrong_in(one).any() for one in plain)
    for number, one in enumerate(plain):
        if not rows.size:
            break
        found = shares(case, one, stack(one, rows), rows)
        matched[rows] += found.matched
        lost[rows] += found.lost
        odd[rows] |= found.extra
        rows = rows[~(odd[rows] & (lost[rows] > (1 - NEARLY) * len(case.failed)))]
        last = one.check.visible and not any(later.check.visible for later in plain[number + 1 :])
        if last and not by_line:  # who is wrong in other ways in what everybody sees is not the cause
            seen = plain[: number + 1]
            stays = [bool(matched[row]) or not any(fails(int(row), each) for each in seen) for row in rows]
            rows = rows[stays]
    return rows if by_line else rows[matched[rows] > 0]
