"""The system calls that a worker may make. Whatever is not here is refused.

The list is what Python, NumPy, SciPy, torch and matplotlib were seen to need (docs/security.md says how it
was found), and what other versions of the C library use in their place. Numbers are those of the kernel's
own headers, name -> (x86_64, aarch64); None where the architecture has no such call.
"""

ALLOWED: dict[str, tuple[int | None, int | None]] = {
    # read files and what is open
    "read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66), "pread64": (17, 67),
    "pwrite64": (18, 68), "preadv": (295, 69), "pwritev": (296, 70), "close": (3, 57),
    "close_range": (436, 436), "lseek": (8, 62), "stat": (4, None), "fstat": (5, 80), "lstat": (6, None),
    "newfstatat": (262, 79), "statx": (332, 291), "access": (21, None), "faccessat": (269, 48),
    "faccessat2": (439, 439), "readlink": (89, None), "readlinkat": (267, 78), "getdents": (78, None),
    "getdents64": (217, 61), "getcwd": (79, 17), "dup": (32, 23), "dup2": (33, None), "dup3": (292, 24),
    "pipe": (22, None), "pipe2": (293, 59), "umask": (95, 166),
    # memory
    "mmap": (9, 222), "mprotect": (10, 226), "munmap": (11, 215), "brk": (12, 214), "mremap": (25, 216),
    "membarrier": (324, 283),
    # threads and waiting
    "futex": (202, 98), "futex_waitv": (449, 449), "set_robust_list": (273, 99),
    "set_tid_address": (218, 96), "rseq": (334, 293), "gettid": (186, 178), "getpid": (39, 172),
    "getppid": (110, 173), "sched_yield": (24, 124), "getcpu": (309, 168), "arch_prctl": (158, None),
    "exit": (60, 93), "exit_group": (231, 94), "sched_get_priority_max": (146, 125),
    "sched_get_priority_min": (147, 126), "poll": (7, None), "ppoll": (271, 73), "select": (23, None),
    "pselect6": (270, 72), "epoll_create": (213, None), "epoll_create1": (291, 20), "epoll_ctl": (233, 21),
    "epoll_wait": (232, None), "epoll_pwait": (281, 22), "epoll_pwait2": (441, 441), "eventfd": (284, None),
    "eventfd2": (290, 19), "pause": (34, None), "restart_syscall": (219, 128),
    # signals to itself
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139),
    "rt_sigpending": (127, 136), "rt_sigtimedwait": (128, 137), "rt_sigsuspend": (130, 133),
    "sigaltstack": (131, 132),
    # time
    "nanosleep": (35, 101), "clock_nanosleep": (230, 115), "gettimeofday": (96, 169), "time": (201, None),
    "times": (100, 153), "getitimer": (36, 102), "setitimer": (38, 103), "alarm": (37, None),
    # a pair of sockets of its own (asyncio), and the one to the grader
    "sendto": (44, 206), "recvfrom": (45, 207), "sendmsg": (46, 211), "recvmsg": (47, 212),
    "shutdown": (48, 210), "getsockopt": (55, 209), "setsockopt": (54, 208), "getsockname": (51, 204),
    "getpeername": (52, 205),
    # what it is and may use
    "getuid": (102, 174), "geteuid": (107, 175), "getgid": (104, 176), "getegid": (108, 177),
    "getgroups": (115, 158), "getresuid": (118, 148), "getresgid": (120, 150), "getpgrp": (111, None),
    "uname": (63, 160), "sysinfo": (99, 179), "getrandom": (318, 278), "getrlimit": (97, 163),
    "setrlimit": (160, 164), "getrusage": (98, 165),
}  # fmt: skip

# allowed with some arguments only
CONDITIONAL: dict[str, tuple[int | None, int | None]] = {
    "clone": (56, 220), "kill": (62, 129), "tgkill": (234, 131), "prlimit64": (302, 261),
    "getpriority": (140, 141), "getpgid": (121, 155), "getsid": (124, 156), "sched_getaffinity": (204, 123),
    "sched_getparam": (143, 121), "sched_getscheduler": (145, 120), "socketpair": (53, 199),
    "ioctl": (16, 29), "fcntl": (72, 25), "prctl": (157, 167), "madvise": (28, 233),
    "clock_gettime": (228, 113), "clock_getres": (229, 114), "open": (2, None), "openat": (257, 56),
    "clone3": (435, 435), "openat2": (437, 437),
}  # fmt: skip

KNOWN = 452  # calls from here on are newer than this list: the C library is told that there are none such

# is it a terminal, of which size; bytes waiting, non-blocking; closed on exec or not
IOCTLS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
FCNTLS = (0, 1, 2, 3, 4, 1030)  # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC
PRCTLS = (3, 15, 16, 0x53564D41)  # PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME, PR_SET_VMA (names memory)
MADVISE = (0, 1, 2, 4, 8, 14, 15, 16, 17)  # of memory of its own; none that shows or changes the page cache
CLOCKS = 16  # clocks from here on are those of other processes
REAL_TIME_SIGNALS = 32  # these queue up against a quota that workers of one user share
