"""What stands in for a container: a small Debian in overlays, entered as root with Docker's powers."""

import contextlib
import os
import platform
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

# What a process in a container of Docker's may do at most, from Docker's documentation.
POWERS = (
    "chown", "dac_override", "fsetid", "fowner", "mknod", "net_raw", "setgid", "setuid", "setfcap",
    "setpcap", "net_bind_service", "sys_chroot", "kill", "audit_write",
)  # fmt: skip
DEVICES = ("null", "zero", "random", "urandom")
CGROUP = Path("/sys/fs/cgroup")


def run(*command: str, **more: object) -> subprocess.CompletedProcess[str]:
    """Run a command of this machine's, which must succeed."""
    return subprocess.run(command, check=True, text=True, **more)


def debian(folder: Path) -> Path:
    """Return the root file system of a fresh Debian with its own Python, made once with debootstrap."""
    if not (folder / "made").exists():
        if shutil.which("debootstrap") is None:
            sys.exit("debootstrap is missing: apt-get install debootstrap")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        suite = os.environ.get("REHEARSAL_SUITE") or platform.freedesktop_os_release()["VERSION_CODENAME"]
        command = ["debootstrap", "--variant=minbase", "--include=python3,ca-certificates", suite]
        run(*command, str(folder / "root"), *mirror(), stdout=subprocess.DEVNULL)
        (folder / "made").touch()
    return folder / "root"


def mirror() -> list[str]:
    """Return the mirror that this machine's own apt names first, if it names one."""
    if "REHEARSAL_MIRROR" in os.environ:
        return [os.environ["REHEARSAL_MIRROR"]]
    lists = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    lines = [line for path in lists if path.is_file() for line in path.read_text().splitlines()]
    words = [word for line in lines for word in line.partition("#")[0].split()]
    found = [word.rstrip("/") for word in words if word.startswith("http") and "/debian" in word]
    return found[:1]


@contextlib.contextmanager
def overlay(lower: list[Path], upper: Path, bound: Mapping[Path, str]) -> Iterator[Path]:
    """Yield a root made of layers, what is written going to `upper`, with what a container has mounted.

    Args:
        lower: the layers below, topmost first.
        upper: a folder for what is written.
        bound: folders and files of this machine to be seen inside, and where.
    """
    root, work = upper.with_name(f"{upper.name}.root"), upper.with_name(f"{upper.name}.work")
    for folder in (upper, root, work):
        folder.mkdir(parents=True, exist_ok=True)
    layers = f"lowerdir={':'.join(map(str, lower))},upperdir={upper},workdir={work}"
    mounted = [root]
    run("mount", "-t", "overlay", "overlay", "-o", layers, str(root))
    try:
        devices = {Path("/dev") / name: f"/dev/{name}" for name in DEVICES}
        for source, inside in {**devices, **bound}.items():
            target = root / inside.lstrip("/")
            if source.is_dir():
                target.mkdir(parents=True, exist_ok=True)
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.touch()
            run("mount", "--bind", str(source), str(target))
            mounted.append(target)
        yield root
    finally:
        for target in reversed(mounted):
            subprocess.run(["umount", "-l", str(target)], check=False)
        shutil.rmtree(work, ignore_errors=True)


class Bounds:
    """A control group with the memory and the processor share of a container (version 1, as root)."""

    def __init__(self, name: str, memory_mb: int, cpus: float) -> None:
        self.memory, self.cpu = CGROUP / "memory" / name, CGROUP / "cpu" / name
        self.enforced = (CGROUP / "memory").is_dir() and (CGROUP / "cpu").is_dir()
        self.peak_mb = 0.0
        if self.enforced:
            self.memory.mkdir(exist_ok=True)
            self.cpu.mkdir(exist_ok=True)
            (self.memory / "memory.limit_in_bytes").write_text(str(memory_mb * 2**20))
            (self.cpu / "cpu.cfs_quota_us").write_text(str(int(cpus * 100_000)))

    def enter(self) -> None:
        """Put this process into it; called between fork and exec."""
        if self.enforced:
            for group in (self.memory, self.cpu):
                (group / "cgroup.procs").write_text("0")

    def watch(self, until: threading.Event) -> None:
        """Note the most memory that all its processes use together, shared pages counted once."""
        while self.enforced and not until.wait(0.5):
            total = 0
            for pid in (self.memory / "cgroup.procs").read_text().split():
                with contextlib.suppress(OSError):
                    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                        total += int(line.split()[1]) if line.startswith("Pss:") else 0
            self.peak_mb = max(self.peak_mb, total / 1024)

    def killed(self) -> int:
        """Return how many processes were ended for want of memory."""
        if not self.enforced:
            return 0
        words = (self.memory / "memory.oom_control").read_text().split()
        return int(words[words.index("oom_kill") + 1]) if "oom_kill" in words else 0

    def close(self) -> None:
        """Take it away again; its processes have ended."""
        for group in (self.memory, self.cpu):
            with contextlib.suppress(OSError):
                group.rmdir()


def inside(
    root: Path, command: list[str], environment: Mapping[str, str],
    bounds: Bounds | None = None, timeout: float = 1800,
) -> tuple[int, str, float]:  # fmt: skip
    """Run a command in a root as a container would; return its status, what it printed, and the seconds.

    Args:
        root: made by `overlay`.
        command: with its arguments.
        environment: all of it.
        bounds: to run it in.
        timeout: in seconds.
    """
    limits = ",".join(["-all", *(f"+{name}" for name in POWERS)])
    full = ["unshare", "--pid", "--mount", "--ipc", "--uts", "--fork", "--kill-child"]
    full += [f"--mount-proc={root}/proc"]
    full += ["setpriv", f"--bounding-set={limits}", f"--inh-caps={limits}", "chroot", str(root), *command]
    began, done = time.monotonic(), threading.Event()
    watcher = threading.Thread(target=bounds.watch, args=(done,)) if bounds else None
    if watcher:
        watcher.start()
    try:
        ended = subprocess.run(
            full, env=dict(environment), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace", timeout=timeout, check=False,
            preexec_fn=bounds.enter if bounds else None,
        )  # fmt: skip
    finally:
        done.set()
        if watcher:
            watcher.join()
    return ended.returncode, ended.stdout, time.monotonic() - began
