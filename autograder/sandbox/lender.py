"""The grader's side of lent functions: what a program may ask of their worker, and what it hears.

Answers are data. Of an exception a program learns the type alone, one of Python's own: a message or a
traceback could quote the code of the reference.
"""

import builtins
from collections.abc import Collection
from typing import Protocol

from autograder.sandbox import protocol

CALLS = 20_000  # that a program may make of lent functions while one question is judged
ANY_ERROR = "RuntimeError"
NEED_MORE = {"UnicodeDecodeError", "UnicodeEncodeError", "UnicodeTranslateError", "ExceptionGroup"}
ERRORS = frozenset(
    name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, Exception)
) - {*NEED_MORE}  # these cannot be raised without saying more


class Lends(Protocol):
    """A worker with the right functions in it."""

    def reply(self, frame: bytes, allowed_s: float, deadline: float | None) -> bytes:
        """Return the reply to one encoded call."""


class Lender:
    """Functions that a program may use in place of its own, and the worker whose they are."""

    def __init__(self, names: Collection[str], worker: Lends, calls: int = CALLS) -> None:
        self.names = tuple(names)
        self._worker, self._left = worker, calls

    def answer(self, call: protocol.CallRequest, frame: bytes, allowed_s: float, until: float) -> bytes:
        """Return the reply to a program's call of a lent function.

        Args:
            call: what it asks for.
            frame: the same, as it came.
            allowed_s: what one answer may take.
            until: the moment by which it must be here.

        Raises:
            ProtocolError: nothing of that name is lent, or it was asked for too often.
        """
        if call.action != "call" or call.name not in self.names or self._left <= 0:
            raise protocol.ProtocolError("a call of what is not lent")
        self._left -= 1
        reply = self._worker.reply(frame, allowed_s, until)
        answered, _ = protocol.decode_frame(reply, protocol.REPLY)
        if isinstance(answered, protocol.Answered):
            return reply
        return bare(answered.problem.type_name if isinstance(answered, protocol.Raised) else ANY_ERROR)


def bare(name: str) -> bytes:
    """Return the frame that tells of an exception by its type alone."""
    kind = name if name in ERRORS else ANY_ERROR
    return protocol.frame_of(protocol.Raised(protocol.Problem(kind, "", 0, 0, "")))
