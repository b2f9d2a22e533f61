"""How long a worker may take: it is charged for time that it had, not for time that others took.

A worker that waits for a processor on a busy machine is not slow. So a limit is compared with the time
since the call began, less what the kernel says the worker spent waiting for its turn. One that sleeps is
charged for sleeping. Nothing is measured until a call has taken longer than most calls do. When the
grader comes back from waiting later than it meant to, it was held up itself: nobody is charged for that.
"""

import contextlib
import os
import time
from dataclasses import dataclass

FIRST_LOOK_S = 0.05  # after which a call is watched
FACTOR = 4  # a call and a submission may last at most so many times their limits, however busy the machine
LOAD_POLL_S = 0.25  # between two looks: what the grader was held up within is not known better than that
CLOSE_S = 0.002  # less than this is no time left
THREADS_READ = 256


@dataclass(frozen=True)
class Usage:
    """Seconds that a process had a processor, and seconds that it waited for one."""

    used: float
    starved: float | None  # None where the kernel does not say


def usage(pid: int) -> Usage:
    """Return what a process has used so far; a process that is gone has used nothing."""
    used = 0.0
    with contextlib.suppress(OSError):
        used = time.clock_gettime((~pid << 3) | 2)  # the clock of a process, as clock_getcpuclockid has it
    starved = None
    with contextlib.suppress(OSError, ValueError, IndexError):
        tasks = os.listdir(f"/proc/{pid}/task")[:THREADS_READ]
        starved = sum(waited(f"/proc/{pid}/task/{task}/schedstat") for task in tasks)
    return Usage(used, starved)


def waited(path: str) -> float:
    """Return how long a thread was ready to run and did not."""
    with open(path, "rb") as file:
        return int(file.read().split()[1]) / 1e9


def is_runnable(pid: int) -> bool:
    """Whether a process wants a processor at this moment."""
    with contextlib.suppress(OSError, IndexError), open(f"/proc/{pid}/stat", "rb") as file:
        return file.read().rpartition(b")")[2].split()[0] == b"R"
    return False


@dataclass
class Excused:
    """Seconds that a worker is not charged for, and the part of them that the grader was held up."""

    all_s: float = 0.0
    held_up_s: float = 0.0


class WorkerWatch:
    """Watches a worker while the grader waits for its replies."""

    def __init__(self, pid: int, allowed_s: float, deadline: float | None, excused: Excused) -> None:
        """Begin to wait for a worker: `allowed_s` for each reply, until `deadline` for all of them."""
        self._pid, self._allowed_s, self.excused = pid, allowed_s, excused
        self._deadline = None if deadline is None else deadline - excused.all_s
        self._excused = 0.0  # in this wait
        self.begin()

    def settle(self) -> None:
        """Excuse the worker for what it starved in this wait."""
        self.excused.all_s += self._excused
        self._excused = 0.0

    def begin(self) -> None:
        """Begin to wait for the next reply."""
        self.settle()
        self._first = None
        self._began = self._due = now = time.monotonic()
        until = now + self._allowed_s
        if self._deadline is not None:
            until = min(until, self._deadline + self.excused.all_s)
        self._until = until
        self._latest = now + FACTOR * max(0.0, until - now)

    _first: tuple[float, Usage] | None

    def postpone(self, seconds: float) -> None:
        """Leave out of the time for all replies what the grader did between two of them."""
        if self._deadline is not None:
            self._deadline += seconds

    def wait_s(self) -> float:
        """Return how long to wait before it is time to look."""
        until = min(self._until + self._excused, self._latest)
        now = time.monotonic()
        look = now + LOAD_POLL_S if self._first else self._began + FIRST_LOOK_S
        self._due = max(now, min(until, look))
        return self._due - now

    def back(self) -> None:
        """Note that the wait is over: what it took longer than `wait_s` said was the grader's own delay."""
        late = max(0.0, time.monotonic() - self._due)
        self._began, self._until, self._latest = self._began + late, self._until + late, self._latest + late
        if self._first is not None:
            self._first = (self._first[0] + late, self._first[1])
        self.excused.held_up_s += late
        self.excused.all_s += late

    def is_over(self) -> bool:
        """Look at the worker, from which nothing came in the time to wait; whether its time is used up."""
        now = time.monotonic()
        if self._first is None:
            self._first = (now, usage(self._pid))
        else:
            self._excused = max(self._excused, self._starved(now, *self._first))
        return min(self._until + self._excused, self._latest) - now < CLOSE_S

    def _starved(self, now: float, since: float, before: Usage) -> float:
        """Return for how much of the time the worker could not run, though it would have."""
        wall, current = now - since, usage(self._pid)
        if before.starved is not None and current.starved is not None:
            starved = current.starved - before.starved
        else:
            starved = wall if is_runnable(self._pid) else 0.0
        used = current.used - before.used
        return max(0.0, min(starved, wall - used))
