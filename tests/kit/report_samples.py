"""Reports made up for the tests of the pages: classes of any size, hostile text everywhere."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

from autograder.reports.html import index_parts
from autograder.results import (
    CheckResult,
    Isolation,
    Outcome,
    QuestionResult,
    QuizAnswer,
    Report,
    worst,
)

QUESTIONS = {"running_mean": 20.0, "clip_to_range": 10.0, "softmax": 30.0}
QUIZ = ("why_average", "which_end")
FULL = Isolation("full", ["landlock", "seccomp"], [])
HINT = "The window slides past the end: which entries does the last mean need?"
TITLES = ("Three numbers by hand.", "Random numbers.", "An empty list.")
RUN = "document.documentElement.dataset.hit=1"
ATTACKS = (
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f'"><svg onload={RUN}>',
    f"</style></title></script><script>{RUN}</script>",
    f"javascript:{RUN}",
    "{{ 7*7 }}<style>*{display:none}</style><base href='//example.test/'>",
)


def check(question: str, place: int, outcome: Outcome, **changes: Any) -> CheckResult:
    """Return the result of a check; the first of a question is visible."""
    visible = place == 0
    told = "" if outcome is Outcome.PASSED else f"The result is wrong at {place + 1} of 9 entries."
    call = f"{question}([1.0, 2.0], 2)\n" if visible and told else ""
    facts: dict[str, Any] = {
        "id": f"warmup.{question}.check_{place}", "question": f"warmup.{question}",
        "title": TITLES[place], "visible": visible, "weight": 1.0, "outcome": outcome,
        "visibility": "visible" if visible else "after_published", "feedback": call + told,
        "staff_note": f"wrong\nsecret {question} {place}" if told else "",
    }  # fmt: skip
    return CheckResult(**facts | changes)


def question(name: str, share: float, outcome: Outcome, mistakes: tuple[str, ...] = ()) -> QuestionResult:
    """Return the result of a question of which a share was earned."""
    worth = QUESTIONS[name]
    return QuestionResult(
        id=f"warmup.{name}", score=round(worth * share, 2), max_score=worth, outcome=outcome,
        misconceptions=list(mistakes), hint=HINT if mistakes else "",
    )  # fmt: skip


def answer(name: str, right: bool, given: str = "b") -> QuizAnswer:
    """Return an answer of the quiz."""
    return QuizAnswer(
        id=name, prompt=f"What is {name}?\n\nOne word.", given=given, score=10.0 * right,
        outcome=Outcome.PASSED if right else Outcome.FAILED, feedback=f"Because of {name}.",
        max_score=10.0,
    )  # fmt: skip


def report(
    student: str = "Ann",
    shares: Mapping[str, float] | None = None,
    *,
    mistakes: Mapping[str, tuple[str, ...]] | None = None,
    wrong: Outcome = Outcome.FAILED,
    quiz: tuple[bool, ...] = (True, True),
    **changes: Any,
) -> Report:
    """Return a report.

    Args:
        student: whose.
        shares: of the questions' points, all of them unless given.
        mistakes: known ones, by question.
        wrong: how the checks of a question that is not full ended.
        quiz: which answers are right; none were handed in if empty.
        changes: other fields.
    """
    shares, mistakes = shares or {}, mistakes or {}
    results, checks = [], []
    for name in QUESTIONS:
        share = shares.get(name, 1.0)
        outcome = Outcome.PASSED if share == 1 else wrong
        results.append(question(name, share, outcome, mistakes.get(name, ())))
        passing = round(share * len(TITLES))
        checks += [
            check(name, place, Outcome.PASSED if place >= len(TITLES) - passing else outcome)
            for place in range(len(TITLES))
        ]
    answers = [answer(name, right) for name, right in zip(QUIZ, quiz, strict=False)]
    answers = answers or [answer(name, False, "") for name in QUIZ]
    quiz_score = sum(one.score for one in answers)
    facts: dict[str, Any] = {
        "kit_version": "1.0", "assignment": "warmup", "title": "Warming up", "student": student,
        "submission": student, "score": sum(one.score for one in results) + quiz_score,
        "max_score": 80.0, "outcome": worst([one.outcome for one in results]), "questions": results,
        "checks": checks, "quiz": answers, "quiz_score": quiz_score, "quiz_max_score": 20.0,
        "isolation": FULL, "seconds": 0.2,
        "receipt": {"submission_sha256": "abc123", "kit": "1.0"},
    }  # fmt: skip
    return Report(**facts | changes)


def unreadable(student: str = "Zip") -> Report:
    """Return the report on a submission that could not be read."""
    failed = [question(name, 0.0, Outcome.ERROR) for name in QUESTIONS]
    return changed(
        report(student), questions=failed, checks=[], quiz=[], quiz_score=0.0, score=0.0,
        outcome=Outcome.ERROR, notes=["upload.zip is 200 MB; at most 20 MB are read."], receipt={},
    )  # fmt: skip


def hostile(attack: str, number: int = 0) -> Report:
    """Return a report with an attack in every text that a student has a hand in, and in others."""
    told = f"f(\n    {attack},\n)\n{attack}\n{attack}"
    failed = [
        check(name, 0, Outcome.ERROR, title=attack, feedback=told, staff_note=attack) for name in QUESTIONS
    ]
    answers = [
        QuizAnswer(id=attack, prompt=attack, given=attack, score=0.0, max_score=10.0,
                   outcome=Outcome.FAILED, feedback=attack)
    ]  # fmt: skip
    made = report(
        f"{attack}{number}", dict.fromkeys(QUESTIONS, 0.0), wrong=Outcome.ERROR,
        mistakes=dict.fromkeys(QUESTIONS, (attack,)), notes=[attack], staff_notes=[attack],
        output=attack, receipt={attack: attack}, kit_version=attack, title=attack,
        isolation=Isolation(attack, [attack], [attack], attack), assignment=attack,
    )  # fmt: skip
    return changed(made, checks=failed, quiz=answers)


def changed(made: Report, **changes: Any) -> Report:
    """Return a report with other fields."""
    facts = {name: getattr(made, name) for name in made.__struct_fields__}
    return Report(**facts | changes)


def many(size: int) -> list[Report]:
    """Return a class of different abilities, with two who have the same name."""
    rng = random.Random(7)
    names = ["Anna Núñez", "Bo Li", "Дарья", "محمد علي", "Zoë", "🦊 Fox", "Sam O'Neil"]
    made = []
    for number in range(size):
        able = rng.random()
        shares = {name: 1.0 if rng.random() < able else rng.choice([0.0, 1 / 3, 2 / 3]) for name in QUESTIONS}
        mistakes = {name: ("looks_past_the_end",) for name, share in shares.items() if 0 < share < 0.5}
        student = names[number % len(names)] if number < 2 * len(names) else f"Student {number}"
        wrong = rng.choice([Outcome.FAILED] * 8 + [Outcome.ERROR, Outcome.TIMEOUT, Outcome.CRASHED])
        quiz = tuple(rng.random() < able for _ in QUIZ)
        made.append(
            report(
                student,
                shares,
                mistakes=mistakes,
                wrong=wrong,
                quiz=quiz,
                submission=f"{student}-{number}",
            )
        )
    return made


def index_html(reports: Sequence[Report], title: str = "", **more: Any) -> str:
    """Return the page of a class as one text."""
    return "".join(index_parts(reports, title, **more))
