"""What a program answers to a check's calls, laid out as the right answers are, entry by entry."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from autograder.checks.tolerance import ATOL, RTOL, ZERO
from autograder.data.values import Figure
from autograder.diagnosis.facts import (
    CHANGED,
    GRADIENT,
    NO_NUMBERS,
    NONE,
    REACHES,
    TEXT,
    VALUE,
    Fact,
    FactKey,
    Outcomes,
    RaisedFact,
    call_facts,
)
from autograder.judging.answers import holds
from autograder.judging.session import Ended, Script
from autograder.sandbox.calls import Answer, Call


@dataclass(frozen=True, eq=False)
class Odd:
    """A fact of another kind than the right one; the kind is spelled out."""

    kind: str
    raised: str = ""  # what an exception says, or a timeout
    numbers: np.ndarray = field(default_factory=lambda: NO_NUMBERS)

    def same(self, other: "Odd | None") -> bool:
        """Whether two are alike."""
        if other is None or self.kind != other.kind or self.numbers.size != other.numbers.size:
            return False
        room = np.full(self.numbers.shape, room_of(other.numbers))
        return bool(near(self.numbers, other.numbers, room).all())


class Layout:
    """The right answers to a check's calls, by which those of every other program are laid out."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.facts = [fact for at, answer in enumerate(script.outcomes) for fact in call_facts(at, answer)]
        sizes = [fact.numbers.size for fact in self.facts]
        self.ends = np.cumsum(sizes, dtype=int)
        self.owner = np.repeat(np.arange(len(sizes)), sizes)  # the fact that an entry belongs to
        self._places = {fact.key for fact in self.facts}
        self._texts = any(TEXT in repr(fact.kind) for fact in self.facts)
        self.numbers = concatenated([fact.numbers for fact in self.facts])
        self.room = concatenated([np.full(fact.numbers.size, room_of(fact.numbers)) for fact in self.facts])
        about_objects = [
            touches(call, answer) for call, answer in zip(script.calls, script.outcomes, strict=True)
        ]
        self.stateful = self.each([about_objects[fact.key[0]] for fact in self.facts])
        self.counts = self.each([self._counts(fact) for fact in self.facts])
        self.reaches = self.each([fact.key[1] == REACHES for fact in self.facts])

    def each(self, by_fact: Sequence[int]) -> np.ndarray:
        """Return for each entry what is so for its fact."""
        return np.array(by_fact)[self.owner] if self.facts else np.zeros(0, dtype=bool)

    def _counts(self, fact: Fact) -> bool:
        """Whether a fact is compared: the gradient for a constant is not, only whether there is one.

        Nor is what was changed: that is a mistake in some questions only, and a check's line tells of it.
        """
        constant = fact.kind == NONE or not fact.numbers.any()
        return fact.key[1] != CHANGED and not (fact.key[1] == GRADIENT and constant)

    def drawn(self, differ: np.ndarray) -> np.ndarray:
        """Return what chance decides, from the entries in which two runs differ.

        That is all that the same function answers about objects: a draw out of two comes out alike often.
        """
        names = [self.script.calls[fact.key[0]].name for fact in self.facts]
        drawn = {names[number] for number in self.owner[differ]}
        found: np.ndarray = self.stateful & self.each([name in drawn for name in names])
        return found

    @property
    def played(self) -> Script:
        """The calls that can be sent all at once: none, if functions are passed in them."""
        return Script(()) if self.script.live else self.script

    def record(self, outcomes: Outcomes) -> "AnswerFacts":
        """Lay out what a program answered to the first of the script's calls."""
        numbers, odd = self.numbers.copy(), dict[int, Odd]()
        asked = min(len(outcomes), len(self.script.outcomes))
        first = 0
        for at in range(asked):
            came = {fact.key: fact for fact in call_facts(at, outcomes[at])}
            first = self._lay(at, first, came, numbers, odd)
        present = self.owner < first
        return AnswerFacts(self, numbers, odd, present)

    def _lay(
        self, at: int, first: int, came: dict[FactKey, Fact], numbers: np.ndarray, odd: dict[int, Odd]
    ) -> int:
        """Lay out the facts of one call; return the number of the first fact of the next."""
        missing = self._missing(came)
        while first < len(self.facts) and self.facts[first].key[0] == at:
            right = self.facts[first]
            fact = came.get(right.key)
            end = self.ends[first]
            if fact is None or (isinstance(fact.kind, RaisedFact) and fact.kind != right.kind):
                odd[first] = missing
            elif fact.kind != right.kind or fact.numbers.size != right.numbers.size:
                raised = fact.kind.said if isinstance(fact.kind, RaisedFact) else ""
                odd[first] = Odd(self._kind_of(fact.kind), raised, fact.numbers)
            else:
                numbers[end - right.numbers.size : end] = fact.numbers
            first += 1
        return first

    def _missing(self, came: Mapping[FactKey, Fact]) -> Odd:
        """Return what stands for a fact that did not come: all that came, if none of it is of the right form.

        A list that is too short, or a figure without a colorbar, lacks the same whatever else is in it.
        """
        kinds = [fact.kind for fact in came.values()]
        raised = next((kind for kind in kinds if isinstance(kind, RaisedFact)), None)
        if raised:
            return Odd(repr(raised), raised.said)
        values = [key for key in came if key[1] == VALUE]
        return Odd("" if self._places.intersection(values) else self._kind_of(tuple(kinds)))

    def _kind_of(self, kind: Hashable) -> str:
        """Spell out what came; of texts where none is right, say which, arrows or names, tells nothing."""
        told = repr(kind)
        return TEXT if TEXT in told and not self._texts else told


@dataclass(frozen=True, eq=False)
class AnswerFacts:
    """A program's answers, entry by entry. `odd` are the facts of another kind than the right ones."""

    layout: Layout
    numbers: np.ndarray
    odd: dict[int, Odd]
    present: np.ndarray

    @cached_property
    def strange(self) -> np.ndarray:
        """The entries of facts of another kind."""
        return self._of(self.odd)

    def _of(self, facts: Collection[int]) -> np.ndarray:
        """Return the entries of some facts; mostly there are none."""
        if not facts:
            return np.zeros(self.numbers.shape, dtype=bool)
        return np.isin(self.layout.owner, list(facts))

    @cached_property
    def changed(self) -> dict[int, Hashable]:
        """The inputs that the program changes and should not, by fact."""
        facts = self.layout.facts
        return {number: odd.kind for number, odd in self.odd.items() if facts[number].key[1] == CHANGED}

    @cached_property
    def wrong(self) -> np.ndarray:
        """The entries that are not the right ones."""
        layout = self.layout
        apart = ~near(self.numbers, layout.numbers, layout.room)
        found: np.ndarray = layout.counts & self.present & (self.strange | apart)
        return found

    def wrong_beside(self, free: np.ndarray) -> np.ndarray:
        """Return the entries that are wrong and would not be in any right answer; see `KnownAnswers.free`."""
        found: np.ndarray = self.wrong & (free <= self.strange)
        return found

    @cached_property
    def clear(self) -> np.ndarray:
        """The entries that show what the program computes: no exceptions, nothing infinite."""
        raised = [number for number, one in self.odd.items() if one.raised]
        shown: np.ndarray = np.isfinite(self.numbers) & ~self._of(raised)
        return shown

    @property
    def said(self) -> set[str]:
        """What exceptions say, beside their type."""
        return {odd.raised for odd in self.odd.values() if ": " in odd.raised}

    def same(self, other: "AnswerFacts") -> np.ndarray:
        """Return where two programs answer alike."""
        alike = near(self.numbers, other.numbers, self.layout.room) & ~self.strange & ~other.strange
        both = [number for number, one in self.odd.items() if one.same(other.odd.get(number))]
        agreed: np.ndarray = self.present & other.present & (alike | self._of(both))
        return agreed


def near(one: np.ndarray, other: np.ndarray, room: np.ndarray) -> np.ndarray:
    """Return where numbers are equal, as closely as checks ask."""
    with np.errstate(all="ignore"):
        close = np.abs(one - other) <= room + RTOL * np.abs(other)
        close &= np.isfinite(one) & np.isfinite(other)
        found: np.ndarray = close | (one == other) | (np.isnan(one) & np.isnan(other))
    return found


def room_of(numbers: np.ndarray) -> float:
    """Return how far the numbers of an answer may be off where they nearly cancel."""
    sizes = np.abs(numbers[np.isfinite(numbers)])
    sizes = sizes[sizes > ZERO]
    return ATOL * (float(np.median(sizes)) if sizes.size else 1.0)


def concatenated(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """Return arrays as one."""
    return np.concatenate(arrays) if arrays else np.zeros(0)


def touches(call: Call, outcome: Answer | Ended) -> bool:
    """Whether a call uses or makes an object, or a figure: then right answers may differ."""
    value = outcome.value if isinstance(outcome, Answer) else None
    return holds([call.args, call.kwargs, value]) or call.action != "call" or isinstance(value, Figure)
