"""What to repair first: the questions at which most is to be earned, each with one thing to do."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.reports.student_page import PageQuestion
from autograder.reports.terminal import number
from autograder.results import Report

MOST_REPAIRS = 3  # more at once is no help
MOST_REPAIR = 220  # characters of what to do
NO_QUIZ = "No answers were handed in: fill in quiz.yml."


@dataclass(frozen=True)
class Repair:
    """A question to repair: where, how many points are to be earned, in words, and what to do."""

    name: str
    points: str
    advice: str


def repairs(report: Report, questions: Sequence[PageQuestion], *, scored: bool) -> list[Repair]:
    """Return the questions to repair first, those that earn most before the others.

    Unless `scored`, scores may not be told: only checks that may be read decide.
    """
    found: list[tuple[float, Repair]] = []
    for one in questions:
        if not one.wrong and not one.not_run:
            continue
        most = one.result.max_score
        earned = most - one.result.score if scored else most * (1 - len(one.passed) / one.total)
        points = f"+{number(earned)} points" if scored else f"{number(most)} points"
        found.append((earned, Repair(one.name, points, thing_to_do(one))))
    lost = report.quiz_max_score - report.quiz_score
    if report.quiz_max_score and not any(answer.given for answer in report.quiz):
        found.append((lost, Repair("quiz", f"{number(report.quiz_max_score)} points", NO_QUIZ)))
    return [repair for earned, repair in sorted(found, key=lambda one: -one[0])[:MOST_REPAIRS] if earned > 0]


def thing_to_do(question: PageQuestion) -> str:
    """Return one thing to do: the hint, or what the first check that did not pass says."""
    failed = (*question.wrong, *question.not_run)
    return textwrap.shorten(question.hint or question.same or failed[0].reason, MOST_REPAIR, placeholder=" …")


def repair_lines(found: Sequence[Repair]) -> list[str]:
    """Return repairs as lines of text."""
    lines = [f"{at}. {one.name} ({one.points}): {one.advice}" for at, one in enumerate(found, 1)]
    return ["Repair first:", *lines] if lines else []
