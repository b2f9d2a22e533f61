"""Which known mistakes are the cause of what is wrong: one, or two at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from autograder.diagnosis.weighing import NEARLY, Case, Weighed

BITS = 16.0  # bits: by chance once in 65,000
SHARE = 0.5  # of the failed checks that a mistake has to explain
AT_ODDS = 0.25  # of what is wrong may clash with what is nearly the same
NEARLY_AS_MANY = 0.9  # of the entries in which two agree
MOST_EQUAL = 3  # mistakes that explain all as well: more than that say nothing


@dataclass(frozen=True)
class Found:
    """The mistakes that may be the first cause, those that may be a second, and whether any is left."""

    first: tuple[str, ...] = ()
    second: tuple[str, ...] = ()
    complete: bool = True


def find_causes(case: Case, weighed: Sequence[Weighed]) -> Found:
    """Return the mistakes that explain a case, at most two at once."""
    possible = [one for one in weighed if one.bits > 0]
    alone = [one for one in possible if is_cause(case, one)]
    if alone:
        first = max(alone, key=lambda one: rank(case, one))
        others = nearest_causes([one for one in alone if explain_alike(first, one)])
        if len(others) > MOST_EQUAL:
            return Found()
        if is_complete(case, first):
            return Found(mistake_names(others))
        second = [one for one in possible if one.exact and adds(case, first, one)]
        if second:
            second = [one for one in second if not one.clash.any()] or second
            best = max(second, key=lambda one: (beyond(case, first, one), one.same_ends))
            return Found((first.name,), mistake_names([one for one in second if explain_alike(best, one)]))
    pair = find_pair(case, [one for one in possible if one.exact])
    return pair if pair.first or not alone else Found(mistake_names(others), complete=False)


def nearest_causes(equal: Sequence[Weighed]) -> list[Weighed]:
    """Return those of equal causes that answer as the submission does also where chance may decide.

    Chance alone makes no large difference between them.
    """
    most = max(one.agrees for one in equal)
    return [one for one in equal if one.agrees >= NEARLY_AS_MANY * most]


def rank(case: Case, one: Weighed) -> tuple[bool, float, float, int, int]:
    """Return how good a cause a mistake is."""
    return is_complete(case, one) and one.exact, one.likeness, one.bits, one.same_ends, one.agrees


def is_complete(case: Case, one: Weighed) -> bool:
    """Whether a mistake leaves nothing open."""
    return len(one.explained) == len(case.failed)


def is_cause(case: Case, one: Weighed) -> bool:
    """Whether a mistake alone is what happened, whatever else did."""
    if one.clash.any() or not one.exact:
        near = one.likeness >= NEARLY and one.clash.sum() <= AT_ODDS * case.wrong.sum()
        return bool(near) and one.bits >= 2 * BITS and not one.fails_more
    much = len(one.explained) >= SHARE * len(case.failed) or one.matched.sum() >= SHARE * case.wrong.sum()
    much = much or (one.likeness >= SHARE and one.bits >= 4 * BITS)
    return is_complete(case, one) or (one.bits >= BITS and bool(much))


def explain_alike(one: Weighed, other: Weighed) -> bool:
    """Whether two mistakes explain the same, and nothing else tells them apart."""
    same = np.array_equal(one.matched, other.matched) and one.explained == other.explained
    return same and (one.likeness, one.same_ends) == (other.likeness, other.same_ends)


def mistake_names(several: Collection[Weighed]) -> tuple[str, ...]:
    """Return the names of mistakes that explain the same."""
    return tuple(one.name for one in several)


def beyond(case: Case, first: Weighed, second: Weighed) -> float:
    """Return the bits of what the second mistake explains and the first does not."""
    lines = len(second.explained - first.explained) * case.line_bits
    return float(case.bits[second.matched & ~first.matched].sum()) + lines


def adds(case: Case, first: Weighed, second: Weighed) -> bool:
    """Whether a mistake explains all that another leaves open, and that is much."""
    left = case.wrong & ~first.matched & ~second.matched
    return not left.any() and beyond(case, first, second) >= BITS / 2


def find_pair(case: Case, possible: Sequence[Weighed]) -> Found:
    """Return two mistakes that together leave nothing open; where both are wrong they may interact."""
    best, found = BITS, Found()
    for at, first in enumerate(possible):
        for second in possible[at + 1 :]:
            both = first.clash & second.clash
            open_ = case.wrong & ~first.matched & ~second.matched & ~both
            each = min(beyond(case, first, second), beyond(case, second, first))
            total = first.bits + beyond(case, first, second)
            if any((one.clash & ~both).sum() > AT_ODDS * one.matched.sum() for one in (first, second)):
                continue  # where the other one acts, this one does not: it is not there
            told = (first.matched | second.matched).sum()  # without what is put down to interaction
            if each >= BITS / 2 and told >= SHARE * case.wrong.sum() and not open_.any() and total > best:
                best, found = total, Found((first.name,), (second.name,))
    return found
