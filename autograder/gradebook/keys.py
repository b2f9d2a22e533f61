"""What a report follows from, part by part: whatever is the same need not be done again.

The student is not among the parts: all that a report says of them but the name is in their files
(the figures of the quiz come from the name in quiz.yml).
"""

import ast
import hashlib
from collections.abc import Mapping, Sequence
from typing import TypeGuard

from autograder.grading.grader import Grader
from autograder.judging.bank import Bank
from autograder.judging.receipt import kit_hash, versions
from autograder.submission.reading import Submission, content_hash

FILES = "files"
COURSE = "course"  # the reference and what lies beside it: what all questions share
SEED, LIMITS, KIT, LIBRARIES = "seed", "limits", "kit", "libraries"
POINTS = "points"  # and titles, and who sees what: no check has to run for these
WEIGHTS = "weights"  # of the checks
RECEIPT = "receipt"  # hashes of files: what differs in nothing else is layout and comments
QUIZ = "quiz"
QUESTION = "question."


def keys_of_course(grader: Grader) -> dict[str, str]:
    """Return a hash of every part of a report's origin but the student's files."""
    bank, assignment, settings = grader.bank, grader.assignment, grader.course.settings
    shared = [
        without_docstrings(bank.solution),
        [bank.provided, bank.files, {name: without_docstrings(text) for name, text in bank.own.items()}],
        bank.own_files,
        assignment.examples == "none",
        grader.judge.hidden_too,
        list(assignment.questions),
        [check.id for check in bank.checks if not check.weight],
    ]
    shared += [grader.isolation.verdict]
    points = [assignment.title, assignment.worth, assignment.quiz, settings.visibility]
    points += [(check.id, check.title) for check in bank.checks]
    keys = {
        COURSE: hash_of_values(shared), POINTS: hash_of_values(points), QUIZ: hash_of_values([grader.quiz]),
        WEIGHTS: hash_of_values([(check.id, check.weight) for check in bank.checks]),
        RECEIPT: hash_of_values(sorted(grader.receipt.items())), SEED: hash_of_values([settings.seed]),
        LIMITS: hash_of_values([assignment.limits]), KIT: kit_hash(),
        LIBRARIES: hash_of_values(sorted(versions().items())),
    }  # fmt: skip
    sources = [dumped(text) for text in (bank.checks_source, bank.mistakes_source, bank.alternatives_source)]
    for question in assignment.questions:
        keys[QUESTION + question] = hash_of_values(question_parts(bank, question, sources))
    return keys


def files_key(submission: Submission) -> str:
    """Return a hash of what was handed in and of what reading it had to say."""
    return hash_of_values([content_hash(submission), submission.main, submission.notes])


def work_key(keys: Mapping[str, str]) -> str:
    """Return one hash of all parts."""
    return hash_of_values(sorted(keys.items()))


def dumped(source: str) -> list[tuple[str, str]]:
    """Return a module's statements with their names, in a form free of layout, comments and its docstring."""
    body = ast.parse(source).body
    first = bool(body) and is_docstring(body[0])
    return [(getattr(node, "name", ""), ast.dump(without_words(node))) for node in body[first:]]


def question_parts(bank: Bank, question: str, sources: Sequence[Sequence[tuple[str, str]]]) -> list[str]:
    """Return the code that judges a question: its checks, known mistakes, alternatives, what they share."""
    named = (bank.checks, bank.misconceptions, bank.alternatives)
    others = [{one.name for one in ones if one.question != question} for ones in named]
    return [
        text
        for source, left_out in zip(sources, others, strict=True)
        for name, text in source
        if name not in left_out
    ]


def without_words(node: ast.stmt) -> ast.stmt:
    """Take from a check its docstring and its weight, which have keys of their own."""
    if isinstance(node, ast.FunctionDef) and any(map(is_check, node.decorator_list)):
        node.body = node.body[is_docstring(node.body[0]) :]
        for mark in filter(is_check, node.decorator_list):
            mark.keywords = [word for word in mark.keywords if word.arg != "weight"]
    return node


def is_check(mark: ast.expr) -> TypeGuard[ast.Call]:
    """Whether a decorator is `@check(...)`."""
    return isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id == "check"


def without_docstrings(source: str) -> str:
    """Return a program in a form free of layout, comments and docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body: Sequence[ast.AST] = getattr(node, "body", [])
        if isinstance(body, list) and body and is_docstring(body[0]):
            del body[0]
    return ast.dump(tree)


def is_docstring(node: ast.AST) -> bool:
    """Whether a statement is nothing but a text."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def hash_of_values(parts: Sequence[object]) -> str:
    """Return a hash of values by what they print as."""
    return hashlib.sha256("\n".join(map(repr, parts)).encode()).hexdigest()
