"""Grade on a Dask cluster: the course and the submissions go out as bytes, reports come back."""

import contextlib
import logging
import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any

from autograder import __version__
from autograder.batch.tasks import Stopped
from autograder.cluster.worker import Order, OrderReply, Package, carry_out, end_run, from_wire, to_wire
from autograder.config import FILE, Course
from autograder.errors import InputError, KitError, SubmissionFailed, one_line
from autograder.gradebook.keys import work_key
from autograder.results import Report
from autograder.roster.intake import Options
from autograder.submission.reading import Submission

COURSE_FILES = (FILE, "assignments/{}/*", "solutions/{}*", "tests/questions/**/*{}*")
COURSE_SUFFIXES = (".py", ".yml")
CONNECT_S = 10
POLL_S, LOOK_S = 0.1, 2  # for the first worker; for a scheduler that has gone
WORKER_TRIES = 3  # for a submission: a worker whose warm process has gone opens another
LEAST, MOST = 64, 256  # under way at once: room for workers that come later, a bound for the memory


class ClusterBackend:
    """Grades on the workers of a cluster. The work of a worker that dies Dask gives to another."""

    def __init__(
        self, address: str, course: Course, stem: str, options: Options,
        stop: Callable[[], bool], say: Callable[[str], None],
    ) -> None:  # fmt: skip
        self.assignment, self._address = course.assignment(stem), address
        self._run, self._closed = secrets.token_hex(8), False
        self._client = connected(address)
        try:
            workers = self._client.scheduler_info(n_workers=-1)["workers"].values()
            if not workers:
                say(f"no worker at {address} yet: waiting for one")
            # as a result, each worker fetches it once, and it is made again if those who have it die
            self._package = self._client.submit(bytes, to_wire(package_of(course, stem, options)), pure=False)
            self._first = self._first_reply(stop)
        except BaseException:
            self.close()
            raise
        self.keys = self._first.keys
        self.jobs = min(MOST, max(LEAST, 2 * sum(worker["nthreads"] for worker in workers)))

    def settle(self, *, anew: bool = True) -> None:
        """Workers are always ready for many submissions."""

    def grade(self, submission: Submission, standing: Report | None = None) -> Report:
        """Let a worker run a submission, or add up what stands, and return the report."""
        order = to_wire(Order(self._run, work_key(self.keys), submission, standing))
        for _ in range(WORKER_TRIES):
            reply = self._reply_to(order)
            if reply.report is not None:
                return reply.report
            if not reply.problem or self._closed:
                break
        raise KitError(f"worker {reply.worker}: {reply.problem or self._unlike(reply)}")

    def _reply_to(self, order: bytes) -> OrderReply:
        """Send an order and wait; where Dask gives up what ends worker after worker, only that fails."""
        from distributed import KilledWorker  # slow to import, and a package that is not always there

        try:
            return self._reply(self._send(order))
        except KitError as error:
            if isinstance(error.__cause__, KilledWorker):
                ended = error.__cause__.allowed_failures + 1
                raise SubmissionFailed(f"{ended} workers ended while they graded it") from error
            raise

    def _unlike(self, reply: OrderReply) -> str:
        return f"it has {reply.ground}; {self._first.worker} has {self._first.ground}: all have to be alike"

    def _first_reply(self, stop: Callable[[], bool]) -> OrderReply:
        """Wait for a worker, however long the cluster takes, and return what it is like."""
        future = self._send(to_wire(Order(self._run)))
        while not future.done():
            if stop():
                raise Stopped
            time.sleep(POLL_S)
        reply = self._reply(future)
        if reply.problem:
            raise KitError(f"worker {reply.worker}: {reply.problem}")
        return reply

    def _send(self, order: bytes) -> Any:
        with self._one_line():
            return self._client.submit(carry_out, self._package, order, pure=False)

    def _reply(self, future: Any) -> OrderReply:
        with self._one_line():
            while True:
                with contextlib.suppress(TimeoutError):
                    return from_wire(future.result(timeout=LOOK_S), OrderReply)
                if not self.is_alive():  # Dask leaves those waiting who asked while the connection broke
                    raise ConnectionError("the scheduler has gone")

    @contextlib.contextmanager
    def _one_line(self) -> Iterator[None]:
        """Tell in one line what went wrong in Dask: it raises whatever its parts raise."""
        try:
            yield
        except Exception as error:
            raise KitError(f"the cluster at {self._address} failed: {one_line(error)}") from error

    def is_alive(self) -> bool:
        """Whether the scheduler is still there."""
        return not self._closed and self._client.status == "running"

    def close(self) -> None:
        """End this run on every worker, then leave the cluster."""
        if self._closed:
            return
        self._closed = True
        if self._client.status == "running":
            with contextlib.suppress(Exception):  # on a worker that has gone there is nothing to end
                self._client.run(end_run, self._run, on_error="ignore")
        self._client.close()


def package_of(course: Course, stem: str, options: Options) -> Package:
    """Read what workers need of a course."""
    paths = {path for part in COURSE_FILES for path in course.root.glob(part.format(stem))}
    paths = {path for path in paths if path.suffix in COURSE_SUFFIXES and path.is_file()}
    files = {path.relative_to(course.root).as_posix(): path.read_bytes() for path in sorted(paths)}
    return Package(__version__, stem, files, options.without, options.hidden_anyway, options.quiz_only)


def connected(address: str) -> Any:
    """Return a client of the cluster at an address."""
    try:
        from distributed import Client
    except ImportError:
        raise InputError("--cluster needs Dask: pip install '.[cluster]'") from None
    for name in ("distributed", "distributed.client"):  # what goes wrong is said here, in one line
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        return Client(address, timeout=CONNECT_S, set_as_default=False, name="autograder")
    except (OSError, ValueError, TypeError) as error:
        raise InputError(
            f"no cluster answers at {address}: give the address that `dask scheduler` prints"
        ) from error
