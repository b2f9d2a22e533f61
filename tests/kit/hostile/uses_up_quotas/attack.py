"""Makes timers and queues signals, which are counted for all processes of its user.

Aim: learn
"""

import ctypes
import os
import signal


def attack(*args, **kwargs):
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGRTMIN])
    try:
        os.kill(os.getpid(), signal.SIGRTMIN)
        print("LEARNED how full the queue of signals is")
    except OSError:
        pass
    timer = ctypes.c_void_p()
    if ctypes.CDLL(None).timer_create(1, None, ctypes.byref(timer)) == 0:
        print("LEARNED how many timers there are")
    return 0.0
