"""Takes memory in many small pieces, in kernel objects too: pipes, threads' stacks, files that it writes.

Aim: limits
"""

import io
import os
import socket

KEPT = []


def attack(*args, **kwargs):
    try:
        for number in range(100_000):
            KEPT.append(os.pipe())
            os.set_blocking(KEPT[-1][1], False)
            os.write(KEPT[-1][1], bytes(65536))
    except OSError:
        pass
    try:
        KEPT.append(socket.socketpair())
        KEPT[-1][0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**30)
        KEPT[-1][0].setblocking(False)
        while True:
            KEPT[-1][0].send(bytes(10**6))
    except OSError:
        pass
    with open("large", "wb") as file:
        while True:
            file.write(bytes(1 << 20))
