"""Run a program statement by statement: one that stops costs what it defines, and nothing else.

All of a text runs at once as long as nothing stops, which is as fast as running it any other way. The
rest of one that stopped runs one statement at a time.
"""

import ast
import contextlib
import linecache
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import CodeType
from typing import Any

from autograder.sandbox.salvage import readable
from autograder.sandbox.standins import NotInstalled, import_error
from autograder.sandbox.stopwatch import Stopwatch
from autograder.sandbox.syntax import (
    WITHOUT_ANNOTATIONS,
    bound,
    futures,
    plainer_definitions,
    single_imports,
    statement_at,
)

AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT  # as in a notebook
COROUTINE = 0x80  # inspect.CO_COROUTINE

Place = tuple[str, int]  # the text's name and the number of the statement in it, from 0


class LeftOut(Exception):
    """A statement that was not run, because it ended the process when it ran before."""


@dataclass
class Stop:
    """A statement that did not run to its end, and the names that are missing for it."""

    error: BaseException
    place: Place
    line: int
    names: list[str] = field(default_factory=list)


class ProgramRun:
    """One program: its texts are run in order, and what stopped is kept.

    Args:
        watch: cuts what takes too long.
        skip: statements that are left out.
        before: called before every statement, which then run one at a time from the start; may be taken away.
        passing: exceptions that are not the program's own.
    """

    def __init__(
        self,
        watch: Stopwatch,
        skip: Collection[Place] = (),
        before: Callable[[Place, int], None] | None = None,
        passing: tuple[type[BaseException], ...] = (),
    ) -> None:
        self.watch, self._skip, self.before, self._passing = watch, frozenset(skip), before, passing
        self.stops: list[Stop] = []
        self.lost: dict[str, Stop] = {}

    def text(self, text: str, name: str, namespace: dict[str, Any]) -> list[Stop]:
        """Run one text under a name that tracebacks can quote; return its causes of trouble, one each."""
        first = len(self.stops)
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        try:
            code = compile(text, name, "exec", AWAIT, dont_inherit=True)
        except Exception as unreadable:  # noqa: BLE001 as a rule a SyntaxError; too deep is another
            body, unread = readable(text, unreadable)
            for one in unread:
                self._note(Stop(one.error, (name, -1), one.line, one.names))
            self._one_by_one(list(enumerate(body)), name, namespace)
            return self.stops[first:]
        if self.before or any(place[0] == name for place in self._skip):
            self._one_by_one(list(enumerate(ast.parse(text).body)), name, namespace)
        elif stopped := self._attempt(code, namespace, parse := cache(lambda: ast.parse(text).body)):
            body = parse()
            at, flags = statement_at(body, *position(stopped, code)), futures(body)
            left = list(enumerate(body))[at + 1 :]
            parts = single_imports(body[at], namespace)
            if parts != [body[at]]:
                left = [*((at, part) for part in parts), *left]
            else:
                self._stopped(stopped, body[at], (name, at), namespace, flags)
            self._one_by_one(left, name, namespace, flags)
        return self.stops[first:]

    def _one_by_one(
        self, body: Iterable[tuple[int, ast.stmt]], name: str, namespace: dict[str, Any], flags: int = 0
    ) -> None:
        flags |= futures(node for _, node in body)
        for at, node in body:
            if at and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                continue  # a text on its own is the module's docstring only at its start
            place = (name, at)
            if place in self._skip:
                self._note(Stop(LeftOut(), place, node.lineno, list(bound(node))))
                continue
            if self.before:
                self.before(place, node.lineno)
            for part in single_imports(node, namespace):
                try:
                    code = compile(ast.Module([part], []), name, "exec", AWAIT | flags, dont_inherit=True)
                except Exception as error:  # noqa: BLE001 `return` or `break` outside of where they belong
                    self._note(Stop(error, place, part.lineno, list(bound(part))))
                    continue
                if stopped := self._attempt(code, namespace):
                    self._stopped(stopped, part, place, namespace, flags)

    def _stopped(
        self, error: BaseException, node: ast.stmt, place: Place, namespace: dict[str, Any], flags: int
    ) -> None:
        """Keep what stopped a statement; a definition is tried without what only adorns it.

        The names of a library that is not there stand for it: what is made of them and thrown away is free.
        """
        cause = self._note(Stop(error, place, node.lineno, list(bound(node)))).error
        if isinstance(cause, ModuleNotFoundError) and isinstance(node, ast.Import | ast.ImportFrom):
            for name in bound(node):
                namespace.setdefault(name, NotInstalled(cause))
        for plainer in plainer_definitions(node, self.lost) if isinstance(error, Exception) else ():
            tree = ast.Module([plainer], [])
            with contextlib.suppress(RecursionError):  # a text may be deeper than a tree
                code = compile(tree, place[0], "exec", AWAIT | flags | WITHOUT_ANNOTATIONS, dont_inherit=True)
                if self._attempt(code, namespace) is None:
                    return

    def _attempt(
        self, code: CodeType, namespace: dict[str, Any], body: Callable[[], list[ast.stmt]] | None = None
    ) -> BaseException | None:
        """Run code; return what stopped it."""
        try:
            with self.watch.over(code, lambda line: statement_at(body(), line) if body else 0):
                execute(code, namespace)
        except self._passing:
            raise
        except BaseException as error:  # noqa: BLE001 whatever it is, the rest goes on
            return error
        return None

    def _note(self, stop: Stop) -> Stop:
        """Keep and return a cause; what only lacks a name that is lost already is its consequence."""
        cause = self.lost.get(stop.error.name or "") if isinstance(stop.error, NameError) else None
        cause = cause or next((one for one in self.stops if same_cause(one, stop)), None)
        if cause is None:
            cause = stop
            self.stops.append(stop)
        else:
            cause.names += stop.names
        self.lost.update(dict.fromkeys(stop.names, cause))
        return cause

    def missing(self, namespace: Mapping[str, Any]) -> None:
        """Keep as lost what no other statement defined, and what was made of a library that is not there."""
        made = {name: error for name, value in namespace.items() if (error := import_error(value))}
        for stop in self.stops:
            stop.names += [name for name, error in made.items() if error is stop.error]
            stop.names = [name for name in dict.fromkeys(stop.names) if name in made or name not in namespace]
        self.lost = {name: stop for stop in self.stops for name in stop.names}


def execute(code: CodeType, namespace: dict[str, Any]) -> None:
    """Run code; a notebook may await at its top level."""
    if code.co_flags & COROUTINE:
        import asyncio

        asyncio.run(eval(code, namespace))  # noqa: S307 this is what a worker is for
    else:
        exec(code, namespace)  # noqa: S102 as above


def same_cause(one: Stop, other: Stop) -> bool:
    """Whether two imports stopped for one reason: a library that is not there, or what it lacks."""
    if type(one.error) is not type(other.error) or not isinstance(one.error, ImportError):
        return False
    anywhere = isinstance(one.error, ModuleNotFoundError)
    return (anywhere or one.place == other.place) and one.error.name == getattr(other.error, "name", None)


def position(error: BaseException, code: CodeType) -> tuple[int, int]:
    """Return the line and the column at which the code stopped."""
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code is code:
            places = list(code.co_positions())
            line, _, column, _ = places[step.tb_lasti // 2] if step.tb_lasti >= 0 else (0, 0, 0, 0)
            return (line or step.tb_lineno or 0), (column or 0)
        step = step.tb_next
    return 0, 0
