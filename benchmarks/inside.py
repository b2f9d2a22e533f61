"""Every check of an assignment on a program in this very process: what it asks for, and what that costs."""

import sys
import time
import types
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from autograder.config import Course
from autograder.data import figures, plain
from autograder.data.values import Figure
from autograder.judging.bank import Bank, load_bank
from autograder.sandbox.calls import Answer, Call, Objects, perform
from autograder.sandbox.codec import encode_call
from autograder.sandbox.student import Student


@dataclass
class Costs:
    """What all checks of an assignment took.

    Attributes:
        calls: that were answered.
        again: calls that had been answered before, for another check.
        callbacks: calls of a function of the grader's: a way over the wall and back for each.
        figures: that were drawn and looked at.
        pictures: of these that were encoded.
        trainings: calls of functions that train.
        seconds: of processor time, by what it went into.
    """

    calls: int = 0
    again: int = 0
    callbacks: int = 0
    figures: int = 0
    pictures: int = 0
    trainings: int = 0
    seconds: Counter[str] = field(default_factory=Counter)


class Inside:
    """Answers a check's calls with a program of this process, and keeps the accounts."""

    def __init__(self, namespace: dict[str, Any], *, draw: bool = True) -> None:
        self._namespace, self._draw = namespace, draw
        self._objects, self._kept = Objects(), dict[bytes, Answer]()
        self.costs = Costs()

    def begin_check(self) -> None:
        """Forget the objects of the check before."""
        self._objects = Objects()

    def send(self, call: Call) -> Answer:
        """Answer one call."""
        frame = encode_call(call) if call.once else b""
        if frame in self._kept:
            self.costs.again += 1
            return self._kept[frame]
        self.costs.calls += 1
        self.costs.trainings += call.name.startswith("train_") or call.name == "reinforce_episode"
        counted = replace(call, functions=tuple(map(self._counted, call.functions)))
        with self._clock(call.name if call.action == "call" else "objects of libraries"):
            answer = perform(counted, self._namespace, self._objects)
        if call.once:
            self._kept[frame] = answer
        return answer

    def _counted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            self.costs.callbacks += 1
            return function(*args)

        return call

    @contextmanager
    def _clock(self, what: str) -> Iterator[None]:
        began, others = time.process_time(), self.costs.seconds.total()
        try:
            yield
        finally:
            others = self.costs.seconds.total() - others
            self.costs.seconds[what] += time.process_time() - began - others

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Keep the accounts of figures too; or draw none at all."""
        describe, encode = plain.describe_figure, figures.picture_of

        def described(figure: Any, to_plain: Any) -> Figure:
            self.costs.figures += 1
            with self._clock("drawing and looking at figures"):
                return describe(figure, to_plain) if self._draw else Figure()

        def encoded(canvas: Any) -> bytes:
            self.costs.pictures += 1
            with self._clock("encoding pictures"):
                return encode(canvas)

        plain.describe_figure, figures.picture_of = described, encoded
        try:
            yield
        finally:
            plain.describe_figure, figures.picture_of = describe, encode


def bank_of(course: Course, stem: str) -> Bank:
    """Return an assignment's bank, its provided modules importable."""
    sys.path.insert(0, str(course.root / "assignments" / stem))
    return load_bank(course.root, stem, course.assignment(stem))


def load(text: str, name: str = "program") -> dict[str, Any]:
    """Return what a program defines."""
    module = sys.modules[name] = types.ModuleType(name)
    exec(compile(text, f"{name}.py", "exec"), vars(module))
    return vars(module)


def check_all(bank: Bank, namespace: dict[str, Any], seed: int, draw: int = 0) -> Costs:
    """Run every check on a right program; a check that fails raises."""
    inside = Inside(namespace)
    with inside.looking():
        for check in bank.drawn(draw).checks:
            inside.begin_check()
            given = {"student": Student(inside.send), "rng": check.rng(seed)}
            given["reference"] = Student(Inside(namespace).send)
            with np.errstate(all="ignore"):
                check.function(*[given[name] for name in check.fixtures])
    return inside.costs


def replay(calls: list[list[Call]], namespace: dict[str, Any]) -> None:
    """Make the calls of several checks and nothing else: figures are not drawn, nothing is judged."""
    inside = Inside(namespace, draw=False)
    with inside.looking():
        for of_check in calls:
            inside.begin_check()
            for call in of_check:
                with suppress(Exception):  # some checks ask for one
                    inside.send(call)
