"""Landlock: a process that can open only the files named here. Needs Linux 5.13 or newer."""

import ctypes
import os
import stat
import struct
from collections.abc import Iterable

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same on every architecture
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
TCP_RIGHTS = 0b11
LANDLOCK_SCOPES = 0b11  # abstract unix sockets, signals
NO_NEW_PRIVS = 38

libc = ctypes.CDLL(None, use_errno=True)


def abi() -> int:
    """Return the version of Landlock that this kernel offers, 0 for none."""
    try:
        return max(0, int(libc.syscall(CREATE_RULESET, None, 0, 1)))
    except AttributeError:  # no syscall() on this system
        return 0


def build_ruleset(readable: Iterable[str], writable: Iterable[str]) -> int:
    """Return a descriptor of a ruleset that denies every file but those below the given paths."""
    version = abi()
    rights = FILE_RIGHTS[min(version, 5)]
    attributes = struct.pack("=QQQ", rights, TCP_RIGHTS, LANDLOCK_SCOPES)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = int(libc.syscall(CREATE_RULESET, attributes, size, 0))
    if ruleset < 0:
        raise OSError(ctypes.get_errno(), "the kernel refused a Landlock ruleset")
    for path in readable:
        allow(ruleset, path, READ_FILE | READ_DIR)
    for path in writable:
        allow(ruleset, path, READ_FILE | WRITE_FILE)
    return ruleset


def allow(ruleset: int, path: str, rights: int) -> None:
    """Add a path, if it exists, to what may be opened."""
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= ~READ_DIR
        libc.syscall(ADD_RULE, ruleset, 1, struct.pack("=Qi", rights, descriptor), 0)
    finally:
        os.close(descriptor)


def restrict_self(ruleset: int) -> None:
    """Apply a ruleset to this process for good; needs no_new_privs."""
    if libc.syscall(RESTRICT_SELF, ruleset, 0) != 0:
        raise OSError(ctypes.get_errno(), "the kernel refused the Landlock ruleset")
