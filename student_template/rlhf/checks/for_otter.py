"""Lets otter run the checks: each becomes one of its test cases, and fails in the same plain words."""

import inspect
import linecache
import sys
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from otter.test_files import test_case

from checks.kit import hidden_rng, identity, visible_rng
from checks.kit import HOME_FACTOR, CallLog, GraderLimits, recorder, time_limit
from checks.kit import visible_verdict
from checks.kit import title_of
from checks.kit import OwnWork, import_ahead
from checks.kit import Call, NotDefined
from checks.kit import Student, here


class Failed(Exception):  # students read its name
    """What a check found wrong, as otter shows it."""


@dataclass
class Cases:
    """The checks of one question in one of otter's test files; otter reads the file for each run.

    `call_s` is how long a call may take where the work is graded. `seed` and `solution` are there only
    where grades are made: the course's seed, and the file that answers what a check asks of `reference`.
    """

    stem: str
    question: str
    call_s: float
    seed: int | None = None
    solution: Path | None = None
    passed: set[str] = field(default_factory=set)
    endless: set[str] = field(default_factory=set)

    def __call__(
        self, points: float | None = None, *, hidden: bool = False, requires: tuple[str, ...] = ()
    ) -> Callable[[Callable[..., None]], "OtterCheck"]:
        """Mark a check as a test case.

        Args:
            points: what it is worth; otter shares a question's point if there is none.
            hidden: whether students are not to see how it ended.
            requires: names of checks that must have passed before.
        """
        return lambda check: OtterCheck(self, check, points, hidden, requires)

    def fixtures(self, name: str, student: Student, *, hidden: bool) -> dict[str, Any]:
        """Return what a check may ask for."""
        rng = visible_rng(name)
        if hidden and self.seed is not None:
            rng = hidden_rng(self.seed, identity(self.stem, self.question, name), 0)
        fixtures: dict[str, Any] = {"student": student, "rng": rng}
        if self.solution:
            fixtures["reference"] = here(load_reference(self.solution))
        return fixtures


class OtterCheck(test_case):  # type: ignore[misc]
    """One check. It gets what it asks for by name: `student` is a stand-in for all that is defined."""

    def __init__(
        self, cases: Cases, check: Callable[..., None], points: float | None, hidden: bool,
        requires: tuple[str, ...],
    ) -> None:  # fmt: skip
        super().__init__(title_of(check), points, hidden)
        self.test_func = check
        self._cases, self._requires = cases, requires

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel from otter's kernel as one of its own cases: only that is known everywhere."""
        return test_case, (self.name, self.points, self.hidden)

    def call_func(self, global_environment: dict[str, Any]) -> None:
        """Run the check on what was defined; whatever stops it costs this case only."""
        name, cases = self.test_func.__name__, self._cases
        missing = [other for other in self._requires if other not in cases.passed]
        if missing:
            raise Failed(f"runs once {' and '.join(missing)} passes")
        log = CallLog()
        record = recorder(log, cases.question, cases.endless)
        fixtures = cases.fixtures(name, here(global_environment, record), hidden=self.hidden)
        asked = {key: fixtures[key] for key in inspect.signature(self.test_func).parameters}
        import_ahead("".join(linecache.getlines(file)) for file in own_files(global_environment))
        try:
            with time_limit(HOME_FACTOR * cases.call_s), np.errstate(all="ignore"):
                self.test_func(**asked)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 otter would lose all scores to a SystemExit
            told = self._tell(error, log.calls, global_environment)
            # Without this frame and the limit's, otter shows the check's own line.
            raise Failed(told).with_traceback(without_first_frame(error.__traceback__)) from None
        cases.passed.add(name)

    def _tell(self, error: BaseException, calls: list[Call], env: Mapping[str, Any]) -> str:
        """Return the words that pytest would print."""
        files = own_files(env)
        limits = GraderLimits(call_s=self._cases.call_s)
        work = OwnWork(f"{self._cases.stem}.py", dict(env), files, endless=self._cases.endless, limits=limits)
        told = visible_verdict(error, self._cases.question, work, calls).text
        if isinstance(error, NotDefined):  # otter keeps to itself where a file stops
            told += ". If it is there, the code stops before it (pytest says where), or its cell was not run"
        for file in files:
            told = told.replace(Path(file).name, "your code")
        return told


def without_first_frame(trace: types.TracebackType | None) -> types.TracebackType | None:
    """Return the rest of a traceback, without the frame that caught it."""
    return trace and trace.tb_next


def own_files(env: Mapping[str, Any]) -> set[str]:
    """Return what tracebacks call the code, or the cells, that defined the functions of `env`."""
    found = [value for value in list(env.values()) if isinstance(value, types.FunctionType)]
    return {one.__code__.co_filename for one in found if one.__globals__ is env}


def load_reference(path: Path) -> dict[str, Any]:
    """Return the names that a file of ours defines; it is run once."""
    name = f"reference_{path.stem}"
    if name not in sys.modules:
        module = types.ModuleType(name)
        module.__file__ = str(path)
        sys.modules[name] = module
        exec(compile(path.read_bytes(), str(path), "exec"), vars(module))  # noqa: S102 it is ours
    return vars(sys.modules[name])
