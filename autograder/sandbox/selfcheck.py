"""Which attacks does the wall hold back here? Decides what may be graded on this machine."""

import os
import platform
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path

from autograder.results import Isolation
from autograder.sandbox import landlock, limits, seccomp
from autograder.sandbox.calls import StudentRaised
from autograder.sandbox.codec import encode_call
from autograder.sandbox.protocol import Source
from autograder.sandbox.remote import WorkerDied
from autograder.sandbox.student import Student
from autograder.sandbox.wall import Wall

FULL = "full"
READABLE = "grades safe, hidden checks readable"
WEAK = "weak: visible checks only"
READING = frozenset({"reads_a_file", "lists_a_folder"})


def self_check(wall: Wall, secrets: Sequence[Path]) -> Isolation:
    """Run the probes in a real worker and return the verdict.

    Args:
        wall: the wall to try.
        secrets: files and folders that no submission may read.
    """
    worker = wall.worker()
    try:
        worker.load(Source("probes.py", [(Path(__file__).parent / "probes.py").read_text()]))
        student = Student(lambda call: worker.ask(encode_call(call), wall.bounds.call_s))
        with tempfile.NamedTemporaryFile(prefix="autograder-probe-") as bait:
            leaks = [name for name, attack in attacks(student, bait.name, secrets) if succeeds(attack)]
    except (StudentRaised, WorkerDied) as error:
        note = worker.output().strip().splitlines()
        leaks = [f"no worker could be started: {note[-1] if note else error}"]
    finally:
        worker.close()
    verdict = FULL if not leaks else READABLE if READING.issuperset(leaks) else WEAK
    return Isolation(verdict, held(wall), leaks, "" if verdict == FULL else mend(wall))


def attacks(student: Student, bait: str, secrets: Sequence[Path]) -> list[tuple[str, object]]:
    """Return every probe with the arguments that it gets."""
    grader = os.getpid()
    found: list[tuple[str, object]] = [
        ("reads_memory", lambda: student.reads_memory(grader)),
        ("writes_a_file", lambda: student.writes_a_file(bait)),
        ("changes_metadata", lambda: student.changes_metadata(bait)),
        ("signals", lambda: student.signals(grader)),
        ("starts_a_process", lambda: student.starts_a_process()),
        ("opens_a_socket", lambda: student.opens_a_socket()),
        ("traces", lambda: student.traces(grader)),
        ("slows_down", lambda: student.slows_down(grader)),
        ("holds_descriptors", lambda: student.holds_descriptors()),
        ("sees_secrets", lambda: student.sees_secrets()),
        ("removes_a_file", lambda: student.removes_a_file(f"{bait}.not-there") or not os.path.exists(bait)),
    ]
    for secret in secrets:
        name = "lists_a_folder" if secret.is_dir() else "reads_a_file"
        found.append((name, lambda name=name, secret=secret: getattr(student, name)(str(secret))))
    return found


def succeeds(attack: object) -> bool:
    """Whether an attack went through; one that raised something unforeseen did not."""
    try:
        return bool(attack())  # type: ignore[operator]
    except StudentRaised:
        return False


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
    if landlock.abi() == 0:
        return "this kernel has no Landlock (Linux 5.13 or newer has): run as root, or in a newer container"
    return "this machine's system calls are not known to the filter: use x86_64 or aarch64 Linux"
