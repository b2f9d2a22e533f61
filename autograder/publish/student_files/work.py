"""Load a student's file, or their notebook, and run it under a time limit."""

import builtins
import contextlib
import difflib
import importlib
import json
import linecache
import re
import sys
import time
import traceback
import types
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from autograder.environment import LIBRARIES, promised, python_name
from autograder.errors import InputError
from autograder.publish.student_files.classics import meaning
from autograder.publish.student_files.foresight import double_definitions, program_of, remarks
from autograder.publish.student_files.limit import HOME_FACTOR, GraderLimits
from autograder.sandbox.libraries import used_by
from autograder.sandbox.notebook_names import notebook_names
from autograder.sandbox.promised import Absent
from autograder.sandbox.salvage import newer_line
from autograder.sandbox.standins import StandIns
from autograder.sandbox.statements import ProgramRun, Stop
from autograder.sandbox.stopwatch import Stopwatch, TooSlow
from autograder.submission.notebook_code import cells_of, is_untouched

TEXT_SHOWN = 400
FRAMES_SHOWN = 3


@dataclass
class OwnWork:
    """What a student wrote, as far as it ran.

    `name` is the file, `files` what tracebacks call it, `complaints` say where it stopped and
    why, `note` what else to tell, `remarks` what is to be said of questions, `endless` holds those that ran
    out of time, `lost` what is not defined because a statement stopped, `limits` are the grader's.
    """

    name: str
    namespace: dict[str, Any] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)
    note: str = ""
    remarks: dict[str, str] = field(default_factory=dict)
    endless: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    limits: GraderLimits = field(default_factory=GraderLimits)


def load_work(folder: Path, stem: str) -> OwnWork:
    """Return the student's `<stem>.py`; their `<stem>.ipynb` if only that has something written."""
    script, notebook = folder / f"{stem}.py", folder / f"{stem}.ipynb"
    if notebook.exists() and untouched(script) and not untouched(notebook):
        return run_file(notebook, stem)
    if not script.exists():
        return OwnWork(script.name, complaints=[missing(folder, stem)])
    work = run_file(script, stem)
    if notebook.exists() and not untouched(notebook):
        work.note = f"{notebook.name} was not looked at, because {script.name} is not as handed out"
    return work


def missing(folder: Path, stem: str) -> str:
    """Say that the file is not there, and which one may be meant."""
    names = [one.name for one in folder.iterdir() if ".py" in one.name]  # .py.txt, too
    near = difflib.get_close_matches(f"{stem}.py", names, 1, 0.7)
    for inside in folder.glob(f"*/{stem}.py"):
        return f"{stem}.py is missing: is it {inside.parent.name}/{inside.name}? Move it here"
    return f"{stem}.py is missing" + (f": is it {near[0]}? Rename it" if near else ": put it back")


def misnamed(folder: Path, name: str) -> str:
    """Say which file is meant where a sheet is not there: quiz.yaml, quiz.yml.txt, quiz (1).yml; or ""."""
    stem, _, ending = name.partition(".")
    alike = re.compile(rf"{stem}\W*\d*\W*\.(ya?ml|{ending}|txt)(\.\w+)?", re.IGNORECASE)
    near = sorted(one.name for one in folder.iterdir() if alike.fullmatch(one.name))
    return f"is it {near[0]}? Rename it" if near else ""


def facts_of(folder: Path) -> dict[str, Any]:
    """Return what a folder says about its assignment."""
    path = folder / "checks" / "assignment.json"
    facts: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return facts


def limits_of(facts: Mapping[str, Any]) -> GraderLimits:
    """Return the grader's limits, as facts tell them."""
    return GraderLimits(**facts.get("limits", {}))


def modules_beside(facts: Mapping[str, Any]) -> list[str]:
    """Return the names of the modules that are handed in beside the main one."""
    return [name for name in facts.get("beside", []) if name.endswith(".py")]


def untouched(path: Path) -> bool:
    """Whether a file holds nothing but stubs; True as well if it is not there."""
    try:
        return not path.exists() or is_untouched("\n".join(cells_of(path.read_bytes(), path.name)))
    except InputError:
        return False


def run_file(path: Path, stem: str) -> OwnWork:
    """Run a program, cell by cell, from its text: a cell that stops does not stop the next."""
    module = types.ModuleType(stem)  # found by its name, as dataclasses and imports need
    module.__file__ = str(path)
    sys.modules[stem] = module
    facts = facts_of(path.parent)
    files, limits = {str(path.parent / name) for name in modules_beside(facts)}, limits_of(facts)
    work = OwnWork(path.name, vars(module), files, limits=limits)
    try:
        cells = cells_of(path.read_bytes(), path.name)
    except InputError as unreadable:
        return OwnWork(path.name, complaints=[str(unreadable)])
    import_ahead(cells)
    import_as_graded(path.parent, work)
    work.namespace.update(notebook_names(cells, path.name))
    program = ProgramRun(Stopwatch(HOME_FACTOR * limits.import_s), passing=(KeyboardInterrupt,))
    began = time.monotonic()
    with program.watch.ticking():
        for number, text in enumerate(cells, 1):
            name = str(path) if path.suffix == ".py" else f"{path.name}, cell {number}"
            work.files.add(name)
            line = newer_line(text)
            if line:
                told = f"a later Python only reads this; {python_name()} grades"
                work.complaints.append(f"{Path(name).name}, line {line}: {told}")
            work.complaints += [
                complain(stop, name, work) for stop in program.text(text, name, work.namespace)
            ]
    if slow := limits.too_long(f"loading {path.name}", time.monotonic() - began, limits.import_s):
        work.complaints.append(slow)
    program.missing(work.namespace)
    work.lost.update(program.lost)
    look_at_text(work, cells, list(facts.get("questions", ())))
    return work


def look_at_text(work: OwnWork, cells: Sequence[str], questions: Collection[str]) -> None:
    """Note what running the work does not show: definitions that hide others, or are hidden themselves."""
    for name in questions:
        if name not in work.lost and not callable(work.namespace.get(name, callable)):
            kind = type(work.namespace[name]).__name__
            told = f"{name} is a variable here ({kind}), not the function: rename it"
            work.complaints.append(f"{work.name}: {told}")
    with contextlib.suppress(InputError):
        program = program_of(work.name, cells)
        work.remarks = remarks(program, questions)
        work.note = next(double_definitions(program, questions), "")


def import_ahead(texts: Iterable[str]) -> None:
    """Import the libraries that programs use, so that no check's time goes into it."""
    for name in used_by(texts):
        with contextlib.suppress(Exception):  # the program itself will say it better
            importlib.import_module(name)


def import_as_graded(folder: Path, work: OwnWork) -> None:
    """Let the work import what it can import where it is graded, and nothing else."""
    sys.meta_path[:] = [one for one in sys.meta_path if not isinstance(one, Absent | StandIns)]
    beside = Absent(
        work.files.__contains__, lambda name: any(folder.glob(f"{name}*")) or any(folder.glob(f"*/{name}.py"))
    )
    sys.meta_path[:] = [beside, *sys.meta_path, StandIns()]


def complain(stop: Stop, name: str, work: OwnWork) -> str:
    """Say in a few lines where a statement stops and why."""
    error, shown = stop.error, Path(name).name
    if isinstance(error, SyntaxError) and error.filename in work.files:
        shown = Path(error.filename).name
        place = f"{shown}, line {error.lineno}" if error.lineno else shown
        lines = traceback.TracebackException(type(error), error, None).format_exception_only()
        code = "".join(list(lines)[1:-1]).rstrip()  # the line and, below it, the place
        means = open_docstring(name) or meaning(f"SyntaxError: {error.msg} | {(error.text or '').strip()}")
        return "\n".join(filter(None, (f"{place}: Python cannot read this: {error.msg}", code, means)))
    told = str(error) if isinstance(error, TooSlow) else headline(error)
    frames = own_frames(error.__traceback__, work)
    told = frames[-1].replace("\n", f": {told}\n", 1) if frames else f"{shown}: {told}"
    if isinstance(error, ModuleNotFoundError) and (error.name or "").partition(".")[0] in LIBRARIES:
        told += "\nInstall it: python -m pip install -r requirements.txt"
    elif isinstance(error, ModuleNotFoundError):
        told += f"\nWhere this is graded there are the standard library, {promised()}, and nothing else."
    elif means := meaning(headline(error)):
        told += f"\n{means}"
    return told


def open_docstring(name: str) -> str:
    """Say that a docstring is not closed where a file has an odd number of its quotes, or ""."""
    odd = "".join(linecache.getlines(name)).count('"""') % 2
    return '-> a docstring lacks its """ at one end, here or above' if odd else ""


def headline(error: BaseException) -> str:
    """Return `ValueError: message`, the message cut."""
    try:
        text = str(error) + suggestion(error)
    except Exception:  # noqa: BLE001 - a message of their own making
        text = ""
    text = text if len(text) <= TEXT_SHOWN else text[:TEXT_SHOWN] + " ..."
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def suggestion(error: BaseException) -> str:
    """Return the "Did you mean" that Python prints of a misspelt name, or ""."""
    names: Iterable[str] = ()
    trace = error.__traceback__
    if isinstance(error, NameError):
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        frame = trace.tb_frame if trace else None
        names = {*frame.f_locals, *frame.f_globals, *dir(builtins)} if frame else ()
    elif isinstance(error, AttributeError) and error.obj is not None:
        names = dir(error.obj)
    near = difflib.get_close_matches(getattr(error, "name", None) or "", names, 1, 0.7)
    return f". Did you mean: '{near[0]}'?" if near else ""


def own_frames(trace: TracebackType | None, work: OwnWork) -> list[str]:
    """Return the last places of a traceback in the student's own code, each with its line."""
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename in work.files:
            where = "" if code.co_name == "<module>" else f", in {code.co_name}"
            line = linecache.getline(code.co_filename, trace.tb_lineno).strip()
            places.append(f"{Path(code.co_filename).name}, line {trace.tb_lineno}{where}\n    {line}")
        trace = trace.tb_next
    return list(dict.fromkeys(places))[-FRAMES_SHOWN:]
