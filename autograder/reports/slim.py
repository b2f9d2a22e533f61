"""A report with only what the class's page needs: thousands of them are in memory at once."""

from typing import TypeVar

from msgspec.structs import replace

from autograder.results import CheckResult, Outcome, QuestionResult, Report

Output = TypeVar("Output")


def slimmed(report: Report, same: dict[object, object]) -> Report:
    """Return what the class's page needs of a report; `same` keeps once what is the same in many."""

    def once(value: Output) -> Output:
        return same.setdefault(value, value)  # type: ignore[return-value]

    wrong = [check for check in report.checks if check.outcome is not Outcome.PASSED]
    checks = [once(slim_check(check)) for check in wrong or report.checks[:1]]
    quiz = [
        once(replace(answer, feedback="", staff_note="", prompt=once(answer.prompt)))
        for answer in report.quiz
    ]
    questions = [slim_question(one, same) for one in report.questions]
    return replace(
        report, checks=checks, quiz=quiz, questions=questions, examples=[], output="", receipt={},
        isolation=same.setdefault(repr(report.isolation), report.isolation),
        notes=[once(note) for note in report.notes],
        assignment=once(report.assignment), title=once(report.title), kit_version=once(report.kit_version),
    )  # fmt: skip


def slim_question(question: QuestionResult, same: dict[object, object]) -> QuestionResult:
    """Return a question's result without its comment, the same object for equal ones."""
    bare = replace(question, comment="")
    key = (bare.id, bare.score, bare.max_score, bare.outcome, bare.hint, *bare.misconceptions)
    return same.setdefault(key, bare)  # type: ignore[return-value]


def slim_check(check: CheckResult) -> CheckResult:
    """Return a check's result without what is not told on the class's page: the same for many."""
    return replace(
        check,
        feedback="",
        staff_note="",
        picture=b"",
        reference_picture=b"",
        answer_digest="",
        line=0,
        cell=0,
    )
