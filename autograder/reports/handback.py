"""A report as plain text to send back: what the student may read, and nothing else.

Before publication that may be a few looks at hidden mistakes: their kind, never a number.
"""

import functools
from collections.abc import Iterator, Sequence

from autograder.reports.repairs import repair_lines, repairs
from autograder.reports.student_page import at_home, own_answer, questions_of, seen
from autograder.reports.terminal import number, printable
from autograder.reports.terminal import wrapped as wrapped_to
from autograder.results import WEIGHTLESS, CheckResult, Outcome, QuestionResult, Report

FINE = (Outcome.PASSED, *WEIGHTLESS)
wrapped = functools.partial(wrapped_to, width=88)


def handback(report: Report, looks: Sequence[str] = (), *, published: bool) -> str:
    """Return a student's feedback.

    Until results are `published` there are visible checks only, neither scores nor the quiz's answers, and
    `looks`: lines on the kinds of hidden mistakes.
    """
    lines = (line if line.isprintable() else printable(line) for line in lines_of(report, looks, published))
    return "\n".join(lines).rstrip() + "\n"


def lines_of(report: Report, looks: Sequence[str], published: bool) -> Iterator[str]:
    """Yield the lines of a student's feedback."""
    yield f"{without_line_ends(report.title or report.assignment)}: {without_line_ends(report.student)}"
    if published:
        yield f"Score: {number(report.score)} of {number(report.max_score)}"
    for note in [*report.notes, *([] if published else looks)]:
        yield from wrapped(note, "")
    questions = questions_of(report, staff=False, published=published)
    for line in repair_lines(repairs(report, questions, scored=published)):
        yield from wrapped(line, "")
    for examples in report.examples_aside:
        yield from wrapped(f"examples of {examples.told}", "")
    for question in report.questions:
        checks = [check for check in report.checks if check.question == question.id]
        yield ""
        if told := report.examples_told(question):
            earned = f"{number(question.score)} of {number(question.max_score)}" if published else ""
            yield f"examples: {earned}".rstrip()
            yield from wrapped(f"{told}\n{question.comment if published else ''}", "  ")
            continue
        yield from feedback_on(question, checks, published)
    if published and report.quiz:
        yield from ("", f"quiz: {number(report.quiz_score)} of {number(report.quiz_max_score)}")
        for answer in report.quiz:
            sign = "right" if answer.outcome is Outcome.PASSED else "not right"
            yield f"  {answer.id}: {sign}, {number(answer.score)} of {number(answer.max_score)}"
            yield from wrapped(f"{own_answer(answer)}\n{answer.feedback}", "      ")


def feedback_on(question: QuestionResult, checks: Sequence[CheckResult], published: bool) -> Iterator[str]:
    """Yield a question's heading, its hint and those of its checks that may be read."""
    shown = [check for check in checks if seen(check, staff=False, published=published)]
    wrong = [check for check in shown if check.outcome is not Outcome.PASSED]
    name = question.id.partition(".")[2]
    earned = f"{number(question.score)} of {number(question.max_score)}; " if published else ""
    passed = f"{len(shown) - len(wrong)} of {len(shown)} checks pass" if shown else "no check ran"
    yield f"{name}: {earned}{passed}"
    if wrong and question.hint:  # a hint may rest on checks that cannot be read yet
        yield from wrapped(f"Hint: {question.hint}", "  ")
    if published and question.comment:
        yield from wrapped(question.comment, "  ")
    if len({check.feedback for check in wrong}) == 1 and len(wrong) == len(shown):
        yield from wrapped(wrong[0].feedback, "  ")
        return
    for check in wrong:
        yield f"  {check.title}" + (f" ({at_home(check)})" if at_home(check) else "")
        yield from wrapped(check.feedback, "      ")


def preview(report: Report, allowed: int, used: int) -> list[str]:
    """Return what this look, after `used` ones, says: a line a question that only hidden checks fail."""
    if used >= allowed:
        return []
    kinds = [line for question in report.questions if (line := kind(question, report))]
    none = ["No other mistake where the visible checks pass."]
    return [f"Hidden checks, look {used + 1} of {allowed}:", *(kinds or none)]


def kind(question: QuestionResult, report: Report) -> str:
    """Return the kind of a question's hidden mistakes, "" if there are none or visible checks fail."""
    checks = [check for check in report.checks if check.question == question.id]
    wrong = [check for check in checks if check.outcome not in FINE]
    if not wrong or any(check.visible for check in wrong):
        return ""
    told = question.hint or next((check.feedback for check in wrong if check.feedback), "wrong.")
    return f"{question.id.partition('.')[2]}: {told}"


def without_line_ends(text: str) -> str:
    """Return text without line ends."""
    return " ".join(text.split())
