"""grading.yml -> typed settings. An error names file, key, what is wrong and what was meant."""

import keyword
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo, available_timezones

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import asdict

from autograder import beside
from autograder.data.limits import Limits
from autograder.errors import InputError, KitError, nearest, not_utf8
from autograder.results import EXAMPLES
from autograder.strict_yaml import FILE as FILE
from autograder.strict_yaml import fault, typed_yaml

KNOWN_SEED = 20261122  # of a course that sets none: whoever has the kit has it, and doctor says so
SEEDS = 10**18  # as many to draw from: trying them all, to find which one fits a quiz, takes too long

# the description says in an error message what is accepted
Text = Annotated[str, Meta(description="a text")]
Points = Annotated[float, Meta(ge=0, description="a number, 0 or more")]
Count = Annotated[int, Meta(ge=0, description="a whole number, 0 or more")]
Share = Annotated[float, Meta(ge=0, le=1, description="a number from 0 to 1")]
Moment = Annotated[
    Annotated[datetime, Meta(tz=True)] | None,
    Meta(description="a date and time with a UTC offset, such as 2026-12-15T23:59:00+01:00"),
]
Most = Annotated[Annotated[int, Meta(gt=0)] | None, Meta(description="a whole number above 0, or null")]
Flag = Annotated[bool, Meta(description="true or false")]
Weight = Annotated[Annotated[float, Meta(ge=0)] | None, Meta(description="a number, 0 or more")]
Files = Annotated[list[str], Meta(description="a list of names of modules and files")]
Visible = Annotated[
    Literal["visible", "hidden", "after_due_date", "after_published"],
    Meta(description="visible, hidden, after_due_date or after_published"),
]
ExamplesMode = Annotated[
    Literal["none", "feedback"] | Annotated[float, Meta(gt=0)],
    Meta(description="none, feedback, or points, a number above 0"),
]


class Settings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A group of settings: anything that is not one of its fields is an error."""


class Visibility(Settings, frozen=True, kw_only=True):
    """When students see the results of checks, in Gradescope's words."""

    visible_checks: Visible = "visible"
    hidden_checks: Visible = "after_published"


class Late(Settings, frozen=True, kw_only=True):
    """What handing in late costs: `per_day` of the maximum for each day begun after the grace."""

    grace_minutes: Points = 15
    per_day: Share = 0.10
    max_days: Count = 3


class Attempts(Settings, frozen=True, kw_only=True):
    """How often a student may hand in, how long to wait in between, how often hidden mistakes are told."""

    max: Most = None
    cooldown_minutes: Points = 0
    previews: Count = 0


class AssignmentSettings(Settings, frozen=True, kw_only=True):
    """What grading.yml says about one assignment; `weight` is its part of the term's total."""

    questions: dict[str, Points] = {}  # none: the assignment is its quiz
    title: Text = ""
    due: Moment = None
    quiz: Points = 0
    weight: Weight = None
    provided: Files = []
    hand_in: Files = []
    examples: ExamplesMode = "none"
    reading: Text = ""
    canvas_column: Text = ""
    limits: Limits = Limits()

    @property
    def examples_points(self) -> float:
        """The points for examples, 0 where they are feedback only."""
        return self.examples if isinstance(self.examples, float) else 0.0

    @property
    def worth(self) -> dict[str, float]:
        """The points of everything but the quiz, by name."""
        return {**self.questions, **({EXAMPLES: self.examples_points} if self.examples_points else {})}


class Assignment(AssignmentSettings, frozen=True, kw_only=True):
    """One assignment: its settings and its stem, the name of its module."""

    stem: str

    @property
    def heading(self) -> str:
        """What it is called: its title, or the stem if it has none."""
        return self.title or self.stem


class CourseSettings(Settings, frozen=True, kw_only=True):
    """Everything that grading.yml says."""

    course: Text = "Course"
    seed: Count = KNOWN_SEED
    limits: Limits = Limits()
    visibility: Visibility = Visibility()
    late: Late = Late()
    attempts: Attempts = Attempts()
    leaderboard: Flag = False
    hand_in: Text = ""
    time_zone: Text = ""
    assignments: dict[str, AssignmentSettings]

    @property
    def zone(self) -> ZoneInfo | None:
        """The course's time zone, None if it names none."""
        return ZoneInfo(self.time_zone) if self.time_zone else None


@dataclass(frozen=True)
class Course:
    """A course folder and its settings."""

    root: Path
    settings: CourseSettings

    def assignment(self, stem: str) -> Assignment:
        """Return the assignment with this stem, or raise an `InputError` that names the nearest."""
        known = self.settings.assignments
        if stem not in known:
            raise InputError(
                f"there is no assignment {stem!r} in {FILE}{nearest(stem, known)}"
                f" (it has: {', '.join(known) or 'none'})"
            )
        return Assignment(stem=stem, **asdict(known[stem]))


def max_score(assignment: AssignmentSettings) -> float:
    """Return the points of everything."""
    return math.fsum([*assignment.worth.values(), assignment.quiz])


def load_config(course_dir: Path) -> Course:
    """Read a course folder's settings; no grading.yml is an `InputError`, a mistake in it a `KitError`."""
    path = course_dir / FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{course_dir} has no {FILE}: is it the folder of a course?") from None
    except UnicodeDecodeError as wrong:
        raise KitError(not_utf8(FILE, wrong)) from None
    except OSError as error:
        raise KitError(f"{FILE} cannot be read: {error}") from error
    return Course(course_dir, parse_config(text))


def parse_config(text: str) -> CourseSettings:
    """Return the settings written in the text of a grading.yml."""
    raw = typed_yaml(text)
    share_limits(raw)
    settings = build_settings(CourseSettings, raw, "")
    insist_on_zone(settings)
    for stem, assignment in settings.assignments.items():
        for where, name in names_to_be(stem, assignment):
            if not name.isidentifier() or keyword.iskeyword(name):
                raise fault(where, "is not a Python name: letters, digits and _ only")
        for name in assignment.questions:
            if name in beside.STAND_IN or name.startswith("_"):
                raise fault(f"assignments.{stem}.questions.{name}", "cannot be a question: use another name")
        if hidden := beside.hidden_by(stem):
            raise fault(f"assignments.{stem}", f"cannot be an assignment: {hidden}")
        for key, name, why in beside.clashes(stem, assignment.provided, assignment.hand_in):
            raise fault(f"assignments.{stem}.{key}", f"cannot hold {name!r}: {why}")
        if not assignment.questions and not assignment.quiz:
            raise fault(f"assignments.{stem}.questions", "names no question: write NAME: POINTS")
        if assignment.examples_points and EXAMPLES in (assignment.questions or EXAMPLES):
            raise fault(f"assignments.{stem}.examples", f"needs questions, none of them called {EXAMPLES}")
    return settings


def insist_on_zone(settings: CourseSettings) -> None:
    """Raise if there is no such time zone, or a due date has another offset than it, and not that of UTC."""
    name, known = settings.time_zone, available_timezones() if settings.time_zone else ()
    if known and name not in known:
        raise fault("time_zone", f"must be a name such as Europe/Berlin, not {name}{nearest(name, known)}")
    for stem, one in settings.assignments.items() if known else ():
        there = one.due and one.due.replace(tzinfo=settings.zone)
        if one.due and there and one.due.utcoffset() not in (timedelta(0), there.utcoffset()):
            told = f"{there.isoformat()[-6:]} in {name} then: is {one.due.isoformat()} meant?"
            raise fault(f"assignments.{stem}.due", f"has another UTC offset, it is {told}")


def share_limits(raw: Any) -> None:
    """Give each assignment the course's limits, wherever it does not set its own."""
    match raw:
        case {"limits": dict(shared), "assignments": dict(assignments)}:
            for given in assignments.values():
                if isinstance(given, dict) and isinstance(given.get("limits", {}), dict):
                    given["limits"] = {**shared, **given.get("limits", {})}


def names_to_be(stem: str, assignment: AssignmentSettings) -> Iterator[tuple[str, str]]:
    """Yield what must be a Python name, each after the path of its key."""
    where = f"assignments.{stem}"
    yield where, stem
    yield from ((f"{where}.questions.{name}", name) for name in assignment.questions)
    yield from ((f"{where}.provided.{name}", name) for name in beside.modules(assignment.provided))
    yield from ((f"{where}.hand_in.{name}", name) for name in beside.modules(assignment.hand_in))


Group = TypeVar("Group", bound=Struct)


def build_settings(kind: type[Group], raw: Any, where: str) -> Group:
    """Return a group of settings from what YAML gave, checked key by key; `where` is the path of its key."""
    if not isinstance(raw, dict):
        raise fault(where, f"must hold settings, as KEY: VALUE, not {as_typed(raw)}")
    hints = get_type_hints(kind, include_extras=True)
    for key in raw:
        if key not in hints:
            raise fault(key_path(where, key), f"is not a setting{nearest(str(key), hints)}")
    for field in msgspec.structs.fields(kind):
        if field.required and field.name not in raw:
            raise fault(key_path(where, field.name), "is missing")
    given = [key for key in hints if key in raw]
    return kind(**{key: convert(hints[key], raw[key], key_path(where, key)) for key in given})


def convert(hint: Any, raw: Any, where: str) -> Any:
    """Return one value as its type asks, or raise with the description of what is accepted."""
    if isinstance(hint, type) and issubclass(hint, Struct):
        return build_settings(hint, raw, where)
    if get_origin(hint) is dict:
        if not isinstance(raw, dict):
            raise fault(where, f"must be a group of NAME: VALUE, not {as_typed(raw)}")
        inner = get_args(hint)[1]
        return {str(key): convert(inner, value, key_path(where, key)) for key, value in raw.items()}
    accepted = hint.__metadata__[-1].description
    if hint == Text and type(raw) is int:  # canvas_column: 4711
        raw = str(raw)
    try:
        value = msgspec.convert(raw, hint)
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(value)
    except ValueError:  # msgspec's ValidationError is one
        raise fault(where, f"must be {accepted}, not {as_typed(raw)}") from None
    return value


def as_typed(raw: Any) -> str:
    """Return a value of the file as a person would write it, cut to a line."""
    text = raw.isoformat() if isinstance(raw, date) else repr(raw)
    return text if len(text) <= 60 else f"{text[:60]}..."


def key_path(where: str, key: object) -> str:
    """Return the path of a key in a group."""
    return f"{where}.{key}" if where else str(key)
