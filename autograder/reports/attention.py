"""Which submissions staff should look at, and who needs help: pure functions from reports to lists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autograder.reports.statistics import LOW, handed_in_quiz, in_order, median, short_question, was_readable
from autograder.results import Cause, Outcome, Report

HELP_MOST = 60  # who needs help, at most
SLOW_TIMES, SLOW_S = 5.0, 2.0  # slow is: this many medians, and this many seconds


@dataclass(frozen=True)
class Concern:
    """A submission that staff should look at, and why."""

    report: Report
    reasons: tuple[str, ...]


def concerns(reports: Sequence[Report]) -> list[Concern]:
    """Return the submissions that staff should look at, the gravest first."""
    usual = median([report.seconds for report in reports if was_readable(report)])
    found = []
    for report in reports:
        reasons = list(reasons_to_look(report))
        if report.seconds > max(SLOW_S, SLOW_TIMES * usual):
            reasons.append(f"took {report.seconds:.1f} s; the usual is {usual:.1f} s")
        if reasons:
            found.append(Concern(report, tuple(reasons)))
    grave = {Outcome.BROKEN: 0, Outcome.CRASHED: 1, Outcome.TIMEOUT: 2}
    return sorted(found, key=lambda one: grave.get(one.report.outcome, len(grave)))


def needs_help(reports: Sequence[Report]) -> list[Concern]:
    """Return who earned less than half of the points, the least first, with what is missing."""
    found = []
    for report in reports:
        share = report.score / report.max_score if report.max_score else 1.0
        if share < LOW:
            found.append((share, Concern(report, tuple(reasons_for_help(report)))))
    return [concern for _, concern in sorted(found, key=lambda pair: pair[0])][:HELP_MOST]


def reasons_for_help(report: Report) -> Iterable[str]:
    """Yield what somebody with few points may need, in words."""
    if not was_readable(report):
        yield "nothing could be graded"
        return
    nothing = [short_question(one.id) for one in report.questions if one.max_score and not one.score]
    if nothing:
        yield f"no points in {', '.join(nothing)}"
    known = [name.replace("_", " ") for one in report.questions for name in one.misconceptions[:1]]
    if known:
        yield f"known mistakes: {', '.join(known)}"
    if report.quiz_max_score and not handed_in_quiz(report):
        yield "no quiz"


def reasons_to_look(report: Report) -> Iterable[str]:
    """Yield what is grave about a submission, in words."""
    for outcome, words in (
        (Outcome.BROKEN, "the kit's fault, not theirs; no points are lost"),
        (Outcome.CRASHED, "ended its own process"),
        (Outcome.TIMEOUT, "gave no answer in time"),
    ):
        hit = [check for check in report.checks if check.outcome is outcome]
        where = ", ".join(in_order(short_question(check.question) for check in hit))
        if any(check.cause is Cause.INVALID_REPLY for check in hit):
            words = "sent the grader something that is no answer, as forged results do"
        if hit or (report.outcome is outcome and not report.checks):
            yield f"{words} ({where})" if where else words
    if report.refused or any(check.cause is Cause.REFUSED for check in report.checks):
        yield "was refused something that lies outside the wall (PermissionError)"
    if report.outcome is Outcome.BROKEN:
        yield from report.staff_notes[:3]
