"""The grader's side of lent functions: what a program may ask of their worker, and what it hears.

Answers are data. Of an exception a program learns the type alone, one of Python's own: a message or a
traceback could quote the code of the reference.
"""

import builtins
import hashlib
import time
from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from autograder.errors import KitError
from autograder.sandbox import protocol
from autograder.sandbox.codec import decode_call
from autograder.sandbox.remote import CallTimeout, Worker, WorkerDied

MOST_LENT = 20_000  # that a program may make of lent functions while one question is judged
LENDER_TRIES = 2  # of workers, for one answer
ENTRY_BYTES = 200  # of a reply that is remembered, beside its own
ANY_ERROR = "RuntimeError"
NEED_MORE = {"UnicodeDecodeError", "UnicodeEncodeError", "UnicodeTranslateError", "ExceptionGroup"}
ERRORS = frozenset(
    name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, Exception)
) - {*NEED_MORE}  # these cannot be raised without saying more


class LenderFailed(KitError):
    """No lent answer could be had: nothing follows from that for the program that asked."""


class Replies(Protocol):
    """What lent functions answered to other programs, by a digest of the frame that asked."""

    def get(self, key: bytes) -> bytes | None:
        """Return a reply, None if it is not known."""

    def put(self, key: bytes, value: bytes, size: int) -> None:
        """Remember a reply that takes so many bytes."""


class Lender:
    """Functions that a program may use in place of its own, and the worker whose they are.

    `excused_s` is for how long that worker waited for a processor: the program is not charged for it.
    """

    def __init__(
        self, names: Collection[str], start: Callable[[], Worker], calls: int = MOST_LENT,
        known: Replies | None = None,
    ) -> None:  # fmt: skip
        """Begin to lend.

        Args:
            names: of the functions.
            start: returns a fresh worker with the functions in it, which answer like with like.
            calls: so many are answered.
            known: what they answered before; right programs ask the same, step by step.
        """
        self.names: Sequence[str] = tuple(names)
        self._start, self._left, self._known = start, calls, known
        self._worker: Worker | None = None
        self.excused_s = 0.0

    def answer(self, call: protocol.CallRequest, frame: bytes, allowed_s: float, until: float) -> bytes:
        """Return the reply to a program's call of a lent function.

        Args:
            call: what it asks for.
            frame: the same, as it came.
            allowed_s: what one answer may take.
            until: the moment by which it must be here.

        Raises:
            ProtocolError: nothing of that name is lent, or asked for too often, or with what is no data.
            LenderFailed: the worker did not answer, nor did a fresh one.
        """
        if call.action != "call" or call.name not in self.names or self._left <= 0:
            raise protocol.ProtocolError("a call of what is not lent")
        self._left -= 1
        key = hashlib.blake2b(frame, digest_size=16).digest()
        if self._known and (found := self._known.get(key)):
            return found
        decode_call(call, protocol.decode_frame(frame, protocol.REPLY)[1])  # or it is refused
        reply = self._reply(frame, allowed_s, until)
        answered, _ = protocol.decode_frame(reply, protocol.REPLY)
        if isinstance(answered, protocol.Answered):
            if self._known:
                self._known.put(key, reply, len(reply) + ENTRY_BYTES)
            return reply
        return bare_error(answered.problem.type_name if isinstance(answered, protocol.Raised) else ANY_ERROR)

    def _reply(self, frame: bytes, allowed_s: float, until: float) -> bytes:
        began = self.excused_s
        for _ in range(LENDER_TRIES):
            try:
                worker = self._worker or self._started()
                try:
                    before = worker.excused.all_s
                    return worker.reply(frame, allowed_s, until + self.excused_s - began)
                finally:
                    self.excused_s += worker.excused.all_s - before
            except (CallTimeout, WorkerDied) as error:
                why = error
                self.close()
        raise LenderFailed(f"{' and '.join(self.names)} could not be lent: {why}")

    def _started(self) -> Worker:
        began = time.monotonic()
        self._worker = self._start()
        self.excused_s += time.monotonic() - began
        return self._worker

    def close(self) -> None:
        """End the worker."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None


def bare_error(name: str) -> bytes:
    """Return the frame that tells of an exception by its type alone."""
    kind = name if name in ERRORS else ANY_ERROR
    return protocol.frame_of(protocol.Raised(protocol.Problem(kind, "", 0, 0, "")))
