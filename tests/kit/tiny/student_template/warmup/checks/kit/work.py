"""Load a student's file, or their notebook, and run it under a time limit."""

import ast
import contextlib
import json
import linecache
import re
import signal
import sys
import threading
import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

UNWRITTEN = "write your code here"
LOAD_SECONDS = 60  # importing torch for the first time is slow
TEXT_SHOWN = 400
FRAMES_SHOWN = 3


class TooSlow(BaseException):
    """The time is up. Not an Exception, so that a student's `except Exception` lets it through."""


@dataclass
class Work:
    """What a student wrote, as far as it ran.

    `name` is the file, `files` what tracebacks call it, `complaints` say where it stopped and
    why, `note` what else to tell, `endless` holds the questions that ran out of time.
    """

    name: str
    namespace: dict[str, Any] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)
    note: str = ""
    endless: set[str] = field(default_factory=set)


def load_work(folder: Path, stem: str) -> Work:
    """Return the student's `<stem>.py`; their `<stem>.ipynb` if only that has something written."""
    script, notebook = folder / f"{stem}.py", folder / f"{stem}.ipynb"
    in_script = written(read_text(script)) if script.exists() else set()
    in_notebook = written("\n\n".join(read_cells(notebook))) if notebook.exists() else set()
    if in_notebook and not in_script:
        return run_cells(notebook, stem)
    if not script.exists():
        return Work(script.name, complaints=[f"{script.name} is not in the folder {folder.name}"])
    work = run_script(script, stem)
    if in_notebook:
        work.note = f"{notebook.name} was not looked at, because {script.name} has answers in it"
    return work


def written(text: str) -> set[str]:
    """Return the functions and classes of a program that are no stubs, or that it is unreadable."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return {"unreadable"}
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return {node.name for node in found if UNWRITTEN not in ast.unparse(node)}


def run_script(path: Path, stem: str) -> Work:
    """Run a .py file from its text, so that no stale copy of it is used."""
    module = new_module(stem, path)
    work = Work(path.name, vars(module), {str(path)})
    run(path.read_bytes(), str(path), work)
    return work


def run_cells(path: Path, stem: str) -> Work:
    """Run the code cells of a notebook in order; a cell that stops does not stop the next."""
    module = new_module(stem, path)
    work = Work(path.name, vars(module))
    for number, text in enumerate(read_cells(path), 1):
        name = f"{path.name}, cell {number}"
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        work.files.add(name)
        run(text, name, work)
    return work


def new_module(stem: str, path: Path) -> types.ModuleType:
    """Return an empty module that can be found by its name, as dataclasses and imports need."""
    module = types.ModuleType(stem)
    module.__file__ = str(path)
    sys.modules[stem] = module
    return module


def run(source: str | bytes, name: str, work: Work) -> None:
    """Run source in the work's namespace; where it stops becomes a complaint."""
    try:
        with time_limit(LOAD_SECONDS):
            exec(compile(source, name, "exec", dont_inherit=True), work.namespace)  # noqa: S102 - it is theirs
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever they wrote
        work.complaints.append(complain(error, name, work))


def complain(error: BaseException, name: str, work: Work) -> str:
    """Say in a few lines where a file stops and why."""
    shown = Path(name).name
    if isinstance(error, SyntaxError) and error.filename == name:
        place = f"{shown}, line {error.lineno}" if error.lineno else shown
        code = f"\n    {error.text.strip()}" if error.text else ""
        return f"{place}: Python cannot read this: {error.msg}{code}"
    told = f"stopped after {LOAD_SECONDS} s" if isinstance(error, TooSlow) else headline(error)
    frames = own_frames(error.__traceback__, work)
    told = frames[-1].replace("\n", f": {told}\n", 1) if frames else f"{shown}: {told}"
    if isinstance(error, ModuleNotFoundError):
        told += "\nIf it is a library: python -m pip install -r requirements.txt"
    return told


def headline(error: BaseException) -> str:
    """Return `ValueError: message`, the message cut."""
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - a message of their own making
        text = ""
    text = text if len(text) <= TEXT_SHOWN else text[:TEXT_SHOWN] + " ..."
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def own_frames(trace: TracebackType | None, work: Work) -> list[str]:
    """Return the last places of a traceback in the student's own code, each with its line."""
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename in work.files:
            where = "" if code.co_name == "<module>" else f", in {code.co_name}"
            line = linecache.getline(code.co_filename, trace.tb_lineno).strip()
            places.append(
                f"{Path(code.co_filename).name}, line {trace.tb_lineno}{where}\n    {line}"
            )
        trace = trace.tb_next
    return list(dict.fromkeys(places))[-FRAMES_SHOWN:]


def read_text(path: Path) -> str:
    """Return a file's text, whatever its encoding."""
    return path.read_text(encoding="utf-8-sig", errors="replace")


def read_cells(path: Path) -> list[str]:
    """Return the code cells of a notebook without magics; [] if it is no notebook."""
    try:
        cells = json.loads(read_text(path))["cells"]
        code = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError):
        return []
    return [without_magics("".join(text)) for text in code]


def without_magics(text: str) -> str:
    """Return a cell in which `%magic`, `!command` and `name?` do nothing; %%cells are left out."""
    first = text.lstrip()
    if first.startswith("%%") and not first.startswith(("%%time", "%%capture", "%%timeit")):
        return ""
    return re.sub(r"^([ \t]*)(?:[%!?].*|[\w.]+\?{1,2}[ \t]*)$", r"\1pass", text, flags=re.MULTILINE)


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TooSlow inside after `seconds`, where there is an alarm and no debugger."""
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        if sys.gettrace() is None:
            raise TooSlow

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)  # again every second: it may be caught
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
