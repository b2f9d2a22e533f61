"""Which attacks does the wall hold back here? Decides what may be graded on this machine."""

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
from autograder.sandbox.calls import StudentRaised
from autograder.sandbox.codec import encode_call
from autograder.sandbox.elsewhere import in_a_container
from autograder.sandbox.program import Program
from autograder.sandbox.protocol import ProgramText
from autograder.sandbox.remote import CallTimeout, WorkerDied
from autograder.sandbox.student import Student
from autograder.sandbox.wall import Wall

FULL = "full"
READABLE = "grades safe, hidden checks readable"
WEAK = "weak: visible checks only"
PROBES = "from autograder.sandbox.probes import *"  # the warm process has them: compiling takes longer
READING = frozenset({"reads_a_file", "lists_a_folder"})
SEEING = frozenset({"finds_processes", "sees_the_machine", "sees_the_page_cache"})  # no grade comes of these


def self_check(wall: Wall, secrets: Sequence[Path]) -> Isolation:
    """Run the probes in a real worker and return the verdict; no submission may read `secrets`."""
    worker = wall.worker()
    try:
        worker.load(Program(ProgramText("probes.py", [PROBES])))
        student = Student(lambda call: worker.ask(encode_call(call), wall.bounds.call_s))
        with tempfile.NamedTemporaryFile(prefix="autograder-probe-") as bait:
            leaks = [
                name
                for name, more in attacks(bait.name, secrets, wall.bounds)
                if succeeds(student, name, more)
            ]
            leaks += [] if os.path.exists(bait.name) else ["removes_a_file"]
    except (StudentRaised, CallTimeout, WorkerDied) as error:
        note = worker.output().strip().splitlines()
        leaks = [f"no worker could be started: {note[-1] if note else error}"]
    finally:
        worker.close()
    verdict = FULL if not leaks else READABLE if (READING | SEEING).issuperset(leaks) else WEAK
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
        "holds_descriptors": (), "sees_secrets": (), "removes_a_file": (f"{bait}.not-there",),
    }  # fmt: skip
    found = list(tried.items())
    found += [("lists_a_folder" if one.is_dir() else "reads_a_file", (str(one),)) for one in secrets]
    return found


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
