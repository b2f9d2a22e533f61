"""Ignores every signal that can be ignored, then loops.

Aim: limits
"""

import signal

for number in range(1, 32):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass


def attack(*args, **kwargs):
    while True:
        pass
