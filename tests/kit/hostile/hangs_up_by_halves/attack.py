"""Closes one half of the wall's socket, or puts another socket in its place, and goes on.

Aim: stall
"""

import itertools
import os
import socket
import time

turn = itertools.count()


def attack(*args, **kwargs):
    wall = socket.socket(fileno=os.dup(3))
    way = next(turn) % 3
    if way == 0:
        wall.shutdown(socket.SHUT_RD)
    elif way == 1:
        wall.shutdown(socket.SHUT_WR)
    else:
        here, there = socket.socketpair()
        os.dup2(here.fileno(), 3)
        attack.kept = here, there
    time.sleep(0.3)
    return 0.0
