"""Takes its own limits, stack, descriptors and standard streams away, and is then asked.

Aim: process
"""

import os
import resource
import signal

for kind in (resource.RLIMIT_NOFILE, resource.RLIMIT_STACK, resource.RLIMIT_FSIZE, resource.RLIMIT_AS, resource.RLIMIT_CPU):
    try:
        resource.setrlimit(kind, (1, 1))
    except (OSError, ValueError):
        pass
for number in (0, 1, 2):
    os.close(number)
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))


def attack(*args, **kwargs):
    return bytearray(10**6)
