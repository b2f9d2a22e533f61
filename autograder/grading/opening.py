"""Start the wall, try it, and open a grader behind it."""

import os
from collections.abc import Sequence
from pathlib import Path

from autograder import beside
from autograder.config import Course
from autograder.grading.agreement import insist_on_agreement
from autograder.grading.grader import Grader
from autograder.grading.quiz_sheet import open_quiz
from autograder.judging.bank import load_bank, read_text
from autograder.sandbox.elsewhere import insist_on_linux
from autograder.sandbox.libraries import packages_of, used_by
from autograder.sandbox.selfcheck import FULL, self_check
from autograder.sandbox.wall import Wall


def open_grader(
    course: Course, stem: str, without: Sequence[str] = (), *, hidden_anyway: bool = False, keeps: bool = True
) -> Grader:
    """Start the wall, `without` some layers, try it, and return a grader behind it. Close it when done.

    `hidden_anyway` runs hidden checks even where the wall does not hold everything back. What `keeps` nothing
    between runs finds everything out anew.
    """
    insist_on_linux()
    assignment = course.assignment(stem)
    solution = course.root / "solutions" / f"{stem}.py"
    only_quiz = not assignment.questions
    # The warm process starts first and imports while this one reads: neither waits for the other.
    own = [read_text(path, "" if only_quiz else None) for path in (solution, *provided_paths(course, stem))]
    wall = Wall(assignment.limits, used_by(own[:1]), without, packages_of(own))
    try:
        bank = load_bank(course.root, stem, assignment)
        if not only_quiz:
            insist_on_agreement(bank, assignment.questions)
        isolation = self_check(wall, [solution, course.root / "tests" / "questions"])
        hidden_too = hidden_anyway or isolation.verdict == FULL
        quiz = open_quiz(course, stem)
        return Grader(course, bank, quiz, wall, isolation, hidden_too=hidden_too, keeps=keeps)
    except BaseException:
        wall.close()
        raise


def at_once() -> int:
    """Return how many submissions to have under way: one more than processors, or one would idle."""
    return len(os.sched_getaffinity(0)) + 1


def provided_paths(course: Course, stem: str) -> list[Path]:
    """Return the modules that are handed out whole, those that are there."""
    folder = course.root / "assignments" / stem
    paths = (folder / f"{name}.py" for name in beside.modules(course.assignment(stem).provided))
    return [path for path in paths if path.is_file()]
