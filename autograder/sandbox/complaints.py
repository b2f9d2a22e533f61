"""What a worker tells of an exception: its type, its message, where in the student's own file."""

import linecache
from collections.abc import Iterator, Sequence

from autograder.sandbox.calls import kinds_of
from autograder.sandbox.protocol import Problem

FRAMES, TRACE_CHARACTERS = 8, 4000
MESSAGE_CHARACTERS = 600


def problem_of(error: BaseException, names: Sequence[str], cell: int = 0) -> Problem:
    """Describe an exception: its type, its message, and the last place in the student's own file."""
    try:
        passed = list(frames(error))
        places = [place for place in passed if place[0].split(":")[0] in names or place[0] in names]
        line = places[-1][1] if places else 0
        if isinstance(error, SyntaxError) and error.lineno:
            line = error.lineno
        if places and ":" in places[-1][0]:
            cell = int(places[-1][0].rpartition(":")[2])
        trace = "\n".join(map(told, passed[-FRAMES:]))[-TRACE_CHARACTERS:]
        said = error.msg if isinstance(error, SyntaxError) and line else error
        kind, message = str(type(error).__name__), str(said)[:MESSAGE_CHARACTERS]
        return Problem(kind[:80], message, line, cell, trace, kinds_of(error))
    except BaseException:  # noqa: BLE001 an exception that cannot even be described
        return Problem("an exception", "", 0, cell, "")


def frames(error: BaseException) -> Iterator[tuple[str, int, str]]:
    """Yield the file, the line and the function of every frame that the exception passed."""
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        yield code.co_filename, step.tb_lineno, code.co_name
        step = step.tb_next


def told(place: tuple[str, int, str]) -> str:
    """Return a frame in a line or two. Python's own formatter takes longer than most calls do."""
    name, line, function = place
    source = linecache.getline(name, line).strip() if name in linecache.cache else ""
    return f"{name}:{line} in {function}" + (f"\n    {source}" if source else "")
