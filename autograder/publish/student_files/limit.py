"""End a check that runs too long."""

import contextlib
from types import FrameType

from autograder.sandbox.stopwatch import TooSlow, is_debugged, looking

AGAIN_S = 1.0  # a student's code may have caught it


def time_limit(seconds: float) -> contextlib.AbstractContextManager[None]:
    """Raise TooSlow inside after `seconds`, and again every second, unless a debugger is at work."""

    def stop(frame: FrameType | None) -> None:
        if not is_debugged(frame):
            raise TooSlow(seconds)

    return looking(stop, seconds, AGAIN_S)
