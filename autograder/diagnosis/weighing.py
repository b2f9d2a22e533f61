"""How much of what is wrong a known mistake explains, entry by entry, and what speaks against it.

An entry that both get wrong alike speaks for a mistake: the more, the less likely it is by chance. One
that only the mistake gets wrong speaks against it. One that only the student gets wrong speaks for a
second cause.
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from autograder.checks.explain import unround
from autograder.diagnosis.layout import AnswerFacts, concatenated
from autograder.diagnosis.plain_functions import Known
from autograder.judging.bank import Check
from autograder.results import Outcome

UNROUND_BITS = 8.0  # that one number which is not round says
ODD_BITS = 4.0  # that an answer of another kind says: a text, another shape, the words of an exception
REACHES_BITS = 2.0  # that a gradient reaches an argument, or does not
NEARLY = 0.6  # the likeness from which on a mistake is the cause though something speaks against it
LINE_BITS = 1.0  # that the line of a check says, beyond that the check failed


@dataclass(frozen=True, eq=False)
class FailedAnswers:
    """A failed check of a submission: its answers, how it ended, where and in which words."""

    check: Check
    record: AnswerFacts
    outcome: Outcome
    places: tuple[int, ...]
    words: str = ""

    @property
    def key(self) -> str:
        """What tells the check and its draw apart."""
        return self.check.key

    def ends_as(self, known: Known) -> bool:
        """Whether a mistake fails here in the same way; in which of several calls, chance may decide."""
        last = -2 if self.record.layout.stateful.any() else 0
        return (self.outcome, self.places[last:]) == (known.outcome, known.places[last:])


@dataclass(frozen=True, eq=False)
class Case:
    """What is wrong with one submission's answers to a question."""

    failed: Sequence[FailedAnswers]
    free: Mapping[str, np.ndarray]  # by check: how far right answers differ in each entry
    passed: int

    @cached_property
    def wrong(self) -> np.ndarray:
        """The entries that are wrong, of all failed checks one after another."""
        return concatenated([self.wrong_in(one) for one in self.failed]).astype(bool)

    def wrong_in(self, one: FailedAnswers) -> np.ndarray:
        """Return the entries of one check that are wrong, and would not be in any right answer."""
        return one.record.wrong_beside(self.free[one.key])

    @cached_property
    def bits(self) -> np.ndarray:
        """What each wrong entry tells: an unround number the first time it comes, else where it stands.

        A round one says which of several it is, the first time: one and the same everywhere says nothing.
        """
        count = sum(int((one.record.present & one.record.layout.counts).sum()) for one in self.failed)
        place = math.log2(max(count, 1) / max(int(self.wrong.sum()), 1))
        numbers = concatenated([one.record.numbers for one in self.failed])
        odd = concatenated([one.record.strange for one in self.failed]).astype(bool)
        reaches = concatenated([one.record.layout.reaches for one in self.failed]).astype(bool)
        bits = np.where(self.wrong, np.where(reaches, max(place, REACHES_BITS), place), 0.0)
        telling = np.flatnonzero(self.wrong & ~odd & unround(numbers))
        with np.errstate(all="ignore"):
            exponent = np.floor(np.log10(np.abs(numbers[telling]))) - 4
            rounded = np.round(numbers[telling] / 10**exponent) * 10**exponent
        _, first = np.unique(rounded, return_index=True)
        bits[telling[first]] = np.maximum(UNROUND_BITS, place)
        plain = np.flatnonzero(self.wrong & ~odd & ~unround(numbers) & np.isfinite(numbers))
        several, first = np.unique(numbers[plain], return_index=True)  # numbers of actions, say
        bits[plain[first]] = np.maximum(bits[plain[first]], math.log2(max(several.size, 1)))
        bits[odd] = 0.0  # a kind tells as much once as many times
        for (raised, _), entry in self._first_odd().items():
            bits[entry] = self.rarity if raised else max(ODD_BITS, place)  # what it says comes on top
        return bits

    @property
    def rarity(self) -> float:
        """What it tells that a check fails, where others pass."""
        return math.log2((self.passed + len(self.failed)) / len(self.failed))

    def _first_odd(self) -> dict[tuple[bool, str], int]:
        """Return an entry for each kind of answer that is not the right one, the first time it comes."""
        found: dict[tuple[bool, str], int] = {}
        start = 0
        for one in self.failed:
            layout, wrong = one.record.layout, self.wrong_in(one)
            for number, odd in one.record.odd.items():
                entry = int(layout.ends[number]) - 1
                if wrong[entry]:
                    found.setdefault((bool(odd.raised), odd.kind), start + entry)
            start += layout.numbers.size
        return found

    @cached_property
    def line_bits(self) -> float:
        """What it tells that a check fails where it does."""
        return LINE_BITS + self.rarity


@dataclass(frozen=True, eq=False)
class Comparison:
    """A known mistake against one failed check, entry by entry."""

    matched: np.ndarray  # wrong, and the mistake is wrong alike
    clash: np.ndarray  # wrong, and the mistake is clearly wrong in another way
    extra: np.ndarray  # right, and the mistake clearly is not
    explained: bool  # it leaves nothing open
    by_line: bool  # both fail at the same place, and not just because numbers are compared there
    either: int = 0  # entries that one of the two gets wrong
    same_end: bool = False  # both end in the same words, and change the same inputs
    same_words: bool = False  # exceptions that say the same
    agrees: int = 0  # entries in which both answer alike, right or wrong, drawn or not

    @property
    def likeness(self) -> float:
        """How much of what either gets wrong both get wrong alike, from 0 to 1."""
        return int(self.matched.sum()) / self.either if self.either else float(self.explained)


@dataclass(frozen=True, eq=False)
class Weighed:
    """A known mistake against a case. The arrays are over the entries of all failed checks."""

    name: str
    matched: np.ndarray
    clash: np.ndarray
    explained: frozenset[str]  # the failed checks of which it leaves nothing open
    bits: float
    likeness: float  # of all that either gets wrong, check by check
    exact: bool  # it is right wherever the submission is
    same_ends: int  # checks that end in the same words
    fails_more: bool = False  # it fails checks that the submission passes
    agrees: int = 0  # entries of the failed checks in which both answer alike, whatever they are


def hold(case: Case, one: FailedAnswers, mine: Known, unsteady: Callable[[], np.ndarray]) -> Comparison:
    """Hold a mistake's answers to a failed check, all but the `unsteady` entries, against a submission's."""
    free, layout, same_end = case.free[one.key], one.record.layout, one.ends_as(mine)
    wrong, theirs = case.wrong_in(one), mine.record.wrong_beside(free)
    alike = one.record.same(mine.record)
    if same_end and ((wrong | theirs) & ~alike & layout.stateful).any():
        steady = ~unsteady()
        if one.words == mine.words:  # then it is judged as the check does, whatever was drawn on the way
            steady &= ~layout.drawn(free > 0)
        wrong, theirs = wrong & (steady | alike), theirs & steady
    clear = mine.record.clear & one.record.clear & mine.record.present
    extra = ~wrong & theirs & ~alike & clear & one.record.present & layout.counts
    explained = not (wrong & ~alike).any() if wrong.any() else same_end
    clash = wrong & theirs & ~alike & clear
    either = int((wrong | (theirs & one.record.present)).sum())
    by_line = same_end and bool(layout.stateful.any() or not wrong.any())
    return Comparison(
        wrong & alike, clash, extra, explained, by_line, either,
        same_end=(one.outcome, one.places, one.words, one.record.changed)
        == (mine.outcome, mine.places, mine.words, mine.record.changed),
        same_words=not one.record.said.isdisjoint(mine.record.said), agrees=int(alike.sum()),
    )  # fmt: skip


def nothing_of(one: FailedAnswers) -> Comparison:
    """Return what a mistake says of a failed check that it was not asked."""
    none = np.zeros(one.record.numbers.shape, dtype=bool)
    return Comparison(none, none, none, explained=False, by_line=False)


def weigh(
    name: str,
    case: Case,
    held: Sequence[Comparison],
    refuted: int = 0,
    same_ends: int = 0,
    *,
    fails_more: bool = False,
) -> Weighed:
    """Add up what a mistake explains of each failed check.

    Args:
        name: of the mistake.
        case: what is wrong.
        held: the mistake against each failed check.
        refuted: how many checks the submission passes that refuse the mistake.
        same_ends: how many checks it passes, as the mistake does.
        fails_more: whether the mistake fails any that it passes, clearly or not.
    """
    told, against = (
        concatenated(each).astype(bool) for each in zip(*((o.matched, o.clash) for o in held), strict=True)
    )
    explained = frozenset(one.key for one, part in zip(case.failed, held, strict=True) if part.explained)
    split = np.split(np.where(told, case.bits, 0.0), np.cumsum([one.matched.size for one in held])[:-1])
    lines = [case.line_bits * (one.explained and one.by_line) for one in held]
    bits = sum(max(float(each.sum()), line) for each, line in zip(split, lines, strict=True))
    bits += ODD_BITS * any(one.same_words for one in held)
    likeness = sum(one.likeness for one in held) / (len(held) + refuted)
    exact = not refuted and not any(one.extra.any() for one in held)
    same_ends += sum(one.same_end for one in held)
    agrees = sum(one.agrees for one in held)
    return Weighed(name, told, against, explained, bits, likeness, exact, same_ends, fails_more, agrees)


def is_hopeless(case: Case, held: Collection[Comparison], refuted: int) -> bool:
    """Whether a mistake is wrong where the submission is right, and not nearly the same all in all."""
    lost = refuted + sum(1 - one.likeness for one in held)
    odd = refuted or any(one.extra.any() for one in held)
    return bool(odd) and lost > (1 - NEARLY) * (len(case.failed) + refuted)


def refutes(known: Known, free: np.ndarray) -> bool:
    """Whether a mistake fails, and clearly, a check that the submission passes."""
    wrong = known.record.wrong_beside(free)
    return known.outcome is not Outcome.PASSED and bool(not wrong.any() or (wrong & known.record.clear).any())
