"""Load a program behind the wall, in as many fresh workers as it takes to leave out what ends them."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from autograder.sandbox import protocol
from autograder.sandbox.program import Program
from autograder.sandbox.remote import CallTimeout, InvalidReply, Worker, WorkerDied
from autograder.sandbox.wall import Wall

RELOADS, TIMES = 5, 3  # how often it is tried again, and for how many times what loading may take
SUSPECT = 5  # the part of that time for each statement, once one is known that cannot be interrupted


@dataclass(frozen=True)
class Ending:
    """A statement that ended its worker, or would not end, and what came of that."""

    statement: protocol.Running
    error: CallTimeout | WorkerDied


class Loader:
    """Starts workers with one program in them, and remembers which statements have to be left out."""

    def __init__(self, wall: Wall, program: Program) -> None:
        self._wall, self.program = wall, program
        self._slow: list[tuple[str, int]] = []
        self.endings: list[Ending] = []
        self.loaded: protocol.Loaded | None = None

    def worker(self, deadline: float, clock: Callable[[Worker], AbstractContextManager[None]]) -> Worker:
        """Return a fresh worker with the program in it.

        Args:
            deadline: of `time.monotonic`.
            clock: counts a worker's time.

        Raises:
            CallTimeout: it could not be loaded in time.
            WorkerDied: it ended its worker, and no statement is known to be the one that does.
        """
        left, statement_s = TIMES * self._wall.bounds.import_s, 0.0
        for attempt in range(RELOADS + 1):
            worker, began = self._wall.worker(), time.monotonic()
            try:
                with clock(worker):
                    self._load(worker, deadline, statement_s)
            except (CallTimeout, WorkerDied) as error:
                worker.close()
                if isinstance(error, InvalidReply):
                    raise
                left -= time.monotonic() - began - worker.excused.all_s
                deadline += worker.excused.all_s
                slow = isinstance(error, CallTimeout)
                statement_s = self._wall.bounds.import_s / (SUSPECT if slow else 1)
                hopeless = attempt == RELOADS or left <= 0 or time.monotonic() >= deadline
                if hopeless or (attempt and worker.running is None):
                    raise
                if worker.running is not None:
                    self.endings.append(Ending(worker.running, error))
            else:
                return worker
        raise AssertionError("the last attempt returns or raises")

    def _load(self, worker: Worker, deadline: float, statement_s: float) -> None:
        skip = [*self._slow, *(ending.statement.place for ending in self.endings)]
        loaded = worker.load(self.program, deadline, skip, statement_s=statement_s)
        if self.loaded is None:
            self.loaded = loaded
            self._slow = [stop.place for stop in loaded.stops if stop.seconds]
