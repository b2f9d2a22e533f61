"""Confine this process: every layer that the host has, in an order in which none undoes another."""

import contextlib
import ctypes
import os
import site
import stat
import sys
import sysconfig
from pathlib import Path

from autograder.data.limits import Limits
from autograder.sandbox import landlock, seccomp

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

LAYERS = ("rlimits", "dumpable", "landlock", "seccomp", "uid")
FIRST_UID, UIDS = 61184, 4336  # a range that no distribution hands out
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 4, 36, 38
SIGKILL = 9
THREADS, DESCRIPTORS = 64, 128
NICE = 5  # workers give way to the grader, which has to see when their time is up
CLEAN_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8", "MPLBACKEND": "Agg",
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2", "PYTHONHASHSEED": "0",
}  # fmt: skip


def prctl(option: int, value: int) -> None:
    """Set one attribute of this process, where the system has such attributes."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def hide_memory() -> None:
    """Keep other processes of this user from reading this one's memory and environment."""
    prctl(PR_SET_DUMPABLE, 0)


def readable_paths() -> list[str]:
    """Return what an honest program may open: the interpreter, its packages, shared libraries."""
    config = sysconfig.get_paths()
    names = [config[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")]
    names += [
        *site.getsitepackages(),
        os.path.join(sys.base_prefix, "lib"),
        sysconfig.get_config_var("LIBDIR"),
    ]
    names += ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache"]
    names += ["/usr/share/zoneinfo", "/usr/share/fonts", "/etc/localtime", "/etc/fonts"]
    names += ["/dev/urandom", "/dev/zero", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu"]
    return sorted({os.path.realpath(name) for name in names if name})


def others_can_read(path: str) -> bool:
    """Whether a user without rights of their own can reach and read `path`."""
    resolved = Path(path).resolve()
    return all(
        parent.stat().st_mode & stat.S_IXOTH for parent in (resolved, *resolved.parents) if parent.is_dir()
    )


def can_change_user() -> bool:
    """Whether workers can run as a user of their own: started as root, interpreter readable by all."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and others_can_read(sysconfig.get_paths()["stdlib"])


def set_rlimits(limits: Limits, private_user: bool) -> None:
    """Bound memory, CPU time, files and descriptors. The parent's deadline comes first."""
    budget = address_space() + limits.memory_mb * 2**20
    cpu = int(limits.submission_s) + 5
    bounds = [
        ("RLIMIT_AS", budget), ("RLIMIT_CPU", cpu), ("RLIMIT_FSIZE", limits.output_kb * 1024),
        ("RLIMIT_CORE", 0), ("RLIMIT_NOFILE", DESCRIPTORS), ("RLIMIT_MEMLOCK", 0),
        ("RLIMIT_MSGQUEUE", 0),
    ]  # fmt: skip
    if private_user:  # the number of processes is counted per user
        bounds.append(("RLIMIT_NPROC", THREADS))
    for name, bound in bounds:
        with contextlib.suppress(AttributeError, ValueError, OSError):
            kind = getattr(resource, name)
            hard = resource.getrlimit(kind)[1]
            bound = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
            resource.setrlimit(kind, (bound, bound))


def address_space() -> int:
    """Return the bytes of address space that this process has now."""
    with contextlib.suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0


def drop_user(uid: int) -> None:
    """Become a user that owns nothing; descriptors stay open, privileges go."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def drop_capabilities() -> None:
    """Give up what makes root more than a user, keeping the user (its files stay readable to it)."""
    version3 = (ctypes.c_uint32 * 2)(0x20080522, 0)
    nothing = (ctypes.c_uint32 * 6)()
    ctypes.CDLL(None, use_errno=True).capset(version3, nothing)


def confine(limits: Limits, layers: frozenset[str], ruleset: int | None, uid: int | None) -> None:
    """Apply `layers` to this process, for good, in an order in which none undoes another.

    Without a `ruleset` of Landlock, a descriptor, the host has none; without a `uid` the user stays.
    """
    if hasattr(os, "geteuid"):
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000")
    if "rlimits" in layers:
        set_rlimits(limits, private_user=uid is not None)
        with contextlib.suppress(OSError):
            os.nice(NICE)
    if "uid" in layers and uid is not None:
        drop_user(uid)
    elif "uid" in layers and hasattr(os, "geteuid") and os.geteuid() == 0:
        drop_capabilities()
    prctl(PR_SET_PDEATHSIG, SIGKILL)  # a change of user clears it
    if "dumpable" in layers:
        hide_memory()
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    if ruleset is not None:
        landlock.restrict_self(ruleset)
    if "seccomp" in layers and seccomp.supported():
        seccomp.install_filter(seccomp.build_filter(os.getpid(), read_only=ruleset is None))
