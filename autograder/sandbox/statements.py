"""Run a program statement by statement: one that stops costs what it defines, and nothing else.

All of a text runs at once as long as nothing stops, which is as fast as running it any other way. The
rest of one that stopped runs one statement at a time.
"""

import __future__

import ast
import linecache
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import CodeType
from typing import Any

from autograder.sandbox.salvage import readable
from autograder.sandbox.stopwatch import Stopwatch

AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT  # as in a notebook
COROUTINE = 0x80  # inspect.CO_COROUTINE
FUTURES = {name: getattr(__future__, name).compiler_flag for name in __future__.all_feature_names}
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
SCOPES = (*DEFINITIONS, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

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
        before: called before every statement; they then run one at a time from the start.
        passing: exceptions that are not the program's own.
    """

    def __init__(
        self,
        watch: Stopwatch,
        skip: Collection[Place] = (),
        before: Callable[[Place, int], None] | None = None,
        passing: tuple[type[BaseException], ...] = (),
    ) -> None:
        self.watch, self._skip, self._before, self._passing = watch, frozenset(skip), before, passing
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
        if self._before or any(place[0] == name for place in self._skip):
            self._one_by_one(list(enumerate(ast.parse(text).body)), name, namespace)
        elif stopped := self._attempt(code, namespace, parse := cache(lambda: ast.parse(text).body)):
            body = parse()
            at = statement_at(body, *position(stopped, code))
            left = list(enumerate(body))[at + 1 :]
            parts = single_imports(body[at])
            if len(parts) > 1:
                left = [*((at, part) for part in parts), *left]
            else:
                self._note(Stop(stopped, (name, at), body[at].lineno, list(bound(body[at]))))
            self._one_by_one(left, name, namespace, futures(body))
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
            if self._before:
                self._before(place, node.lineno)
            parts = single_imports(node)
            for part in parts:
                try:
                    code = compile(ast.Module([part], []), name, "exec", AWAIT | flags, dont_inherit=True)
                except Exception as error:  # noqa: BLE001 `return` or `break` outside of where they belong
                    self._note(Stop(error, place, part.lineno, list(bound(part))))
                    continue
                if stopped := self._attempt(code, namespace):
                    self._note(Stop(stopped, place, part.lineno, list(bound(part))))

    def _attempt(
        self,
        code: CodeType,
        namespace: dict[str, Any],
        body: Callable[[], list[ast.stmt]] | None = None,
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

    def _note(self, stop: Stop) -> None:
        """Keep a cause; what only lacks a name that is lost already is its consequence."""
        cause = self.lost.get(stop.error.name or "") if isinstance(stop.error, NameError) else None
        last = self.stops[-1] if self.stops else None
        if last and last.place == stop.place and same_cause(last.error, stop.error):
            cause = last  # the names of one import
        if cause is None:
            cause = stop
            self.stops.append(stop)
        else:
            cause.names += stop.names
        self.lost.update(dict.fromkeys(stop.names, cause))

    def missing(self, namespace: Mapping[str, Any]) -> None:
        """Keep as lost only what no other statement defined."""
        for stop in self.stops:
            stop.names = [name for name in dict.fromkeys(stop.names) if name not in namespace]
        self.lost = {name: stop for name, stop in self.lost.items() if name not in namespace}


def execute(code: CodeType, namespace: dict[str, Any]) -> None:
    """Run code; a notebook may await at its top level."""
    if code.co_flags & COROUTINE:
        import asyncio

        asyncio.run(eval(code, namespace))  # noqa: S307 this is what a worker is for
    else:
        exec(code, namespace)  # noqa: S102 as above


def same_cause(one: BaseException, other: BaseException) -> bool:
    """Whether two errors of one statement are the same."""
    return type(one) is type(other) and getattr(one, "name", 1) == getattr(other, "name", 2)


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


def statement_at(body: list[ast.stmt], line: int, column: int | None = None) -> int:
    """Return the number of the statement that a place is in."""
    place = (line, 10**9 if column is None else column)
    starts = (
        min((one.lineno, one.col_offset) for one in (node, *getattr(node, "decorator_list", ())))
        for node in body
    )
    return max(sum(start <= place for start in starts) - 1, 0)


def single_imports(node: ast.stmt) -> list[ast.stmt]:
    """Return an import of several names as imports of one name each; any other statement as it is."""
    if isinstance(node, ast.Import):
        return [ast.copy_location(ast.Import([alias]), node) for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [
            ast.copy_location(ast.ImportFrom(node.module, [alias], node.level), node) for alias in node.names
        ]
    return [node]


def futures(body: Iterable[ast.stmt]) -> int:
    """Return the compiler's flags that `from __future__ import` statements set."""
    names = (
        alias.name
        for node in body
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
        for alias in node.names
    )
    flags = 0
    for name in names:
        flags |= FUTURES.get(name, 0)
    return flags


def bound(node: ast.AST) -> Iterator[str]:
    """Yield the names that a statement defines in the scope that it stands in."""
    if isinstance(node, DEFINITIONS):
        yield node.name
    elif isinstance(node, ast.alias) and node.name != "*":
        yield node.asname or node.name.partition(".")[0]
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    if not isinstance(node, SCOPES):
        for child in ast.iter_child_nodes(node):
            yield from bound(child)
