"""What the gradebook holds, as data."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from autograder.results import Report
from autograder.roster.intake import Options
from autograder.roster.people import Person


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a run was started with, and what its tables need."""

    options: Options = Options()
    questions: list[str] = []
    title: str = ""
    missing: list[Person] = []  # on the roster, without a submission
    has_roster: bool = False
    canvas_column: str = ""  # the assignment's header in Canvas, if it is known
    blackboard_column: str = ""  # the same in Blackboard
    platforms: list[str] = []  # where the submissions and the roster come from
    worksheet: list[list[str]] = []  # the rows of Moodle's grading worksheet, if that is the roster
    points: dict[str, float] = {}  # of each question
    quiz: float = 0.0
    previews: int = 0  # looks at the kinds of hidden mistakes that each student has
    terms: dict[str, str] = {}  # what the course settled besides the checks: due date, rules, seed


@dataclass(frozen=True)
class Run:
    """One run of the grader over a folder."""

    id: int
    finished: bool
    assignment: str
    folder: Path
    about: About
    kit: str = ""


@dataclass(frozen=True)
class Stored:
    """A report as it stands in the gradebook, with the keys of what it was made from."""

    id: int
    made: float
    work: str
    keys: dict[str, str]
    kept: float | None  # an earlier, better score that a regrade left to the student
    report: Report


@dataclass(frozen=True)
class Result:
    """What is to be written about a submission; `report` is None if nothing is new."""

    name: str
    content_hash: str
    work: str
    keys: dict[str, str]
    report: Report | None
    kept: float | None = None


@dataclass(frozen=True)
class Override:
    """A score set by hand; a score of None takes the one before back."""

    score: float | None
    author: str
    reason: str
    made: float
    content_hash: str = ""  # of the work that it was about


@dataclass(frozen=True)
class Comment:
    """Points and words that staff gave on a question; on a quiz item as `quiz.NAME`, on the whole as "".

    `points` stand in place of what grading gave, `more` comes on top. One without anything takes back
    the one before.
    """

    question: str
    points: float | None
    more: float | None
    text: str
    author: str
    made: float
    content_hash: str = ""  # of the work that it was about

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing."""
        return not self.has_points and not self.text

    @property
    def has_points(self) -> bool:
        """Whether it gives or takes points."""
        return self.points is not None or self.more is not None

    def score(self, before: float) -> float:
        """Return what something scores with it."""
        return round((before if self.points is None else self.points) + (self.more or 0.0), 2)


@dataclass(frozen=True)
class ByHand:
    """All that staff decided on a submission: scores, oldest first; comments, one for each question."""

    overrides: tuple[Override, ...] = ()
    comments: tuple[Comment, ...] = ()
