"""End a check that runs too long, and do not let the next one of its question do so again."""

import contextlib
from collections.abc import Callable, Collection
from types import FrameType

from autograder.sandbox.calls import Call, NotDefined
from autograder.sandbox.stopwatch import TooSlow, is_debugged, looking

AGAIN_S = 1.0  # a student's code may have caught it


def time_limit(seconds: float) -> contextlib.AbstractContextManager[None]:
    """Raise TooSlow inside after `seconds`, and again every second, unless a debugger is at work."""

    def stop(frame: FrameType | None) -> None:
        if not is_debugged(frame):
            raise TooSlow(seconds)

    return looking(stop, seconds, AGAIN_S)


def recorder(
    calls: list[Call], question: str, endless: Collection[str], defined: Collection[str] | None = None
) -> Callable[[Call], None]:
    """Return what notes each call of a check; one endless loop costs a question its time once.

    What is not `defined` is refused before its arguments are made, which may load a library.
    """

    def record(call: Call) -> None:
        calls.append(call)
        if question in endless:
            raise TooSlow
        if defined is not None and call.action == "call" and call.name not in defined:
            raise NotDefined(call.name)

    return record
