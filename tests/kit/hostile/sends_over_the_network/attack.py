"""Connects to a server on this machine, by TCP and UDP.

Aim: network
"""

import socket


def attack(*args, **kwargs):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        try:
            with socket.socket(socket.AF_INET, kind) as out:
                out.settimeout(1)
                out.connect(("127.0.0.1", PORT))
                out.send(b"CARRIED")
        except OSError:
            pass
    return None
