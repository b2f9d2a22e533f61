"""grading.yml and the files of an assignment must name the same questions, or someone loses points for it."""

from collections.abc import Collection, Iterator

from autograder.config import FILE
from autograder.errors import KitError, nearest
from autograder.judging.bank import Bank


def insist_on_agreement(bank: Bank, questions: Collection[str]) -> None:
    """Raise a `KitError` at the first question that grading.yml, `questions`, and the files do not share."""
    for fault in disagreements(bank, questions):
        raise KitError(fault)


def disagreements(bank: Bank, questions: Collection[str]) -> Iterator[str]:
    """Yield what does not agree, a line each, with the name that was meant."""
    stem = bank.stem
    checks, solution = f"tests/questions/test_{stem}.py", f"solutions/{stem}.py"
    checked = {check.question for check in bank.checks}
    defined = bank.defined - set(questions)
    for question in questions:
        where = f"{FILE}: assignments.{stem}.questions.{question}"
        if question not in bank.defined:
            yield f"{where}: {solution} defines no {question}{nearest(question, defined)}"
        if question not in checked:
            yield f"{where}: {checks} has no check of {question}{nearest(question, checked - set(questions))}"
    for question in sorted(checked - set(questions)):
        hint = nearest(question, questions) or f"; give it points in {FILE}, 0 to leave it out of the score"
        yield f"{checks} checks {question}, which is no question of {stem} in {FILE}{hint}"
