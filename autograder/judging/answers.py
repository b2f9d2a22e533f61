"""What the course's own program answers, asked once and kept for every submission."""

import contextlib
import threading
from collections.abc import Callable, Sequence
from typing import Any

from autograder.data.values import Handle, leaves, pieces
from autograder.errors import ReferenceFailed
from autograder.judging.answer_cache import AnswerCache
from autograder.judging.answer_room import PIECE_BYTES
from autograder.judging.cache import Kept
from autograder.sandbox.calls import Answer, Call, StudentRaised
from autograder.sandbox.codec import encode_answer, encode_call, read_reply
from autograder.sandbox.program import Program
from autograder.sandbox.protocol import MAX_FRAME, Raised, frame_of
from autograder.sandbox.remote import CallTimeout, Worker, WorkerDied
from autograder.sandbox.student import FILE_READER
from autograder.sandbox.wall import Wall

KEPT, KEPT_ROOM = (100_000, 128 << 20)  # answers, and bytes of memory: some are to what students returned
PATIENCE = (1, 4)  # times the limit of a call that the program gets, one try after another


class Answers:
    """What a trusted program answers, each question asked once and kept for every submission."""

    def __init__(self, wall: Wall, program: Program, cache: AnswerCache | None = None) -> None:
        self._wall, self.program = wall, program
        self._known: Kept[Answer | StudentRaised] = Kept(KEPT, KEPT_ROOM)
        self._cache = cache or AnswerCache(None)
        self._stateful = self._cache.stateful
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
            self._cache.save()

    def _end(self) -> None:
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def find(self, call: Call, frame: bytes, history: tuple[Any, ...]) -> tuple[Answer | StudentRaised, bool]:
        """Return the outcome of `call`, encoded as `frame`, after `history`, and whether it is stateful."""
        if call.functions or not all(isinstance(one, bytes) for one in history):
            return self._passing_functions(call, frame, history)
        stateful = call.action != "call" or any(map(holds, (*call.args, *call.kwargs.values())))
        stateful = stateful or frame in self._stateful
        key = (*history, frame) if stateful else (frame,)
        with self._lock:
            found = self._remembered(key)
            if found is None and not stateful:
                found = self._ask(frame)
                if not (isinstance(found, Answer) and holds(found.value)):
                    self._keep(key, found)
                    return found, False
                self._stateful.add(frame)
                self._end()  # that worker now holds an object that no history tells of
                stateful, key = True, (*history, frame)
                found = self._remembered(key)
            if found is None:
                found = self._ask(frame, history)
                self._keep(key, found)
                self._worker_history = key
            return found, stateful

    def _remembered(self, key: tuple[Any, ...]) -> Answer | StudentRaised | None:
        """Return an outcome of this run, or of one before."""
        found = self._known.get(key)
        kept = self._cache.find(key) if found is None else None
        if kept is not None:
            found = outcome_in(kept)
            self._known.put(key, found, size_of(key[-1], kept, found))
        return found

    def _keep(self, key: tuple[Any, ...], outcome: Answer | StudentRaised) -> None:
        """Remember an outcome, in this run and for the next."""
        kept = frame_with(outcome)
        self._known.put(key, outcome, size_of(key[-1], kept, outcome))
        self._cache.keep(key, kept)

    def _passing_functions(
        self, call: Call, frame: bytes, history: tuple[Any, ...]
    ) -> tuple[Answer | StudentRaised, bool]:
        """Answer a call that passes functions, or follows one: nothing tells whether others were the same."""
        with self._lock:
            found = self._ask(frame, history, call.functions)
            stateful = bool(history) or (isinstance(found, Answer) and holds(found.value))
            if stateful:
                self._worker_history = (*history, entry(call, frame))
        return found, stateful

    def _ask(
        self,
        frame: bytes,
        history: tuple[Any, ...] | None = None,
        functions: Sequence[Callable[..., Any]] = (),
    ) -> Answer | StudentRaised:
        """Ask a worker that has been through exactly `history`, or any worker where there is none.

        That it took too long or ended is no answer: it is asked again, more patiently.
        """
        for patience in PATIENCE:
            try:
                return self._one(frame, history, patience * self._wall.bounds.call_s, functions)
            except StudentRaised as error:
                return error
            except (CallTimeout, WorkerDied) as error:
                why = error
        raise ReferenceFailed(f"{self.program.source.name}: a right answer could not be had: it {why}")

    def _one(
        self,
        frame: bytes,
        history: tuple[Any, ...] | None,
        allowed_s: float,
        functions: Sequence[Callable[..., Any]],
    ) -> Answer:
        """Ask once; raise what comes instead of an answer."""
        alive = self._worker is not None and self._worker.alive
        if not alive or (history is not None and self._worker_history != history):
            self._fresh()
            for earlier in history or ():
                sent, passed = (earlier, ()) if isinstance(earlier, bytes) else earlier
                with contextlib.suppress(StudentRaised):
                    self._worker_or_fresh().ask(sent, allowed_s, room=MAX_FRAME, functions=passed)
        return self._worker_or_fresh().ask(frame, allowed_s, room=MAX_FRAME, functions=functions)

    def _worker_or_fresh(self) -> Worker:
        return self._worker or self._fresh()

    def _fresh(self) -> Worker:
        self._end()
        self._worker = worker = self._wall.loaded(self.program)
        self._worker_history = ()
        return worker


class Conversation:
    """The calls of one check, in order: what makes or uses objects depends on what came before."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._history: tuple[Any, ...] = ()  # what made and used objects
        self._sent: tuple[Any, ...] = ()  # everything

    def send(self, call: Call) -> Answer:
        """Return the program's answer, or raise what it raised."""
        outcome = self.outcome(call)
        if isinstance(outcome, Answer):
            return outcome
        raise outcome

    def outcome(self, call: Call) -> Answer | StudentRaised:
        """Return what comes of a call."""
        if (call.action, call.name) == ("make", FILE_READER):  # any call before may have written
            self._history = self._sent
        frame = encode_call(call)
        found, stateful = self._answers.find(call, frame, self._history)
        self._sent = (*self._sent, entry(call, frame))
        if stateful:
            self._history = (*self._history, entry(call, frame))
        return found


def entry(call: Call, frame: bytes) -> Any:
    """Return what a history holds of a call: its frame, and the functions that it passes, if any."""
    return (frame, call.functions) if call.functions else frame


def holds(value: Any) -> bool:
    """Whether data names an object that stays on the other side."""
    return any(isinstance(leaf, Handle) for leaf in leaves(value))


def size_of(frame: bytes, kept: bytes, outcome: Answer | StudentRaised) -> int:
    """Return how much memory a call and its outcome take, whose frames these are."""
    parts = pieces(outcome.value) + pieces(outcome.grads) if isinstance(outcome, Answer) else 1
    return len(frame) + len(kept) + PIECE_BYTES * parts


def frame_with(outcome: Answer | StudentRaised) -> bytes:
    """Return an outcome as the frame in which it came."""
    return encode_answer(outcome) if isinstance(outcome, Answer) else frame_of(Raised(outcome.problem))


def outcome_in(frame: bytes) -> Answer | StudentRaised:
    """Return the outcome in a frame."""
    try:
        return read_reply(frame)
    except StudentRaised as error:
        return error
