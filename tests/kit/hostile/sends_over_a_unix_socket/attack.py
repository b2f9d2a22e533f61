"""Connects to a unix socket, by name and in the abstract.

Aim: network
"""

import socket


def attack(*args, **kwargs):
    for name in (MARKS + "/socket", "\0autograder-redteam"):
        try:
            with socket.socket(socket.AF_UNIX) as out:
                out.connect(name)
                out.send(b"CARRIED")
        except OSError:
            pass
    return None
