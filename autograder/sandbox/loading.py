"""Load a program in a worker: its modules can be imported, what stops in it costs what it defines."""

import importlib
import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from autograder.sandbox import protocol
from autograder.sandbox.complaints import problem_of
from autograder.sandbox.habits import SCRATCH, make_harmless
from autograder.sandbox.notebook_names import notebook_names
from autograder.sandbox.scratch import Scratch
from autograder.sandbox.standins import import_error
from autograder.sandbox.statements import Place, ProgramRun, Stop
from autograder.sandbox.stopwatch import Stopwatch, TooSlow

MOST_STOPS = 20  # are told
MOST_NAMES, LONGEST_NAME = 20, 200


class GivenModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports modules from given source texts, before any file of the same name."""

    def __init__(self, sources: Mapping[str, str], run: ProgramRun, scratch: Scratch) -> None:
        self._sources, self._run, self._scratch = sources, run, scratch

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> Any:
        """Return a spec for a module that was given."""
        if name not in self._sources and not self._scratch.has(f"{name}.py"):
            return None
        package = any(other.startswith(name + ".") for other in self._sources)
        return importlib.machinery.ModuleSpec(name, self, origin=f"{name}.py", is_package=package)

    def exec_module(self, module: types.ModuleType) -> None:
        """Run a given module's text."""
        name = module.__name__
        text = self._sources.get(name)
        if text is None:  # written by the program itself
            text = self._scratch.files[self._scratch.path(f"{name}.py")].decode("utf-8", "replace")
        self._run.text(text, f"{name}.py", vars(module))


def load(
    request: protocol.LoadRequest, ask: Callable[[Place, int], None]
) -> tuple[types.ModuleType, protocol.Loaded]:
    """Run a program's cells and return its module, and what stopped in it; `ask` may say what runs."""
    name = request.source.name
    stem = name.rpartition(".")[0] or name
    module = types.ModuleType(stem)
    module.__file__ = name
    vars(module).update(notebook_names(request.source.cells, name))
    sys.modules[stem] = module
    sys.argv = [name]
    texts = {f"{one.replace('.', '/')}.py": text.encode() for one, text in request.modules.items()}
    if len(request.source.cells) == 1:  # some read their own file
        texts[name] = request.source.cells[0].encode()
    make_harmless()
    SCRATCH.fill({**texts, **request.files})
    watch = Stopwatch(request.seconds)
    run = ProgramRun(watch, request.skip, ask if request.careful else None)
    sys.meta_path.insert(0, GivenModules(request.modules, run, SCRATCH))
    sys.meta_path.append(GivenModules(by_last_name(request.modules), run, SCRATCH))
    with watch.ticking():
        for number, text in enumerate(request.source.cells, start=1):
            run.text(text, cell_name(name, number, len(request.source.cells)), vars(module))
    run.missing(vars(module))
    for bound, (source, attribute) in request.bind.items():
        setattr(module, bound, getattr(importlib.import_module(source), attribute))
    run.before = None  # what is imported later, in a call, is not told of
    there = (name for name, value in vars(module).items() if not import_error(value))
    names = [name for name in there if not name.startswith("__")]
    known = [name, *(f"{name}.py" for name in request.modules)]
    return module, protocol.loaded(names, [wire(stop, known) for stop in run.stops[:MOST_STOPS]])


def by_last_name(modules: Mapping[str, str]) -> dict[str, str]:
    """Return the modules in folders by the names that they have for who puts the folder on `sys.path`."""
    return {name.rpartition(".")[2]: text for name, text in modules.items() if "." in name}


def cell_name(name: str, number: int, cells: int) -> str:
    """Return what tracebacks call a cell, or a program of one."""
    return name if cells == 1 else f"{name}:{number}"


def wire(stop: Stop, known: list[str]) -> protocol.StoppedStatement:
    """Return a stop as it is sent."""
    cell = stop.place[0].partition(":")[2]
    number = int(cell) if cell.isdecimal() else 0
    problem = problem_of(stop.error, [*known, stop.place[0]], number)
    if not problem.line:
        problem = replace(problem, line=stop.line, cell=number)
    seconds = stop.error.seconds if isinstance(stop.error, TooSlow) else 0
    return protocol.StoppedStatement(
        problem, stop.place, [one for one in stop.names if len(one) <= LONGEST_NAME][:MOST_NAMES], seconds
    )
