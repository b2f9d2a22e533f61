"""How fast a class goes with more processors: three constants measured here, and what follows from them.

Run as `processors.py [COUNT]`: two grading processes grade so many submissions of rl_foundations at first
sight, diagnoses included, and then until both have seen every answer. Processor time is counted
apart for the process that writes, the grading processes, and what runs behind the wall. A machine is then as
fast as the least of: all its processors at work, all its grading processes, the one that writes.
"""

import sys
import tempfile
import time
from pathlib import Path

import psutil
from classroom import build_class

from autograder.batch.run import grade_class
from autograder.batch.tasks import Batch
from autograder.cluster.processes import FEEDS, ProcessesBackend
from autograder.config import load_config
from autograder.judging.bank import load_bank
from autograder.roster.intake import Options, take_in
from autograder.submission.layouts import find_submissions

ROOT = Path(__file__).resolve().parents[1]
STEM, COUNT, PROCESSES = "rl_foundations", 150, 2
MACHINES = (2, 16, 64)
Clocks = tuple[float, float, float]  # seconds of processor time: writer, grading processes, behind the wall


def main() -> None:
    """Measure, and say what follows."""
    count = int(sys.argv[1]) if sys.argv[1:] else COUNT
    course = load_config(ROOT)
    bank = load_bank(ROOT, STEM, course.assignment(STEM))
    backend = ProcessesBackend(PROCESSES, course, STEM, Options(), 0, print)
    end, backend.close = backend.close, lambda: None  # type: ignore[method-assign]  # it serves two classes
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            build_class(bank, folder / "class", count)
            intake = take_in(find_submissions(folder / "class", STEM), course, STEM, Options())
            for sight in ("first", "second", "third", "fourth", "last"):
                before, began = clocks(), time.monotonic()
                grade_class(Batch(lambda: backend, intake, folder / "class", Options()), folder / sight)
                spent = [1e3 * (after - was) / count for after, was in zip(clocks(), before, strict=True)]
                tell(sight, spent, count / (time.monotonic() - began))
    finally:
        end()
    for processors in MACHINES:
        tell_speed(processors, *spent)


def clocks() -> Clocks:
    """Return what each of the three has used so far."""
    graders = walls = 0.0
    for process in psutil.Process().children():
        graders += own(process)
        for warm in process.children():
            times = warm.cpu_times()
            walls += own(warm) + times.children_user + times.children_system
    return time.process_time(), graders, walls


def own(process: psutil.Process) -> float:
    """Return what a process has used itself."""
    times = process.cpu_times()
    return float(times.user + times.system)


def tell(sight: str, spent: list[float], speed: float) -> None:
    """Print the constants."""
    writer, grader, wall = spent
    load = psutil.getloadavg()[0]
    print(f"at {sight} sight, ms a submission: {writer:.1f} writing, {grader:.1f} grading, "
          f"{wall:.1f} behind the wall; {speed:.0f} a second, load {load:.0f}", flush=True)  # fmt: skip


def tell_speed(processors: int, writer: float, grader: float, wall: float) -> None:
    """Print how fast a machine would be, and what holds it up."""
    graders = max(1, processors // FEEDS)
    limits = {
        "processors": processors * 1e3 / (writer + grader + wall),
        "grading processes": graders * 1e3 / grader,
        "the one that writes": 1e3 / writer,
    }
    first = min(limits, key=lambda name: limits[name])
    told = ", ".join(f"{name} {limit:.0f}" for name, limit in limits.items())
    print(f"{processors:>3} processors, {graders} grading: {limits[first]:.0f} a second: {first} ({told})")


if __name__ == "__main__":
    main()
