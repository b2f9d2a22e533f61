"""What a report follows from, part by part: whatever is the same need not be done again.

The student is not among the parts: all that a report says of them but the name is in their files
(the figures of the quiz come from the name in quiz.yml).
"""

import ast
import hashlib
from collections.abc import Mapping, Sequence

from autograder.judging.bank import Bank
from autograder.judging.grader import Grader
from autograder.judging.receipt import kit_hash, versions
from autograder.submission.reading import Submission, content_hash

FILES = "files"
COURSE = "course"  # the reference, the limits, the libraries: what all questions share
POINTS = "points"  # and titles, and who sees what: no check has to run for these
QUIZ = "quiz"
QUESTION = "question."


def keys_of_course(grader: Grader) -> dict[str, str]:
    """Return a hash of every part of a report's origin but the student's files."""
    bank, assignment, settings = grader.bank, grader.assignment, grader.course.settings
    shared = [
        without_docstrings(bank.solution),
        bank.provided,
        assignment.limits,
        grader.judge.hidden_too,
    ]
    shared += [settings.seed, kit_hash(), versions()]
    points = [assignment.title, assignment.questions, assignment.quiz, settings.visibility]
    keys = {COURSE: digest(shared), POINTS: digest(points), QUIZ: digest([grader.quiz])}
    for question in assignment.questions:
        keys[QUESTION + question] = digest(question_parts(bank, question))
    return keys


def files_key(submission: Submission) -> str:
    """Return a hash of what was handed in and of what reading it had to say."""
    return digest([content_hash(submission), submission.main, submission.notes])


def work_key(keys: Mapping[str, str]) -> str:
    """Return one hash of all parts."""
    return digest(sorted(keys.items()))


def question_parts(bank: Bank, question: str) -> list[str]:
    """Return the code that judges a question: its checks, its known mistakes, what they share."""
    ours = {check.name for check in bank.of(question)}
    others = {check.name for check in bank.checks} - ours
    mistakes = {one.name for one in bank.misconceptions if one.question != question}
    return [
        *(code_without(bank.checks_source, others)),
        *(code_without(bank.mistakes_source, mistakes)),
    ]


def code_without(source: str, names: set[str]) -> list[str]:
    """Return a module's statements in a form free of layout, without its docstring and some names."""
    body = ast.parse(source).body
    if body and is_text(body[0]):
        body = body[1:]
    return [ast.dump(node) for node in body if getattr(node, "name", "") not in names]


def without_docstrings(source: str) -> str:
    """Return a program in a form free of layout, comments and docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body: Sequence[ast.AST] = getattr(node, "body", [])
        if isinstance(body, list) and body and is_text(body[0]):
            del body[0]
    return ast.dump(tree)


def is_text(node: ast.AST) -> bool:
    """Whether a statement is nothing but a text."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def digest(parts: Sequence[object]) -> str:
    """Return a hash of values by what they print as."""
    return hashlib.sha256("\n".join(map(repr, parts)).encode()).hexdigest()
