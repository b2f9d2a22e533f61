"""A new known mistake: what a student wrote, as a fragment among the mistakes of an assignment."""

import ast
import keyword
from pathlib import Path

from autograder.authoring.question import HEADS, MARK_IMPORTS, extended, old_text, refuse_taken
from autograder.config import Course
from autograder.data.files import write_whole
from autograder.errors import InputError, nearest
from autograder.submission.parsing import syntax_tree
from autograder.submission.reading import read_submission, source_of
from autograder.submission.work import task_of

AFTER_MISTAKE = """{name} is in {where} now.

Next:
  1. Write its hint in place of the TODO, rename what names somebody, and import what it needs.
  2. `autograder doctor -a {stem} --question {question} --hints hints.csv` says which hint it gets.
"""


def add_mistake(course: Course, handed_in: Path, path: str, name: str) -> str:
    """Write what a submission answers to STEM.QUESTION as a known mistake, and return what to do next."""
    stem, _, question = path.partition(".")
    questions = course.assignment(stem).questions
    if question not in questions:
        raise InputError(f"{path!r} names no question{nearest(question, questions)}")
    if not name.isidentifier() or keyword.iskeyword(name):
        raise InputError(
            f"{name!r} is no name for a function: write what the student did, as in forgets_gamma"
        )
    where = f"tests/questions/mistakes/{stem}.py"
    before = old_text(course.root / where, HEADS["mistakes"].replace("STEM", stem))
    refuse_taken(before, name, where)
    cells = source_of(read_submission(handed_in, task_of(course, stem)), stem).cells
    fragment = fragment_of(definition_in(list(cells), question), question, name)
    write_whole(course.root / where, extended(before, fragment, (MARK_IMPORTS["mistakes"],)).encode())
    return AFTER_MISTAKE.format(name=name, where=where, stem=stem, question=question)


def definition_in(cells: list[str], question: str) -> ast.FunctionDef | ast.ClassDef:
    """Return the last definition of a question in a program."""
    found = None
    for cell in cells:
        for node in tree.body if (tree := syntax_tree(cell)) else ():
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == question:
                found = node
    if found is None:
        raise InputError(f"there is no function or class {question} in the submission")
    return found


def fragment_of(node: ast.FunctionDef | ast.ClassDef, question: str, name: str) -> str:
    """Return a definition as a known mistake, its hint to be written."""
    hint = ast.Expr(ast.Constant(f"TODO({question}): the hint that students read: a question, no answer."))
    rest = node.body[1:] if ast.get_docstring(node) is not None else node.body
    node.body = [hint, *(rest or [ast.Pass()])]
    node.name, node.decorator_list = name, []
    if isinstance(node, ast.FunctionDef):
        for each in ast.walk(node.args):
            if isinstance(each, ast.arg):
                each.annotation = None  # which may name what is not imported
        node.returns = None
    return f'\n\n@misconception("{question}")\n{ast.unparse(node)}\n'
