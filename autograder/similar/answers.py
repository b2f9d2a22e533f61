"""Wrong answers to the same hidden inputs, asked again: each work was graded with a draw of its own.

Answers to different inputs cannot be compared. So what was wrong is asked of everybody in one draw of this
term's seed, which makes works of earlier terms comparable, too.
"""

import contextlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from autograder.config import Course
from autograder.grading.grader import Grader
from autograder.grading.opening import at_once, open_grader
from autograder.judging.session import Session
from autograder.results import Outcome, Report
from autograder.sandbox.warm import WallLost
from autograder.similar.pairs import ComparedWork
from autograder.submission.reading import Submission

DRAW = 0
GradedWork = tuple[Submission, Report | None]


def with_answers(
    course: Course, stem: str, works: Sequence[ComparedWork], graded: Sequence[GradedWork],
    tell: Callable[[int], None],
) -> list[ComparedWork]:  # fmt: skip
    """Return works with digests of their wrong answers."""
    if not any(report and failed(report) for _, report in graded):
        return list(works)
    grader = open_grader(course, stem)
    found = []
    try:
        grader.wall.settle()
        with ThreadPoolExecutor(at_once()) as pool:
            answers = pool.map(lambda one: wrong_answers(grader, *one), graded)
            for done, (work, wrong) in enumerate(zip(works, answers, strict=True), 1):
                found.append(replace(work, wrong=wrong))
                tell(done)
    finally:
        grader.close()
    return found


def failed(report: Report) -> set[str]:
    """Return the ids of the checks that a work failed by its answers."""
    return {one.id for one in report.checks if one.answer_digest}


def wrong_answers(
    grader: Grader, submission: Submission, report: Report | None
) -> frozenset[tuple[str, str]]:
    """Return a digest of each wrong answer, by check; whatever the program does, this returns."""
    again = failed(report) if report else set()
    bank = grader.bank.drawn(DRAW)
    checks = [one for one in bank.checks if one.id in again]
    if not checks or report is None or submission.problem:
        return frozenset()
    right = {one.id for one in report.checks if one.outcome is Outcome.PASSED}
    passed = [one.name for one in bank.checks if one.id in right]
    with contextlib.closing(Session(grader.wall, grader.program_of(submission), draw=DRAW)) as session:
        session.seal()
        try:
            judged = list(grader.judge.judge_all(checks, session, passed))
        except WallLost:
            return frozenset()
    wrong = (one for one in judged if one.verdict.outcome is Outcome.FAILED and one.digest)
    return frozenset((one.check.id, one.digest.hex()) for one in wrong)
