"""One report as text for a terminal, for whoever graded the submission: all checks, all notes."""

import textwrap
import unicodedata
from collections.abc import Iterator, Sequence

import click

from autograder.results import CheckResult, Isolation, Outcome, QuestionResult, Report

MARKS = {
    Outcome.PASSED: ("✓", "green"), Outcome.FAILED: ("✗", "red"), Outcome.ERROR: ("!", "red"),
    Outcome.TIMEOUT: ("⧖", "yellow"), Outcome.CRASHED: ("☠", "yellow"),
    Outcome.UNWRITTEN: ("○", "red"), Outcome.SKIPPED: ("-", "bright_black"),
    Outcome.WAITING: ("…", "yellow"),
    Outcome.NOT_RUN: ("-", "bright_black"), Outcome.BROKEN: ("?", "magenta"),
}  # fmt: skip
WIDTH = 96
TOLD = 2  # failures of a question told in full: the others rarely say more


def to_terminal(report: Report) -> str:
    """Return a report as text with colours, for staff: with what a student does not see."""
    lines = [click.style(f"{report.assignment}: {printable(report.submission)}", bold=True)]
    lines += [f"  {printable(note)}" for note in report.notes]
    for question in report.questions:
        checks = [check for check in report.checks if check.question == question.id]
        lines += ["", *question_lines(question, checks)]
    if report.quiz:
        lines += ["", *quiz_lines(report)]
    lines += [f"examples of {printable(one.told)}" for one in report.examples]
    if report.output:
        lines += ["", "printed:", textwrap.indent(printable(report.output[:2000]).rstrip(), "  ")]
    lines += [f"staff: {printable(note)}" for note in report.staff_notes]
    total = f"score {number(report.score)} of {number(report.max_score)}"
    lines += ["", click.style(total, bold=True), f"isolation: {report.isolation.verdict}"]
    lines += [f"  to fix it: {report.isolation.mend}"] if report.isolation.mend else []
    return "\n".join(lines) + "\n"


def to_table(reports: Sequence[Report], isolation: Isolation) -> str:
    """Return a class as a table: a row a submission, with the first thing to know about it."""
    names = [question.id.partition(".")[2] for question in reports[0].questions] if reports else []
    width = min(34, max([10, *(len(report.submission) for report in reports)]))
    heads = [f"{name.split('_')[0][:8]:>9}" for name in [*names, "quiz"]]
    lines = [click.style(f"{'submission':<{width}} {'score':>7} {''.join(heads)}  remark", bold=True)]
    for report in reports:
        scores = [question.score for question in report.questions] + [report.quiz_score]
        cells = "".join(f"{number(score):>9}" for score in scores)
        name = printable(report.submission)[:width]
        lines.append(f"{name:<{width}} {number(report.score):>7} {cells}  {first_remark(report)}")
    lines += ["", f"isolation: {isolation.verdict} ({', '.join(isolation.layers)})"]
    lines += [f"  to fix it: {isolation.mend}"] if isolation.mend else []
    return "\n".join(lines) + "\n"


def first_remark(report: Report) -> str:
    """Return the first thing to know about a submission, in a few words."""
    known = [name for question in report.questions for name in question.misconceptions[:1]]
    late = f"{report.late_days} day{'s' * (report.late_days > 1)} late; " if report.late_days else ""
    if report.notes and not (late and known):
        return printable(report.notes[0])[:70]
    if known:
        return (late + ", ".join(name.replace("_", " ") for name in known))[:70]
    return "" if report.outcome is Outcome.PASSED else report.outcome.value


def question_lines(question: QuestionResult, checks: list[CheckResult]) -> list[str]:
    """Return a question's heading, hint and checks."""
    name = question.id.partition(".")[2]
    score = f"{number(question.score)} of {number(question.max_score)}"
    lines = [click.style(f"{name:<40} {score:>14}", bold=True)]
    lines += wrapped(question.comment, "  ") if question.comment else []
    same = {check.feedback for check in checks if check.outcome is not Outcome.PASSED}
    if len(same) == 1 and len(checks) > 1 and not any(c.outcome is Outcome.PASSED for c in checks):
        return [*lines, *wrapped(same.pop(), "  ")]
    lines += wrapped(f"Hint: {question.hint}", "  ") if question.hint else []
    told = 0
    for check in checks:
        sign, colour = MARKS[check.outcome]
        kind = "" if check.visible else " (hidden)"
        lines.append(f"  {click.style(sign, fg=colour)} {check.title}{kind}")
        if check.outcome is not Outcome.PASSED and told < TOLD:
            told += 1
            text = check.staff_note if check.outcome is Outcome.FAILED else check.feedback
            lines += wrapped(printable(text or check.feedback), "      ")
    return lines


def quiz_lines(report: Report) -> list[str]:
    """Return the quiz's heading and answers."""
    score = f"{number(report.quiz_score)} of {number(report.quiz_max_score)}"
    lines = [click.style(f"{'quiz':<40} {score:>14}", bold=True)]
    if all(not answer.given for answer in report.quiz):
        return [*lines, "  No answers were handed in."]
    for answer in report.quiz:
        sign, colour = MARKS[answer.outcome]
        lines.append(
            f"  {click.style(sign, fg=colour)} {answer.id}: {printable(answer.given) or 'no answer'}"
        )
        if answer.outcome is not Outcome.PASSED:
            lines += wrapped(printable(answer.feedback), "      ")
    return lines


def wrapped(text: str, indent: str, width: int = WIDTH) -> Iterator[str]:
    """Yield text in lines of a readable length; what fits stays as it is."""
    for part in text.splitlines():
        if part.strip() and len(indent) + len(part) <= width:
            yield indent + part
        else:
            yield from textwrap.wrap(part, width, initial_indent=indent, subsequent_indent=indent)


def number(value: float) -> str:
    """Return points without needless digits."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def printable(text: str) -> str:
    """Return text without the control characters that could drive a terminal."""
    return "".join(
        char if char in "\n\t" or unicodedata.category(char)[0] != "C" else "\N{REPLACEMENT CHARACTER}"
        for char in text
    )
