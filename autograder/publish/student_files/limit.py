"""End what runs too long: by an alarm where there is one, by a thread elsewhere (Windows)."""

import contextlib
import ctypes
import os
import signal
import sys
import threading
from collections.abc import Iterator

from autograder.sandbox.stopwatch import TooSlow

AGAIN_S = 1.0  # a student's code may have caught it
HOPELESS_S = 30.0  # then it sits in a library that listens to nobody


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TooSlow inside after `seconds`, and again every second, unless a debugger is at work."""
    if threading.current_thread() is not threading.main_thread():
        yield
    elif hasattr(signal, "SIGALRM"):
        with alarm(seconds):
            yield
    else:
        with watchdog(seconds):
            yield


@contextlib.contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """Let the system's clock interrupt."""

    def stop(*_: object) -> None:
        if sys.gettrace() is None:
            raise TooSlow

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def watchdog(seconds: float) -> Iterator[None]:
    """Let a thread interrupt; where not even that helps, it ends the program and says why."""
    over, busy, thread = threading.Event(), threading.Lock(), threading.get_ident()

    def watch() -> None:
        waited = seconds
        while not over.wait(AGAIN_S if waited > seconds else seconds):
            with busy:
                if not over.is_set() and sys.gettrace() is None:
                    interrupt(thread, TooSlow)
            waited += AGAIN_S
            if waited > seconds + HOPELESS_S and sys.gettrace() is None:
                print(f"\nYour code ran for {waited:.0f} s and cannot be stopped: is there an endless loop?",
                      file=sys.__stderr__, flush=True)  # fmt: skip
                os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    finally:
        over.set()
        with busy:
            interrupt(thread, None)


def interrupt(thread: int, error: type[BaseException] | None) -> None:
    """Raise an exception in a thread at its next step; None takes back one that is still to come."""
    raised = ctypes.py_object(error) if error else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)
