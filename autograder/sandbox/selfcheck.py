"""Which attacks does the wall hold back here? Decides what may be graded on this machine."""

import contextlib
import os
import platform
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path

from autograder.data.limits import Limits
from autograder.results import Isolation
from autograder.sandbox import landlock, limits, seccomp
from autograder.sandbox.calls import Call, StudentRaised
from autograder.sandbox.codec import encode_call
from autograder.sandbox.elsewhere import in_a_container
from autograder.sandbox.program import Program
from autograder.sandbox.protocol import ProgramText
from autograder.sandbox.remote import CallTimeout, WorkerDied
from autograder.sandbox.student import Student
from autograder.sandbox.wall import Wall
from autograder.sandbox.warm import wait_for_exit

FULL = "full"
READABLE = "grades safe, hidden checks readable"
WEAK = "weak: visible checks only"
PROBES = "from autograder.sandbox.probes import *"  # the warm process has them: compiling takes longer
LEFT = "autograder-left-behind"  # a file of the first worker's
LOOP_S = 0.3  # that a probe which never ends is given
GONE_S = 10  # within which its worker is gone, on a busy machine
READING_PROBES = frozenset({"reads_a_file", "lists_a_folder"})
SEEING = frozenset({"finds_processes", "sees_the_machine", "sees_the_page_cache"})  # no grade comes of these


def self_check(wall: Wall, secrets: Sequence[Path]) -> Isolation:
    """Run the probes in a real worker and return the verdict; no submission may read `secrets`."""
    worker = wall.worker()
    try:
        worker.load(Program(ProgramText("probes.py", [PROBES])))
        student = Student(lambda call: worker.ask(encode_call(call), wall.bounds.call_s))
        with tempfile.TemporaryDirectory(prefix="autograder-probe-") as folder:
            bait = Path(folder, "bait")
            bait.touch()
            os.chmod(folder, 0o777)  # noqa: S103 nothing but the wall is to stand between it and a worker
            bait.chmod(0o666)
            tried = attacks(str(bait), secrets, wall.bounds)
            leaks = [name for name, more in tried if succeeds(student, name, more)]
        student.leaves_a_file(LEFT)
        leaks += outlasting(wall)
    except (StudentRaised, CallTimeout, WorkerDied) as error:
        note = worker.output().strip().splitlines()
        leaks = [f"no worker could be started: {note[-1] if note else error}"]
    finally:
        worker.close()
    leaks = list(dict.fromkeys(leaks))
    verdict = FULL if not leaks else READABLE if (READING_PROBES | SEEING).issuperset(leaks) else WEAK
    return Isolation(verdict, held(wall), leaks, "" if verdict == FULL else mend(wall))


def attacks(bait: str, secrets: Sequence[Path], bounds: Limits) -> list[tuple[str, tuple[object, ...]]]:
    """Return every probe with the arguments that it gets."""
    grader = os.getpid()
    tried: dict[str, tuple[object, ...]] = {
        "reads_memory": (grader,), "writes_a_file": (bait,), "changes_metadata": (bait,),
        "signals": (grader,), "starts_a_process": (), "opens_a_socket": (), "traces": (grader,),
        "slows_down": (grader,), "finds_processes": (grader,), "sees_the_machine": (), "holds_a_file": (),
        "sees_the_page_cache": (), "uses_up_a_quota": (), "shares_memory": (), "reaches_the_kernel": (),
        "exceeds_its_limits": (bounds.memory_mb, bounds.output_kb),
        "holds_descriptors": (), "sees_secrets": (), "removes_a_file": (bait,),
    }  # fmt: skip
    private = (*secrets, Path("/etc/passwd"), Path(os.path.expanduser("~")))
    found = list(tried.items())
    found += [("lists_a_folder" if one.is_dir() else "reads_a_file", (str(one),)) for one in private]
    return found


def outlasting(wall: Wall) -> list[str]:
    """Return what a worker does beyond its time: be found by the next one, or run on."""
    worker = wall.loaded(Program(ProgramText("probes.py", [PROBES])))
    handle = os.dup(worker.pidfd)
    try:
        student = Student(lambda call: worker.ask(encode_call(call), wall.bounds.call_s))
        leaks = ["finds_a_file"] if succeeds(student, "finds_a_file", (LEFT,)) else []
        with contextlib.suppress(CallTimeout):
            worker.ask(encode_call(Call("call", "runs_on")), LOOP_S)
        return leaks if wait_for_exit(handle, GONE_S) else [*leaks, "runs_on"]
    finally:
        os.close(handle)
        worker.close()


def succeeds(student: Student, name: str, arguments: tuple[object, ...]) -> bool:
    """Whether an attack went through; one that could not be tried proves nothing, so it counts."""
    try:
        return bool(getattr(student, name)(*arguments))
    except StudentRaised:
        return True


def held(wall: Wall) -> list[str]:
    """Return the layers that are at work."""
    have = {
        "rlimits": True,
        "dumpable": platform.system() == "Linux",
        "landlock": landlock.abi() > 0,
        "seccomp": seccomp.supported(),
        "uid": limits.can_change_user(),
    }
    return [layer for layer in wall.layers if have[layer]]


def mend(wall: Wall) -> str:
    """Return the one line that would most improve the verdict here."""
    off = [layer for layer in limits.LAYERS if layer not in wall.layers]
    if off:
        return f"layers switched off: {', '.join(off)}; run without --without"
    stdlib = sysconfig.get_paths()["stdlib"]
    if os.geteuid() == 0 and not limits.can_change_user():
        closed = [str(p) for p in Path(stdlib).resolve().parents if not p.stat().st_mode & 0o001]
        return f"workers cannot run as another user, who could not read Python: chmod o+x {' '.join(closed)}"
    elsewhere = in_a_container(sys.argv[1:], Path.cwd())
    if landlock.abi() == 0:
        return f"this kernel has no Landlock (Linux 5.13 or newer has): run as root, or {elsewhere}"
    return "this machine's system calls are not known to the filter: use x86_64 or aarch64 Linux"
