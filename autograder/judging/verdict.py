"""What a student reads about one check.

Of a run that has seen nothing hidden, everything. Of any other, a kind of wrong from a fixed list and a place
that exists: a line of the file handed in, an index of the right answer. All else may be the student's
choice. A class may be named after a hidden input and claim to be any library's; a line number may be one.
"""

import builtins
import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.checks.compare import CheckFailed
from autograder.checks.describe import TOO_SLOW, sentence
from autograder.checks.spelling import spell_last
from autograder.environment import promised, python_name
from autograder.errors import is_unwritten
from autograder.judging.session import Exchange
from autograder.results import Cause, Outcome
from autograder.sandbox.calls import StudentRaised
from autograder.sandbox.protocol import Problem, StoppedStatement
from autograder.sandbox.remote import AnswerTooLarge, CallTimeout, InvalidReply, WorkerDied

OWN_WORDS = "an exception that is none of Python's"
NOT_AS_PROMISED = (
    "It cannot be called as its docstring says: are the parameters, names and defaults, those of the stub?"
)
QUOTED_EXCEPTIONS = frozenset(
    name
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
) | {"LinAlgError", "WrongOutput"}
LAST_LINE = 5_000  # a place in a longer file would say too much
MOST_NAMES, LONGEST_NAME = 1_000, 60  # among which the nearest to a missing one is looked for
JUST_WRONG = "The answer is wrong."
# what the place where code is graded has not got
LACKING = {
    "graphics card": "There is no graphics card where this is graded: keep everything on the CPU.",
    "network": "There is no network where this is graded.",
    "files": "Where this is graded there are no files but those handed in beside the code; "
    "what a program writes with open() is in memory.",
    "processes": "No other program or process can be started where this is graded.",
    "library": f"Where this is graded there are the standard library, {promised()}, and nothing else.",
    "python": f"A later Python has that: {python_name()} grades.",
    "input": "Nobody answers input() where this is graded.",
    "hash": "Arrays and tensors have no hash, so lru_cache cannot take them: leave it out.",
}


@dataclass(frozen=True)
class Verdict:
    """How a check ended, in words for the student and in words for staff."""

    outcome: Outcome
    feedback: str = ""
    staff_note: str = ""
    cause: Cause = Cause.OTHER
    raised: str = ""  # the type of the exception, as the student's process names it
    places: tuple[int, ...] = ()  # in the check's compiled code, that say where it failed


@dataclass(frozen=True)
class Tellable:
    """What students may read of a run.

    Attributes:
        everything: the calls, the answers and messages; otherwise a kind and a place.
        names: what the submission defines, to suggest the nearest to a missing one.
        cells: its text, whose lines can be named.
        known: returns a check's own reason as far as its author wrote it.
        lost: what it lacks because a statement stopped.
        question: what the check is about.
    """

    everything: bool
    names: Sequence[str] = ()
    cells: Sequence[str] = ()
    known: Callable[[str], str] = lambda _: ""
    lost: Mapping[str, StoppedStatement] = field(default_factory=dict)
    question: str = ""


def judge(error: Exception, tellable: Tellable, exchanges: Sequence[Exchange]) -> Verdict:
    """Say what an exception out of a check means, in words that `tellable` lets students read."""
    visible = tellable.everything
    call = spell_last([one.call for one in exchanges])
    asked = exchanges[-1].call.name if exchanges else ""
    if isinstance(error, CheckFailed):
        full = "\n".join(part for part in (call, error.reason, error.details) if part)
        hidden = error.hidden or tellable.known(error.reason) or JUST_WRONG
        return Verdict(Outcome.FAILED, full if visible else sentence(hidden), full)
    if isinstance(error, StudentRaised):
        return judge_raised(error.problem, tellable, call, asked)
    if isinstance(error, CallTimeout):
        told = f"{error}: {TOO_SLOW}"
        return Verdict(Outcome.TIMEOUT, f"{call}\n{told}" if visible and call else sentence(told), call)
    if isinstance(error, AnswerTooLarge):
        told = "The answer is much larger than the right one: is it what the docstring says?"
        return Verdict(Outcome.FAILED, f"{call}\n{told}" if visible and call else told, call)
    if isinstance(error, WorkerDied):
        told = f"The code {error}: look for recursion without an end, or os.kill()."
        cause = Cause.INVALID_REPLY if isinstance(error, InvalidReply) else Cause.OTHER
        return Verdict(Outcome.CRASHED, told, call, cause)
    raise error


def judge_raised(problem: Problem, tellable: Tellable, call: str, asked: str) -> Verdict:
    """Say what it means that the student's code raised when `asked` was called."""
    visible = tellable.everything
    if problem.type_name == "NotDefined" and asked not in tellable.names:
        return Verdict(Outcome.ERROR, not_defined(asked, tellable), cause=Cause.MISSING)
    if is_unwritten(problem.type_name, problem.message):
        return Verdict(Outcome.UNWRITTEN, not_written(problem.message.partition(":")[0], tellable))
    kind = problem.type_name if problem.type_name in QUOTED_EXCEPTIONS else OWN_WORDS
    where = line_place(problem) if visible or exists(problem, tellable.cells) else ""
    full = f"{call}\nraised {problem.type_name}{where}: {problem.message}"
    told = full if visible else f"The code raised {kind}{where}."
    if lack := lacking_hint(problem.lacks):
        told = f"{told}\n{lack}" if visible else f"{told} {lack}"
    elif problem.type_name == "TypeError" and not where:  # no line of theirs ran: the call itself failed
        told = f"{full}\n{NOT_AS_PROMISED}" if visible else NOT_AS_PROMISED
    cause = Cause.REFUSED if problem.type_name == "PermissionError" else Cause.OTHER
    return Verdict(Outcome.ERROR, told, f"{full}\n{problem.trace}", cause, problem.type_name)


def lacking_hint(lacks: str) -> str:
    """Return a sentence on what is lacking, "" if nothing is."""
    return LACKING.get(lacks, "")


def not_written(name: str, tellable: Tellable) -> str:
    """Say that a stub was called, and whether it is another one than the question's."""
    if name == tellable.question or name not in tellable.names:
        return "Not written yet: the stub's line, raise NotImplementedError, still stands."
    return f"This needs {name if tellable.everything else 'another function'}, which is not written yet."


def not_defined(asked: str, tellable: Tellable) -> str:
    """Say that a function is missing, and whether that is because its statement did not run."""
    stopped = tellable.lost.get(asked)
    if stopped is not None:
        where = line_place(stopped.problem) if exists(stopped.problem, tellable.cells) else ""
        what = where.removeprefix(" at ") or "its statement"
        return f"{asked} is missing because {what} stopped: see the note about that line."
    inside = re.compile(rf"^[ \t]+(?:async[ \t]+)?(?:def|class)[ \t]+{re.escape(asked)}\b", re.MULTILINE)
    if any(inside.search(text) for text in tellable.cells):
        return f"{asked} is only inside of something else, as an if or a class: begin it at the left margin."
    names = [name for name in tellable.names if len(name) <= LONGEST_NAME]
    near = difflib.get_close_matches(asked, names[:MOST_NAMES], 1, 0.5)
    hint = f" Is it {near[0]}?" if near else ""
    return f"There is no function {asked} in the file.{hint}"


def line_place(problem: Problem) -> str:
    """Return where in the student's file, as far as it is known."""
    if problem.line <= 0:
        return ""
    return f" at line {problem.line}" + (f" of cell {problem.cell}" if problem.cell > 0 else "")


def exists(problem: Problem, cells: Sequence[str]) -> bool:
    """Whether a place is one of the program's; of a single cell the number is not told."""
    if not 0 <= problem.cell <= len(cells) or (problem.cell == 0) != (len(cells) == 1):
        return False
    return 0 < problem.line <= min(cells[problem.cell - 1].count("\n") + 1, LAST_LINE)
