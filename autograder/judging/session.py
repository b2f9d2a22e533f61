"""Talk to programs behind the wall: a submission's, and the course's own, whose answers are kept."""

import contextlib
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograder.data.values import pieces
from autograder.judging.answer_room import PIECE_BYTES, Held
from autograder.judging.loading import Ending, Loader
from autograder.sandbox.calls import Answer, Call, StudentRaised
from autograder.sandbox.codec import encode_call
from autograder.sandbox.patience import FACTOR
from autograder.sandbox.program import Program
from autograder.sandbox.protocol import Forget, Loaded, StoppedStatement, frame_of
from autograder.sandbox.remote import LIVE_BYTES, CallTimeout, Worker, WorkerDied
from autograder.sandbox.wall import Wall

Ended = StudentRaised | CallTimeout | WorkerDied
FORGET = frame_of(Forget())
TIME_PARTS = (1, 5, 20)  # after each timeout in a question, its later calls get a smaller part of the time


@dataclass(frozen=True)
class Exchange:
    """One call of a check and what came of it."""

    call: Call
    outcome: Answer | Ended


@dataclass(frozen=True)
class Script:
    """The calls that a check makes of a right answer, encoded, with its answers: what it will ask of any."""

    frames: tuple[bytes, ...]
    answers: tuple[Answer, ...] = ()
    live: bool = False  # whether functions are passed, which no frame holds: asked call by call
    rooms: tuple[int, ...] = ()  # the most bytes that the reply to each call may have, where that is known
    calls: tuple[Call, ...] = ()
    outcomes: tuple[Answer | Ended, ...] = ()  # of every call; some checks ask for an exception

    def all_rooms(self) -> tuple[int, ...]:
        """Return the most bytes that the reply to each call may have."""
        return self.rooms + (LIVE_BYTES,) * (len(self.frames) - len(self.rooms))


@dataclass(frozen=True)
class Reply:
    """One reply as it came, or what came instead."""

    frame: bytes = b""
    ended: Ended | None = None
    room: int = LIVE_BYTES  # that it has


class Session:
    """A submission's workers: one until it dies, then a fresh one, until the time is used up.

    It is open until the first hidden input is about to leave, and sealed from then on. What students may
    read in full was said by an open one. A sealed one says how checks ended, of which kind, and nothing
    else: its program may have seen hidden inputs, and a worker can hand on what another one saw.
    """

    def __init__(
        self, wall: Wall, program: Program, patience: float = 1, *, draw: int = 0,
        sealed: bool = False, seconds: float = 0.0, held: Held | None = None,
    ) -> None:  # fmt: skip
        self._wall, self._patience = wall, patience
        self._loader = Loader(wall, program)
        self._worker: Worker | None = None
        self.draw = draw  # of the hidden inputs, which go with the work
        self.sealed = sealed
        self.seconds = seconds  # that its code is charged for; what the grader does meanwhile is not its time
        self._waited = seconds  # for it, busy machine or not
        self.held = held or Held()
        self._timeouts: Counter[str] = Counter()
        self._question = ""
        self._first, self._room = FORGET, LIVE_BYTES
        self._output: list[str] = []
        self.unloadable: Ended | None = None
        self.exchanges: list[Exchange] = []
        self.right: set[str] = set()  # the questions that were answered in full

    @property
    def program(self) -> Program:
        """The submission."""
        return self._loader.program

    @property
    def loaded(self) -> Loaded | None:
        """What came of loading it for the first time."""
        return self._loader.loaded

    @property
    def endings(self) -> list[Ending]:
        """The statements that are left out because they ended a worker."""
        return self._loader.endings

    @property
    def lost(self) -> dict[str, StoppedStatement]:
        """The names that are missing because a statement stopped."""
        return {name: stop for stop in self.loaded.stops for name in stop.names} if self.loaded else {}

    @property
    def names(self) -> list[str]:
        """What the program defines, as far as it has been loaded."""
        return self.loaded.names if self.loaded else []

    @property
    def has_printed(self) -> bool:
        """Whether the program has printed anything, a warning for example."""
        return any(self._output) or (self._worker is not None and bool(self._worker.output()))

    def seal(self) -> None:
        """From now on the program may know hidden inputs."""
        self.sealed = True

    def load(self) -> None:
        """Load the program, if it has not been loaded; what comes of it is in `loaded` and `unloadable`."""
        with contextlib.suppress(CallTimeout, WorkerDied):
            self._ready()

    def begin_question(self, name: str = "") -> None:
        """Give the calls of a question their full time, or what is left of it to one begun before.

        A question without a name is always new.
        """
        self._question = name
        if not name:
            self._timeouts[name] = 0

    def begin_check(self, room: int = LIVE_BYTES) -> None:
        """Forget the objects and the calls of the check before; no reply may have more bytes than `room`."""
        self.exchanges, self._first, self._room = [], FORGET, room

    def renew(self) -> None:
        """Let the next call start a fresh worker."""
        if self._worker is not None:
            self._output.append(self._worker.output())
            self._worker.close()
            self._worker = None

    def send(self, call: Call) -> Answer:
        """Ask the submission; remember the exchange."""
        self.held.wait()
        try:
            worker = self._ready()
            frames, self._first = self._first + encode_call(call), b""
            received = worker.received
            with self._clock(worker):
                answer = worker.ask(frames, self._allowed_s(), self._deadline(), self._room, call.functions)
        except (StudentRaised, CallTimeout, WorkerDied) as error:
            self._timeouts[self._question] += isinstance(error, CallTimeout)
            self.exchanges.append(Exchange(call, error))
            raise
        unpacked = PIECE_BYTES * (pieces(answer.value) + pieces(answer.grads))
        self.held.bytes += worker.received - received + unpacked
        self.exchanges.append(Exchange(call, answer))
        return answer

    def play(self, scripts: Sequence[Script], questions: Sequence[str] = ()) -> Iterator[list[Reply]]:
        """Send the calls of several checks, all at once, and yield each check's replies once all are there.

        After a crash or a timeout the rest of that check's calls have no reply; a fresh worker
        goes on with the next check.
        """
        self._first = FORGET
        left = list(zip(scripts, questions or [self._question] * len(scripts), strict=True))
        while left:
            self._question = left[0][1]
            used = self._timeouts[self._question]
            others = (at for at, (_, name) in enumerate(left) if self._timeouts[name] != used)
            together = left[: next(others, len(left))]
            try:
                worker = self._ready()
            except (CallTimeout, WorkerDied) as error:
                yield from ([Reply(ended=error)] for _ in left)
                return
            frames = b"".join(FORGET + b"".join(script.frames) for script, _ in together)
            rooms = [room for script, _ in together for room in script.all_rooms()]
            coming = worker.stream(frames, len(rooms), self._allowed_s(), self._deadline(), rooms)
            ended = None
            while together and ended is None:
                script, self._question = together.pop(0)
                del left[0]
                self.held.wait()
                replies, ended = self._take(worker, coming, script.all_rooms())
                yield replies

    def _take(
        self, worker: Worker, coming: Iterator[bytes], rooms: Sequence[int]
    ) -> tuple[list[Reply], Ended | None]:
        """Return the next replies and what ended them early, which is also the last of them."""
        replies: list[Reply] = []
        try:
            with self._clock(worker):
                for room in rooms:
                    self.held.check()
                    replies.append(Reply(next(coming), room=room))
                    self.held.bytes += len(replies[-1].frame)
        except (CallTimeout, WorkerDied) as error:
            self._timeouts[self._question] += isinstance(error, CallTimeout)
            return [*replies, Reply(ended=error)], error
        return replies, None

    @contextlib.contextmanager
    def _clock(self, worker: Worker) -> Iterator[None]:
        began, held_up_s, all_s = time.monotonic(), worker.excused.held_up_s, worker.excused.all_s
        try:
            yield
        finally:
            waited = time.monotonic() - began
            self._waited += max(0.0, waited - (worker.excused.held_up_s - held_up_s))
            self.seconds += max(0.0, waited - (worker.excused.all_s - all_s))

    def _deadline(self) -> float:
        return time.monotonic() + self._wall.bounds.submission_s - self.seconds

    def _allowed_s(self) -> float:
        parts = TIME_PARTS[min(self._timeouts[self._question], len(TIME_PARTS) - 1)]
        return self._patience * self._wall.bounds.call_s / parts

    def _ready(self) -> Worker:
        """Return a worker with the program in it, a fresh one if need be."""
        allowed_s = self._wall.bounds.submission_s
        if self.seconds >= allowed_s or self._waited >= FACTOR * allowed_s:
            raise CallTimeout(f"the submission has used its {allowed_s:g} s")
        self.held.check()
        if self.unloadable is not None:
            raise self.unloadable
        if self._worker is None or not self._worker.alive:
            self.renew()
            try:
                self._worker = self._loader.worker(self._deadline(), self._clock)
            except (CallTimeout, WorkerDied) as error:
                self.unloadable = error
                raise
        return self._worker

    def close(self) -> str:
        """End the worker and return what the submission printed."""
        self.renew()
        return "".join(self._output)[: self._wall.bounds.output_kb * 1024]
