"""An earlier slip costs once: a function that builds on a wrong one is judged with a right one as well.

Which functions those are is read off the student's own program. Only earlier questions are lent, so two
functions that merely call each other earn nothing; the right ones run in a process of their own.
"""

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from msgspec.structs import replace as with_fields

from autograder.judging.bank import Bank
from autograder.judging.judge import Judge, Judged
from autograder.judging.programs import reference_program
from autograder.judging.scoring import share
from autograder.judging.session import Program, Session
from autograder.results import Cause, CheckResult, Outcome
from autograder.sandbox.wall import Lent, Wall

PATIENCE = 4  # times the usual limit of a call: each use of a lent function is a call of its own


@dataclass(frozen=True)
class Lending:
    """What is needed to judge with lent functions: `questions` are all, in order."""

    wall: Wall
    judge: Judge
    bank: Bank
    questions: Sequence[str]


@dataclass(frozen=True)
class Better:
    """Results that count instead of the first ones, and what the student is told of them."""

    results: list[CheckResult]
    told: str


def judge_again(
    lending: Lending, question: str, session: Session, own: Sequence[CheckResult]
) -> Better | None:
    """Judge with right functions in place of the student's earlier ones; None unless that earns more.

    Args:
        lending: of the assignment.
        question: what is judged.
        session: the student's; it remembers which questions were right.
        own: the results with the student's functions.
    """
    if all(result.outcome is Outcome.PASSED for result in own):
        session.right.add(question)
        return None
    parts = parts_of(question, lending.questions, session.program.source.cells)
    names = [name for name in parts if name not in session.right]
    if not names:
        return None
    named = " and ".join(names)
    results = with_lent(own, judge_with_lent(lending, question, session.program, names), named)
    if share(1, results) <= share(1, own):
        return None
    return Better(results, f"Judged with a right {named}, so that a slip there costs you once.")


def parts_of(question: str, questions: Iterable[str], cells: Sequence[str]) -> list[str]:
    """Return the earlier questions whose functions the program uses to answer this one.

    Args:
        question: the one that is judged.
        questions: all of the assignment, in order.
        cells: the student's program.
    """
    order = list(questions)
    earlier = [name for name in order[: order.index(question)] if is_used(name, cells)]
    defined = definitions(cells) if earlier else {}
    reached, waiting = {question}, [question]
    while waiting:
        found = {name for node in defined.get(waiting.pop(), []) for name in names_in(node)}
        waiting += (found & defined.keys()) - reached
        reached |= found
    return [name for name in earlier if name in reached]


def is_used(name: str, cells: Sequence[str]) -> bool:
    """Whether a name occurs anywhere but where it is defined: most programs need no closer look."""
    return any(
        not text.endswith(("def ", "class "), 0, found.start())
        for text in cells
        for found in re.finditer(rf"\b{name}\b", text)
    )


def definitions(cells: Sequence[str]) -> dict[str, list[ast.stmt]]:
    """Return the statements of a program that define each of its names: functions, classes, assignments."""
    found: dict[str, list[ast.stmt]] = {}
    for text in cells:
        try:
            body = ast.parse(text).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for statement in body:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                names = {statement.name}
            else:
                names = names_in(statement, ast.Store)
            for name in names:
                found.setdefault(name, []).append(statement)
    return found


def names_in(node: ast.AST, context: type[ast.expr_context] = ast.Load) -> set[str]:
    """Return the names that a statement reads, or those that it stores."""
    return {
        each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, context)
    }


def judge_with_lent(lending: Lending, question: str, program: Program, names: list[str]) -> list[Judged]:
    """Run a question's checks on a program in which the functions `names` are the reference's."""
    wall, reference = lending.wall, reference_program(lending.bank)
    lender = wall.worker()
    session = Session(wall, replace(program, lent=Lent(tuple(names), lender)), patience=PATIENCE)
    try:
        lender.load(reference.source, reference.modules, reference.bind)
        return list(lending.judge.judge_live_all(lending.bank.of(question), session))
    finally:
        session.close()
        lender.close()


def with_lent(own: Sequence[CheckResult], lent: Sequence[Judged], named: str) -> list[CheckResult]:
    """Return the results as judged with lent functions.

    Nothing that the program said in that run is quoted: it may hold what the lent functions answered.
    """
    merged = []
    for before, after in zip(own, lent, strict=True):
        outcome = after.verdict.outcome
        if outcome is Outcome.PASSED:
            merged.append(with_fields(before, outcome=outcome, cause=Cause.OTHER, feedback="", staff_note=""))
        elif before.outcome is Outcome.PASSED:
            told, note = f"Wrong, with a right {named} in place of yours.", after.verdict.staff_note
            merged.append(with_fields(before, outcome=outcome, feedback=told, staff_note=note))
        else:
            merged.append(before)
    return merged
