"""Grade in several processes of this machine: each has a warm process of its own, this one writes down.

Orders and replies are those of a cluster, over socket pairs: one for each submission under way. A process
that has gone is started again, and what it was grading is graded again.
"""

import contextlib
import os
import queue
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable

from autograder.cluster.client import WORKER_TRIES, package_of
from autograder.cluster.worker import Order, OrderReply, from_wire, to_wire
from autograder.config import Course
from autograder.errors import KitError, SubmissionFailed
from autograder.gradebook.keys import work_key
from autograder.grading.opening import at_once
from autograder.results import Report
from autograder.roster.intake import Options
from autograder.sandbox.warm import KIT
from autograder.submission.reading import Submission

FEEDS = 8  # processors that one grading process keeps busy: benchmarks/README.md
WORTH = 50  # submissions that make up for the start of another process
PROCESS_START = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); from autograder.cluster.process import main; main()"
)
ENDING_S = 10  # after which it is killed; its warm process then ends by itself
LENGTH = struct.Struct(">I")


def processes_for(submissions: int) -> int:
    """Return how many grading processes suit this machine and so many submissions."""
    return max(1, min(len(os.sched_getaffinity(0)) // FEEDS, submissions // WORTH))


class Process:
    """One grading process, and this side of what is said to it; who holds a line closes it."""

    def __init__(self, package: bytes, at_once: int) -> None:
        pairs = [socket.socketpair() for _ in range(at_once)]
        self.lines = [ours for ours, _ in pairs]
        self.gone = False
        numbers = [theirs.fileno() for _, theirs in pairs]
        # as long as its standard input is open, somebody wants it
        self._process = subprocess.Popen(  # noqa: S603 ourselves, once more
            [sys.executable, "-c", PROCESS_START, str(KIT), *map(str, numbers)],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, pass_fds=numbers,
        )  # fmt: skip
        for _, theirs in pairs:
            theirs.close()
        send(self.lines[0], package)

    def greeting(self) -> OrderReply:
        """Wait until it is ready, and return what it is like."""
        try:
            reply = from_wire(receive(self.lines[0]), OrderReply)
        except OSError as error:
            raise KitError("a grading process ended before it was ready") from error
        if reply.problem:
            raise KitError(reply.problem)
        return reply

    def end(self) -> None:
        """End it and what it has started; whoever waits for an answer hears that it has gone."""
        self.gone = True
        for line in self.lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        try:
            self._process.communicate(timeout=ENDING_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()


class ProcessesBackend:
    """Grades in a number of processes."""

    def __init__(
        self, count: int, course: Course, stem: str, options: Options, jobs: int, say: Callable[[str], None]
    ) -> None:
        self.assignment, self._say = course.assignment(stem), say
        self._package = to_wire(package_of(course, stem, options))
        self._each = -(-(jobs or at_once() + count) // count)
        self.jobs = self._each * count
        self._free: queue.SimpleQueue[tuple[Process, socket.socket] | None] = queue.SimpleQueue()
        self._lock, self._closed = threading.Lock(), False
        self._processes = [Process(self._package, self._each) for _ in range(count)]
        for lines in zip(*(process.lines for process in self._processes), strict=True):
            for process, line in zip(
                self._processes, lines, strict=True
            ):  # in turns: all have something to do
                self._free.put((process, line))
        try:
            self.keys = [process.greeting().keys for process in self._processes][0]  # noqa: RUF015 wait for all
        except BaseException:
            self.close()
            raise

    def settle(self, *, anew: bool = True) -> None:
        """Grading processes are always ready for many submissions."""

    def grade(self, submission: Submission, standing: Report | None = None) -> Report:
        """Let a process run a submission, or add up what stands, and return the report."""
        order = to_wire(Order("", work_key(self.keys), submission, standing))
        tries = WORKER_TRIES
        while tries:
            process, line = self._next()
            try:
                send(line, order)
                reply = from_wire(receive(line), OrderReply)
            except OSError:
                line.close()
                self._replace(process)
                tries -= 1
                continue
            self._free.put((process, line))
            if reply.report is None:
                raise KitError(reply.problem or "the kit was changed while it grades: start again")
            return reply.report
        raise SubmissionFailed(f"{WORKER_TRIES} grading processes ended while they graded it")

    def _next(self) -> tuple[Process, socket.socket]:
        """Return a line that is free; wait for one if need be."""
        while (free := self._free.get()) is not None:
            if not free[0].gone:
                return free
            free[1].close()
        self._free.put(None)  # whoever waits, too
        raise KitError("grading was ended")

    def _replace(self, process: Process) -> None:
        """Start a process in place of one that has gone, unless that was done."""
        with self._lock:
            if process.gone or self._closed:
                return
            self._say("a grading process has gone; starting another one, nothing is lost")
            process.end()
            another = Process(self._package, self._each)
            self._processes[self._processes.index(process)] = another
            try:
                another.greeting()
            except BaseException:
                another.end()
                raise
            finally:
                for line in another.lines:
                    self._free.put((another, line))

    def is_alive(self) -> bool:
        """Whether further submissions can be graded."""
        return not self._closed

    def close(self) -> None:
        """End all processes."""
        self._closed = True
        for process in self._processes:
            process.end()
        self._free.put(None)
        with contextlib.suppress(KitError):
            self._next()  # which closes the lines that nobody holds


def send(line: socket.socket, data: bytes) -> None:
    """Send one message."""
    line.sendall(LENGTH.pack(len(data)) + data)


def receive(line: socket.socket) -> bytes:
    """Wait for one message and return it; a `ConnectionError` if the other side has gone."""
    (length,) = LENGTH.unpack(receive_exactly(line, LENGTH.size))
    return receive_exactly(line, length)


def receive_exactly(line: socket.socket, length: int) -> bytes:
    """Wait for so many bytes."""
    data = line.recv(length, socket.MSG_WAITALL)
    if len(data) < length:
        raise ConnectionError("the other side has gone")
    return data
