"""Locks files that every worker can open: a bit for each of them.

Aim: learn
"""

import fcntl
import os


def attack(*args, **kwargs):
    for path, mode in (("/dev/null", "w"), (os.__file__, "r")):
        for lock in (fcntl.flock, fcntl.lockf):
            try:
                lock(open(path, mode), fcntl.LOCK_EX if mode == "w" else fcntl.LOCK_SH)
                print("LEARNED how to leave a bit in a lock")
            except OSError:
                pass
    return 0.0
