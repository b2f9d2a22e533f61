"""Late work and attempts: what the rules of grading.yml take off. Pure: times in, a ruling out."""

import math
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from autograder.config import Attempts, Late

DAY = timedelta(days=1)


class Extension(msgspec.Struct, frozen=True):
    """More time for one student: whole days, or a new moment at which the work is due."""

    days: float = 0
    until: datetime | None = None


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules say about one submission.

    `taken` is the share of the maximum that is taken off the score: 0 nothing, 1 everything.
    """

    late_days: int = 0
    taken: float = 0.0
    notes: list[str] = []  # for the student
    staff_notes: list[str] = []


def rule(
    submitted: datetime | None,
    due: datetime | None,
    late: Late,
    attempts: Attempts | None = None,
    earlier: Sequence[datetime] = (),
    extension: Extension | None = None,
    *,
    said_late: bool = False,
) -> Ruling:
    """Return what is taken off a submission. Of a time that is not known nothing follows.

    `earlier` is when the same student handed in before; `said_late`, whether the platform marked it as late
    without saying when it came.
    """
    if submitted is None:
        unknown = "Marked as late where it was handed in; it is not known when, so nothing is taken off."
        return Ruling(staff_notes=[unknown] if said_late else [])
    refusal = refused(submitted, attempts or Attempts(), earlier)
    if refusal:
        return Ruling(taken=1.0, notes=[f"{refusal}: it does not count."])
    if due is None:
        return Ruling()
    until = extended_due(due, extension)
    told = [f"Extended until {until:%Y-%m-%d %H:%M %Z}".rstrip() + "."] if until != due else []
    days = days_late(submitted, until, late.grace_minutes)
    if not days:
        return Ruling(staff_notes=told)
    handed = f"Handed in {days} day{'s' if days > 1 else ''} late"
    if days > late.max_days:
        note = f"{handed}: after {late.max_days} days nothing counts."
        return Ruling(late_days=days, taken=1.0, notes=[note], staff_notes=told)
    taken = min(1.0, round(days * late.per_day, 10))
    note = f"{handed}: {100 * taken:g} % of the maximum is taken off."
    return Ruling(late_days=days, taken=taken, notes=[note] if taken else [], staff_notes=told)


def days_late(submitted: datetime, due: datetime, grace_minutes: float) -> int:
    """Return how many days have begun since the grace ended, 0 if it has not."""
    return max(0, math.ceil((submitted - due - timedelta(minutes=grace_minutes)) / DAY))


def extended_due(due: datetime, extension: Extension | None) -> datetime:
    """Return when work is due with an extension, which never makes it due earlier."""
    if extension is None:
        return due
    return max(due + timedelta(days=extension.days), extension.until or due)


def refused(submitted: datetime, rules: Attempts, earlier: Sequence[datetime]) -> str:
    """Return why an attempt does not count, "" if it does. One that does not count uses none up."""
    counted: list[datetime] = []
    for time in [*sorted(before for before in earlier if before < submitted), submitted]:
        refusal = refused_after(time, rules, counted)
        if not refusal:
            counted.append(time)
    return refusal


def refused_after(time: datetime, rules: Attempts, counted: Sequence[datetime]) -> str:
    """Return why an attempt does not count after those that do."""
    if rules.max is not None and len(counted) >= rules.max:
        return f"This comes after {rules.max} of {rules.max} attempts"
    wait = timedelta(minutes=rules.cooldown_minutes)
    if counted and time - counted[-1] < wait:
        return f"This comes less than {rules.cooldown_minutes:g} minutes after the attempt before"
    return ""


def iso_moment(text: str) -> datetime | None:
    """Return a time such as 2026-12-15 23:59:00 +01:00, None if it is written in another way."""
    text = re.sub(r" ([-+]\d\d:?\d\d|Z|UTC)$", r"\1", " ".join(text.split())).replace("UTC", "Z")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
