"""Lets the interpreter itself write into the socket of its worker: dumps of threads, numbers of signals.

Aim: protocol
"""

import contextlib
import faulthandler
import os
import signal
import sys

for number in range(3, 128):
    with contextlib.suppress(OSError, ValueError):
        os.set_blocking(number, False)
        signal.set_wakeup_fd(number, warn_on_full_buffer=False)
        faulthandler.register(signal.SIGUSR1, file=number, all_threads=True, chain=True)
        faulthandler.dump_traceback_later(0.001, repeat=True, file=number)
        faulthandler.enable(file=number)
signal.signal(signal.SIGALRM, lambda *_: None)
signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
sys.addaudithook(lambda *_: None)


def attack(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGUSR1)
    faulthandler._sigsegv()
