"""A report as plain text to send back: what the student may read, and nothing else."""

import textwrap
from collections.abc import Iterator

from autograder.reports.student_page import Question, Told, questions_of
from autograder.reports.terminal import clean, number
from autograder.results import Outcome, Report

WIDTH = 88


def handback(report: Report, *, published: bool) -> str:
    """Return a student's feedback.

    Args:
        report: of the submission.
        published: whether results that wait for publication may be read. Until then there are visible
            checks only, and neither scores nor the quiz's answers.
    """
    return clean("\n".join(lines_of(report, published))).rstrip() + "\n"


def lines_of(report: Report, published: bool) -> Iterator[str]:
    """Yield the lines of a student's feedback."""
    yield f"{one_line(report.title or report.assignment)}: {one_line(report.student)}"
    if published:
        yield f"Score: {number(report.score)} of {number(report.max_score)}"
    for note in report.notes:
        yield from wrapped(note, "")
    for question in questions_of(report, False, published):
        yield ""
        yield from question_lines(question, published)
    if published and report.quiz:
        yield from ("", f"quiz: {number(report.quiz_score)} of {number(report.quiz_max_score)}")
        for answer in report.quiz:
            sign = "right" if answer.outcome is Outcome.PASSED else "not right"
            yield f"  {answer.id}: {sign}, {number(answer.score)} of {number(answer.max_score)}"
            yield from wrapped(answer.feedback, "      ")


def question_lines(question: Question, published: bool) -> Iterator[str]:
    """Yield a question's heading, its hint and its checks."""
    earned = f"{number(question.result.score)} of {number(question.result.max_score)}"
    checks = f"{len(question.passed)} of {question.total} checks pass"
    yield f"{question.name}: {earned}; {checks}" if published else f"{question.name}: {checks}"
    if question.same:
        yield from wrapped(question.same, "  ")
        return
    if question.hint:
        yield from wrapped(f"Hint: {question.hint}", "  ")
    for one in (*question.wrong, *question.not_run):
        yield from check_lines(one)
    if question.withheld:
        yield f"  {question.withheld} more checks: results come later"


def check_lines(one: Told) -> Iterator[str]:
    """Yield what a check that did not pass says."""
    yield f"  {one.check.title}"
    for part in (one.call, one.reason, one.details):
        yield from wrapped(part, "      ")


def wrapped(text: str, indent: str) -> Iterator[str]:
    """Yield text in lines of a readable length."""
    for part in text.splitlines():
        yield from textwrap.wrap(part, WIDTH, initial_indent=indent, subsequent_indent=indent)


def one_line(text: str) -> str:
    """Return text without line ends."""
    return " ".join(text.split())
