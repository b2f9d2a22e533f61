"""A refused figure travels to the report, beside what the reference drew for the same call."""

import pytest

from autograder.data.values import Figure
from autograder.errors import ReferenceFailed
from autograder.judging.bank import Check
from autograder.judging.judged import Judged
from autograder.judging.pictures import with_pictures
from autograder.judging.session import Exchange
from autograder.judging.verdict import Verdict
from autograder.results import CheckResult, Outcome
from autograder.sandbox.calls import Answer, Call

CHECK = Check("c", "plot", "", True, 1.0, (), (), print)
DRAWN, RIGHT = b"\x89PNG drawn", b"\x89PNG right"


class Reference:
    """Answers every call with the right figure, or fails."""

    def __init__(self, wrong=None):
        self._wrong = wrong

    def conversation(self):
        return self

    def outcome(self, call):
        if self._wrong:
            raise self._wrong
        return Answer(Figure([], RIGHT))


def judged(outcome, *values):
    exchanges = [Exchange(Call("call", "plot"), Answer(value)) for value in values]
    return Judged(CHECK, Verdict(outcome), tuple(exchanges))


def pictures(*checks, wrong=None):
    results = [
        CheckResult(id=str(at), question="plot", title="", visible=True, visibility="visible", weight=1.0,
                    outcome=one.verdict.outcome)
        for at, one in enumerate(checks)
    ]  # fmt: skip
    told = with_pictures(results, checks, Reference(wrong))
    return [(result.picture, result.reference_picture) for result in told]


def test_the_first_refused_figure_is_shown_beside_the_references():
    passed = judged(Outcome.PASSED, Figure([], DRAWN))
    failed = judged(Outcome.FAILED, Figure([], b"an earlier call"), Figure([], DRAWN))
    assert pictures(passed, failed, failed) == [(b"", b""), (DRAWN, RIGHT), (b"", b"")]


def test_what_is_no_figure_has_no_picture():
    nothing = (b"", b"")
    assert pictures(judged(Outcome.FAILED), judged(Outcome.FAILED, 3), judged(Outcome.ERROR)) == [nothing] * 3


@pytest.mark.parametrize("wrong", [ReferenceFailed("it took too long"), TypeError("it is passed functions")])
def test_a_reference_that_does_not_answer_costs_only_its_picture(wrong):
    failed = judged(Outcome.FAILED, Figure([], DRAWN))
    assert pictures(failed, wrong=wrong) == [(DRAWN, b"")]
