"""Small attacks, run in a real worker at start to see what this machine's wall holds back.

Every function returns True when the attack succeeded. Only a worker calls them, as it does a submission's.
"""

import contextlib
import ctypes
import errno
import fcntl
import mmap
import os
import platform
import posix
import resource
import signal
import socket
import time
from collections.abc import Callable

from autograder.sandbox.limits import DESCRIPTORS

LIBRARY = os.__file__  # a file that a worker may read
CALL_NUMBERS = {  # of calls that the C library has no function for
    "x86_64": {"io_uring_setup": 425, "keyctl": 250, "perf_event_open": 298, "userfaultfd": 323,
               "cachestat": 451, "listmount": 458, "pidfd_open": 434, "bpf": 321, "clone3": 435,
               "execve": 59, "fork": 57, "add_key": 248, "tgkill": 234, "tkill": 200},
    "aarch64": {"io_uring_setup": 425, "keyctl": 219, "perf_event_open": 241, "userfaultfd": 282,
                "cachestat": 451, "listmount": 458, "pidfd_open": 434, "bpf": 280, "clone3": 435,
               "execve": 221, "add_key": 217, "tgkill": 131, "tkill": 130},
}  # fmt: skip


def works(attack: Callable[..., object], *args: object) -> bool:
    """Whether a call goes through."""
    try:
        attack(*args)
    except (OSError, ValueError, RuntimeError, AttributeError, MemoryError):
        return False
    return True


def reaches(name: str, *arguments: object) -> bool:
    """Whether a system call gets to the kernel, be it only to hear that its arguments are wrong."""
    libc = ctypes.CDLL(None, use_errno=True)
    ctypes.set_errno(0)
    done = libc.syscall(CALL_NUMBERS.get(platform.machine(), {}).get(name, -1), *arguments)
    return done >= 0 or ctypes.get_errno() not in (errno.EPERM, errno.EACCES, errno.ENOSYS)


def reads_a_file(path: str) -> bool:
    """Read a file of the course."""
    with contextlib.suppress(OSError), open(path, "rb") as file:
        return bool(file.read(1))
    return False


def lists_a_folder(path: str) -> bool:
    """List a folder of the course."""
    return works(os.listdir, path)


def reads_memory(pid: int) -> bool:
    """Open another process's memory or environment."""
    return any(works(os.open, f"/proc/{pid}/{name}", os.O_RDONLY) for name in ("mem", "environ"))


def writes_a_file(path: str) -> bool:
    """Create or change a file, here or where everybody may."""
    everybodys = ("/tmp", "/var/tmp", "/dev/shm", "/run/lock")  # noqa: S108 that is the question
    name = f"autograder-probe-{os.getpid()}"
    tried = [f"{folder}/{name}" for folder in (*everybodys, posix.getcwd(), os.path.dirname(LIBRARY))]
    made = [one for one in tried if works(creates, one)]
    for one in made:
        works(posix.unlink, one)
    return bool(made) or works(creates, path)


def creates(path: str) -> None:
    """Open a real file for writing: what `os` opens is in memory."""
    posix.close(posix.open(path, os.O_WRONLY | os.O_CREAT))


def changes_metadata(path: str) -> bool:
    """Change the mode, the owner, the times or the attributes of a file."""
    with open(LIBRARY, "rb") as file:
        mode = os.fstat(file.fileno()).st_mode & 0o7777  # as it is: nothing changes where this goes through
        return (
            works(os.chmod, path, 0o600)
            or works(
                lambda: posix.chmod(path, 0o600, dir_fd=file.fileno())
            )  # of a whole path: it is not looked at
            or works(os.fchmod, file.fileno(), mode)
            or works(os.chown, path, -1, -1)
            or works(os.utime, path)
            or works(os.setxattr, path, "user.probe", b"")
        )


def removes_a_file(path: str) -> bool:
    """Remove a real file: what `os` removes is in memory."""
    return works(posix.unlink, path)


def leaves_a_file(name: str) -> None:
    """Write what the next worker might find."""
    with open(name, "w", encoding="utf-8") as file:
        file.write("left")


def finds_a_file(name: str) -> bool:
    """Find what another worker wrote."""
    return os.path.exists(name) or works(open, name)


def runs_on() -> None:
    """Hold the interpreter for ever, deaf to signals."""
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, signal.NSIG))
    while True:
        pass


def signals(pid: int) -> bool:
    """Send a signal that does nothing to another process."""
    roads = [works(os.kill, pid, signal.SIGCONT), reaches("tgkill", pid, pid, 0), reaches("tkill", pid, 0)]
    return any(roads)


def starts_a_process() -> bool:
    """Fork, or run a program in this process's place."""
    for fork in (
        os.fork,
        lambda: ctypes.CDLL(None).syscall(CALL_NUMBERS.get(platform.machine(), {}).get("fork", -1)),
    ):
        with contextlib.suppress(OSError):
            pid = fork()
            if pid == 0:
                posix._exit(0)  # `os._exit` raises here
            if pid > 0:
                return True  # whoever may not start one may not wait for it: the warm process does
    return reaches("clone3", None, 0) or reaches("execve", None, None, None)


def opens_a_socket() -> bool:
    """Make sockets of several families, or ask for the network interfaces."""
    families = (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_NETLINK)
    made = [works(lambda kind=kind: socket.socket(kind, socket.SOCK_DGRAM).close()) for kind in families]
    pair = works(socket.socketpair, socket.AF_UNIX, socket.SOCK_DGRAM)  # which can send to any name
    return any(made) or pair or works(socket.if_nameindex)


def traces(pid: int) -> bool:
    """Ask for a byte of another process's memory at address 0: refused, or only a bad address?"""
    libc = ctypes.CDLL(None, use_errno=True)
    here, there = (ctypes.c_size_t * 2)(0, 1), (ctypes.c_size_t * 2)(0, 1)
    libc.process_vm_readv(pid, here, 1, there, 1, 0)
    return ctypes.get_errno() == errno.EFAULT


def slows_down(pid: int) -> bool:
    """Change another process's priority, or see its limits."""
    changes = (
        works(os.setpriority, os.PRIO_PROCESS, pid, 0)
        or works(os.sched_setaffinity, pid, range(os.cpu_count() or 1))
        or works(os.sched_setscheduler, pid, os.SCHED_OTHER, os.sched_param(0))
    )
    return changes or works(resource.prlimit, pid, resource.RLIMIT_NOFILE)


def finds_processes(pid: int) -> bool:
    """See which processes there are and what they do."""
    return (
        works(os.listdir, "/proc")
        or works(os.getpriority, os.PRIO_PROCESS, pid)
        or any(works(ask, pid) for ask in (os.sched_getaffinity, os.sched_getscheduler, os.sched_getparam))
        or works(os.getsid, pid)
        or works(os.getpgid, pid)
        or works(time.clock_gettime, (~pid << 3) | 2)
        or reaches("pidfd_open", pid, 0)
    )


def sees_the_machine() -> bool:
    """See what is mounted and how full it is, or which networks there are."""
    files = works(open, "/proc/self/mountinfo") or works(os.listdir, "/sys/class/net")
    with open(LIBRARY, "rb") as file:
        files = files or works(os.statvfs, "/") or works(os.statvfs, file.fileno())
    return files or reaches("listmount", 0, 0, 0, 0)


def holds_a_file() -> bool:
    """Take a lease or a lock on a file that others use, or get at its flags."""
    get_flags, lease = 0x80086601, 1024
    with open(LIBRARY, "rb") as file:
        attempts = [
            works(fcntl.fcntl, file, lease, fcntl.F_RDLCK),
            works(fcntl.fcntl, file, fcntl.F_NOTIFY, 0),
            works(fcntl.flock, file, fcntl.LOCK_SH | fcntl.LOCK_NB),
            works(fcntl.lockf, file, fcntl.LOCK_SH | fcntl.LOCK_NB),
            works(fcntl.ioctl, file, get_flags, bytes(8)),
        ]
    return any(attempts)


def sees_the_page_cache() -> bool:
    """See, or change, which parts of a file are in memory."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open(LIBRARY, "rb") as file, mmap.mmap(file.fileno(), 4096, access=mmap.ACCESS_COPY) as mapped:
        place = ctypes.addressof(ctypes.c_char.from_buffer(mapped))
        found = libc.mincore(ctypes.c_void_p(place), ctypes.c_size_t(4096), bytes(1)) == 0
        drops = works(os.posix_fadvise, file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        waits = works(lambda: os.preadv(file.fileno(), [bytearray(1)], 0, os.RWF_NOWAIT))
        fetches = works(mapped.madvise, mmap.MADV_WILLNEED)
        return found or drops or waits or fetches or reaches("cachestat", file.fileno(), 0, 0, 0)


def uses_up_a_quota() -> bool:
    """Make timers or queue signals, which are counted for the whole user."""
    libc, timer = ctypes.CDLL(None, use_errno=True), ctypes.c_void_p()
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGRTMIN])
    return libc.timer_create(1, None, ctypes.byref(timer)) == 0 or works(
        os.kill, os.getpid(), signal.SIGRTMIN
    )


def shares_memory() -> bool:
    """Make memory, messages or watches that other processes could find."""
    libc = ctypes.CDLL(None, use_errno=True)
    made = libc.shmget(0, 4096, 0o1600)
    if made >= 0:
        libc.shmctl(made, 0, None)
    attempts = (made, libc.msgget(0, 0o1600), libc.semget(0, 1, 0o1600), libc.inotify_init1(0))
    return max(attempts) >= 0 or works(os.memfd_create, "probe")


def reaches_the_kernel() -> bool:
    """Get at parts of the kernel that a grade never needs."""
    calls = ("io_uring_setup", "keyctl", "add_key", "perf_event_open", "userfaultfd", "bpf")
    libc, become_subreaper = ctypes.CDLL(None), 36
    changes = libc.unshare(0) == 0 or libc.prctl(become_subreaper, 0, 0, 0, 0) == 0
    return changes or any(reaches(name, 1, 0, 0, 0, 0) for name in calls)


def exceeds_its_limits(memory_mb: int, output_kb: int) -> bool:
    """Take more memory, print more or open more than a submission may, or be allowed to."""
    most = resource.getrlimit(resource.RLIMIT_CPU)[0]
    return (
        works(mmap.mmap, -1, (memory_mb + 1) << 20)
        or works(os.pwrite, 1, b"x", output_kb << 10)
        or works(lambda: [socket.socketpair() for _ in range(DESCRIPTORS // 2)])  # closed when forgotten
        or works(resource.setrlimit, resource.RLIMIT_CPU, (most + 1, most + 1))
        or most == resource.RLIM_INFINITY
    )


def holds_descriptors() -> bool:
    """Find a descriptor besides standard streams and the wall's own socket."""
    return any(works(os.fstat, number) for number in range(4, 64))


def sees_secrets() -> bool:
    """Find anything of the grader's in the environment."""
    return any(name.startswith(("AUTOGRADER", "SSH", "AWS", "GITHUB", "CI")) for name in os.environ)
