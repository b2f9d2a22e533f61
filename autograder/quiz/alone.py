"""A course in which an assignment is nothing but its quiz: for grading quizzes without the code."""

from msgspec.structs import replace

from autograder.config import FILE, Course
from autograder.errors import InputError


def quiz_alone(course: Course, stem: str) -> Course:
    """Return the course with an assignment that has only its quiz, under a title of its own.

    The title keeps what is graded so out of the column of a gradebook that is meant for the whole.
    """
    assignment = course.assignment(stem)
    if not assignment.quiz:
        raise InputError(f"{stem} has no quiz: give it points in {FILE}, quiz under {stem}")
    known = course.settings.assignments
    title = f"{assignment.heading}: quiz" if assignment.questions else assignment.title
    alone = replace(known[stem], questions={}, title=title, canvas_column="", examples="none")
    return Course(course.root, replace(course.settings, assignments={**known, stem: alone}))


def insist_on_questions(course: Course, stem: str) -> None:
    """Raise if there are checks, but no questions: only the quiz would be graded, without a word."""
    checks = course.root / "tests" / "questions" / f"test_{stem}.py"
    if not course.assignment(stem).questions and checks.is_file():
        raise InputError(
            f"{FILE}: {stem} has no questions, though tests/questions/{checks.name} has checks:"
            " list them with their points, or grade with --quiz-only"
        )
