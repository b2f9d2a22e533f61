"""Asks which pages of a library are in memory, and drops some: bits for the next worker.

Aim: learn
"""

import ctypes
import os


def attack(*args, **kwargs):
    file = os.open(os.__file__, os.O_RDONLY)
    libc = ctypes.CDLL(None)
    libc.mmap.restype = ctypes.c_void_p
    place = libc.mmap(None, ctypes.c_size_t(4096), 1, 2, file, ctypes.c_long(0))
    seen = [
        lambda: libc.mincore(ctypes.c_void_p(place), ctypes.c_size_t(4096), bytes(1)) == 0,
        lambda: libc.madvise(ctypes.c_void_p(place), ctypes.c_size_t(4096), 21) == 0,
        lambda: os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED) is None,
        lambda: os.preadv(file, [bytearray(1)], 0, os.RWF_NOWAIT) >= 0,
    ]
    for look in seen:
        try:
            if look():
                print("LEARNED what is in the page cache")
        except OSError:
            pass
    return 0.0
