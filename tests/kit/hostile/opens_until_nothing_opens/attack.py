"""Opens files, pipes, folders and pairs of sockets until nothing opens, and answers then.

Aim: limits
"""

import os
import select
import socket

kept = []


def attack(*args, **kwargs):
    for make in (os.pipe, socket.socketpair, lambda: os.open(os.__file__, 0), lambda: os.dup(3), select.epoll, lambda: os.eventfd(0)):
        try:
            while True:
                kept.append(make())
        except OSError:
            pass
    return 1.0
