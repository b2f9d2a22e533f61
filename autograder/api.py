"""The kit from Python, for scripts around it: what is here stays as it is. docs/api.md has examples."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from autograder.config import Course
from autograder.config import load_config as load_course
from autograder.errors import InputError, KitError
from autograder.results import (
    REPORT_VERSION,
    CheckResult,
    Outcome,
    QuestionResult,
    QuizAnswer,
    Report,
    from_json,
    to_json,
)


@contextmanager
def grader(course: Course, stem: str, *, hidden_anyway: bool = False) -> Iterator[Callable[[Path], Report]]:
    """Yield a function that grades one submission: a .py, an .ipynb, a folder or an archive.

    Args:
        course: from `load_course`.
        stem: the assignment.
        hidden_anyway: run hidden checks even where the sandbox does not hold everything back.

    Raises:
        InputError: there is no such assignment or file.
        KitError: the course has a mistake; the message names the file and what to do.
    """
    from autograder.grading.opening import open_grader
    from autograder.submission.reading import read_submission
    from autograder.submission.work import task_of

    opened = open_grader(course, stem, hidden_anyway=hidden_anyway)
    try:
        yield lambda path: opened.grade(read_submission(path, task_of(course, stem)))
    finally:
        opened.close()


def grade(course: Course, stem: str, path: Path) -> Report:
    """Return the report on one submission. For more than one, `grader` starts the sandbox only once."""
    with grader(course, stem) as grade_one:
        return grade_one(path)


def report_schema() -> dict[str, Any]:
    """Return the JSON schema of a report, as `reports/<submission>.json` holds it."""
    return msgspec.json.schema(Report)


__all__ = [
    "REPORT_VERSION",
    "CheckResult",
    "Course",
    "InputError",
    "KitError",
    "Outcome",
    "QuestionResult",
    "QuizAnswer",
    "Report",
    "from_json",
    "grade",
    "grader",
    "load_course",
    "report_schema",
    "to_json",
]
