"""Lets its threads take the processor from one another, so that it seems to wait for one.

Aim: stall
"""

import ctypes
import threading
import time

libc = ctypes.CDLL(None)


def attack(*args, **kwargs):
    for _ in range(50):
        threading.Thread(target=lambda: [libc.usleep(1) or libc.sched_yield() for _ in range(10**9)], daemon=True).start()
    while True:
        time.sleep(0)
