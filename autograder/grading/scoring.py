"""Points: pure functions from the outcomes of checks to what a question earned."""

from collections.abc import Sequence
from typing import Protocol

from msgspec.structs import replace

from autograder.config import Assignment
from autograder.results import (
    EXAMPLES,
    WEIGHTLESS,
    Cause,
    CheckResult,
    Examples,
    Outcome,
    QuestionResult,
    QuizAnswer,
)

MILD = {Outcome.FAILED, Outcome.ERROR, Outcome.UNWRITTEN, Outcome.SKIPPED, Outcome.NOT_RUN}
ENOUGH_CAUGHT = 0.75  # of the known mistakes for examples: some show only in what nobody works out by hand
VISIBLE_PART = 0.2  # of a question: who has a check can answer it from a table, without the work


def may_be_spoilt(results: Sequence[CheckResult]) -> bool:
    """Whether what went wrong may come from code that another question ran in the same worker."""
    wrong = [result for result in results if result.outcome is not Outcome.PASSED]
    return {result.outcome for result in wrong} <= MILD and not is_absent(wrong)


def is_absent(results: Sequence[CheckResult]) -> bool:
    """Whether all that is wrong is that there is no function yet."""
    ran = (Outcome.PASSED, Outcome.SKIPPED, Outcome.NOT_RUN)
    wrong = [result for result in results if result.outcome not in ran]
    return all(one.outcome is Outcome.UNWRITTEN or one.cause is Cause.MISSING for one in wrong)


class Weighted(Protocol):
    """A check, or the result of one."""

    @property
    def visible(self) -> bool:
        """Whether students have it."""

    @property
    def weight(self) -> float:
        """Its share relative to its siblings."""


def point_shares(checks: Sequence[Weighted]) -> list[float]:
    """Return which part of a question's points each of its checks carries.

    They share by weight, but all visible ones together carry no more than `VISIBLE_PART`.
    """
    totals = {kind: sum(one.weight for one in checks if one.visible is kind) for kind in (True, False)}
    whole = sum(totals.values())
    if not whole:
        return [0.0] * len(checks)
    visible = totals[True] / whole
    if totals[False]:
        visible = min(visible, VISIBLE_PART)
    kinds = {True: visible, False: 1 - visible}
    return [one.weight and kinds[one.visible] * one.weight / totals[one.visible] for one in checks]


def is_weightless(result: CheckResult) -> bool:
    """Whether a check carries no points because it could not run."""
    return result.outcome in WEIGHTLESS


def share(points: float, results: Sequence[CheckResult]) -> float:
    """Return what a question earned; checks that could not run leave their points to the others."""
    counted = [result for result in results if not is_weightless(result)]
    carried = point_shares(counted)
    if not any(carried):
        return float(points) if results else 0.0
    earned = [part for part, result in zip(carried, counted, strict=True) if result.outcome is Outcome.PASSED]
    return round(points * sum(earned), 2)


def examples_share(one: Examples) -> float:
    """Return what the examples of a question earn: the part that is right, times what they catch."""
    own = one.given - len(one.copied)
    right = (own - len(one.wrong)) / own if own else 0.0
    return right * (min(1.0, one.caught / (ENOUGH_CAUGHT * one.known)) if one.known else 1.0)


def examples_earned(assignment: Assignment, found: Sequence[Examples]) -> QuestionResult:
    """Return what examples earn together, those of each question as much as those of another."""
    points, name = assignment.examples_points, f"{assignment.stem}.{EXAMPLES}"
    score = round(points * sum(map(examples_share, found)) / len(assignment.questions), 2)
    outcome = Outcome.PASSED if score >= points else Outcome.FAILED if found else Outcome.UNWRITTEN
    return QuestionResult(id=name, score=score, max_score=points, outcome=outcome)


def quiz_shares(points: float, answers: Sequence[QuizAnswer]) -> list[QuizAnswer]:
    """Return a quiz's answers with what each earned: the quiz's points shared by its questions by weight.

    What the kit could not grade is left out, so that it costs nothing.
    """
    broken = [answer for answer in answers if answer.outcome is Outcome.BROKEN]
    if len(broken) == len(answers):
        return [
            replace(answer, score=points / len(answers), max_score=points / len(answers))
            for answer in answers
        ]
    total = sum(answer.weight for answer in answers if answer not in broken)
    return [
        replace(
            answer,
            score=round(points * answer.weight * answer.earned / total, 4),
            max_score=round(points * answer.weight / total, 4),
        )
        if answer not in broken
        else replace(answer, score=0.0, max_score=0.0)
        for answer in answers
    ]
