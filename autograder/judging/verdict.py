"""What a student reads about one check. On hidden checks nothing of their own making, and no numbers.

A `Problem` comes from the worker, so every word in it may be the student's: a class may be named after
a hidden input and claim to be any library's. What hidden checks quote is known to the grader itself.
"""

import builtins
import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.checks.compare import CheckFailed
from autograder.checks.spelling import spell_call
from autograder.judging.session import Exchange
from autograder.results import Cause, Outcome
from autograder.sandbox.codec import StudentRaised
from autograder.sandbox.protocol import Problem
from autograder.sandbox.wall import CallTimeout, InvalidReply, WorkerDied
from autograder.submission.notebook_code import STUB

OWN_WORDS = "an exception that is none of Python's"
NOT_AS_PROMISED = (
    "It cannot be called as its docstring says: are the parameters, names and defaults, those of the stub?"
)
QUOTABLE = frozenset(
    name
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
) | {"LinAlgError", "WrongOutput"}
LAST_LINE = 1_000_000  # of a file that is small enough to be read


@dataclass(frozen=True)
class Verdict:
    """How a check ended, in words for the student and in words for staff."""

    outcome: Outcome
    feedback: str = ""
    staff_note: str = ""
    cause: Cause = Cause.OTHER
    raised: str = ""  # the type of the exception, as the student's process names it


def judge(error: Exception, visible: bool, exchanges: Sequence[Exchange], names: Sequence[str]) -> Verdict:
    """Say what an exception out of a check means.

    Args:
        error: what the check raised.
        visible: whether the student has the check, and may see inputs and expected numbers.
        exchanges: the calls that the check made.
        names: what the submission defines, to suggest the nearest to a missing one.
    """
    call = spell_call(exchanges[-1].call) if exchanges else ""
    asked = exchanges[-1].call.name if exchanges else ""
    if isinstance(error, CheckFailed):
        full = "\n".join(part for part in (call, error.reason, error.details) if part)
        return Verdict(Outcome.FAILED, full if visible else sentence(error.reason), full)
    if isinstance(error, StudentRaised):
        return judge_raised(error.problem, visible, call, asked, names)
    if isinstance(error, CallTimeout):
        told = f"{error}: is there a loop that never ends?"
        return Verdict(Outcome.TIMEOUT, f"{call}\n{told}" if visible and call else sentence(told), call)
    if isinstance(error, WorkerDied):
        told = f"The code {error}: look for exit(), os._exit() or recursion without an end."
        cause = Cause.INVALID_REPLY if isinstance(error, InvalidReply) else Cause.OTHER
        return Verdict(Outcome.CRASHED, told, call, cause)
    raise error


def judge_raised(problem: Problem, visible: bool, call: str, asked: str, names: Sequence[str]) -> Verdict:
    """Say what it means that the student's code raised.

    Args:
        problem: what the worker says of the exception.
        visible: whether the student has the check.
        call: the call, as a student would write it.
        asked: the name that was called.
        names: what the submission defines.
    """
    if problem.type_name == "NotDefined" and asked not in names:
        near = difflib.get_close_matches(asked, names, 1, 0.5)
        hint = f" Is it {near[0]}?" if near else ""
        told = f"There is no function {asked} in the file.{hint}"
        return Verdict(Outcome.ERROR, told, cause=Cause.MISSING)
    if problem.type_name == "NotImplementedError" and STUB in problem.message:
        return Verdict(Outcome.UNWRITTEN, "Not written yet.")
    kind = problem.type_name if problem.type_name in QUOTABLE else OWN_WORDS
    where = place(problem)
    full = f"{call}\nraised {problem.type_name}{where}: {problem.message}"
    told = full if visible else f"The code raised {kind}{where}."
    if problem.type_name == "TypeError" and not where:  # no line of theirs ran: the call itself failed
        told = f"{full}\n{NOT_AS_PROMISED}" if visible else NOT_AS_PROMISED
    cause = Cause.REFUSED if problem.type_name == "PermissionError" else Cause.OTHER
    return Verdict(Outcome.ERROR, told, f"{full}\n{problem.trace}", cause, problem.type_name)


def place(problem: Problem) -> str:
    """Return where in the student's file, as far as it is known."""
    if not 0 < problem.line <= LAST_LINE:
        return ""
    cell = f" of cell {problem.cell}" if 0 < problem.cell <= LAST_LINE else ""
    return f" at line {problem.line}{cell}"


def load_note(problem: Problem, name: str, cells: int) -> str:
    """Tell what kept a program, or one cell of it, from running."""
    where = f"line {problem.line}" if problem.line else "loading it"
    where += f" of cell {problem.cell}" if cells > 1 else ""
    lost = "What this cell defines is missing." if cells > 1 else "What comes after that line is missing."
    if problem.type_name in ("SyntaxError", "IndentationError", "TabError"):
        lost = "Nothing in it could be run." if cells == 1 else lost
        return f"{name}: Python cannot read {where}: {problem.message}. {lost}"
    return f"{name}: {problem.type_name} at {where}: {problem.message}. {lost}"


def sentence(text: str) -> str:
    """Return text with a capital and a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")
