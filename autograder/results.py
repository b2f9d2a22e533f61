"""What grading produces: outcomes of checks, scores of questions, one report a submission."""

from enum import StrEnum
from typing import Any

import msgspec

REPORT_VERSION = 1


class Outcome(StrEnum):
    """How a check, a question or a submission ended."""

    PASSED = "passed"
    FAILED = "failed"  # ran, wrong
    ERROR = "error"  # student code raised
    TIMEOUT = "timeout"
    CRASHED = "crashed"
    SKIPPED = "skipped"  # a prerequisite failed
    BROKEN = "broken"  # our fault: never costs points, always reaches staff


# from mild to severe: a submission's outcome is the most severe of its checks'
SEVERITY = tuple(
    Outcome(word) for word in ("passed", "skipped", "failed", "error", "timeout", "crashed", "broken")
)


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """One check of one submission.

    `feedback` is for the student and holds nothing of a hidden check but its title and the kind of
    mistake; `staff_note` holds everything. `picture` is a figure that was refused, as PNG, and
    `reference_picture` what the reference drew; those of a hidden check are for staff. `answer_digest` is
    a hash of the wrong answers, equal where two programs gave the same ones; staff only.
    """

    id: str
    question: str
    title: str
    visible: bool
    visibility: str
    weight: float
    outcome: Outcome
    feedback: str = ""
    staff_note: str = ""
    picture: bytes = b""
    reference_picture: bytes = b""
    answer_digest: str = ""


class QuestionResult(msgspec.Struct, frozen=True, kw_only=True):
    """One question: points earned of points worth, and the known mistakes that explain its answers."""

    id: str
    score: float
    max_score: float
    outcome: Outcome
    hint: str = ""
    misconceptions: list[str] = []


class QuizAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One question of the quiz: `weight` is its part of the quiz's points, `earned` the share it earned."""

    id: str
    prompt: str
    given: str
    score: float
    max_score: float
    outcome: Outcome
    feedback: str
    weight: float = 0.0
    earned: float = 0.0


class Isolation(msgspec.Struct, frozen=True):
    """What the wall was seen to hold back on this machine."""

    verdict: str
    layers: list[str]
    leaks: list[str]
    mend: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything known about one graded submission."""

    version: int = REPORT_VERSION
    kit_version: str
    assignment: str
    title: str
    student: str
    submission: str
    score: float
    max_score: float
    outcome: Outcome
    questions: list[QuestionResult]
    checks: list[CheckResult]
    quiz: list[QuizAnswer]
    quiz_score: float
    quiz_max_score: float
    late_days: int = 0
    notes: list[str] = []  # for the student
    staff_notes: list[str] = []
    output: str = ""  # what the student's code printed, for staff
    isolation: Isolation
    receipt: dict[str, str] = {}
    seconds: float = 0.0


def worst(outcomes: list[Outcome]) -> Outcome:
    """Return the most severe outcome, `passed` for none."""
    return max(outcomes, key=SEVERITY.index, default=Outcome.PASSED)


def to_json(report: Report) -> bytes:
    """Return a report as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


def from_json(data: bytes) -> Report:
    """Read a report back."""
    return msgspec.json.decode(data, type=Report)


def schema() -> dict[str, Any]:
    """Return the JSON schema of a report."""
    return msgspec.json.schema(Report)
