"""What runs on a worker of a cluster, and the messages that it gets and sends: bytes, never objects.

Dask calls two functions of this module by their names, so a worker needs the kit and nothing of the
course. A submission stays data until it is behind the worker's own wall.
"""

import asyncio
import platform
import tempfile
import threading
import time
import zlib
from pathlib import Path
from typing import TypeVar

import msgspec

from autograder import __version__
from autograder.batch.backend import LocalBackend
from autograder.config import load_config
from autograder.environment import LIBRARIES
from autograder.errors import KitError
from autograder.gradebook.keys import work_key
from autograder.grading.opening import open_grader
from autograder.judging.receipt import version
from autograder.quiz.alone import quiz_alone
from autograder.results import Report
from autograder.submission.reading import Submission

IDLE_S = 600  # after which the warm process of a coordinator that was killed makes room for another's
Message = TypeVar("Message")


class Package(msgspec.Struct):
    """What is graded with: the course's files by their paths, and how the wall is wanted."""

    kit: str
    stem: str
    files: dict[str, bytes]
    without: tuple[str, ...] = ()
    hidden_anyway: bool = False
    quiz_only: bool = False


class Order(msgspec.Struct):
    """One thing to do for a run: grade a submission, or only tell what the worker is like."""

    run: str
    keys: str = ""  # what course and worker must amount to
    submission: Submission | None = None
    standing: Report | None = None


class OrderReply(msgspec.Struct):
    """What came of an order. `ground` is what the worker's reports stand on, in words."""

    worker: str
    ground: str = ""
    keys: dict[str, str] = {}
    report: Report | None = None
    problem: str = ""


def to_wire(message: msgspec.Struct) -> bytes:
    """Return a message as bytes; code and reports shrink to a fraction."""
    return zlib.compress(msgspec.msgpack.encode(message), 1)


def from_wire(data: bytes, kind: type[Message]) -> Message:
    """Read a message."""
    return msgspec.msgpack.decode(zlib.decompress(data), type=kind)


def carry_out(package: bytes, order: bytes) -> bytes:
    """Carry out an order for the course in a package."""
    from distributed import get_worker

    asked, reply = from_wire(order, Order), OrderReply(get_worker().address)
    try:
        fill(reply, asked, SHELF.backend(asked.run, package))
    except KitError as error:
        reply.problem = str(error)
    return to_wire(reply)


async def end_run(run: str) -> None:
    """End what a run has started on this worker."""
    await asyncio.to_thread(SHELF.end, run)


def fill(reply: OrderReply, asked: Order, backend: LocalBackend) -> None:
    """Do what is asked; only a worker like the first grades, so that a class is graded alike."""
    reply.ground = ground_of(backend)
    if asked.submission is None:
        reply.keys = backend.keys
    elif asked.keys == work_key(backend.keys):
        try:
            reply.report = backend.grade(asked.submission, asked.standing)
        except KitError:
            SHELF.drop(asked.run, backend)
            raise


def ground_of(backend: LocalBackend) -> str:
    """Return what reports made on this worker stand on."""
    parts = [f"Python {platform.python_version()}"]
    parts += [f"{name} {version(name)}" for name in LIBRARIES if version(name)]
    return f"{', '.join(parts)}, isolation {backend.grader.isolation.verdict!r}"


class Shelf:
    """What a worker keeps between two submissions: for each run a backend, with its warm process."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._backends: dict[str, LocalBackend] = {}
        self._used: dict[str, float] = {}
        self._ended: set[str] = set()

    def backend(self, run: str, package: bytes) -> LocalBackend:
        """Return a run's backend, opened if need be; close what other runs have not used for long."""
        with self._lock:
            if run in self._ended:
                raise KitError("this run has been ended")
            now = self._used[run] = time.monotonic()
            if run not in self._backends:
                for other, backend in list(self._backends.items()):
                    if now - self._used[other] > IDLE_S:
                        self.drop(other, backend)
                self._backends[run] = backend_for(from_wire(package, Package))
            return self._backends[run]

    def drop(self, run: str, backend: LocalBackend | None) -> None:
        """Close a backend, unless that was done already; what still runs on it ends with a `KitError`."""
        with self._lock:
            if backend is not None and self._backends.get(run) is backend:
                del self._backends[run]
                backend.close()

    def end(self, run: str) -> None:
        """Close a run's backend, and open no other."""
        with self._lock:
            self._ended.add(run)
            self.drop(run, self._backends.get(run))


SHELF = Shelf()  # a module's variable changes here alone: Dask calls functions, and they have to find it


def backend_for(package: Package) -> LocalBackend:
    """Open a backend for a course that came as bytes; its files are gone before a submission runs."""
    if package.kit != __version__:
        raise KitError(f"it has kit {__version__}, and this is kit {package.kit}: install this one there")
    with tempfile.TemporaryDirectory(prefix="autograder-course-") as name:
        root = Path(name)
        for path, data in package.files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
        course = load_config(root)
        if package.quiz_only:
            course = quiz_alone(course, package.stem)
        grader = open_grader(course, package.stem, package.without, hidden_anyway=package.hidden_anyway)
    backend = LocalBackend(grader)
    backend.settle()
    return backend
