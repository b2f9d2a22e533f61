"""grading.yml for another term: a new seed, shifted dates. All else in the file stays as it is written."""

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from autograder.config import SEEDS, CourseSettings, parse_config
from autograder.errors import InputError, KitError

SEED = re.compile(r"^seed:[ \t]*\d+", re.MULTILINE)
DUE = re.compile(
    r"^(?P<key>[ \t]+due:[ \t]*)(?P<quote>[\"']?)(?P<time>\d{4}-[^\s\"'#]+)(?P=quote)", re.MULTILINE
)


@dataclass(frozen=True)
class NewTerm:
    """The text for another term, and what changed in it: (stem, due before, due now)."""

    text: str
    dates: list[tuple[str, datetime, datetime]]


def for_new_term(text: str, first_due: date | None, seed: int | None = None) -> NewTerm:
    """Return a course's settings for another term; dates may stay, a seed that is not given is drawn."""
    before = parse_config(text)
    seed = secrets.randbelow(SEEDS) if seed is None else seed
    changed, found = SEED.subn(f"seed: {seed}", text, count=1)
    if not found:
        changed = f"seed: {seed}\n{text}"
    dues = {stem: one.due for stem, one in before.assignments.items() if one.due}
    shift = first_due - min(dues.values()).date() if first_due and dues else timedelta(0)
    changed = DUE.sub(
        lambda due: f"{due['key']}{due['quote']}{moved_due(due['time'], shift, before.zone)}{due['quote']}",
        changed,
    )
    after = parse_config(changed)
    insist_on_no_other_change(before, after, seed, shift)
    return NewTerm(changed, [(stem, due, later(due, shift, before.zone)) for stem, due in dues.items()])


def moved_due(time: str, shift: timedelta, zone: tzinfo | None) -> str:
    """Return a due date so many days later, written as it was; in `zone` with the offset of that day."""
    try:
        return later(datetime.fromisoformat(time), shift, zone).isoformat()
    except ValueError:
        raise InputError(
            f"grading.yml: the due date {time} is written in a way that cannot be shifted"
        ) from None


def later(due: datetime, shift: timedelta, zone: tzinfo | None) -> datetime:
    """Return the same time of day so many days later, where clocks stand as in `zone` if that is known."""
    return due.astimezone(zone) + shift if zone else due + shift


def insist_on_no_other_change(
    before: CourseSettings, after: CourseSettings, seed: int, shift: timedelta
) -> None:
    """Raise unless seed and due dates are all that has changed."""
    for stem, one in before.assignments.items():
        if one.due and after.assignments[stem].due != later(one.due, shift, before.zone):
            raise KitError(
                f"grading.yml: the due date of {stem} was not found as `due: TIME` on a line of its own"
            )
    if after.seed != seed:
        raise KitError("grading.yml: the seed was not found as `seed: NUMBER` at the beginning of a line")
