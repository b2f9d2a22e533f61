"""Small attacks, run in a real worker at start to see what this machine's wall holds back.

Every function returns True when the attack succeeded. This file is never imported by the kit: its text is
sent over the wall as a submission's is. They call `posix` itself: the functions of `os` write to memory.
"""

import ctypes
import errno
import os
import posix
import signal
import socket
from collections.abc import Callable


def works(attack: Callable[..., object], *args: object) -> bool:
    """Whether a call goes through."""
    try:
        attack(*args)
    except (OSError, ValueError, RuntimeError):
        return False
    return True


def reads_a_file(path: str) -> bool:
    """Read a file of the course."""
    return works(lambda: posix.read(posix.open(path, os.O_RDONLY), 1))


def lists_a_folder(path: str) -> bool:
    """List a folder of the course."""
    return works(posix.listdir, path)


def reads_memory(pid: int) -> bool:
    """Open another process's memory or environment."""
    return any(works(posix.open, f"/proc/{pid}/{name}", os.O_RDONLY) for name in ("mem", "environ"))


def writes_a_file(path: str) -> bool:
    """Create or change a file."""
    return works(lambda: posix.close(posix.open(path, os.O_WRONLY | os.O_CREAT)))


def changes_metadata(path: str) -> bool:
    """Change the mode of a file."""
    return works(posix.chmod, path, 0o600)


def removes_a_file(path: str) -> bool:
    """Remove a file."""
    return works(posix.unlink, path)


def signals(pid: int) -> bool:
    """Send a signal that does nothing to another process."""
    return works(os.kill, pid, 0) and pid != os.getpid() and works(os.kill, pid, signal.SIGCONT)


def starts_a_process() -> bool:
    """Fork."""
    try:
        pid = os.fork()
    except OSError:
        return False
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return True


def opens_a_socket() -> bool:
    """Make sockets of several families."""
    families = (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX)
    return any(works(lambda kind=kind: socket.socket(kind, socket.SOCK_DGRAM).close()) for kind in families)


def traces(pid: int) -> bool:
    """Ask for a byte of another process's memory at address 0: refused, or only a bad address?"""
    libc = ctypes.CDLL(None, use_errno=True)
    here, there = (ctypes.c_size_t * 2)(0, 1), (ctypes.c_size_t * 2)(0, 1)
    libc.process_vm_readv(pid, here, 1, there, 1, 0)
    return ctypes.get_errno() == errno.EFAULT


def slows_down(pid: int) -> bool:
    """Change another process's priority."""
    return works(lambda: os.setpriority(os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, pid)))


def holds_descriptors() -> bool:
    """Find a descriptor besides standard streams and the wall's own socket."""
    return any(works(posix.fstat, number) for number in range(4, 64))


def sees_secrets() -> bool:
    """Find anything of the grader's in the environment."""
    return any(name.startswith(("AUTOGRADER", "SSH", "AWS", "GITHUB", "CI")) for name in os.environ)
