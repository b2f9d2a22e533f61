"""What a platform tells about a submission: when it came, when it was due, what came before.

Nothing in it is relied on: what is missing or odd is left out, and staff are told.
"""

import contextlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from autograder.roster.late import Extension, iso_moment


@dataclass(frozen=True)
class Circumstances:
    """Of a submission. `results` is what the newest earlier one was answered with, if it was graded.

    `earlier` are the times of the earlier submissions that were graded, `score` is the newest's.
    """

    submitted: datetime | None = None
    due: datetime | None = None
    extension: Extension | None = None
    earlier: tuple[datetime, ...] = ()
    results: dict[str, Any] = field(default_factory=dict)
    score: float = 0.0
    students: str = ""
    staff_notes: tuple[str, ...] = ()


def read_circumstances(data: bytes) -> Circumstances:
    """Return what the bytes of a submission_metadata.json say, which are empty where there is none."""
    try:
        raw = json.loads(data, parse_constant=lambda _: None)  # NaN is no JSON
    except (ValueError, RecursionError):
        raw = None
    if not isinstance(raw, dict):
        told = "submission_metadata.json cannot be read: neither lateness nor attempts were looked at."
        return Circumstances(staff_notes=(told,))
    submitted, assignment = time(raw.get("created_at")), group(raw.get("assignment"))
    due = time(assignment.get("due_date"))
    users = [group(user) for user in as_list(raw.get("users"))]
    graded = [
        entry
        for entry in map(group, as_list(raw.get("previous_submissions")))
        if entry.get("autograder_error") is not True and time(entry.get("submission_time"))
    ]
    graded.sort(key=lambda entry: time(entry["submission_time"]) or datetime.max)
    last = graded[-1] if graded else {}
    results = group(last.get("results"))
    notes = () if submitted else ("submission_metadata.json has no created_at: lateness is not known.",)
    return Circumstances(
        submitted, due, extension_of(users, due),
        tuple(when for entry in graded if (when := time(entry["submission_time"]))),
        results if isinstance(results.get("tests"), list) else {},
        as_score(last.get("score")),
        ", ".join(str(user.get("name") or user.get("email") or user.get("id")) for user in users),
        notes,
    )  # fmt: skip


def extension_of(users: list[dict[str, Any]], due: datetime | None) -> Extension | None:
    """Return the extension of the group's luckiest member, whose own due date is after `due`."""
    own = [time(group(user.get("assignment")).get("due_date")) for user in users]
    latest = max((when for when in own if when), default=None)
    return Extension(until=latest) if latest and (due is None or latest > due) else None


def time(raw: Any) -> datetime | None:
    """Return a time, None for what is none."""
    found = iso_moment(raw) if isinstance(raw, str) else None
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)


def group(raw: Any) -> dict[str, Any]:
    """Return a JSON object, an empty one for what is none."""
    return raw if isinstance(raw, dict) else {}


def as_list(raw: Any) -> list[Any]:
    """Return a JSON array, an empty one for what is none."""
    return raw if isinstance(raw, list) else []


def as_score(raw: Any) -> float:
    """Return a score, 0 for what is none."""
    with contextlib.suppress(TypeError, ValueError):
        return max(0.0, float(raw))
    return 0.0
