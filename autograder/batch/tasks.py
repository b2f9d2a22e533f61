"""What a batch is asked to do, and what it tells while it does it: data."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from autograder.batch.backend import Backend
from autograder.gradebook.records import Result, Stored
from autograder.results import Report
from autograder.roster.intake import Intake, Options, Row


class Stopped(Exception):
    """Someone asked the batch to stop; what was graded is in the gradebook."""


@dataclass(frozen=True)
class Progress:
    """How far a batch is; `report` is the submission's that was just written down, as it counts."""

    done: int
    total: int
    reused: int
    report: Report
    is_reused: bool


@dataclass(frozen=True)
class Wishes:
    """How a batch is to be done."""

    jobs: int = 0  # how many at once; 0: as many as there are processors
    again: bool = False  # run everything, whatever is known
    never_lower: bool = False  # keep a better score from before
    dry_run: bool = False  # write nothing
    only: frozenset[str] = frozenset()  # run these submissions again; all others stand as they are


@dataclass(frozen=True)
class Done:
    """What came of one submission. `before` is what the last finished run had left of it."""

    row: Row
    result: Result
    report: Report  # what grading gave, or gave before
    kept: float | None
    ran: bool
    before: Stored | None


@dataclass(frozen=True)
class Watched:
    """A submission's reports as they counted before this run and as they count now."""

    done: Done
    before: Report | None
    now: Report
    by_hand: bool


@dataclass
class Batch:
    """A class to grade: who, with what, and where it is written."""

    open_backend: Callable[[], Backend]
    intake: Intake
    folder: Path
    options: Options
    wishes: Wishes = Wishes()
    tell: Callable[[Progress], None] = lambda _: None
    say: Callable[[str], None] = lambda _: None
    watch: Callable[[Watched], None] = lambda _: None
    stop: Callable[[], bool] = lambda: False
    counts: Counter[str] = field(default_factory=Counter)
    terms: dict[str, str] = field(default_factory=dict)
