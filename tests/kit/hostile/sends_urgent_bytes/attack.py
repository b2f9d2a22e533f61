"""Sends urgent bytes, which wake a reader that finds nothing to read.

Aim: limits
"""

import socket

WALL = socket.socket(fileno=3)


def attack(*args, **kwargs):
    while True:
        WALL.send(b"x", socket.MSG_OOB)
