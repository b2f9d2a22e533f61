"""What a course settles besides its checks, and how that differs from the last run: told before it acts."""

import hashlib
from collections.abc import Iterator, Mapping

from msgspec.structs import asdict

from autograder import __version__
from autograder.config import Course
from autograder.gradebook.records import Run

SECRET = {"seed": "another one: hidden inputs are drawn anew"}


def terms_of(course: Course, stem: str) -> dict[str, str]:
    """Return what a course settles besides its checks, in words; of the seed a hash."""
    settings, assignment = course.settings, course.assignment(stem)
    due, points = assignment.due, {**assignment.worth, "quiz": assignment.quiz}
    late, attempts = settings.late, settings.attempts
    return {
        "course": settings.course,
        "due date": due.isoformat(" ") if due else "none",
        "late work": f"{late.grace_minutes:g} minutes of grace, {100 * late.per_day:g} % a day,"
        f" {late.max_days} days at most",
        "attempts": f"{attempts.max or 'any number'}, {attempts.cooldown_minutes:g} minutes between them",
        **({"looks at hidden mistakes": f"{attempts.previews}"} if attempts.previews else {}),
        "points": numbers_as_text(points),
        "limits": numbers_as_text(asdict(assignment.limits)),
        "seed": hashlib.sha256(f"{settings.course} {settings.seed}".encode()).hexdigest()[:16],
    }


def numbers_as_text(numbers: Mapping[str, float]) -> str:
    """Return numbers and their names as text."""
    return ", ".join(f"{name} {number:g}" for name, number in numbers.items())


def changed_terms(run: Run, terms: Mapping[str, str]) -> Iterator[str]:
    """Yield what is settled otherwise than in a run, a line each."""
    if run.kit and run.kit != __version__:
        yield f"the kit is {__version__}, was {run.kit}"
    for name, now in terms.items():
        was = run.about.terms.get(name, now)
        if was != now:
            yield f"{name}: {SECRET.get(name) or f'now {now}; was {was}'}"
