"""A quiz as its authors write it: questions that students may see, and a key that they may not.

`assignments/<stem>/quiz.yml` holds the questions by id, `solutions/<stem>_quiz.yml` the keys.
"""

import re
import string
from collections.abc import Collection
from typing import Literal, TypeVar

import msgspec

from autograder.errors import KitError, nearest
from autograder.quiz.arithmetic import names_and_calls
from autograder.quiz.figures import draw_figures
from autograder.quiz.sheet import says, words
from autograder.quiz.tame_yaml import SheetError, read_yaml

QuestionKind = Literal["one choice", "several choices", "number", "short text", "free text"]
QuizPart = TypeVar("QuizPart", "Question", "Key")
MAX_VALUES = 500


class Range(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The figures from, from + step, ... up to `to`."""

    start: float = msgspec.field(name="from")
    to: float
    step: float


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked. A {figure} in the prompt of a number question is drawn per student."""

    title: str
    kind: QuestionKind
    prompt: str
    choices: dict[str, str] = {}
    figures: dict[str, list[float] | Range] = {}
    measured: bool = False  # by running the student's own code
    weight: float = 1.0

    def allowed(self) -> dict[str, list[float]]:
        """Return the values that each figure may take, whole ones as int."""
        return {name: values_of(figure) for name, figure in self.figures.items()}


class WrongNumber(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A wrong number that has a reason."""

    answer: str
    why: str


class Tolerance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far from the right number an answer may be, and why."""

    reason: str
    absolute: float = 0.0
    relative: float = 0.0


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """The right answer and what to say to a wrong one.

    `answer` is the letter, the letters, an expression in the figures' names, or the model text;
    `lesson` is read with a right answer, `hint` with a wrong one that no mistake explains.
    """

    answer: str | list[str]
    lesson: str
    wrong: dict[str, str] = {}
    hint: str = ""
    mistakes: list[WrongNumber] = []
    tolerance: Tolerance | None = None
    accept: list[str] = []  # patterns for the whole text, in lower case without punctuation

    def right(self) -> tuple[str, ...]:
        """Return the right letters."""
        return (self.answer,) if isinstance(self.answer, str) else tuple(self.answer)


class Quiz(msgspec.Struct, frozen=True):
    """The questions of one assignment and their keys, by id, in the order they are asked.

    `term` is the salt that the term's figures are drawn with.
    """

    assignment: str
    questions: dict[str, Question]
    keys: dict[str, Key]
    term: str = ""

    def figures(self, name: str, student: str) -> dict[str, float]:
        """Return the figures of a student for a question."""
        return draw_figures(self.assignment, name, student, self.questions[name].allowed(), self.term)


def load_quiz(paper_text: str, answers_text: str, assignment: str, term: str = "") -> Quiz:
    """Return a quiz from the texts of its two files, or raise a `KitError`: file, key and what to do."""
    questions = load_questions(paper_text, assignment)
    file = f"solutions/{assignment}_quiz.yml"
    keys = load_parts(answers_text, file, Key)
    same_names(keys, questions, file, "a key")
    for name, question in questions.items():
        check_key(question, keys[name], f"{file}: {name}")
    return Quiz(assignment, questions, {name: keys[name] for name in questions}, term)


def load_questions(paper_text: str, assignment: str) -> dict[str, Question]:
    """Return the questions of `assignments/<assignment>/quiz.yml` by id."""
    file = f"assignments/{assignment}/quiz.yml"
    questions = load_parts(paper_text, file, Question)
    for name, question in questions.items():
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name == "student":
            raise KitError(f"{file}: {name!r} cannot be an id: use lower case letters, digits and _")
        check_question(question, f"{file}: {name}")
    return questions


def load_parts(text: str, file: str, part: type[QuizPart]) -> dict[str, QuizPart]:
    """Return the entries of a quiz file as structs; a key that is not known is an error."""
    try:
        tree = read_yaml(text)
    except SheetError as wrong:
        raise KitError(f"{file}: {wrong}") from wrong
    if not isinstance(tree, dict) or not tree:
        raise KitError(f"{file} holds no questions: write one as `id:` with its fields below")
    parts = {}
    for name, entry in tree.items():
        known = [field.encode_name for field in msgspec.structs.fields(part)]
        for key in entry if isinstance(entry, dict) else ():
            if key not in known:
                raise KitError(f"{file}: {name}.{key} is no key here{nearest(key, known)}")
        try:
            parts[name] = msgspec.convert(entry, part, strict=False)
        except msgspec.ValidationError as wrong:
            raise KitError(f"{file}: {name}: {wrong}") from wrong
    return parts


def check_question(question: Question, where: str) -> None:
    """Fail unless a question has what its kind needs, and nothing else."""
    has_choices = question.kind.endswith(("choice", "choices"))
    if list(question.choices) != list(string.ascii_lowercase[: len(question.choices)]):
        raise KitError(f"{where}.choices must be lettered a, b, c, ... in order")
    if has_choices != (len(question.choices) > 1):
        raise KitError(f"{where}.choices: {question.kind} needs {'two or more' if has_choices else 'none'}")
    if len(set(map(words, question.choices.values()))) != len(question.choices):
        raise KitError(f"{where}.choices holds the same text twice")
    if question.kind != "number" and (question.figures or question.measured):
        raise KitError(f"{where}: figures and measured belong to a number question only")
    if not question.prompt.strip() or question.weight <= 0:
        raise KitError(f"{where} needs a prompt and a weight above 0")
    asked = set(re.findall(r"\{(\w+)\}", question.prompt))
    if asked != set(question.figures):
        odd = ", ".join(sorted(asked ^ set(question.figures)))
        raise KitError(f"{where}: {odd} must stand both under figures and, in {{braces}}, in the prompt")
    for name, values in question.allowed().items():
        if not 1 < len(set(values)) <= MAX_VALUES:
            raise KitError(f"{where}.figures.{name} needs 2 to {MAX_VALUES} different values")


def check_key(question: Question, key: Key, where: str) -> None:
    """Fail unless a key answers its question and has something to say to every wrong answer."""
    if not key.lesson.strip():
        raise KitError(f"{where}.lesson is empty: say why the right answer is right")
    if question.choices:
        check_letters(question, key, where)
    elif not isinstance(key.answer, str) or not (key.hint.strip() or question.kind == "free text"):
        raise KitError(f"{where} needs one answer, and a hint for wrong answers that nothing explains")
    if bool(key.wrong) and not question.choices:
        raise KitError(f"{where}.wrong is for choices only")
    if question.kind == "number":
        check_numbers(question, key, where)
    elif key.tolerance or key.mistakes:
        raise KitError(f"{where}: tolerance and mistakes belong to a number question only")
    if (question.kind == "short text") != bool(key.accept):
        raise KitError(f"{where}.accept: needed for a short text, and for nothing else")
    for pattern in key.accept:
        try:
            re.compile(pattern)
        except re.error as wrong:
            raise KitError(f"{where}.accept: {pattern!r} is no pattern: {wrong}") from wrong
    if key.accept and not says(str(key.answer), key.accept):
        raise KitError(f"{where}.accept does not take its own answer {key.answer!r}")


def check_letters(question: Question, key: Key, where: str) -> None:
    """Fail unless right and wrong letters together are exactly the choices."""
    if isinstance(key.answer, str) != (question.kind == "one choice"):
        form = "one letter" if question.kind == "one choice" else "a list of letters"
        raise KitError(f"{where}.answer: {question.kind} needs {form}")
    for letter in sorted({*question.choices, *key.right(), *key.wrong}):
        ways = (letter in key.right()) + (letter in key.wrong)
        if letter not in question.choices:
            raise KitError(f"{where}: there is no choice {letter}")
        if ways != 1:
            told = "is right and wrong" if ways else "is neither in answer nor, with its why, in wrong"
            raise KitError(f"{where}: choice {letter} {told}")
    if question.kind == "several choices" and len(key.wrong) < len(key.right()):
        raise KitError(f"{where}: ticking all must earn nothing: give as many wrong choices as right ones")
    for letter, why in key.wrong.items():
        if not why.strip():
            raise KitError(f"{where}.wrong.{letter} is empty: name the misconception behind the choice")


def check_numbers(question: Question, key: Key, where: str) -> None:
    """Fail unless the expressions can be read and use the question's own figures."""
    margin = key.tolerance
    if margin is None or (margin.absolute > 0) == (margin.relative > 0) or not margin.reason.strip():
        raise KitError(f"{where}.tolerance needs absolute or relative, above 0, and its reason")
    for expression in (str(key.answer), *(mistake.answer for mistake in key.mistakes)):
        try:
            read, _ = names_and_calls(expression)
        except KitError as wrong:
            raise KitError(f"{where}: {wrong}") from wrong
        for name in sorted(read - set(question.figures)):
            raise KitError(f"{where}: {expression!r} reads {name}{nearest(name, question.figures)}")
    if question.measured and not names_and_calls(str(key.answer))[1]:
        raise KitError(f"{where}.answer calls no function, but the question is measured: call one")


def same_names(have: Collection[str], need: Collection[str], where: str, what: str) -> None:
    """Fail unless both hold the same names."""
    for name in have:
        if name not in need:
            raise KitError(f"{where}: {name} is not asked for{nearest(name, need)}")
    for name in need:
        if name not in have:
            raise KitError(f"{where}: {what} for {name} is missing: add it")


def values_of(figure: list[float] | Range) -> list[float]:
    """Return the values that a figure may take, free of rounding noise, whole ones as int."""
    if isinstance(figure, Range):
        count = int(round((figure.to - figure.start) / figure.step, 6)) + 1 if figure.step > 0 else 0
        figure = [figure.start + index * figure.step for index in range(min(count, MAX_VALUES + 1))]
    rounded = [round(value, 10) for value in figure]
    return [int(value) if value == int(value) else value for value in rounded]
