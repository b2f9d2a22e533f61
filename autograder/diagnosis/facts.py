"""What a program answers to a check's calls, laid out as the right answers are, entry by entry."""

import math
import re
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np

from autograder.checks.describe import written
from autograder.checks.tolerance import ATOL, EXACT, RTOL, ZERO
from autograder.data.values import Figure, Handle, Opaque, Tensor
from autograder.judging.answers import holds
from autograder.judging.session import Ended, Script
from autograder.sandbox.calls import Answer, Call, StudentRaised

Outcomes = Sequence[Answer | Ended]
FactKey = tuple[Any, ...]  # number of the call, aspect, place in the answer
NO_NUMBERS = np.zeros(1)
MOST_FACTS = 1_000  # of one answer: the pieces of a longer one are not told apart
LARGEST_BITS = 1023  # of an integer that a float can hold
TEXT, NONE = "a text", ("nothing", None)
VALUE, CHANGED, GRADIENT, REACHES = "value", "changed", "gradient", "reaches"


@dataclass(frozen=True)
class RaisedFact:
    """An exception, or a timeout, in place of an answer, and its message without figures."""

    type_name: str
    message: str = field(default="", compare=False, repr=False)

    @property
    def said(self) -> str:
        """The exception as Python would print it."""
        return f"{self.type_name}: {self.message}" if self.message else self.type_name


@dataclass(frozen=True, eq=False)
class Fact:
    """One piece of an answer: numbers of one shape, or a thing that its kind says in full."""

    key: FactKey
    kind: Hashable
    numbers: np.ndarray = field(default_factory=lambda: NO_NUMBERS)


def call_facts(at: int, outcome: Answer | Ended) -> Iterator[Fact]:
    """Yield what came of the call number `at`."""
    if not isinstance(outcome, Answer):
        yield Fact((at, VALUE), raised_by(outcome))
        return
    yield from islice(data_facts((at, VALUE), outcome.value), MOST_FACTS)
    yield Fact((at, CHANGED), outcome.changed)
    for name, grad in outcome.grads.items():
        yield from islice(data_facts((at, GRADIENT, name), grad), MOST_FACTS)
        slopes = numbers_in(grad)
        reaches = slopes is not None and not np.all(np.abs(slopes) <= EXACT)
        yield Fact((at, REACHES, name), "", np.full(1, float(reaches)))


def raised_by(outcome: Ended) -> RaisedFact:
    """Return what came in place of an answer."""
    if isinstance(outcome, StudentRaised):
        return RaisedFact(outcome.type_name, re.sub(r"\d+", "", outcome.problem.message))
    return RaisedFact(type(outcome).__name__)


def data_facts(key: FactKey, value: Any) -> Iterator[Fact]:
    """Yield the facts in a piece of data."""
    numbers = numbers_in(value)
    if numbers is not None:
        shape = numbers.shape
        while shape and shape[-1] == 1:  # a column, or a lone number in brackets, is as good
            shape = shape[:-1]
        yield Fact(key, shape, numbers.ravel() if numbers.size else NO_NUMBERS)
        if numbers.size == 0:
            return
    elif isinstance(value, list | tuple):
        yield Fact((*key, "length"), "", np.full(1, float(len(value))))
        for at, item in enumerate(value):
            yield from data_facts((*key, at), item)
    elif isinstance(value, dict):
        yield Fact((*key, "keys"), tuple(sorted(map(str, value))))
        for name, item in value.items():
            yield from data_facts((*key, name), item)
    elif isinstance(value, Figure):
        yield Fact(key, "a figure")
        yield from data_facts(key, value.axes)
    elif isinstance(value, Handle | Opaque):
        yield Fact(key, ("an object", value.type_name))
    else:
        yield Fact(key, NONE if value is None else (TEXT, comparable(value)))


def comparable(value: Any) -> Hashable:
    """Return data that holds no numbers in a form that can be compared and kept."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    return tuple(sorted(map(written, value))) if isinstance(value, set | frozenset) else value


def numbers_in(value: Any) -> np.ndarray | None:
    """Return data that is made of numbers, or of truth values, as one array; None for any other."""
    if type(value) is int and value.bit_length() > LARGEST_BITS:
        return np.array(math.inf if value > 0 else -math.inf)
    if type(value) in (int, float, bool):
        return np.array(float(value))
    array = value.array if isinstance(value, Tensor) else value
    if isinstance(array, np.ndarray) and array.dtype.kind in "fiub":
        return array.astype(np.float64)
    if isinstance(value, list | tuple):
        rows: list[np.ndarray] = []
        for item in value:
            row = numbers_in(item)
            if row is None or row.shape != (rows[0] if rows else row).shape:
                return None
            rows.append(row)
        return np.array(rows)
    return None


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
