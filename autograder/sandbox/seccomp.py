"""A seccomp filter that takes powers away: processes, sockets, signals, inspection, IPC, metadata.

A deny list, because torch and the C library change; refusals answer EPERM, so that a student gets a
Python exception. Numbers are those of the kernel's own headers for x86_64 and aarch64.
"""

import ctypes
import errno
import os
import platform
import struct

# name -> (x86_64, aarch64); None where the architecture has no such call
DENIED: dict[str, tuple[int | None, int | None]] = {
    # start a process
    "fork": (57, None), "vfork": (58, None), "execve": (59, 221), "execveat": (322, 281),
    # reach the network or another process
    "socket": (41, 198), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201),
    "accept": (43, 202), "accept4": (288, 242), "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    # signal or inspect another process
    "tkill": (200, 130), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424), "pidfd_open": (434, 434), "pidfd_getfd": (438, 438),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "kcmp": (312, 272), "process_madvise": (440, 440), "process_mrelease": (448, 448),
    "perf_event_open": (298, 241), "bpf": (321, 280), "userfaultfd": (323, 282),
    # slow down or move another process
    "setpriority": (141, 140), "sched_setaffinity": (203, 122), "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118), "sched_setattr": (314, 274), "ioprio_set": (251, 30),
    "migrate_pages": (256, 238), "move_pages": (279, 239), "setsid": (112, 157), "setpgid": (109, 154),
    # change what the file system looks like
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39),
    "pivot_root": (155, 41), "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429),
    "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442), "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    "fanotify_init": (300, 262), "inotify_init": (253, None), "inotify_init1": (294, 26),
    # write metadata
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54),
    "utime": (132, None), "utimes": (235, None), "utimensat": (280, 88), "futimesat": (261, None),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "removexattr": (197, 14),
    "lremovexattr": (198, 15), "fremovexattr": (199, 16), "truncate": (76, 45),
    "link": (86, None), "linkat": (265, 37), "symlink": (88, None), "symlinkat": (266, 36),
    "rename": (82, None), "renameat": (264, 38), "renameat2": (316, 276), "unlink": (87, None),
    "unlinkat": (263, 35), "mkdir": (83, None), "mkdirat": (258, 34), "rmdir": (84, None),
    "mknod": (133, None), "mknodat": (259, 33), "creat": (85, None),
    # share memory or messages
    "shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195), "msgget": (68, 186),
    "msgsnd": (69, 189), "msgrcv": (70, 188), "msgctl": (71, 187), "semget": (64, 190),
    "semop": (65, 193), "semtimedop": (220, 192), "semctl": (66, 191), "mq_open": (240, 180),
    "mq_unlink": (241, 181), "memfd_create": (319, 279), "memfd_secret": (447, 447),
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218),
    # administer the machine
    "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225), "sethostname": (170, 161),
    "setdomainname": (171, 162), "init_module": (175, 105), "delete_module": (176, 106),
    "finit_module": (313, 273), "kexec_load": (246, 104), "kexec_file_load": (320, 294),
    "acct": (163, 89), "quotactl": (179, 60), "quotactl_fd": (443, 443), "settimeofday": (164, 170),
    "clock_settime": (227, 112), "adjtimex": (159, 171), "clock_adjtime": (305, 266),
    "iopl": (172, None), "ioperm": (173, None), "syslog": (103, 116), "vhangup": (153, 58),
    "modify_ldt": (154, None), "personality": (135, 92),
}  # fmt: skip

CONDITIONAL = {
    "kill": (62, 129), "tgkill": (234, 131), "prlimit64": (302, 261), "ioctl": (16, 29), "fcntl": (72, 25),
    "prctl": (157, 167), "clone": (56, 220), "clone3": (435, 435), "openat2": (437, 437),
    "socketpair": (53, 199), "open": (2, None), "openat": (257, 56),
}  # fmt: skip

AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
LOAD, EQUAL, SET, RETURN = 0x20, 0x15, 0x45, 0x06  # BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_JMP|JSET|K, BPF_RET|K
X32_BIT = 0x40000000
CLONE_THREAD = 0x00010000
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
FORBIDDEN_FCNTL = (8, 10, 15)  # F_SETOWN, F_SETSIG, F_SETOWN_EX: signals to others
FORBIDDEN_IOCTL = (0x5412, 0x541C, 0x5452, 0x8901, 0x8902)  # typing into a terminal, signals to others
FORBIDDEN_PRCTL = (1, 4, 36)  # PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER
SOCK_STREAM = 1


def supported() -> bool:
    """Whether this machine's system call numbers are known."""
    return platform.system() == "Linux" and platform.machine() in AUDIT_ARCH


def build_filter(pid: int, read_only: bool) -> bytes:
    """Return the BPF program for a worker.

    Args:
        pid: the worker's own process id, the only one that it may signal.
        read_only: refuse to open anything for writing (where Landlock does not decide by path).
    """
    machine = platform.machine()
    column = list(AUDIT_ARCH).index(machine)
    code: list[tuple[int, int, int, int]] = [(LOAD, 0, 0, 4), (EQUAL, 1, 0, AUDIT_ARCH[machine])]
    code += [(RETURN, 0, 0, KILL), (LOAD, 0, 0, 0)]
    if machine == "x86_64":
        code += [(SET, 0, 1, X32_BIT), (RETURN, 0, 0, KILL)]
    deny = (RETURN, 0, 0, ERRNO | errno.EPERM)

    def rule(name: str, body: list[tuple[int, int, int, int]]) -> None:
        number = CONDITIONAL[name][column]
        if number is not None:  # after the body the accumulator holds an argument: end the program
            code.extend([(EQUAL, 0, len(body), number), *body])

    rule("clone3", [(RETURN, 0, 0, ERRNO | errno.ENOSYS)])  # its flags are behind a pointer
    rule("openat2", [(RETURN, 0, 0, ERRNO | errno.ENOSYS)])
    rule("clone", [*unless_set(0, CLONE_THREAD), deny])
    for name in ("kill", "tgkill"):
        rule(name, [*unless_equal(0, pid), deny])
    rule("prlimit64", [*unless_equal(0, 0), deny])
    rule("socketpair", [*unless_equal(1, SOCK_STREAM, mask=0xF), deny])
    for name, argument, values in (
        ("ioctl", 1, FORBIDDEN_IOCTL), ("fcntl", 1, FORBIDDEN_FCNTL), ("prctl", 0, FORBIDDEN_PRCTL),
    ):  # fmt: skip
        rule(name, [*if_any(argument, values), (RETURN, 0, 0, ALLOW)])
    if read_only:
        for name, argument in (("open", 1), ("openat", 2)):
            rule(name, [*unless_clear(argument, WRITING), deny])
    numbers = [pair[column] for pair in DENIED.values()]
    for number in numbers:
        if number is not None:
            code += [(EQUAL, 0, 1, number), deny]
    code.append((RETURN, 0, 0, ALLOW))
    return b"".join(struct.pack("=HBBI", *line) for line in code)


def load_argument(index: int) -> tuple[int, int, int, int]:
    """Load the low half of a system call's argument."""
    return (LOAD, 0, 0, 16 + 8 * index)


def unless_equal(index: int, value: int, mask: int | None = None) -> list[tuple[int, int, int, int]]:
    """Allow when the argument equals `value`, else go on."""
    masked = [(0x54, 0, 0, mask)] if mask is not None else []  # BPF_ALU|AND|K
    return [load_argument(index), *masked, (EQUAL, 0, 1, value), (RETURN, 0, 0, ALLOW)]


def unless_set(index: int, bits: int) -> list[tuple[int, int, int, int]]:
    """Allow when any of `bits` is set, else go on."""
    return [load_argument(index), (SET, 0, 1, bits), (RETURN, 0, 0, ALLOW)]


def unless_clear(index: int, bits: int) -> list[tuple[int, int, int, int]]:
    """Allow when none of `bits` is set, else go on."""
    return [load_argument(index), (SET, 1, 0, bits), (RETURN, 0, 0, ALLOW)]


def if_any(index: int, values: tuple[int, ...]) -> list[tuple[int, int, int, int]]:
    """Deny when the argument is one of `values`, else go on."""
    code = [load_argument(index)]
    for value in values:
        code += [(EQUAL, 0, 1, value), (RETURN, 0, 0, ERRNO | errno.EPERM)]
    return code


class Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def install(code: bytes) -> None:
    """Apply a filter to this process for good; needs no_new_privs."""
    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(code, len(code))
    program = Program(len(code) // 8, ctypes.addressof(buffer))
    set_seccomp, filter_mode = 22, 2
    if libc.prctl(set_seccomp, filter_mode, ctypes.byref(program), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the kernel refused the seccomp filter")
