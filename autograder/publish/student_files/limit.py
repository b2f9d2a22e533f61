"""What takes too long: the grader's limits are told, at three times as long it is ended.

A machine of one's own may be slower than the one that grades, so that what takes longer there is no mistake.
"""

import contextlib
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from types import FrameType

from autograder.sandbox.calls import Call, NotDefined
from autograder.sandbox.stopwatch import TooSlow, is_debugged, looking

AGAIN_S = 1.0  # a student's code may have caught it
HOME_FACTOR = 3  # times as long as the grader allows
HOUR_S = 3600.0  # where nothing says what it allows


@dataclass(frozen=True)
class GraderLimits:
    """How long loading, and one call, may take where the work is graded, in seconds."""

    import_s: float = HOUR_S
    call_s: float = HOUR_S

    def too_long(self, what: str, took_s: float, limit_s: float) -> str:
        """Say that something took longer than the grader allows, "" if it did not."""
        over = took_s > limit_s
        return f"{what} took {took_s:.1f} s here: the grader stops it after {limit_s:g} s" if over else ""


@dataclass
class CallLog:
    """The calls of one check, and when they began."""

    calls: list[Call] = field(default_factory=list)
    began: list[float] = field(default_factory=list)

    def note(self, call: Call) -> None:
        """Note a call that begins."""
        self.calls.append(call)
        self.began.append(time.monotonic())

    def longest(self) -> tuple[float, Call | None]:
        """Return how long the longest call took, now that the check is over, and which it was."""
        ends = [*self.began[1:], time.monotonic()]
        took = [end - begin for begin, end in zip(self.began, ends, strict=False)]
        return max(zip(took, self.calls, strict=False), key=lambda one: one[0], default=(0.0, None))


def time_limit(seconds: float) -> contextlib.AbstractContextManager[None]:
    """Raise TooSlow inside after `seconds`, and again every second, unless a debugger is at work."""

    def stop(frame: FrameType | None) -> None:
        if not is_debugged(frame):
            raise TooSlow(seconds)

    return looking(stop, seconds, AGAIN_S)


def recorder(
    log: CallLog, question: str, endless: Collection[str], defined: Collection[str] | None = None
) -> Callable[[Call], None]:
    """Return what notes each call of a check; one endless loop costs a question its time once.

    What is not `defined` is refused before its arguments are made, which may load a library.
    """

    def record(call: Call) -> None:
        log.note(call)
        if question in endless:
            raise TooSlow
        if defined is not None and call.action == "call" and call.name not in defined:
            raise NotDefined(call.name)

    return record
