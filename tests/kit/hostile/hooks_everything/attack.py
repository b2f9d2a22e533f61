"""Hooks exit, tracing, auditing, the collector, finalizers and signals.

Aim: score
"""

import atexit
import contextlib
import gc
import signal
import sys
import threading
import weakref


class Leaves:
    pass


def hook(*args, **kwargs):
    return hook


atexit.register(hook)
weakref.finalize(Leaves(), hook)
gc.callbacks.append(hook)
for install in (sys.settrace, sys.setprofile, sys.addaudithook, threading.settrace, threading.setprofile):
    install(hook)
sys.excepthook = sys.unraisablehook = sys.displayhook = hook
for number in range(1, 32):
    with contextlib.suppress(OSError, ValueError):
        signal.signal(number, hook)
signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)


def attack(*args, **kwargs):
    return True
