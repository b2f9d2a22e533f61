"""What a worker tells of an exception: its type, its message, where in the student's own file."""

import functools
import linecache
from collections.abc import Iterator, Sequence
from io import UnsupportedOperation
from types import ModuleType

from autograder.environment import IMPORTABLE, came_with
from autograder.sandbox.calls import kinds_of
from autograder.sandbox.habits import NobodyAnswers
from autograder.sandbox.protocol import Lacks, Problem
from autograder.sandbox.salvage import NewerSyntax

FRAMES, TRACE_CHARACTERS = 8, 4000
MESSAGE_CHARACTERS = 600
CACHED = type(functools.lru_cache(int))


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
        trace = "\n".join(map(frame_lines, passed[-FRAMES:]))[-TRACE_CHARACTERS:]
        said = error.msg if isinstance(error, SyntaxError) and line else error
        if isinstance(error, SystemExit) and not isinstance(error.code, str):
            said = "the program ends itself there"
        kind, message = str(type(error).__name__), str(said).strip()[:MESSAGE_CHARACTERS]
        return Problem(kind[:80], message, line, cell, trace, kinds_of(error), lacks(error, passed))
    except BaseException:  # noqa: BLE001 an exception that cannot even be described
        return Problem("an exception", "", 0, cell, "")


def lacks(error: BaseException, passed: Sequence[tuple[str, int, str]]) -> Lacks:
    """Return what an exception seems to come from: something that is not there where code is graded."""
    last = passed[-1][0].replace("\\", "/") if passed else ""
    if isinstance(error, ImportError):
        known = error.name or ""
        newer = came_with(known) or any(came_with(known, name) for name in wanted_imports(error))
        unknown = isinstance(error, ModuleNotFoundError) and known.partition(".")[0] not in IMPORTABLE
        return "python" if newer else "library" if unknown else ""
    if isinstance(error, AttributeError) and isinstance(error.obj, ModuleType):
        return "python" if came_with(error.obj.__name__, error.name or "") else ""
    if isinstance(error, NewerSyntax):
        return "python"
    if isinstance(error, NobodyAnswers):
        return "input"
    if "/torch/cuda/" in last or "/torch/xpu/" in last:
        return "graphics card"
    if not isinstance(error, OSError):
        return ""
    files = [place[0].replace("\\", "/") for place in passed]
    if any(name.endswith("/subprocess.py") or "/multiprocessing/" in name for name in files):
        return "processes"
    if any(name.endswith(("/socket.py", "/request.py", "/client.py")) for name in files):
        return "network"
    return "files" if isinstance(error, FileNotFoundError | PermissionError | UnsupportedOperation) else ""


def wanted_imports(error: ImportError) -> Iterator[str]:
    """Yield the names that the statement that failed would have imported."""
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    if step is not None:
        yield from step.tb_frame.f_code.co_names


def cannot_be_kept(error: BaseException, function: object) -> bool:
    """Whether a function that keeps its answers was called with what cannot be a key."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    inside = trace is not None and "autograder" not in trace.tb_frame.f_code.co_filename
    return isinstance(error, TypeError) and isinstance(function, CACHED) and not inside


def frames(error: BaseException) -> Iterator[tuple[str, int, str]]:
    """Yield the file, the line and the function of every frame that the exception passed."""
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        yield code.co_filename, step.tb_lineno, code.co_name
        step = step.tb_next


def frame_lines(place: tuple[str, int, str]) -> str:
    """Return a frame in a line or two. Python's own formatter takes longer than most calls do."""
    name, line, function = place
    source = linecache.getline(name, line).strip() if name in linecache.cache else ""
    return f"{name}:{line} in {function}" + (f"\n    {source}" if source else "")
