"""A report as Gradescope's results.json: one row a check. Pure; written and tried by `platform.run`."""

import html
import textwrap
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from autograder.config import CourseSettings, Visibility
from autograder.data.figures import PNG
from autograder.grading.scoring import is_weightless, point_shares
from autograder.reports.repairs import repair_lines, repairs
from autograder.reports.student_page import at_home, own_answer, questions_of
from autograder.reports.terminal import printable
from autograder.results import WEIGHTLESS, CheckResult, Outcome, QuestionResult, QuizAnswer, Report
from autograder.roster.late import Ruling

ResultsRow = dict[str, Any]
OUTPUT_WIDTH = 100
MAX_OUTPUT = 4000  # of a row
MAX_PAGE = 95_000  # of a row with figures: the platform cuts the middle out of more than 100,000
FIGURE_TOO_LARGE = "The figure is too large for this page: draw it on your own machine."
NOT_REACHED = "Not graded: the run ended before this."
NOTHING_RAN = "Not graded: see the top of this page."


def to_gradescope(report: Report, settings: CourseSettings, ruling: Ruling | None = None) -> ResultsRow:
    """Return what goes into results.json.

    The rows' `max_score` add up to the assignment's points; `score` is the truth, with what was
    taken off for lateness, and overrides the sum of the rows. How long the run took is not told: a
    program could choose it to say what hidden checks call with.
    """
    ruling, visibility = ruling or Ruling(), settings.visibility
    score = after(report.score, report.max_score, ruling)
    rows = [
        row
        for place, question in enumerate(report.questions, 1)
        for row in question_rows(question, place, report, visibility)
    ]
    rows += quiz_rows(report, len(report.questions) + 1, visibility.hidden_checks)
    return {
        "score": score,
        "output": "\n\n".join([*ruling.notes, *map(block, top_of_page(report))]),
        "output_format": "md",
        "test_output_format": "md",
        "test_name_format": "text",
        "visibility": visibility.visible_checks,
        "stdout_visibility": "hidden",
        "tests": rows,
        "extra_data": {
            "receipt": report.receipt, "isolation": report.isolation.verdict, "late_days": ruling.late_days,
            "outcome": report.outcome, "before_lateness": report.score,
        },
        **({"leaderboard": [{"name": "score", "value": score}]} if settings.leaderboard else {}),
    }  # fmt: skip


def top_of_page(report: Report) -> list[str]:
    """Return what students read of the whole, before publication too."""
    open_now = questions_of(report, staff=False, published=False)
    first = "\n".join(repair_lines(repairs(report, open_now, scored=False)))
    examples = [f"examples of {one.told}" for one in report.examples_aside]
    return [*report.notes, *([first] if first else []), *examples]


def after(score: float, max_score: float, ruling: Ruling) -> float:
    """Return a score with what a ruling takes off."""
    return round(max(0.0, score - ruling.taken * max_score), 2)


def question_rows(
    question: QuestionResult, place: int, report: Report, visibility: Visibility
) -> list[ResultsRow]:
    """Return a question's hint, which bears no points, and a row for each of its checks."""
    name = question.id.partition(".")[2]
    checks = [check for check in report.checks if check.question == question.id]
    if not checks:
        told = NOT_REACHED if question.outcome is Outcome.SKIPPED else NOTHING_RAN
        if examples := report.examples_told(question):
            told = block(examples)
        whole: ResultsRow = {"name": name, "number": str(place), "visibility": visibility.visible_checks}
        whole |= {"score": question.score, "max_score": question.max_score, "output": told}
        whole["status"] = "passed" if question.outcome is Outcome.PASSED else "failed"
        return [whole | {"tags": [name, question.outcome]}]
    rows = [hint_row(question, name, place, checks, visibility)] if question.hint else []
    ran = [check for check in checks if not is_weightless(check)]
    counted = dict(zip([check.id for check in ran], point_shares(ran), strict=True))
    if not any(counted.values()):  # none of them could be run: no points are lost
        counted = dict(zip([check.id for check in checks], point_shares(checks), strict=True))
    worth = shared(question.max_score, [counted.get(check.id, 0.0) for check in checks])
    for at, (check, points) in enumerate(zip(checks, worth, strict=True), 1):
        rows.append(check_row(check, name, f"{place}.{at}", points))
    return rows


def check_row(check: CheckResult, question: str, place: str, points: float) -> ResultsRow:
    """Return the row of a check that is worth `points`."""
    full = check.outcome in (Outcome.PASSED, *WEIGHTLESS)
    row: ResultsRow = {"name": f"{question}: {check.title}", "number": place, "visibility": check.visibility}
    row |= {"score": points if full else 0.0, "max_score": points}
    row["status"] = "passed" if check.outcome is Outcome.PASSED else "failed"
    kind = "visible" if check.visible else "hidden"
    return row | row_text(check) | {"tags": [question, kind, check.outcome]}


def row_text(check: CheckResult) -> ResultsRow:
    """Return what a check has to say: as Markdown, or with its figures as HTML if they are small enough."""
    pictures, text = drawn(check), check.feedback
    text += f"\n({at_home(check)})" if at_home(check) else ""
    if not pictures:
        return {"output": block(text)}
    page = f"<pre>{html.escape(cut(printable(text).strip()))}</pre>\n{pictures}"
    if len(page) > MAX_PAGE:
        return {"output": block(f"{text}\n{FIGURE_TOO_LARGE}")}
    return {"output": page, "output_format": "html"}


def drawn(check: CheckResult) -> str:
    """Return the student's figure and the reference's as HTML, empty if there are none to be shown."""
    found = (("Yours", check.picture), ("The reference's", check.reference_picture))
    return "\n".join(
        f'<p>{caption}:</p><img alt="{caption} figure" src="data:image/png;base64,{b64encode(png).decode()}">'
        for caption, png in found
        if check.visible and png.startswith(PNG)
    )


def hint_row(
    question: QuestionResult, name: str, place: int, checks: Sequence[CheckResult], visibility: Visibility
) -> ResultsRow:
    """Return the hint of a question; where only hidden checks failed, it is as hidden as they are."""
    seen = any(check.visible and check.outcome is not Outcome.PASSED for check in checks)
    shown = visibility.visible_checks if seen else visibility.hidden_checks
    row: ResultsRow = {"name": f"{name}: a hint", "number": str(place), "visibility": shown}
    return row | {"output": block(question.hint), "tags": [name, "hint"]}


def quiz_rows(report: Report, place: int, visibility: str) -> list[ResultsRow]:
    """Return a row for each question of the quiz, or one for a quiz that was not reached."""
    if not report.quiz:
        row: ResultsRow = {
            "name": "quiz",
            "number": str(place),
            "score": 0.0,
            "max_score": report.quiz_max_score,
        }
        row |= {"status": "failed", "visibility": visibility, "output": NOT_REACHED, "tags": ["quiz"]}
        return [row] if report.quiz_max_score else []
    worth = shared(report.quiz_max_score, [answer.max_score for answer in report.quiz])
    return [
        quiz_row(answer, f"{place}.{at}", points, visibility)
        for at, (answer, points) in enumerate(zip(report.quiz, worth, strict=True), 1)
    ]


def quiz_row(answer: QuizAnswer, place: str, points: float, visibility: str) -> ResultsRow:
    """Return the row of a quiz question."""
    share = answer.score / answer.max_score if answer.max_score else 0.0
    row: ResultsRow = {"name": f"quiz: {answer.id}", "number": place, "visibility": visibility}
    row |= {"score": round(points * share, 2), "max_score": points}
    row["status"] = "passed" if answer.outcome is Outcome.PASSED else "failed"
    return row | {
        "output": block(f"{own_answer(answer)}\n{answer.feedback}"),
        "tags": ["quiz", answer.outcome],
    }


def shared(points: float, weights: Sequence[float]) -> list[float]:
    """Return `points` shared by weight, in hundredths that add up to them."""
    total, reached, given = sum(weights), 0.0, 0.0
    shares = []
    for at, weight in enumerate(weights, 1):
        reached += weight
        upto = points if at == len(weights) or not total else round(points * reached / total, 2)
        shares.append(round(upto - given, 6))
        given = upto
    return shares


def kept_results(earlier: ResultsRow, refusal: str) -> ResultsRow:
    """Return the results of an earlier submission, kept because this one does not count.

    Args:
        earlier: results as they were written then.
        refusal: why this one does not count.
    """
    extra = earlier.get("extra_data")
    kept = dict(extra) if isinstance(extra, dict) else {}
    told = str(kept.setdefault("told_then", earlier.get("output", "")))
    note = f"{refusal}: it was not graded, and what you had before stands."
    return earlier | {"output": f"{note}\n\n{told}".rstrip(), "extra_data": kept | {"refused": refusal}}


def block(text: str) -> str:
    """Return text of whatever origin as an indented block of Markdown, in which nothing is rendered."""
    plain = cut(printable(text).strip())
    lines = [part for line in plain.splitlines() for part in textwrap.wrap(line, OUTPUT_WIDTH) or [""]]
    return "\n".join(f"    {line}" for line in lines)


def cut(text: str) -> str:
    """Return a text that is not longer than what anybody reads."""
    return text if len(text) <= MAX_OUTPUT else f"{text[:MAX_OUTPUT]} [cut here]"
