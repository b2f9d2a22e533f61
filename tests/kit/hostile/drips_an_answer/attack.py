"""Sends its answer a byte at a time, so that the grader waits for more.

Aim: limits
"""

import os
import time


def attack(*args, **kwargs):
    for _ in range(10_000):
        os.write(3, b"\0")
        time.sleep(0.05)
