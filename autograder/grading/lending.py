"""An earlier slip costs once: a function that builds on a wrong one is judged with a right one as well.

Which functions those are is read off the student's own program. Only earlier questions are lent, so two
functions that merely call each other earn nothing; the right ones run in a process of their own. Classes are
not lent: only data crosses to that process, and an object is none.
"""

import ast
import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from msgspec.structs import replace as with_fields

from autograder.grading.scoring import share
from autograder.judging.bank import Bank
from autograder.judging.cache import Kept
from autograder.judging.judge import Judge
from autograder.judging.judged import Judged
from autograder.judging.programs import reference_program
from autograder.judging.session import Session
from autograder.results import Cause, CheckResult, Outcome
from autograder.sandbox.lender import Lender, LenderFailed
from autograder.sandbox.wall import Wall
from autograder.submission.parsing import MOST_TEXT, syntax_tree

NOTHING_TO_SAY: dict[str, Any] = {
    "cause": Cause.OTHER, "feedback": "", "staff_note": "", "picture": b"", "reference_picture": b"",
    "answer_digest": "",
}  # fmt: skip
ANSWERS_KEPT, ANSWERS_ROOM = 100_000, 48 << 20  # of lent functions, and bytes of memory
LENT_PATIENCE = 4  # times the usual limit of a call: each use of a lent function is a call of its own


@dataclass(frozen=True)
class Lending:
    """What is needed to judge with lent functions: `questions` are all, in order; what they answered."""

    wall: Wall
    judge: Judge
    bank: Bank
    questions: Sequence[str]
    known: Kept[bytes] = field(default_factory=lambda: Kept(ANSWERS_KEPT, ANSWERS_ROOM))


@dataclass(frozen=True)
class Again:
    """What came of judging with lent functions: the results that count, and "" or what is told of them."""

    results: list[CheckResult]
    told: str
    judged: Sequence[Judged]


def judge_again(lending: Lending, question: str, session: Session, own: list[CheckResult]) -> Again | None:
    """Judge with right functions in place of the student's earlier ones; None if none is used."""
    if all(result.outcome is Outcome.PASSED for result in own):
        session.right.add(question)
        return None
    earlier = lending.questions[: lending.questions.index(question)]
    wrong = [name for name in earlier if name not in session.right | lending.bank.classes]
    names = functions_used(question, wrong, session.program.source.cells)
    if not names:
        return None
    named = " and ".join(names)
    told = f"Wrong, with a right {named} in place of yours."
    try:
        judged = judge_with_lent(lending, question, session, names)
    except LenderFailed:  # what was found without it stands
        return None
    results = better(own, [one.verdict.outcome for one in judged], told)
    said = f"Judged with a right {named}, so that a slip there costs you once."
    return Again(results, "" if results is own else said, judged)


def functions_used(question: str, others: Iterable[str], cells: Sequence[str]) -> list[str]:
    """Return the other questions whose functions the program uses to answer this one."""
    near = [name for name in others if is_used(name, cells)]
    defined = defining_statements(tuple(cells)) if near else {}
    reached, waiting, seen = {question}, [question], set[int]()
    while waiting:
        for statement in defined.get(waiting.pop(), ()):
            if id(statement) not in seen:
                seen.add(id(statement))
                waiting += (statement.reads & defined.keys()) - reached
                reached |= statement.reads
    return [name for name in near if name in reached]


def is_used(name: str, cells: Sequence[str]) -> bool:
    """Whether a name occurs anywhere but where it is defined: most programs need no closer look."""
    return any(
        not text.endswith(("def ", "class "), 0, found.start())
        for text in cells
        for found in re.finditer(rf"\b{name}\b", text)
    )


@dataclass(frozen=True)
class Statement:
    """What one statement at the top of a program reads."""

    reads: frozenset[str]


@functools.lru_cache(maxsize=8)
def defining_statements(cells: tuple[str, ...]) -> Mapping[str, Sequence[Statement]]:
    """Return the statements of a program that define each of its names: functions, classes, assignments.

    Of a program that is far longer than any that people write, nothing.
    """
    found: dict[str, list[Statement]] = {}
    for text in cells if sum(map(len, cells)) <= MOST_TEXT else ():
        for node in tree.body if (tree := syntax_tree(text)) else ():
            reads, stores = names_read_and_stored(node)
            statement = Statement(frozenset(reads))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                stores = {node.name}
            for name in stores:
                found.setdefault(name, []).append(statement)
    return found


def names_read_and_stored(node: ast.AST) -> tuple[set[str], set[str]]:
    """Return the names that a statement reads, and those that it stores."""
    names = [each for each in ast.walk(node) if isinstance(each, ast.Name)]
    reads = {name.id for name in names if isinstance(name.ctx, ast.Load)}
    return reads, {name.id for name in names if isinstance(name.ctx, ast.Store)}


def judge_with_lent(lending: Lending, question: str, own: Session, names: Sequence[str]) -> list[Judged]:
    """Run a question's checks on a program in which the functions `names` are the reference's."""
    reference = reference_program(lending.bank)
    lender = Lender(names, lambda: lending.wall.loaded(reference), known=lending.known)
    program = replace(own.program, lender=lender)
    session = Session(
        lending.wall,
        program,
        patience=LENT_PATIENCE,
        draw=own.draw,
        sealed=True,
        seconds=own.seconds,
        held=own.held,
    )
    try:
        return list(lending.judge.judge_live_all(lending.bank.drawn(own.draw).of(question), session))
    finally:
        session.close()
        lender.close()
        own.seconds = session.seconds


def better(own: list[CheckResult], later: Sequence[Outcome], told: str) -> list[CheckResult]:
    """Return the results with the outcomes of a later run, or `own` if that earns no more.

    Nothing else comes out of a later run but a known mistake: its program may have seen hidden inputs, or
    lent answers. `told` is said of a check that ended well in the first run only.
    """
    if Outcome.BROKEN in later:
        return own
    merged = []
    for before, outcome in zip(own, later, strict=True):
        if outcome is Outcome.PASSED:
            merged.append(with_fields(before, outcome=outcome, **NOTHING_TO_SAY))
        elif before.outcome is Outcome.PASSED:
            merged.append(with_fields(before, outcome=outcome, feedback=told))
        else:
            merged.append(before)
    return merged if share(1, merged) > share(1, own) else own
