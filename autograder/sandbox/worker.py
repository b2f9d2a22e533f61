"""The student's side of the wall: load a program, answer calls until the grader hangs up.

Nothing here is trusted by the grader: student code shares this process and may do to it what it likes.
"""

import builtins
import importlib.abc
import importlib.machinery
import io
import linecache
import os
import random
import sys
import types
from collections.abc import Iterator, Mapping
from typing import Any

from autograder.sandbox import protocol
from autograder.sandbox.calls import Answer, Call, Objects, perform
from autograder.sandbox.codec import StudentRaised, decode_call, encode_answer, encode_call, read_reply
from autograder.sandbox.lent import Ask, lent

FRAMES, TRACE_CHARACTERS = 8, 4000
MESSAGE_CHARACTERS = 600


class CappedText(io.TextIOBase):
    """Standard output that swallows what is past its limit, so that printing never fails a call."""

    encoding = "utf-8"

    def __init__(self, descriptor: int, limit: int) -> None:
        self._descriptor, self._left = descriptor, limit

    def writable(self) -> bool:
        """Say yes, as a text stream that can be printed to does."""
        return True

    def fileno(self) -> int:
        """Return the descriptor behind the stream."""
        return self._descriptor

    def write(self, text: str) -> int:
        """Write what still fits, and claim to have written all of it."""
        data = text.encode("utf-8", "replace")[: self._left]
        self._left -= len(data)
        if data:
            try:
                os.write(self._descriptor, data)
            except OSError:
                self._left = 0
        return len(text)


class GivenModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports modules from given source texts, before any file of the same name."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> Any:
        """Return a spec for a module that was given."""
        if name not in self._sources:
            return None
        package = any(other.startswith(name + ".") for other in self._sources)
        return importlib.machinery.ModuleSpec(name, self, origin=f"{name}.py", is_package=package)

    def exec_module(self, module: types.ModuleType) -> None:
        """Run a given module's text."""
        run_cell(self._sources[module.__name__], f"{module.__name__}.py", vars(module))


def run_cell(text: str, name: str, namespace: dict[str, Any]) -> None:
    """Compile and run one piece of program text under a name that tracebacks can quote."""
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    exec(compile(text, name, "exec", dont_inherit=True), namespace)  # noqa: S102 this is what a worker is for


def serve(sock: Any, output: int, output_bytes: int) -> None:
    """Answer requests on `sock`, in order, until the grader hangs up."""
    sys.stdout = sys.stderr = CappedText(output, output_bytes)
    random.seed(0)  # it seeds itself anew in every fork
    module = types.ModuleType("submission")
    objects = Objects()
    names: list[str] = []
    kept: dict[bytes, bytes] = {}  # replies to what is asked once, by the frame that asked
    stream = incoming(sock)
    for frame in stream:
        request, body = protocol.decode_frame(frame, protocol.REQUEST)
        if isinstance(request, protocol.CallRequest):
            reply = kept.get(frame) if request.once else None
            reply = reply or answer(request, body, module, objects, names)
            if request.once:
                kept[frame] = reply
            sock.sendall(reply)
        elif isinstance(request, protocol.Forget):
            objects = Objects()
        else:
            names = [request.source.name, *(f"{name}.py" for name in request.modules)]
            module, loaded = load(request)
            vars(module).update({name: lent(name, asking(sock, stream)) for name in request.lent})
            sock.sendall(protocol.frame_of(loaded))


def asking(sock: Any, stream: Iterator[bytes]) -> Ask:
    """Return what asks the grader, in the middle of a call, for the answer of a lent function."""

    def ask(call: Call) -> Answer:
        sock.sendall(encode_call(call))
        try:
            return read_reply(next(stream))
        except StudentRaised as error:
            kind = getattr(builtins, error.type_name, RuntimeError)
            raise kind(error.problem.message) from None

    return ask


def incoming(sock: Any) -> Iterator[bytes]:
    """Yield requests as they arrive, many at a time where many are there."""
    frames = protocol.Frames(max_head=protocol.MAX_BODY)
    while data := sock.recv(1 << 18):
        yield from frames.feed(data)


def answer(
    request: protocol.CallRequest,
    body: memoryview,
    module: types.ModuleType,
    objects: Objects,
    names: list[str],
) -> bytes:
    """Carry out a call and return the frame that answers it."""
    try:
        return encode_answer(perform(decode_call(request, body), vars(module), objects))
    except BaseException as error:  # noqa: BLE001 whatever it is, it is the answer
        return protocol.frame_of(protocol.Raised(problem_of(error, names)))


def load(request: protocol.LoadRequest) -> tuple[types.ModuleType, protocol.Loaded]:
    """Run a program's cells, keeping each cell's error, and return its module."""
    stem = request.source.name.rpartition(".")[0] or request.source.name
    module = types.ModuleType(stem)
    module.__file__ = request.source.name
    if request.source.name.endswith(".ipynb"):  # what only a notebook has
        vars(module).update(display=print, get_ipython=lambda: None)
    sys.modules[stem] = module
    sys.argv = [request.source.name]
    sys.meta_path.insert(0, GivenModules(request.modules))
    problems = []
    for number, text in enumerate(request.source.cells, start=1):
        name = request.source.name if len(request.source.cells) == 1 else f"{request.source.name}:{number}"
        try:
            run_cell(text, name, vars(module))
        except BaseException as error:  # noqa: BLE001 a broken cell costs what it defines, no more
            problems.append(problem_of(error, [name, request.source.name], cell=number))
    for name, (source, attribute) in request.bind.items():
        setattr(module, name, getattr(importlib.import_module(source), attribute))
    return module, protocol.Loaded([name for name in vars(module) if not name.startswith("__")], problems)


def problem_of(error: BaseException, names: list[str], cell: int = 0) -> protocol.Problem:
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
        kind, message = str(type(error).__name__), str(error)[:MESSAGE_CHARACTERS]
        bases = [str(base.__name__)[:80] for base in type(error).__mro__[1:8]]
        return protocol.Problem(kind[:80], message, line, cell, trace, bases)
    except BaseException:  # noqa: BLE001 an exception that cannot even be described
        return protocol.Problem("an exception", "", 0, cell, "")


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
