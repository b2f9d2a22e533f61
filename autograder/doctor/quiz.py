"""Does the quiz hold together? Right answers, recomputed, must score full; no known mistake may."""

import itertools
from collections.abc import Iterator, Mapping

from autograder.doctor.findings import Finding, Subject, closest
from autograder.quiz.arithmetic import evaluate, names_and_calls
from autograder.quiz.grading import Functions, grade_quiz
from autograder.quiz.questions import Key, Question, Quiz
from autograder.quiz.sheet import Sheet
from autograder.results import Outcome

STUDENTS = ("Ada", "Grace Hopper", *(f"s{number}" for number in range(48)))
DRAWS_TRIED = 200


def judge_quiz(subject: Subject, functions: Functions) -> Iterator[Finding]:
    """Judge the quiz with the reference's functions, which answer with plain data."""
    if subject.quiz is None:
        if not subject.assignment.quiz and (subject.course.root / subject.path("quiz")).exists():
            yield Finding(
                f"{subject.path('quiz')} is worth nothing",
                f"give it points in grading.yml: quiz under {subject.stem}, or take the file away",
            )
        return
    strangers = list(unknown_functions(subject, subject.quiz))
    yield from strangers
    if not strangers:
        yield from judge_right_answers(subject, subject.quiz, functions)
        yield from judge_known_mistakes(subject, subject.quiz, functions)


def unknown_functions(subject: Subject, quiz: Quiz) -> Iterator[Finding]:
    """Answers may call only what the assignment asks for."""
    questions = list(subject.assignment.questions)
    for name, expression in expressions(quiz):
        for called in sorted(names_and_calls(expression)[1] - set(questions)):
            yield Finding(
                f"{subject.path('quiz key')}: {name} calls {called}, which is no question",
                f"fix {name} in {subject.path('quiz key')}: is it {closest(called, questions)}?",
            )


def expressions(quiz: Quiz) -> Iterator[tuple[str, str]]:
    """Yield the arithmetic in the keys of number questions."""
    for name, question in quiz.questions.items():
        if question.kind == "number":
            key = quiz.keys[name]
            yield from ((name, text) for text in (str(key.answer), *(one.answer for one in key.mistakes)))


def judge_right_answers(subject: Subject, quiz: Quiz, functions: Functions) -> Iterator[Finding]:
    """Whoever answers as the key does gets all points."""
    told: set[str] = set()
    for student in STUDENTS:
        answers = {}
        for name, question in quiz.questions.items():
            figures = quiz.figures(name, student)
            try:
                answers[name] = right_parts(question, quiz.keys[name], figures, functions)
            except Exception as error:  # noqa: BLE001 whatever it is, the key is to be fixed
                told.add(name)
                yield cannot(subject, name, f"{type(error).__name__}: {error}")
        for result in grade_quiz(quiz, Sheet(student, answers), functions, {}):
            if result.earned < 1 and result.outcome is not Outcome.WAITING and result.id not in told:
                told.add(result.id)
                why = result.staff_note if result.outcome is Outcome.BROKEN else result.feedback
                yield cannot(subject, result.id, f"the key's own answer {result.given} is refused: {why}")


def cannot(subject: Subject, name: str, why: str) -> Finding:
    """Return the finding for a question whose right answer does not score."""
    return Finding(f"quiz question {name}: {why}", f"fix {name} in {subject.path('quiz key')}")


def right_parts(
    question: Question, key: Key, figures: Mapping[str, float], functions: Functions
) -> tuple[str, ...]:
    """Return what a student types who knows the answer."""
    if question.kind != "number":
        return key.right()
    return (f"{evaluate(str(key.answer), figures, functions):.12g}",)


def judge_known_mistakes(subject: Subject, quiz: Quiz, functions: Functions) -> Iterator[Finding]:
    """A number with a known reason for being wrong may never be the right one."""
    for name, question in quiz.questions.items():
        key, allowed = quiz.keys[name], question.allowed()
        if question.kind != "number" or key.tolerance is None:
            continue
        for values in itertools.islice(itertools.product(*allowed.values()), DRAWS_TRIED):
            figures = dict(zip(allowed, values, strict=True))
            try:
                right = evaluate(str(key.answer), figures, functions)
                wrong = {one.answer: evaluate(one.answer, figures, functions) for one in key.mistakes}
            except Exception:  # noqa: BLE001 that the key cannot be computed is told already
                break
            room = key.tolerance.absolute + key.tolerance.relative * abs(right)
            same = [answer for answer, number in wrong.items() if abs(number - right) <= room]
            if same:
                shown = ", ".join(f"{figure} {value}" for figure, value in figures.items())
                yield Finding(
                    f"quiz question {name}: the mistake {same[0]} gives the right number for {shown}",
                    f"leave that figure out in {subject.path('quiz')}, under {name}",
                )
                break
