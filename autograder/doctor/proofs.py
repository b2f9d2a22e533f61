"""Is a mutant that no check catches as right as the reference? Both answer thousands of inputs.

The inputs are those of the checks with something changed: a number that is zero, negative or equal to another
one of the call, an order, a length, a text. A mutant that never answers otherwise is asked about no more.
"""

import contextlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from autograder.data.values import Handle, leaves, same
from autograder.doctor.inputs import varied
from autograder.doctor.margins import apart
from autograder.judging.session import Ended
from autograder.sandbox.calls import Answer, Call, StudentRaised
from autograder.sandbox.codec import encode_call
from autograder.sandbox.program import Program
from autograder.sandbox.remote import CallTimeout, Worker, WorkerDied
from autograder.sandbox.wall import Wall

INPUTS = 2000  # that are tried
LEAST = 500  # answers of the reference: where it refuses nearly everything, nothing is shown
CLOSE = 1e-3  # of a tolerance
CALL_S = 1.0
Tried = list[tuple[Call, Answer | Ended]]


class Prover:
    """Compares programs with the reference, question by question."""

    def __init__(self, wall: Wall, reference: Program, calls: Mapping[str, Sequence[Call]]) -> None:
        self._wall, self._reference, self._calls = wall, reference, calls
        self._right: dict[str, Tried] = {}

    def prove_all(self, mutants: Mapping[str, tuple[Program, Sequence[str]]]) -> dict[str, str]:
        """Return which of some mutants are as right as the reference, each with the evidence.

        Each comes with the questions that it may answer wrongly.
        """
        for question in {name for _, concerned in mutants.values() for name in concerned}:
            self._right[question] = self._answers(question)
        with ThreadPoolExecutor(2) as pool:
            found = pool.map(lambda each: self._prove(*each), mutants.values())
            counts = dict(zip(mutants, found, strict=True))
        told = "answers {} inputs as the reference does"
        return {name: told.format(count) for name, count in counts.items() if count}

    def _answers(self, question: str) -> Tried:
        """Return inputs of a question with the reference's answers, none if it cannot be compared."""
        calls = self._calls.get(question, ())
        if not calls or not all(map(can_be_repeated, calls)):
            return []
        rng = np.random.default_rng(len(calls))
        inputs = [varied(calls[int(rng.integers(len(calls)))], rng) for _ in range(INPUTS)]
        with contextlib.closing(self._wall.loaded(self._reference)) as worker:
            try:
                right = [(call, outcome_of_call(worker, call)) for call in inputs]
            except (CallTimeout, WorkerDied):
                return []
        answered = [one for _, one in right if isinstance(one, Answer)]
        objects = any(isinstance(leaf, Handle) for one in answered for leaf in leaves(one.value))
        return right if len(answered) >= LEAST and not objects else []

    def _prove(self, program: Program, questions: Sequence[str]) -> int:
        """Return on how many inputs a program is known to answer as the reference does, 0 if on not all."""
        tried = [one for question in questions for one in self._right[question]]
        if not all(self._right[question] for question in questions):
            return 0
        with contextlib.closing(self._wall.loaded(program)) as worker:
            try:
                alike = all(is_alike(outcome_of_call(worker, call), right) for call, right in tried)
            except (CallTimeout, WorkerDied):
                return 0
        return len(tried) if alike else 0


def can_be_repeated(call: Call) -> bool:
    """Whether a call is all that its answer depends on: it passes data alone."""
    passed = leaves([*call.args, *call.kwargs.values()])
    plain = call.action == "call" and not call.functions
    return plain and not any(isinstance(leaf, Handle) for leaf in passed)


def outcome_of_call(worker: Worker, call: Call) -> Answer | Ended:
    """Return an answer, or the exception that came of a call."""
    try:
        return worker.ask(encode_call(call), CALL_S)
    except StudentRaised as raised:
        return raised


def is_alike(got: Answer | Ended, want: Answer | Ended) -> bool:
    """Whether two outcomes are the same, but for rounding."""
    if isinstance(got, Answer) and isinstance(want, Answer) and same(got.value, want.value):
        return got.changed == want.changed and (not want.grads or apart(got, want) < CLOSE)
    return apart(got, want) < CLOSE
