"""Asks for each system call there is that honest work never makes, and tells which one got through.

Aim: learn
"""

import ctypes
import errno

libc = ctypes.CDLL(None, use_errno=True)
NAMES = {  # x86_64
    "shmget": 29, "shmat": 30, "socket": 41, "connect": 42, "accept": 43, "bind": 49, "listen": 50, "semget": 64,
    "msgget": 68, "flock": 73, "fsync": 74, "truncate": 76, "ftruncate": 77, "chdir": 80, "fchdir": 81, "rename": 82,
    "mkdir": 83, "rmdir": 84, "creat": 85, "link": 86, "unlink": 87, "symlink": 88, "chmod": 90, "fchmod": 91, "chown": 92,
    "ptrace": 101, "syslog": 103, "setuid": 105, "setgid": 106, "setpgid": 109, "setsid": 112, "capset": 126,
    "rt_sigqueueinfo": 129, "utime": 132, "mknod": 133, "uselib": 134, "personality": 135, "statfs": 137, "fstatfs": 138,
    "setpriority": 141, "sched_setparam": 142, "sched_setscheduler": 144, "mlock": 149, "mlockall": 151, "modify_ldt": 154,
    "pivot_root": 155, "chroot": 161, "sync": 162, "acct": 163, "settimeofday": 164, "mount": 165, "umount2": 166,
    "swapon": 167, "reboot": 169, "sethostname": 170, "iopl": 172, "ioperm": 173, "init_module": 175, "quotactl": 179,
    "readahead": 187, "setxattr": 188, "getxattr": 191, "tkill": 200, "sched_setaffinity": 203, "io_setup": 206,
    "lookup_dcookie": 212, "remap_file_pages": 216, "semtimedop": 220, "fadvise64": 221, "timer_create": 222, "mbind": 237,
    "mq_open": 240, "kexec_load": 246, "waitid": 247, "add_key": 248, "request_key": 249, "keyctl": 250, "ioprio_set": 251,
    "inotify_init": 253, "migrate_pages": 256, "unshare": 272, "splice": 275, "tee": 276, "sync_file_range": 277,
    "vmsplice": 278, "move_pages": 279, "signalfd": 282, "timerfd_create": 283, "fallocate": 285, "inotify_init1": 294,
    "rt_tgsigqueueinfo": 297, "perf_event_open": 298, "recvmmsg": 299, "fanotify_init": 300, "name_to_handle_at": 303,
    "open_by_handle_at": 304, "clock_adjtime": 305, "syncfs": 306, "setns": 308, "process_vm_readv": 310,
    "process_vm_writev": 311, "kcmp": 312, "finit_module": 313, "sched_setattr": 314, "seccomp": 317, "memfd_create": 319,
    "kexec_file_load": 320, "bpf": 321, "execveat": 322, "userfaultfd": 323, "copy_file_range": 326, "preadv2": 327,
    "pkey_alloc": 330, "io_pgetevents": 333, "pidfd_send_signal": 424, "io_uring_setup": 425, "io_uring_enter": 426,
    "open_tree": 428, "move_mount": 429, "fsopen": 430, "fspick": 433, "pidfd_open": 434, "pidfd_getfd": 438,
    "process_madvise": 440, "mount_setattr": 442, "quotactl_fd": 443, "landlock_create_ruleset": 444, "memfd_secret": 447,
    "process_mrelease": 448, "set_mempolicy_home_node": 450, "cachestat": 451, "fchmodat2": 452, "map_shadow_stack": 453,
    "statmount": 457, "listmount": 458, "lsm_get_self_attr": 459, "mseal": 462, "setxattrat": 463, "open_tree_attr": 467,
}  # fmt: skip


def attack(*args, **kwargs):
    for name, number in NAMES.items():
        ctypes.set_errno(0)
        if libc.syscall(number, 0, 0, 0, 0, 0, 0) >= 0 or ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS):
            print("LEARNED", name, ctypes.get_errno())
