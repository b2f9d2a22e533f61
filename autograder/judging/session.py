"""Talk to programs behind the wall: a submission's, and the course's own, whose answers are kept."""

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder.data.values import Handle
from autograder.sandbox.calls import Answer, Call
from autograder.sandbox.codec import StudentRaised, encode_call
from autograder.sandbox.lender import Lender
from autograder.sandbox.protocol import Forget, Loaded, Source, frame_of
from autograder.sandbox.wall import CallTimeout, Wall, Worker, WorkerDied

Ended = StudentRaised | CallTimeout | WorkerDied
FORGET = frame_of(Forget())
PARTS = (1, 5, 20)  # after each timeout in a question, its later calls get a smaller part of the time


@dataclass(frozen=True)
class Program:
    """A program to load into a worker, with modules that it may import and names to replace in it."""

    source: Source
    modules: Mapping[str, str] = field(default_factory=dict)
    bind: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    lender: Lender | None = None


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
    seconds: float = 0.0  # that the right answers took


@dataclass(frozen=True)
class Reply:
    """One reply as it came, or what came instead."""

    frame: bytes = b""
    ended: Ended | None = None


class Session:
    """A submission's workers: one until it dies, then a fresh one, until the time is used up.

    It is open until the first hidden input is about to leave, and sealed from then on. What students may
    read in full was said by an open one. A sealed one says how checks ended, of which kind, and nothing
    else: its program may have seen hidden inputs, and a worker can hand on what another one saw.
    """

    def __init__(
        self, wall: Wall, program: Program, patience: float = 1, *, draw: int = 0,
        sealed: bool = False, seconds: float = 0.0,
    ) -> None:  # fmt: skip
        self._wall, self.program, self._patience = wall, program, patience
        self._worker: Worker | None = None
        self.draw = draw  # of the hidden inputs, which go with the work
        self.sealed = sealed
        self.seconds = seconds  # that its code has taken; what the grader does meanwhile is not its time
        self._timeouts: Counter[str] = Counter()
        self._question = ""
        self._first = FORGET
        self._output: list[str] = []
        self.loaded: Loaded | None = None
        self.unloadable: Ended | None = None
        self.exchanges: list[Exchange] = []
        self.right: set[str] = set()  # the questions that were answered in full

    @property
    def names(self) -> list[str]:
        """What the program defines, as far as it has been loaded."""
        return self.loaded.names if self.loaded else []

    def seal(self) -> None:
        """From now on the program may know hidden inputs."""
        self.sealed = True

    def load(self) -> None:
        """Load the program, if it has not been loaded; what comes of it is in `loaded` and `unloadable`."""
        with contextlib.suppress(CallTimeout, WorkerDied):
            self._ready()

    def begin_question(self, name: str = "") -> None:
        """Give the calls of a question their full time, or what is left of it to one begun before.

        Args:
            name: of the question; one without a name is always new.
        """
        self._question = name
        if not name:
            self._timeouts[name] = 0

    def begin_check(self) -> None:
        """Forget the objects and the calls of the check before."""
        self.exchanges, self._first = [], FORGET

    def renew(self) -> None:
        """Let the next call start a fresh worker."""
        if self._worker is not None:
            self._output.append(self._worker.output())
            self._worker.close()
            self._worker = None

    def send(self, call: Call) -> Answer:
        """Ask the submission; remember the exchange."""
        try:
            worker = self._ready()
            frames, self._first = self._first + encode_call(call), b""
            with self._clock():
                answer = worker.ask(frames, self._allowed_s(), self._deadline())
        except (StudentRaised, CallTimeout, WorkerDied) as error:
            self._timeouts[self._question] += isinstance(error, CallTimeout)
            self.exchanges.append(Exchange(call, error))
            raise
        self.exchanges.append(Exchange(call, answer))
        return answer

    def play(self, scripts: Sequence[Script], questions: Sequence[str] = ()) -> Iterator[list[Reply]]:
        """Send the calls of several checks, all at once, and yield each check's replies once all are there.

        After a crash or a timeout the rest of that check's calls have no reply; a fresh worker
        goes on with the next check.

        Args:
            scripts: the checks' calls.
            questions: of each check, where each question has a time of its own.
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
            count = sum(len(script.frames) for script, _ in together)
            coming = worker.stream(frames, count, self._allowed_s(), self._deadline())
            ended = None
            while together and ended is None:
                script, self._question = together.pop(0)
                del left[0]
                replies, ended = self._take(coming, len(script.frames))
                yield replies

    def _take(self, coming: Iterator[bytes], count: int) -> tuple[list[Reply], Ended | None]:
        """Return the next replies and what ended them early, which is also the last of them."""
        replies: list[Reply] = []
        try:
            with self._clock():
                for _ in range(count):
                    replies.append(Reply(next(coming)))
        except (CallTimeout, WorkerDied) as error:
            self._timeouts[self._question] += isinstance(error, CallTimeout)
            return [*replies, Reply(ended=error)], error
        return replies, None

    @contextlib.contextmanager
    def _clock(self) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            self.seconds += time.monotonic() - began

    def _deadline(self) -> float:
        return time.monotonic() + self._wall.bounds.submission_s - self.seconds

    def _allowed_s(self) -> float:
        parts = PARTS[min(self._timeouts[self._question], len(PARTS) - 1)]
        return self._patience * self._wall.bounds.call_s / parts

    def _ready(self) -> Worker:
        """Return a worker with the program in it, a fresh one if need be."""
        if self.seconds >= self._wall.bounds.submission_s:
            raise CallTimeout(f"the submission has used its {self._wall.bounds.submission_s:g} s")
        if self.unloadable is not None:
            raise self.unloadable
        if self._worker is None or not self._worker.alive:
            self.renew()
            self._worker = self._wall.worker()
            program = self.program
            try:
                with self._clock():
                    loaded = self._worker.load(
                        program.source, program.modules, program.bind, self._deadline(), program.lender
                    )
            except (CallTimeout, WorkerDied) as error:
                self.unloadable = error
                raise
            self.loaded = self.loaded or loaded  # what a later worker says of its loading is not told
        return self._worker

    def close(self) -> str:
        """End the worker and return what the submission printed."""
        self.renew()
        return "".join(self._output)[: self._wall.bounds.output_kb * 1024]


class Answers:
    """What a trusted program answers, each question asked once and kept for every submission."""

    def __init__(self, wall: Wall, program: Program) -> None:
        self._wall, self.program = wall, program
        self._known: dict[tuple[Any, ...], Answer | Ended] = {}
        self._stateful: set[Any] = set()
        self._lock = threading.Lock()
        self._worker: Worker | None = None
        self._worker_history: tuple[Any, ...] = ()

    def conversation(self) -> "Conversation":
        """Begin a check's sequence of calls."""
        return Conversation(self)

    def close(self) -> None:
        """End the worker; the answers stay."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def find(self, call: Call, history: tuple[Any, ...]) -> tuple[Answer | Ended, bool]:
        """Return the outcome of `call` after the stateful calls `history`, and whether it is one."""
        frame = encode_call(call)
        stateful = call.action != "call" or any(map(holds, (*call.args, *call.kwargs.values())))
        stateful = stateful or frame in self._stateful
        key = (*history, frame) if stateful else (frame,)
        with self._lock:
            if key not in self._known and not stateful:
                outcome = self._ask(frame)
                if not (isinstance(outcome, Answer) and holds(outcome.value)):
                    self._known[key] = outcome
                    return outcome, False
                self._stateful.add(frame)
                self._end()  # that worker now holds an object that no history tells of
                stateful, key = True, (*history, frame)
            if key not in self._known:
                self._known[key] = self._ask(frame, history)
                self._worker_history = key
            return self._known[key], stateful

    def _ask(self, frame: Any, history: tuple[Any, ...] | None = None) -> Answer | Ended:
        """Ask a worker that has been through exactly `history`, or any worker where there is none."""
        alive = self._worker is not None and self._worker.alive
        if not alive or (history is not None and self._worker_history != history):
            self._fresh()
            for earlier in history or ():
                self._one(earlier)
        return self._one(frame)

    def _fresh(self) -> Worker:
        self._end()
        self._worker = worker = self._wall.worker()
        self._worker_history = ()
        worker.load(self.program.source, self.program.modules, self.program.bind)
        return worker

    def _one(self, frame: Any) -> Answer | Ended:
        worker = self._worker or self._fresh()
        try:
            return worker.ask(frame, self._wall.bounds.call_s)
        except (StudentRaised, CallTimeout, WorkerDied) as error:
            return error


class Conversation:
    """The calls of one check, in order: what makes or uses objects depends on what came before."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._history: tuple[Any, ...] = ()

    def send(self, call: Call) -> Answer:
        """Return the program's answer, or raise what it raised."""
        outcome = self.outcome(call)
        if isinstance(outcome, Answer):
            return outcome
        raise outcome

    def outcome(self, call: Call) -> Answer | Ended:
        """Return what comes of a call."""
        found, stateful = self._answers.find(call, self._history)
        if stateful:
            self._history = (*self._history, encode_call(call))
        return found


def holds(value: Any) -> bool:
    """Whether data names an object that stays on the other side."""
    if isinstance(value, list | tuple):
        return any(map(holds, value))
    if isinstance(value, dict):
        return any(map(holds, value.values()))
    return isinstance(value, Handle)
