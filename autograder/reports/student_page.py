"""What a student reads about each question: which checks, in which order, and in how many words."""

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.checks.describe import sentence
from autograder.reports.statistics import is_wrong, short_question
from autograder.results import CheckResult, Outcome, QuestionResult, QuizAnswer, Report

NOT_RUN = (Outcome.SKIPPED, Outcome.NOT_RUN)
WHEN_PUBLISHED = ("after_due_date", "after_published")


@dataclass(frozen=True)
class FailedCheck:
    """A check that did not pass: the call, what was wrong with its answer, and the details."""

    check: CheckResult
    call: str
    reason: str
    details: str


@dataclass(frozen=True)
class PageQuestion:
    """A question on the page. `same` is what all its checks say, if they all say the same."""

    result: QuestionResult
    same: str
    wrong: tuple[FailedCheck, ...]
    not_run: tuple[FailedCheck, ...]
    passed: tuple[CheckResult, ...]
    hint: str

    @property
    def name(self) -> str:
        """Return the question's name without the assignment's."""
        return short_question(self.result.id)

    @property
    def total(self) -> int:
        """Return how many checks are shown."""
        return len(self.wrong) + len(self.not_run) + len(self.passed)


def questions_of(report: Report, staff: bool, published: bool) -> list[PageQuestion]:
    """Return a report's questions with those of their checks that may be read."""
    return [page_question(one, report.checks, staff, published) for one in report.questions]


def page_question(
    result: QuestionResult, checks: Sequence[CheckResult], staff: bool, published: bool
) -> PageQuestion:
    """Return a question with those of its checks that may be read."""
    shown = [check for check in checks if check.question == result.id and seen(check, staff, published)]
    passed = tuple(check for check in shown if check.outcome is Outcome.PASSED)
    failed = [failed_check(check, staff) for check in shown if check.outcome is not Outcome.PASSED]
    alone = len(failed) > 1 and len(grouped(failed)) == 1 and not passed
    return PageQuestion(
        result=result,
        same=failed[0].reason if alone else "",
        wrong=tuple(one for one in failed if one.check.outcome not in NOT_RUN),
        not_run=tuple(one for one in failed if one.check.outcome in NOT_RUN),
        passed=passed,
        # a hint may rest on hidden checks: it comes with a failure that the student can see
        hint=result.hint if staff or any(is_wrong(check) for check in shown) else "",
    )


def seen(check: CheckResult, staff: bool, published: bool) -> bool:
    """Whether a check may be read."""
    return staff or check.visibility == "visible" or (published and check.visibility in WHEN_PUBLISHED)


def own_answer(answer: QuizAnswer) -> str:
    """Return what was answered to a question of the quiz, with what the chosen letters say."""
    said = f" ({answer.chosen})" if answer.chosen else ""
    return f"Your answer: {answer.given or 'none'}{said if answer.given else ''}"


def at_home(check: CheckResult) -> str:
    """Return the remark that a student's own pytest shows a failure too, "" where it does not."""
    fails = is_wrong(check) and check.outcome is not Outcome.WAITING
    return "your own pytest shows this too" if check.visible and fails else ""


def failed_check(check: CheckResult, staff: bool) -> FailedCheck:
    """Return what a check says, in its parts."""
    full = staff and check.outcome is Outcome.FAILED and check.staff_note
    return FailedCheck(check, *feedback_parts(check.staff_note if full else check.feedback))


def grouped(failed: Sequence[FailedCheck]) -> list[list[FailedCheck]]:
    """Return checks in groups that say the same."""
    groups: dict[tuple[str, ...], list[FailedCheck]] = {}
    for one in failed:
        groups.setdefault((one.check.outcome, one.call, one.reason, one.details), []).append(one)
    return list(groups.values())


def feedback_parts(feedback: str) -> tuple[str, str, str]:
    """Return the call that feedback begins with, if it does; its next line; and what follows."""
    lines = feedback.split("\n")
    end = 0
    if lines and lines[0].endswith("("):  # one argument a line
        end = lines.index(")") + 1 if ")" in lines else 0
    elif len(lines) > 1 and lines[0].endswith(")"):
        end = 1
    reason = lines[end] if end < len(lines) else ""
    return "\n".join(lines[:end]), sentence(reason), "\n".join(lines[end + 1 :])
