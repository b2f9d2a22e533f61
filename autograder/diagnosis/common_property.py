"""What all the wrong answers to a question have in common."""

from collections.abc import Callable, Iterator

import numpy as np

from autograder.checks.explain import (
    THESE,
    THIS,
    AnswerPair,
    common_property,
    may_be_common,
    unrounded,
    without_numbers,
)
from autograder.checks.tolerance import is_close
from autograder.diagnosis.facts import GRADIENT, VALUE
from autograder.diagnosis.layout import AnswerFacts
from autograder.diagnosis.weighing import Case, FailedAnswers

# A property compares to the right numbers; beside a known mistake, those are the mistake's.
OF_NUMBERS = {
    f"{THESE}, ": "the numbers are ",
    THESE: "the numbers are",
    f"{THIS}, ": "the number is ",
    THIS: "the number is",
    "of the right numbers": "of the numbers",
    "the right numbers come": "the numbers come",
    "among the right numbers": "of the numbers",
    "is the right one times": "is multiplied by",
    "is the right one divided": "is divided",
}


def in_common(case: Case) -> str:
    """Return the property that every wrong answer has, "" if there is none."""
    pairs: list[AnswerPair] = []
    for one in case.failed:
        wrong = case.wrong_in(one)
        if not wrong.any() or (wrong & one.record.strange).any():
            return ""
        pairs += array_pairs(one.record, one.record.layout.numbers, wrong)
    return without_numbers(common_property(pairs, agree))


def in_common_with(
    case: Case, ask: Callable[[FailedAnswers], AnswerFacts | None], others: set[tuple[str, bytes]]
) -> str:
    """Return how every answer, right or wrong, differs from a mistake's; "" if they have no such thing.

    Args:
        case: what is wrong.
        ask: gives the mistake's answers to a check.
        others: grows by what answers to one check have nothing in common with the submission's.
    """
    pairs: list[AnswerPair] = []
    shown: list[np.ndarray] = []
    for one in case.failed:
        mistake = ask(one)
        behaviour = (one.key, mistake.numbers.tobytes()) if mistake and not mistake.odd else None
        if mistake is None or behaviour in others:
            return ""
        odd = one.record.strange | mistake.strange
        where = one.record.present & one.record.layout.counts & (case.free[one.key] <= odd)
        if (where & odd & ~one.record.same(mistake)).any():
            return ""
        shown.append(mistake.numbers[mistake.wrong & one.record.wrong])
        differ = where & ~odd & (mistake.wrong | one.record.wrong)
        new = list(filter(tells, array_pairs(one.record, mistake.numbers, differ)))
        if new and not may_be_common(new, agree):
            others.update([behaviour] if behaviour else [])
            return ""
        pairs += new
    if not shown or unrounded(shown) < 2:
        return ""
    if all(np.ptp(found) == 0 for found, _ in pairs if found.size):
        return ""  # one number everywhere says nothing about any mistake
    return of_numbers(without_numbers(common_property(pairs, agree, whole=True)))


def of_numbers(told: str) -> str:
    """Return a property as it is told of numbers that are not the right ones."""
    for was, becomes in OF_NUMBERS.items():
        told = told.replace(was, becomes)
    return told


def array_pairs(record: AnswerFacts, others: np.ndarray, where: np.ndarray) -> Iterator[AnswerPair]:
    """Yield the answers that have an entry in `where`, in their shape, each with another's."""
    layout = record.layout
    for number in np.unique(layout.owner[where]):
        fact = layout.facts[number]
        if fact.key[1] in (VALUE, GRADIENT):
            entries = slice(layout.ends[number] - fact.numbers.size, layout.ends[number])
            shape = fact.kind if isinstance(fact.kind, tuple) else ()
            fits = int(np.prod(shape)) == fact.numbers.size
            shape = shape if fits else (-1,)
            yield record.numbers[entries].reshape(shape), others[entries].reshape(shape)


def tells(pair: AnswerPair) -> bool:
    """Whether two answers can show what was done to one: zeros and NaN stay what they are."""
    return any(one.any() and np.isfinite(one).all() for one in pair)


def agree(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two arrays of one shape are equal within the tolerance."""
    return bool(is_close(one, other).all())
