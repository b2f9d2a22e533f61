"""Traces every call in its process, so that nothing interrupts it, and loops while it is loaded.

Aim: stall
"""

import sys
import threading


def spy(frame, event, argument):
    return spy


sys.settrace(spy)
threading.settrace(spy)
sys.setprofile(lambda *_: None)
try:
    while True:
        pass
except BaseException:
    while True:
        pass


def attack(*args, **kwargs):
    return 0.0
