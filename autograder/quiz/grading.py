"""The quiz: one choice, several choices, a number with a tolerance, a short text.

`load_quiz` reads what authors wrote, `read_sheet` what a student handed in, `grade_quiz` judges.
"""

import difflib
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from autograder.errors import ReferenceFailed, nearest
from autograder.quiz.arithmetic import evaluate, names_and_calls
from autograder.quiz.figures import fill_in
from autograder.quiz.numbers import MAX_ANSWER, read_numbers
from autograder.quiz.questions import Key, Question, Quiz, Tolerance
from autograder.quiz.sheet import Sheet, read_letters, says, short, trouble_with
from autograder.results import Cause, Outcome

Functions = Mapping[str, Callable[..., Any]]
Figures = Mapping[str, float]
QuizVerdict = tuple[float, str]  # share earned, feedback
MAX_NOTES = 5
ANSWER_SHOWN = 60  # characters of an answer that are shown
WAITS = "A person reads this answer and gives the points."


class QuizResult(msgspec.Struct, frozen=True, kw_only=True):
    """One question of one student.

    `earned` is the share of `worth`, from 0 to 1. `feedback` never holds the right answer of a
    question that was answered wrong; `lesson` does.
    """

    id: str
    title: str
    prompt: str
    worth: float
    earned: float
    outcome: Outcome
    given: str
    feedback: str
    lesson: str
    staff_note: str = ""
    cause: Cause = Cause.OTHER


def grade_quiz(quiz: Quiz, sheet: Sheet, functions: Functions, own: Functions) -> list[QuizResult]:
    """Return a result for each question, in the quiz's order.

    `functions` are the reference's, answering with plain data; `own` are the student's, for questions that
    are measured: whatever they raise is ignored.
    """
    return [grade_question(quiz, name, sheet, functions, own) for name in quiz.questions]


def sheet_notes(quiz: Quiz, sheet: Sheet) -> list[str]:
    """Return what a student should know about the sheet as a whole, a line each."""
    notes = list(sheet.problems[:MAX_NOTES])
    if sheet.answers and not sheet.student:
        notes.append("quiz.yml: the student line is empty, so your figures are not known")
    for name in itertools.islice(strays(quiz, sheet), MAX_NOTES):
        notes.append(f"quiz.yml: there is no question {short(name)}{nearest(name[:60], quiz.questions)}")
    return notes


def grade_question(quiz: Quiz, name: str, sheet: Sheet, functions: Functions, own: Functions) -> QuizResult:
    """Return the result of one question. A mistake of ours is `broken` and tells staff."""
    question, key = quiz.questions[name], quiz.keys[name]
    parts = sheet.answers.get(name, ())
    figures = quiz.figures(name, sheet.student) if sheet.student else {}
    earned, feedback, note, cause = 0.0, "", "", Cause.OTHER
    if not parts:
        feedback = unanswered(quiz, name, sheet)
    elif question.figures and not figures:
        feedback = "Not graded: the student line of quiz.yml is empty, so your figures are not known."
    else:
        try:
            earned, feedback = judge_answer(question, key, parts, figures, functions, own)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is ours: the student waits, staff fix it
            feedback, note = "This question could not be graded; you lose no points.", repr(error)
            cause = Cause.REFERENCE if isinstance(error, ReferenceFailed) else Cause.OTHER
    outcome = Outcome.BROKEN if note else Outcome.PASSED if earned == 1 else Outcome.FAILED
    if question.kind == "free text" and parts and not trouble_with(question.kind, {}, parts):
        outcome = Outcome.WAITING
    return QuizResult(
        id=name,
        title=question.title,
        prompt=fill_in(question.prompt, figures).strip(),
        worth=question.weight,
        earned=earned,
        outcome=outcome,
        given=short(", ".join(parts), MAX_ANSWER if question.kind == "free text" else ANSWER_SHOWN),
        feedback=fill_in(feedback, figures),
        lesson=fill_in(key.lesson, figures).strip(),
        staff_note=note,
        cause=cause,
    )


def judge_answer(
    question: Question, key: Key, parts: Sequence[str], figures: Figures, functions: Functions, own: Functions
) -> QuizVerdict:
    """Return what an answer earns and what to say to it."""
    if trouble := trouble_with(question.kind, question.choices, parts):
        return 0.0, trouble
    if question.kind == "one choice":
        return judge_one(question, key, parts)
    if question.kind == "several choices":
        return judge_several(question, key, parts)
    if question.kind == "short text":
        return judge_text(key, parts)
    if question.kind == "free text":
        return 0.0, WAITS
    return judge_number(question, key, parts, figures, functions, own)


def chosen(question: Question, parts: Sequence[str]) -> str:
    """Return what the letters of an answer say, "" if there are none."""
    letters = read_letters(parts, question.choices) if question.choices else None
    return "; ".join(question.choices[letter] for letter in sorted(letters or ()))


def judge_one(question: Question, key: Key, parts: Sequence[str]) -> QuizVerdict:
    """One letter is right; a wrong one has its why."""
    (letter,) = read_letters(parts, question.choices) or ("",)
    return (1.0, key.lesson) if letter == key.answer else (0.0, key.wrong[letter])


def judge_several(question: Question, key: Key, parts: Sequence[str]) -> QuizVerdict:
    """(right picked - wrong picked) / all right ones, at least 0: ticking all earns nothing."""
    picked = read_letters(parts, question.choices) or set()
    right = set(key.right())
    wrong = sorted(picked - right)
    missing = len(right - picked)
    earned = max(0.0, (len(right & picked) - len(wrong)) / len(right))
    if earned == 1:
        return 1.0, key.lesson
    told = [f"{letter}) {key.wrong[letter]}" for letter in wrong]
    if missing:
        told.append(f"{missing} more of the choices {'holds' if missing == 1 else 'hold'}.")
    return earned, "\n".join(told)


def judge_text(key: Key, parts: Sequence[str]) -> QuizVerdict:
    """The text, or the words in a plain sentence, must match an accepted pattern."""
    return (1.0, key.lesson) if says(" ".join(parts), key.accept) else (0.0, key.hint)


def judge_number(
    question: Question, key: Key, parts: Sequence[str], figures: Figures, functions: Functions, own: Functions
) -> QuizVerdict:
    """Within the tolerance is right; a wrong number may be a known mistake or the student's own."""
    readings = read_numbers(parts[0])
    expression, tolerance = str(key.answer), key.tolerance or Tolerance("exact")

    def gives(wanted: float) -> bool:
        margin = tolerance.absolute + tolerance.relative * abs(wanted)
        return any(abs(reading - wanted) <= margin * (1 + 1e-9) for reading in readings)

    if gives(evaluate(expression, figures, functions)):
        return 1.0, key.lesson
    reasons = [one.why for one in key.mistakes if gives(evaluate(one.answer, figures, functions))]
    told = "\nOr: ".join(reasons) or key.hint
    if question.measured and (found := own_value(expression, figures, own)) is not None and gives(found):
        names = " and ".join(sorted(names_and_calls(expression)[1]))
        told = f"Your own {names} gives this number: fix it first, then measure again. {told}"
    return 0.0, told


def own_value(expression: str, figures: Figures, own: Functions) -> float | None:
    """Return what the student's own functions make of an expression, None if nothing."""
    try:
        return evaluate(expression, figures, own)
    except Exception:  # noqa: BLE001 - anything may come out of a student's function; it is no answer
        return None


def unanswered(quiz: Quiz, name: str, sheet: Sheet) -> str:
    """Return why there is no answer: an unreadable sheet, a misspelt id, or none was given."""
    if sheet.problems and not sheet.answers:
        return sheet.problems[0]
    near = difflib.get_close_matches(
        name, [stray[:60] for stray in itertools.islice(strays(quiz, sheet), 50)], n=1
    )
    hint = f" (The sheet has {short(near[0])}: is that the one?)" if near else ""
    return f"No answer was given.{hint}"


def strays(quiz: Quiz, sheet: Sheet) -> list[str]:
    """Return the names in a sheet that are no question of the quiz."""
    return [name for name in sheet.answers if name not in quiz.questions]
