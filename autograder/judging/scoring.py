"""Points: pure functions from the outcomes of checks to what a question earned."""

from collections.abc import Sequence

from msgspec.structs import replace

from autograder.judging.judge import NOT_RUN
from autograder.results import CheckResult, Outcome, QuizAnswer

UNDIAGNOSED = ("Not written yet.", "There is no function")


def may_be_spoilt(results: Sequence[CheckResult]) -> bool:
    """Whether what went wrong may come from code that another question ran in the same worker."""
    wrong = [result for result in results if result.outcome is not Outcome.PASSED]
    here = {result.outcome for result in wrong} <= {Outcome.FAILED, Outcome.ERROR, Outcome.SKIPPED}
    return bool(wrong) and here and not unwritten(wrong)


def unwritten(wrong: Sequence[CheckResult]) -> bool:
    """Whether all that is wrong is that there is no function yet."""
    return all(result.feedback.startswith(UNDIAGNOSED) for result in wrong)


def share(points: float, results: Sequence[CheckResult]) -> float:
    """Return what a question earned: its points shared by its checks by weight, broken ones left out.

    Where hidden checks could not run, the visible ones share all the points.
    """
    left_out = [result.outcome is Outcome.BROKEN or result.feedback == NOT_RUN for result in results]
    counted = [result for result, out in zip(results, left_out, strict=True) if not out]
    total = sum(result.weight for result in counted)
    if not total:
        return float(points) if results else 0.0
    earned = sum(result.weight for result in counted if result.outcome is Outcome.PASSED)
    return round(points * earned / total, 2)


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
