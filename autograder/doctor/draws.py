"""Is every draw of the hidden inputs worth the same? What the first one decided, each must decide.

Little has to run again for that: a wrong answer that is refused by a check without random inputs is
refused in every draw.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from autograder.checks.draws import DRAWS
from autograder.doctor.behaviour import TrialResults, brief_note
from autograder.doctor.findings import Finding, Subject
from autograder.doctor.trials import JOBS, PARTLY, Ran, Trial, TrialRunner
from autograder.judging.bank import Check
from autograder.results import Outcome

OTHERS = range(1, DRAWS)
RIGHT = ("reference", "alternative")


def judge_draws(subject: Subject, runner: TrialRunner, results: TrialResults) -> Iterator[Finding]:
    """Right programs must pass, and wrong ones be refused, whatever hidden inputs are drawn."""
    with ThreadPoolExecutor(JOBS) as pool:
        for found in pool.map(lambda task: task(), tasks(subject, runner, results)):
            yield from found


def tasks(
    subject: Subject, runner: TrialRunner, results: TrialResults
) -> Iterator[Callable[[], list[Finding]]]:
    """Yield what has to be run."""
    for trial, ran in results.items():
        drawing = [one for one in runner.by_seconds(trial.questions) if one.draws]
        if trial.kind in RIGHT and drawing:
            yield partial(still_right, subject, runner, trial, drawing)
        if trial.kind in PARTLY:
            refusing = [one.check for one in ran if one.caught and one.check.weight > 0]
            if refusing and all(check.draws for check in refusing):
                rest = [check for check in drawing if check not in refusing]
                yield partial(still_refused, subject, runner, trial, [*refusing, *rest])


def still_right(
    subject: Subject, runner: TrialRunner, trial: Trial, checks: Sequence[Check]
) -> list[Finding]:
    """Find the checks that refuse a right program in another draw."""
    drawn = [check.drawn(draw) for draw in OTHERS for check in checks]
    lost = [one for one in runner.put_through(trial, drawn, alone=True) if one.outcome is not Outcome.PASSED]
    return [
        Finding(
            f"{trial.kind} {trial.name} of {trial.questions[0]} loses points at {one.check.name}"
            f" in draw {one.check.draw}: {brief_note(one.note)}",
            f"fix {subject.at('checks', one.check.name)}: it must hold for all random inputs",
        )
        for one in lost[:1]
    ]


def still_refused(
    subject: Subject, runner: TrialRunner, trial: Trial, checks: Sequence[Check]
) -> list[Finding]:
    """Find the draws in which no check refuses a wrong program."""
    first, *rest = checks
    ran: list[Ran] = runner.put_through(trial, [first.drawn(draw) for draw in OTHERS])
    left = [one.check.draw for one in ran if not one.caught]
    for draw in left:
        more = runner.put_through(trial, [check.drawn(draw) for check in rest], until_caught=True)
        if not any(one.caught and one.check.weight > 0 for one in more):
            return [
                Finding(
                    f"{trial.kind} {trial.name} of {trial.questions[0]} loses no points in draw {draw},"
                    f" though {first.name} refuses it in others",
                    f"make {subject.at('checks', first.name)} refuse it whatever is drawn: more inputs, or"
                    " one that is written out",
                )
            ]
    return []
