"""The facts in what a program answers to a check's calls: numbers, texts, shapes, exceptions, gradients."""

import math
import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np

from autograder.checks.describe import written
from autograder.checks.tolerance import EXACT
from autograder.data.values import Figure, Handle, Opaque, Tensor
from autograder.judging.session import Ended
from autograder.sandbox.calls import Answer, StudentRaised

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
