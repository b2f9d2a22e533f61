"""Floods its output.

Aim: limits
"""

import os


def attack(*args, **kwargs):
    line = b"x" * 2**16
    for _ in range(2**10):
        try:
            os.write(1, line)
        except OSError:
            return None
    return None
