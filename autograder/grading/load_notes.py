"""Tell a student what kept parts of their program from running, one line for each cause."""

from collections.abc import Sequence

from autograder.checks.describe import sentence
from autograder.judging.session import Session
from autograder.judging.verdict import LAST_LINE, lacking_hint
from autograder.sandbox.protocol import ProgramText, StoppedStatement
from autograder.sandbox.remote import CallTimeout
from autograder.submission.disguises import what_it_is

UNREADABLE_KINDS = ("SyntaxError", "IndentationError", "TabError", "NewerSyntax")
MOST_NOTES, MOST_NAMES, CELL_SHOWN = 6, 4, 40


def load_notes(session: Session, import_s: float) -> list[str]:
    """Return the notes on loading a submission."""
    if session.unloadable is not None:
        return [f"The file could not be loaded: {session.unloadable}."]
    if session.loaded is None:
        return []
    source, stops = session.program.source, session.loaded.stops
    defined = set(session.loaded.names)
    causes = {ending.statement.place: ending.error for ending in session.endings}
    notes = []
    for stop in stops[:MOST_NOTES]:
        where = statement_place(stop, source)
        if stop.place in causes:
            slow = isinstance(causes[stop.place], CallTimeout)
            what = "did not end, and could not be interrupted" if slow else f"{causes[stop.place]}"
            told = f"{where} {what}; it was left out."
        elif stop.seconds:
            told = f"{where} was cut off after {stop.seconds:.0f} s: loading may take {import_s:g} s in all."
        elif stop.problem.type_name in UNREADABLE_KINDS:
            told = f"Python cannot read {where}: {stop.problem.message.rstrip('?.')}."
        else:
            said = stop.problem.message.partition("\n")[0].rstrip(". ")
            told = f"{stop.problem.type_name} at {where}{': ' if said else ''}{said}."
        told = f"{told} {lacking_hint(stop.problem.lacks)}".rstrip()
        kind = "" if defined else what_it_is(source.cells[0])
        if kind:
            return [f"{source.name} is {kind}, not Python: hand in the .py or .ipynb file itself."]
        file = stop.place[0].partition(":")[0]
        notes.append(f"{file}: {told} {sentence(missing_names(stop.names) + rest(defined))}")
    if len(stops) > MOST_NOTES:
        notes.append(f"{source.name}: {len(stops) - MOST_NOTES} more of its statements did not run.")
    return notes


def statement_place(stop: StoppedStatement, source: ProgramText) -> str:
    """Return where a statement is, in words; a cell is told by how it begins: a notebook shows no numbers."""
    problem = stop.problem
    line = f"line {problem.line}" if 0 < problem.line <= LAST_LINE else "a line"
    if 0 < problem.cell <= len(source.cells) and len(source.cells) > 1:
        lines = [one.strip() for one in source.cells[problem.cell - 1].split("\n") if one.strip()]
        first = lines[0] if lines else ""
        shown = first if len(first) <= CELL_SHOWN else f"{first[:CELL_SHOWN]}..."
        return f"{line} of the code cell that begins with `{shown}`"
    return line


def missing_names(names: Sequence[str]) -> str:
    """Say which names a program lacks."""
    shown = [f"`{name}`" for name in names[:MOST_NAMES]]
    if not shown:
        return ""
    if len(names) > MOST_NAMES:
        shown = [*shown, "more"]
    listed = " and ".join([", ".join(shown[:-1]), shown[-1]] if shown[1:] else shown)
    return f"{listed} {'is' if len(shown) == 1 else 'are'} missing; "


def rest(defined: set[str]) -> str:
    """Say what of the program was run all the same."""
    return "the rest was run." if defined else "nothing in it could be run."


def was_refused(session: Session) -> bool:
    """Whether the sandbox refused a program something while it was loaded."""
    stops = session.loaded.stops if session.loaded else []
    return any(stop.problem.type_name == "PermissionError" for stop in stops)
