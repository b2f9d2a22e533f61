"""What a student needs to know beside the questions: points, due date, rules, where to hand in, hints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from autograder import beside
from autograder.config import Assignment, Attempts, Course, Late
from autograder.environment import PYTHON
from autograder.errors import KitError, nearest
from autograder.grading.scoring import ENOUGH_CAUGHT
from autograder.publish.leaks import leaks
from autograder.publish.student_files.preflight import FILE_OF_EXAMPLES

TIERS = ("what to look at", "the idea", "nearly there")
Hints = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Rules:
    """When and where an assignment is handed in, in sentences; `due` is ISO 8601, empty for none."""

    due: str = ""
    told: Sequence[str] = ()
    hand_in: str = ""
    reading: str = ""
    hints: Hints = field(default_factory=dict)
    examples: str = ""  # what examples count, "" where examples.py is not asked for


def rules_of(course: Course, stem: str) -> Rules:
    """Return an assignment's rules."""
    settings, assignment = course.settings, course.assignment(stem)
    told = []
    if assignment.due:
        zone = assignment.due.isoformat()[-6:]
        told += [f"Due {assignment.due:%A, %d %B %Y, %H:%M} (UTC{zone})."]
        told += late_rule(settings.late)
    told += attempts_rule(settings.attempts)
    where = f"Hand in: {settings.hand_in}." if settings.hand_in else ""
    return Rules(
        due=assignment.due.isoformat() if assignment.due else "",
        told=told,
        hand_in=where,
        reading=assignment.reading,
        hints=load_hints(course.root, stem),
        examples=examples_rule(assignment),
    )


def examples_rule(assignment: Assignment) -> str:
    """Return what examples count, "" where none are asked for."""
    if assignment.examples == "none":
        return ""
    if not assignment.examples_points:
        return "They count no points."
    return (
        f"They count {assignment.examples_points:g} points, each function as much as another: the part that"
        f" is right, times what they catch, where {100 * ENOUGH_CAUGHT:g} % of the known mistakes are enough."
        " Calls of the visible checks count nothing."
    )


def late_rule(late: Late) -> list[str]:
    """Return what handing in late costs, in sentences."""
    if not late.max_days:
        return ["Late work does not count."]
    grace = f"After {late.grace_minutes:g} minutes of grace, each" if late.grace_minutes else "Each"
    days = f"{late.max_days} days" if late.max_days > 1 else "one day"
    return [f"{grace} day begun costs {100 * late.per_day:g} % of the points; after {days} nothing counts."]


def attempts_rule(attempts: Attempts) -> list[str]:
    """Return how often a student may hand in, in sentences."""
    often = "as often as you like" if attempts.max is None else f"{attempts.max} times at most"
    wait = f" Wait {attempts.cooldown_minutes:g} minutes in between." if attempts.cooldown_minutes else ""
    looks = f" The first {attempts.previews} tell the kind of hidden mistakes." if attempts.previews else ""
    return [f"Hand in {often}.{wait}{looks}"]


def load_hints(course_root: Path, stem: str) -> Hints:
    """Return the hints in assignments/<stem>/hints.yml by question, none if there is no such file."""
    where = f"assignments/{stem}/hints.yml"
    if not (course_root / where).is_file():
        return {}
    try:
        found = yaml.safe_load((course_root / where).read_text("utf-8"))
    except yaml.YAMLError as error:
        raise KitError(f"{where} cannot be read: {' '.join(str(error).split())}") from error
    if not isinstance(found, dict):
        raise KitError(f"{where} must hold QUESTION: three hints")
    for name, tiers in found.items():
        if not all(isinstance(tier, str) for tier in tiers or []):
            raise KitError(f"{where}: a hint of {name} is no text: put one with a colon into quotes")
    return {str(name): [tier.strip() for tier in tiers or []] for name, tiers in found.items()}


def hint_faults(hints: Hints, questions: Sequence[str], solutions: Sequence[str]) -> list[str]:
    """Return what is wrong with hints: none for a question, a misspelt one, or a line of a solution."""
    if not hints:
        return []
    told = [f"{name} has no hints" for name in questions if name not in hints]
    told += [f"{name} is no question{nearest(name, questions)}" for name in hints if name not in questions]
    for name, tiers in hints.items():
        if len(tiers) != len(TIERS) or not all(tiers):
            told.append(f"{name} needs {len(TIERS)} hints: {', '.join(TIERS)}")
        given_away = dict.fromkeys(line for text in solutions for line in leaks("\n".join(tiers), text))
        told += [f"{name} gives a line of the solution away: {line}" for line in given_away]
    return told


def files_of(assignment: Assignment, rules: Rules) -> list[str]:
    """Return the names of all files that are handed in, that of the main module first."""
    further = [*(["quiz.yml"] if assignment.quiz else []), *([FILE_OF_EXAMPLES] if rules.examples else [])]
    return [f"{assignment.stem}.py", *beside.file_names(assignment.hand_in), *further]


def study_facts(
    assignment: Assignment, rules: Rules, parameters: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Return what study.py reads, as plain data; `parameters` are those of the stubs."""
    return {
        "stem": assignment.stem, "title": assignment.heading, "questions": dict(assignment.questions),
        "quiz": assignment.quiz,
        "files": list(files_of(assignment, rules)), "beside": beside.file_names(assignment.hand_in),
        "provided": [*beside.modules(assignment.provided), *beside.modules(assignment.hand_in)],
        "given": [*beside.file_names(assignment.provided), *files_of(assignment, rules)],
        "parameters": parameters, "python": list(PYTHON), "due": rules.due,
        "rules": [*rules.told, *([rules.hand_in] if rules.hand_in else [])], "hand_in": rules.hand_in,
        "limits": {"import_s": assignment.limits.import_s, "call_s": assignment.limits.call_s},
        "hints": {name: list(tiers) for name, tiers in rules.hints.items()},
    }  # fmt: skip
