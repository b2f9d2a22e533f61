"""Asks the kernel about the grader by its number: its session, priority, processors, limits and clock.

Aim: learn
"""

import os
import resource
import time


def attack(*args, **kwargs):
    for ask in (
        lambda: os.getsid(GRADER),
        lambda: os.getpgid(GRADER),
        lambda: os.getpriority(os.PRIO_PROCESS, GRADER),
        lambda: os.sched_getaffinity(GRADER),
        lambda: os.sched_getscheduler(GRADER),
        lambda: resource.prlimit(GRADER, resource.RLIMIT_NOFILE),
        lambda: time.clock_gettime((~GRADER << 3) | 2),
        lambda: os.pidfd_open(GRADER),
        lambda: os.kill(GRADER, 0),
    ):
        try:
            print("LEARNED", ask())
        except (OSError, OverflowError):
            pass
    return 0.0
