"""Known mistakes asked one after another in one process answer as each does in one of its own."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.config import load_config
from autograder.diagnosis.mistake_process import MistakeProcess
from autograder.grading.grader import Grader
from autograder.grading.opening import open_grader
from autograder.judging.judged import outcome_of
from autograder.judging.programs import reference_program
from autograder.judging.session import Script
from autograder.results import Outcome
from autograder.sandbox.calls import Answer, Call
from autograder.sandbox.codec import encode_call
from autograder.sandbox.program import Program

TINY = Path(__file__).parent / "tiny"
MEMORY = """
import posix

def remembers(values, window, seen=[]):
    seen += values
    return len(seen)

def ends(values, window):
    posix._exit(3)

def counts(values, window):
    return len(values)
"""


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    """A grader of the tiny course."""
    course = load_config(TINY)
    opened = open_grader(course, next(iter(course.settings.assignments)), hidden_anyway=True)
    yield opened
    opened.close()


def test_known_mistakes_answer_together_as_alone(grader):
    """The stage's answers, verdicts included, are those of a process for each."""
    known, seen = grader.diagnostician._known, 0
    for mistake in grader.bank.misconceptions:
        checks = grader.bank.of(mistake.question)
        for check in filter(known.is_plain, checks):
            found = known.ask(mistake.name, checks, check)
            layouts = known._asked_with(checks, check).layouts
            alone = known._judged(mistake.name, layouts)[check.key]
            assert (found.outcome, found.places, found.words) == (alone.outcome, alone.places, alone.words)
            assert found.record.same(alone.record).all()
            seen += found.outcome is not Outcome.PASSED
    assert seen > len(grader.bank.misconceptions)


def programs(grader: Grader, *names: str) -> list[Program]:
    """Return programs in which functions of `MEMORY` answer for the first question."""
    base = reference_program(grader.bank)
    modules = {**base.modules, "variants": MEMORY}
    return [replace(base, modules=modules, bind={"running_mean": ("variants", name)}) for name in names]


def script(*calls: Call) -> Script:
    return Script(tuple(map(encode_call, calls)), calls=calls)


def play(grader: Grader, names: list[str], copy: str, stage: MistakeProcess) -> list[list[list[Answer]]]:
    """Return what functions answer to two checks of one call each."""
    calls = [Call("call", "running_mean", args=([float(number)], 1)) for number in (3, 5)]
    _, played = stage.play(programs(grader, *names), copy, [script(call) for call in calls])
    return [[[outcome_of(one).value for one in replies] for replies in part] for part in played]


def test_each_has_its_own_memory_and_what_ends_the_process_is_asked_alone(grader):
    stage = MistakeProcess(grader.wall)
    try:
        assert play(grader, ["remembers", "ends", "counts"], "0", stage) == [[[1], [2]], [], [[1], [1]]]
        assert play(grader, ["remembers"], "1", stage) == [[[1], [2]]]  # other inputs, a copy of its own
        assert play(grader, ["no such function"], "1", stage) == [[]]
    finally:
        stage.close()
