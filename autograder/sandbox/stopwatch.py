"""The time that the statements of a program may take: half of what is left of it for each."""

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import CodeType, FrameType

TICK = 0.25  # seconds between two looks at what is running
SHORTEST = 1.0  # seconds that every statement may take


class TooSlow(BaseException):
    """The time is up. Not an Exception, so that a student's `except Exception` lets it through."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(f"stopped after {seconds:.0f} s")
        self.seconds = seconds


class Stopwatch:
    """Raises TooSlow in a statement that runs for too long, where there is an alarm and no debugger."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._ends = time.monotonic() + seconds
        self._code: CodeType | None = None
        self._number: Callable[[int], int] = lambda _: 0
        self._running: tuple[CodeType, int] | None = None
        self._since = self._limit = 0.0

    @contextlib.contextmanager
    def ticking(self) -> Iterator[None]:
        """Look at what is running from time to time, while a program is loaded."""
        if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.signal(signal.SIGALRM, self._tick)
        signal.setitimer(signal.ITIMER_REAL, TICK, TICK)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    @contextlib.contextmanager
    def over(self, code: CodeType, number: Callable[[int], int]) -> Iterator[None]:
        """Watch one piece of code; `number` gives the number of the statement at a line."""
        outer = self._code, self._number
        self._code, self._number = code, number
        try:
            yield
        finally:
            self._code, self._number = outer

    def _tick(self, _: int, frame: FrameType | None) -> None:
        while frame is not None and frame.f_code is not self._code:
            frame = frame.f_back
        if frame is None or self._code is None or sys.gettrace() is not None:
            return
        now = time.monotonic()
        running = self._code, self._number(frame.f_lineno)
        if running != self._running:
            self._running, self._since = running, now - TICK
            self._limit = max((self._ends - self._since) / 2, SHORTEST)
        elif now - self._since > self._limit:
            raise TooSlow(now - self._since)
