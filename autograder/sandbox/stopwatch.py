"""The time that a program may take: what runs too long is interrupted, by an alarm or else by a thread.

A statement of a program that is loaded may take all of its time. What comes after one that was cut has
half as much time again, and each of those statements half of what is left of that.
"""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import CodeType, FrameType

TICK = 0.25  # seconds between two looks at what is running
SHORTEST = 0.05  # the part of all the time that every statement may take
HOPELESS_S = 30.0  # after the first interruption; then it sits in a library that listens to nobody
Look = Callable[[FrameType | None], None]


class TooSlow(BaseException):
    """The time is up. Not an Exception, so that a student's `except Exception` lets it through."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(f"stopped after {seconds:.0f} s")
        self.seconds = seconds


@contextlib.contextmanager
def looking(look: Look, first: float, again: float) -> Iterator[None]:
    """Let `look` see what runs after `first` seconds, then every `again`; the TooSlow that it raises ends it.

    By an alarm where there is one, by a thread elsewhere (Windows). Only the main thread can be watched.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with alarm(look, first, again) if hasattr(signal, "SIGALRM") else watchdog(look, first, again):
        yield


@contextlib.contextmanager
def alarm(look: Look, first: float, again: float) -> Iterator[None]:
    """Let the system's clock interrupt."""
    before = signal.signal(signal.SIGALRM, lambda _, frame: look(frame))
    signal.setitimer(signal.ITIMER_REAL, first, again)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def watchdog(look: Look, first: float, again: float) -> Iterator[None]:
    """Let a thread interrupt; where not even that helps, it ends the program and says why."""
    over, busy, watched = threading.Event(), threading.Lock(), threading.get_ident()

    def watch() -> None:
        pause, since = first, 0.0
        while not over.wait(pause):
            pause = again
            with busy:
                try:
                    if not over.is_set():
                        look(sys._current_frames().get(watched))
                except TooSlow as late:
                    since = since or time.monotonic()
                    interrupt(watched, late)
                else:
                    since = 0.0
            if since and time.monotonic() - since > HOPELESS_S:
                print("\nYour code runs on and cannot be stopped: is there an endless loop?",
                      file=sys.__stderr__, flush=True)  # fmt: skip
                os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        over.set()
        with busy:
            interrupt(watched, None)


def interrupt(thread: int, late: TooSlow | None) -> None:
    """Raise an exception in a thread at its next step; None takes back one that is still to come."""
    import ctypes  # no worker needs it: they have an alarm

    class Late(TooSlow):
        def __init__(self) -> None:  # a class is all that can be raised elsewhere
            super().__init__(late.seconds if late else 0.0)

    raised = ctypes.py_object(Late) if late else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)


def is_debugged(frame: FrameType | None) -> bool:
    """Whether a debugger is at work: then nobody is in a hurry. What measures coverage is none."""
    tracers = sys.gettrace(), frame.f_trace if frame else None
    owners = [type(getattr(one, "__self__", one)).__module__ for one in tracers if one is not None]
    return any(owner.partition(".")[0] != "coverage" for owner in owners)


class Stopwatch:
    """Raises TooSlow in a statement that runs for too long, unless a debugger is at work."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._ends = time.monotonic() + seconds
        self._share = 1  # of what is left, that a statement may take: the whole, a half
        self._code: CodeType | None = None
        self._number: Callable[[int], int] = lambda _: 0
        self._running: tuple[CodeType, int] | None = None
        self._since = self._limit = 0.0

    def ticking(self) -> contextlib.AbstractContextManager[None]:
        """Look at what is running from time to time, while a program is loaded."""
        return looking(self._tick, TICK, TICK)

    @contextlib.contextmanager
    def over(self, code: CodeType, number: Callable[[int], int]) -> Iterator[None]:
        """Watch one piece of code; `number` gives the number of the statement at a line."""
        outer = self._code, self._number
        self._code, self._number = code, number
        try:
            yield
        finally:
            self._code, self._number = outer

    def _tick(self, frame: FrameType | None) -> None:
        debugged = is_debugged(frame)
        while frame is not None and frame.f_code is not self._code:
            frame = frame.f_back
        if frame is None or self._code is None or debugged:
            return
        now = time.monotonic()
        running = self._code, self._number(frame.f_lineno)
        if running != self._running:
            self._running, self._since = running, now - TICK
            self._limit = max((self._ends - self._since) / self._share, self.seconds * SHORTEST)
        elif now - self._since > self._limit:
            if self._share == 1:
                self._share, self._ends = 2, now + self.seconds / 2
            raise TooSlow(now - self._since)
