"""A seccomp filter that lets through the system calls of `syscalls` and refuses all others.

Refusals answer EPERM, so that a student gets a Python exception.
"""

import ctypes
import errno
import os
import platform
import struct

from autograder.sandbox.syscalls import (
    ALLOWED,
    CLOCKS,
    CONDITIONAL,
    FCNTLS,
    IOCTLS,
    KNOWN,
    MADVISE,
    PRCTLS,
    REAL_TIME_SIGNALS,
)  # fmt: skip

AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
LOAD, AND, RETURN = 0x20, 0x54, 0x06  # BPF_LD|W|ABS, BPF_ALU|AND|K, BPF_RET|K
EQUAL, AT_LEAST, SET = 0x15, 0x35, 0x45  # BPF_JMP|JEQ|K, BPF_JMP|JGE|K, BPF_JMP|JSET|K
X32_BIT = 0x40000000
CLONE_THREAD = 0x00010000
WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
SOCK_STREAM = 1
SCHEDULING = ("affinity", "param", "scheduler")

Instruction = tuple[int, int, int, int]
PASS: Instruction = (RETURN, 0, 0, ALLOW)
REFUSE: Instruction = (RETURN, 0, 0, ERRNO | errno.EPERM)
UNKNOWN: Instruction = (RETURN, 0, 0, ERRNO | errno.ENOSYS)


def supported() -> bool:
    """Whether this machine's system call numbers are known."""
    return platform.system() == "Linux" and platform.machine() in AUDIT_ARCH


def build_filter(pid: int, read_only: bool) -> bytes:
    """Return the BPF program for a worker, which may name no process but itself, `pid`.

    `read_only` refuses to open anything for writing (where Landlock does not decide by path).
    """
    machine = platform.machine()
    column = list(AUDIT_ARCH).index(machine)
    code: list[Instruction] = [(LOAD, 0, 0, 4), (EQUAL, 1, 0, AUDIT_ARCH[machine]), (RETURN, 0, 0, KILL)]
    code.append((LOAD, 0, 0, 0))
    if machine == "x86_64":
        code += [(AT_LEAST, 0, 1, X32_BIT), (RETURN, 0, 0, KILL)]
    rules = {name: [PASS] for name in ALLOWED} | conditions(pid, read_only)
    for name, body in rules.items():  # each ends the program: after it the accumulator may hold an argument
        number = (ALLOWED.get(name) or CONDITIONAL[name])[column]
        if number is not None:
            code += [(EQUAL, 0, len(body), number), *body]
    code += [(AT_LEAST, 0, 1, KNOWN), UNKNOWN, REFUSE]
    return b"".join(struct.pack("=HBBI", *line) for line in code)


def conditions(pid: int, read_only: bool) -> dict[str, list[Instruction]]:
    """Return what decides about each call that is allowed with some arguments only."""
    own = (0, pid)
    found = {
        "clone3": [UNKNOWN],  # its flags are behind a pointer; the C library goes on with clone
        "openat2": [UNKNOWN],
        "clone": [argument(0), (SET, 0, 1, CLONE_THREAD), PASS, REFUSE],
        "kill": [*only(0, (pid,), decides=False), *below(1, REAL_TIME_SIGNALS)],
        "tgkill": [*only(0, (pid,), decides=False), *below(2, REAL_TIME_SIGNALS)],
        "socketpair": [argument(1), (AND, 0, 0, 0xF), (EQUAL, 0, 1, SOCK_STREAM), PASS, REFUSE],
        "getpriority": only(1, own),
        "ioctl": only(1, IOCTLS),
        "fcntl": only(1, FCNTLS),
        "prctl": only(0, PRCTLS),
        "madvise": only(2, MADVISE),
        "clock_gettime": below(0, CLOCKS),
        "clock_getres": below(0, CLOCKS),
    }
    for name in ("prlimit64", "getpgid", "getsid", *(f"sched_get{of}" for of in SCHEDULING)):
        found[name] = only(0, own)
    for name, at in (("open", 1), ("openat", 2)):
        found[name] = [argument(at), (SET, 0, 1, WRITE_FLAGS), REFUSE, PASS] if read_only else [PASS]
    return found


def argument(index: int) -> Instruction:
    """Load the low half of a system call's argument."""
    return (LOAD, 0, 0, 16 + 8 * index)


def only(index: int, values: tuple[int, ...], *, decides: bool = True) -> list[Instruction]:
    """Refuse unless the argument is one of `values`; if it is, allow, or go on where that does not decide."""
    rest = len(values)
    tests = [(EQUAL, rest - at, 0, value) for at, value in enumerate(values)]
    return [argument(index), *tests, REFUSE, *([PASS] if decides else [])]


def below(index: int, bound: int) -> list[Instruction]:
    """Allow when the argument is a number below `bound`, else refuse."""
    return [argument(index), (AT_LEAST, 0, 1, bound), REFUSE, PASS]


class FilterProgram(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def install_filter(code: bytes) -> None:
    """Apply a filter to this process for good; needs no_new_privs."""
    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(code, len(code))
    program = FilterProgram(len(code) // 8, ctypes.addressof(buffer))
    set_seccomp, filter_mode = 22, 2
    if libc.prctl(set_seccomp, filter_mode, ctypes.byref(program), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the kernel refused the seccomp filter")
