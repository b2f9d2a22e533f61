"""The quiz of an assignment, and the sheet that a student filled in."""

from autograder.config import Course
from autograder.grading.scoring import quiz_shares
from autograder.judging.bank import read_text
from autograder.quiz.figures import term_salt
from autograder.quiz.grading import Functions, chosen, grade_quiz, sheet_notes
from autograder.quiz.questions import Quiz, load_quiz
from autograder.quiz.sheet import read_sheet
from autograder.results import QuizAnswer
from autograder.submission.pick import QUIZ_YML
from autograder.submission.reading import Submission


def open_quiz(course: Course, stem: str) -> Quiz | None:
    """Read an assignment's quiz, if it has one."""
    if not course.assignment(stem).quiz:
        return None
    return load_quiz(
        read_text(course.root / "assignments" / stem / "quiz.yml"),
        read_text(course.root / "solutions" / f"{stem}_quiz.yml"),
        stem,
        term_salt(course.settings.seed),
    )


def name_on_sheet(submission: Submission) -> str:
    """Return the name or number in a submission's quiz.yml, "" if there is none."""
    return read_sheet(submission.files.get(QUIZ_YML, b"").decode("utf-8", "replace")).student


def graded_sheet(
    quiz: Quiz, points: float, submission: Submission, reference: Functions, own: Functions
) -> tuple[list[QuizAnswer], list[str]]:
    """Grade the answer sheet of a submission, and note what is odd about it.

    `reference` holds the functions that keys may call, `own` the student's, for what is measured with them.
    """
    text = submission.files.get(QUIZ_YML, b"").decode("utf-8", "replace")
    sheet = read_sheet(text, tuple(quiz.questions))
    answers = [
        QuizAnswer(
            id=result.id, prompt=result.prompt, given=result.given, score=0.0, max_score=0.0,
            outcome=result.outcome, feedback=result.feedback, weight=result.worth, earned=result.earned,
            chosen=chosen(quiz.questions[result.id], sheet.answers.get(result.id, ())),
            staff_note=result.staff_note and f"quiz question {result.id}: {result.staff_note}",
            cause=result.cause,
        )
        for result in grade_quiz(quiz, sheet, reference, own)
    ]  # fmt: skip
    return quiz_shares(points, answers), sheet_notes(quiz, sheet) if QUIZ_YML in submission.files else []
