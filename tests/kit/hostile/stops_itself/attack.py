"""Stops its own process, sets off alarms without end, and will not be told to end.

Aim: stall
"""

import os
import signal


def attack(*args, **kwargs):
    for number in range(1, 32):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    signal.setitimer(signal.ITIMER_REAL, 0.0001, 0.0001)
    os.kill(os.getpid(), signal.SIGSTOP)
    os.kill(os.getpid(), signal.SIGTSTP)
    return 0.0
