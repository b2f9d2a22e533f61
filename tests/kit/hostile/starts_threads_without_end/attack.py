"""Starts as many threads as it can, by the libraries and below them.

Aim: limits
"""

import ctypes
import threading
import time

try:
    import torch
except ImportError:
    torch = None


def attack(*args, **kwargs):
    if torch is not None:
        torch.set_num_threads(500)
        torch.ones(4000, 400) @ torch.ones(400, 400)
    libc, handle = ctypes.CDLL(None), ctypes.c_ulong()
    attributes = ctypes.create_string_buffer(64)
    libc.pthread_attr_init(attributes)
    libc.pthread_attr_setstacksize(attributes, ctypes.c_size_t(16384))
    for _ in range(20_000):
        if libc.pthread_create(
            ctypes.byref(handle), attributes, ctypes.cast(libc.pause, ctypes.c_void_p), None
        ):
            break
    while True:
        try:
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        except RuntimeError:
            return 0.0
