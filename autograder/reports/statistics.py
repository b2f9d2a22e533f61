"""What the reports of a class say together: pure functions from reports to numbers and lists."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from autograder.results import CheckResult, Outcome, Report

FEWEST = 3  # a correlation of fewer answers says nothing
HIGH, LOW = 0.7, 0.5  # shares of the points: knows or can do it, and does not
RETEACH_FROM = 0.1  # a question is worth a lesson once this part of its points is lost
RETEACH_MOST, RETEACH_QUIZ = 8, 3  # topics at most, and those of the quiz among them


@dataclass(frozen=True)
class ItemStatistics:
    """How a question, of the code or of the quiz, went.

    `difficulty` is the share of its points that the class earned. `discrimination` is the corrected
    item-total correlation: of the points on this question with the points on all others together;
    None where there is nothing to correlate.
    """

    id: str
    worth: float
    answers: int
    difficulty: float
    discrimination: float | None
    full: int
    part: int
    none: int

    @property
    def name(self) -> str:
        """Return the question's name without the assignment's."""
        return short_question(self.id)

    @property
    def lost(self) -> float:
        """Return how many points a submission lost on it, in the mean."""
        return self.worth * (1 - self.difficulty)


@dataclass(frozen=True)
class MistakeCount:
    """A known mistake of a question, or several that explain the same answers, and who made it."""

    question: str
    names: tuple[str, ...]
    hint: str
    reports: tuple[Report, ...]

    @property
    def title(self) -> str:
        """Return what was done, in words."""
        return " or ".join(name.replace("_", " ") for name in self.names)


@dataclass(frozen=True)
class Topic:
    """Something to teach again: a question on which the class lost points.

    `often` is what went wrong most, and how often: titles of failed checks, or wrong answers to a
    question of the quiz.
    """

    item: ItemStatistics
    unwritten: int = 0
    mistakes: tuple[MistakeCount, ...] = ()
    often: tuple[tuple[str, int], ...] = ()
    prompt: str = ""
    varies: bool = False  # whether other students have other figures in it

    @property
    def hit(self) -> int:
        """Return how many lost points on it."""
        return self.item.part + self.item.none

    @property
    def others(self) -> int:
        """Return how many wrote it, and made none of the known mistakes."""
        return self.hit - self.unwritten - sum(len(one.reports) for one in self.mistakes)


@dataclass(frozen=True)
class Contrast:
    """Quiz against code, of those who handed in both; each point is (quiz share, code share)."""

    points: tuple[tuple[float, float], ...]
    correlation: float | None
    knows_only: tuple[Report, ...]
    codes_only: tuple[Report, ...]


def short_question(question: str) -> str:
    """Return a question's name without the assignment's."""
    return question.partition(".")[2] or question


def was_readable(report: Report) -> bool:
    """Whether there was something to grade."""
    return bool(report.checks or report.quiz)


def handed_in_quiz(report: Report) -> bool:
    """Whether a submission answers at least one question of the quiz."""
    return any(answer.given for answer in report.quiz)


def code_items(reports: Sequence[Report]) -> list[ItemStatistics]:
    """Return how the questions of the code went, in their order."""
    graded = [report for report in reports if was_readable(report)]
    rows = [{one.id: (one.score, one.max_score) for one in report.questions} for report in graded]
    return items(rows, [report.quiz_score for report in graded])


def quiz_items(reports: Sequence[Report]) -> list[ItemStatistics]:
    """Return how the questions of the quiz went, of those who handed it in."""
    graded = [report for report in reports if handed_in_quiz(report)]
    rows = [
        {one.id: (one.score, one.max_score) for one in report.quiz if one.outcome is not Outcome.WAITING}
        for report in graded
    ]
    return items(rows, [code_score(report) for report in graded])


def code_score(report: Report) -> float:
    """Return the points for code."""
    return sum(question.score for question in report.questions)


def items(rows: Sequence[dict[str, tuple[float, float]]], besides: Sequence[float]) -> list[ItemStatistics]:
    """Return how questions went, from points earned and worth by question for each submission.

    `besides` are points earned elsewhere: they count into a submission's total.
    """
    totals = [
        sum(score for score, _ in row.values()) + extra for row, extra in zip(rows, besides, strict=True)
    ]
    made = []
    for name in in_order(name for row in rows for name in row):
        pairs = [(*row[name], total) for row, total in zip(rows, totals, strict=True) if name in row]
        scores, worth, total = np.array(pairs, dtype=float).T
        full, none = int(np.sum(scores >= worth - 1e-9)), int(np.sum((scores <= 0) & (worth > 0)))
        difficulty = float(scores.sum() / worth.sum()) if worth.sum() else 1.0
        found = correlation(scores, total - scores)
        part = len(pairs) - full - none
        made.append(ItemStatistics(name, float(worth.max()), len(pairs), difficulty, found, full, part, none))
    return made


def in_order(names: Iterable[str]) -> list[str]:
    """Return names once each, in the order in which they first come."""
    return list(dict.fromkeys(names))


def correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    """Return Pearson's correlation, None where one of them does not vary or there are too few."""
    if len(one) < FEWEST or np.ptp(one) < 1e-9 or np.ptp(other) < 1e-9:
        return None
    return float(np.corrcoef(one, other)[0, 1])


def known_mistakes(reports: Sequence[Report]) -> list[MistakeCount]:
    """Return the known mistakes that were made, the most frequent first."""
    made: dict[tuple[str, tuple[str, ...]], list[tuple[str, Report]]] = {}
    for report in reports:
        for question in report.questions:
            if question.misconceptions:
                key = (question.id, tuple(question.misconceptions))
                made.setdefault(key, []).append((question.hint, report))
    mistakes = [
        MistakeCount(
            question=question,
            names=names,
            hint=Counter(hint for hint, _ in who).most_common(1)[0][0],
            reports=tuple(report for _, report in who),
        )
        for (question, names), who in made.items()
    ]
    return sorted(mistakes, key=lambda one: (-len(one.reports), one.question, one.names))


def reteach(reports: Sequence[Report]) -> list[Topic]:
    """Return what to teach again, by the points that the class lost on it."""
    code = [code_topic(item, reports) for item in worst_of(code_items(reports))]
    quiz = [quiz_topic(item, reports) for item in worst_of(quiz_items(reports))[:RETEACH_QUIZ]]
    return sorted(code + quiz, key=lambda topic: -topic.item.lost)[:RETEACH_MOST]


def worst_of(items: Sequence[ItemStatistics]) -> list[ItemStatistics]:
    """Return the questions that deserve a lesson, the worst first."""
    lost = [item for item in items if 1 - item.difficulty >= RETEACH_FROM]
    return sorted(lost, key=lambda item: -item.lost)


def code_topic(item: ItemStatistics, reports: Sequence[Report]) -> Topic:
    """Return what is to be said about a question of the code."""
    unwritten, failed = 0, Counter[str]()
    for report in reports:
        wrong = [check for check in report.checks if check.question == item.id and is_wrong(check)]
        if wrong and all(check.outcome is Outcome.UNWRITTEN for check in wrong):
            unwritten += 1
        else:
            failed.update(check.title for check in wrong)
    mistakes = tuple(one for one in known_mistakes(reports) if one.question == item.id)
    return Topic(item, unwritten, mistakes, tuple(failed.most_common(3)))


def is_wrong(check: CheckResult) -> bool:
    """Whether a check cost points."""
    return check.outcome not in (Outcome.PASSED, Outcome.SKIPPED, Outcome.NOT_RUN, Outcome.BROKEN)


def quiz_topic(item: ItemStatistics, reports: Sequence[Report]) -> Topic:
    """Return what is to be said about a question of the quiz."""
    given = [
        answer
        for report in reports
        if handed_in_quiz(report)
        for answer in report.quiz
        if answer.id == item.id
    ]
    wrong = Counter(
        one.chosen or one.given or "no answer" for one in given if one.outcome is not Outcome.PASSED
    )
    prompts = in_order(answer.prompt for answer in given if answer.given)
    prompts = prompts or in_order(answer.prompt for answer in given)[:1] or [item.name]
    often = tuple(wrong.most_common(3))
    return Topic(item, often=often, prompt=prompts[0], varies=len(prompts) > 1)


def contrast(reports: Sequence[Report]) -> Contrast:
    """Return who knows what they cannot code, and who codes what they cannot explain."""
    points, knows_only, codes_only = [], [], []
    for report in reports:
        worth = sum(question.max_score for question in report.questions)
        if not (handed_in_quiz(report) and report.checks and worth and report.quiz_max_score):
            continue
        quiz, code = report.quiz_score / report.quiz_max_score, code_score(report) / worth
        points.append((quiz, code))
        if quiz >= HIGH and code < LOW:
            knows_only.append(report)
        if code >= HIGH and quiz < LOW:
            codes_only.append(report)
    pairs = np.array(points, dtype=float).reshape(-1, 2)
    found = correlation(pairs[:, 0], pairs[:, 1])
    return Contrast(tuple(points), found, tuple(knows_only), tuple(codes_only))


def median(values: Sequence[float]) -> float:
    """Return the median, 0 of nothing."""
    return float(np.median(values)) if values else 0.0


def quarters(values: Sequence[float]) -> tuple[float, float]:
    """Return what a quarter of the values lies below, and a quarter above; zeros of nothing."""
    low, high = np.quantile(values, [0.25, 0.75]) if values else (0.0, 0.0)
    return float(low), float(high)
