"""grading.yml and the files of an assignment must name the same questions, or someone loses points for it."""

import ast
from collections.abc import Collection, Iterator

from autograder.config import FILE
from autograder.errors import KitError, nearest
from autograder.judging.bank import Bank


def insist_on_agreement(bank: Bank, questions: Collection[str]) -> None:
    """Raise a `KitError` at the first question that the settings and the files do not share.

    Args:
        bank: the checks and programs of the assignment.
        questions: which grading.yml gives points to.
    """
    for fault in disagreements(bank, questions):
        raise KitError(fault)


def disagreements(bank: Bank, questions: Collection[str]) -> Iterator[str]:
    """Yield what does not agree, a line each, with the name that was meant."""
    stem = bank.stem
    checks, solution = f"tests/questions/test_{stem}.py", f"solutions/{stem}.py"
    defined = {name for node in ast.parse(bank.solution).body for name in names_of(node, bank.own)}
    checked = {check.question for check in bank.checks}
    for question in questions:
        where = f"{FILE}: assignments.{stem}.questions.{question}"
        if question not in defined:
            yield f"{where}: {solution} defines no {question}{nearest(question, defined - set(questions))}"
        if question not in checked:
            yield f"{where}: {checks} has no check of {question}{nearest(question, checked - set(questions))}"
    for question in sorted(checked - set(questions)):
        hint = nearest(question, questions) or f"; give it points in {FILE}, 0 to leave it out of the score"
        yield f"{checks} checks {question}, which is no question of {stem} in {FILE}{hint}"


def names_of(node: ast.stmt, own: Collection[str]) -> Iterator[str]:
    """Yield what a statement at the top of a module defines, or imports from a module of the same work."""
    if isinstance(node, ast.ImportFrom) and node.module in own:
        yield from (alias.asname or alias.name for alias in node.names)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    yield from (target.id for target in targets if isinstance(target, ast.Name))
