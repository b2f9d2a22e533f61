"""What grading produces: outcomes of checks, scores of questions, one report a submission."""

from enum import StrEnum

import msgspec
from msgspec.structs import replace

REPORT_VERSION = 2
EXAMPLES = "examples"  # what examples.py earns stands among the questions, under this name
NO_EXAMPLES = "No examples could be read: is examples.py handed in?"


class Outcome(StrEnum):
    """How a check, a question or a submission ended."""

    PASSED = "passed"
    FAILED = "failed"  # ran, wrong
    ERROR = "error"  # student code raised
    TIMEOUT = "timeout"
    CRASHED = "crashed"
    UNWRITTEN = "unwritten"  # the stub as handed out
    SKIPPED = "skipped"  # a prerequisite failed
    WAITING = "waiting"  # for a person, who gives the points
    NOT_RUN = "not_run"  # this machine may not run it: never costs points
    BROKEN = "broken"  # our fault: never costs points, always reaches staff


# from mild to severe: a submission's outcome is the most severe of its checks'
SEVERITY = (
    Outcome.PASSED, Outcome.NOT_RUN, Outcome.WAITING, Outcome.SKIPPED, Outcome.UNWRITTEN, Outcome.FAILED,
    Outcome.ERROR, Outcome.TIMEOUT, Outcome.CRASHED, Outcome.BROKEN,
)  # fmt: skip
# that take no part in sharing a question's points
WEIGHTLESS = (Outcome.BROKEN, Outcome.NOT_RUN)


class Cause(StrEnum):
    """What is behind an outcome, where somebody decides by it."""

    OTHER = ""
    MISSING = "missing"  # the file has no function of that name
    REFUSED = "refused"  # the sandbox refused the code something
    REFERENCE = "reference"  # it did not answer: not the last word, graded again in the next run
    INVALID_REPLY = "invalid_reply"  # what came from the worker is no answer, as of forged results


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
    cause: Cause = Cause.OTHER
    feedback: str = ""
    staff_note: str = ""
    picture: bytes = b""
    reference_picture: bytes = b""
    answer_digest: str = ""
    line: int = 0  # of the program, or of cell number `cell`, at which it failed; 0: unknown
    cell: int = 0


class QuestionResult(msgspec.Struct, frozen=True, kw_only=True):
    """One question: points earned of points worth, and the known mistakes that explain its answers.

    `behaviour` is a digest of wrong answers that no known mistake explains: equal ones are wrong alike.
    """

    id: str
    score: float
    max_score: float
    outcome: Outcome
    hint: str = ""
    misconceptions: list[str] = []
    behaviour: str = ""
    comment: str = ""  # of staff, for the student


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
    chosen: str = ""  # what the chosen letters say
    staff_note: str = ""
    cause: Cause = Cause.OTHER


class Examples(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the examples that a student wrote for one question."""

    question: str
    given: int
    wrong: list[int]  # which, from 1
    copied: list[int] = []  # which are right, but calls of the visible checks: they catch nothing
    caught: int = 0  # known mistakes that answer one of the right ones otherwise
    known: int = 0  # known mistakes that an example could catch
    untried: list[str] = []  # what the mistakes that are not caught have in common, in the author's words

    @property
    def told(self) -> str:
        """What a student reads about them."""
        words = f"{self.question}: {self.given - len(self.wrong)} of {self.given} examples right"
        if self.wrong:
            words += f" (not number {', '.join(map(str, self.wrong))})"
        if self.copied:
            numbers = ", ".join(map(str, self.copied))
            words += f"; number {numbers}: a call of the visible checks, which counts nothing"
        if self.known:
            words += f"; they catch {self.caught} of {self.known} known mistakes"
        return words + "".join(f"; none of yours has {tag}" for tag in self.untried)


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
    examples: list[Examples] = []
    late_days: int = 0
    notes: list[str] = []  # for the student
    staff_notes: list[str] = []
    output: str = ""  # what the student's code printed, for staff
    quiz_student: str = ""  # the name in quiz.yml, as it was typed
    refused: bool = False  # whether the sandbox refused the file something while it was loaded
    isolation: Isolation
    receipt: dict[str, str] = {}
    seconds: float = 0.0

    def examples_told(self, question: QuestionResult) -> str:
        """Return what a student reads where examples earn points, "" for another question."""
        if question.id != f"{self.assignment}.{EXAMPLES}" or question.outcome is Outcome.SKIPPED:
            return ""
        return "\n".join(one.told for one in self.examples) or NO_EXAMPLES

    @property
    def examples_aside(self) -> list[Examples]:
        """What came of examples that earn no points: it stands beside the questions."""
        return [] if any(map(self.examples_told, self.questions)) else self.examples


def worst(outcomes: list[Outcome]) -> Outcome:
    """Return the most severe outcome, `passed` for none."""
    return max(outcomes, key=SEVERITY.index, default=Outcome.PASSED)


def to_json(report: Report) -> bytes:
    """Return a report as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


def from_json(data: bytes | str) -> Report:
    """Read a report back, one of an earlier version too."""
    report = msgspec.json.decode(data, type=Report)
    return report if report.version == REPORT_VERSION else upgraded(report)


def upgraded(report: Report) -> Report:
    """Return a report of version 1, in which some outcomes were only told by these words, as one of today."""
    checks = [upgraded_check(check) for check in report.checks]
    own: dict[str, list[Outcome]] = {}
    for check in checks:
        own.setdefault(check.question, []).append(check.outcome)
    questions = [replace(one, outcome=worst(own.get(one.id, [one.outcome]))) for one in report.questions]
    outcome = worst([one.outcome for one in questions]) if checks else report.outcome
    refused = any("PermissionError" in note for note in report.notes)
    return replace(
        report, version=REPORT_VERSION, outcome=outcome, questions=questions, checks=checks, refused=refused
    )


def upgraded_check(check: CheckResult) -> CheckResult:
    """Return a check of version 1 with the outcome and the cause that its words stood for."""
    outcome, cause = check.outcome, Cause.OTHER
    if outcome is Outcome.ERROR and check.feedback == "Not written yet.":
        outcome = Outcome.UNWRITTEN
    elif outcome is Outcome.ERROR and check.feedback.startswith("There is no function"):
        cause = Cause.MISSING
    elif outcome is Outcome.SKIPPED and check.feedback == "Hidden checks do not run on this machine.":
        outcome = Outcome.NOT_RUN
    elif outcome is Outcome.CRASHED and "that is no answer" in check.feedback:
        cause = Cause.INVALID_REPLY
    elif "PermissionError" in check.staff_note:
        cause = Cause.REFUSED
    return replace(check, outcome=outcome, cause=cause)
