"""Measure the kit against what it replaces, in one run; see README.md beside this file."""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from classroom import build_class

from autograder.config import load_config
from autograder.grading.grader import Grader
from autograder.grading.opening import open_grader
from autograder.sandbox.codec import encode_call
from autograder.sandbox.program import Program
from autograder.sandbox.protocol import ProgramText
from autograder.sandbox.remote import Worker
from autograder.sandbox.student import Student

ROOT = Path(__file__).resolve().parents[1]
STEM = "rl_foundations"
SAMPLE = 3


def main() -> None:
    """Print every figure as it is measured."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--class-size", type=int, default=1000)
    options.add_argument(
        "--no-otter", action="store_true", help="leave out otter run, which takes seconds each"
    )
    chosen = options.parse_args()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    grader = open_grader(load_config(ROOT), STEM)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rate = whole_class(grader, folder, chosen.class_size)
        floor = measure_floor(grader, folder, chosen.class_size)
        cores = os.cpu_count() or 1
        tell("the floor under that class, one core", floor * 1e3, "ms a submission")
        tell("class against the floor", cores / rate / floor, "times (aim: below 2)")
        cold_start()
        inside(grader)
        others(folder, rate, otter=not chosen.no_otter)
    grader.close()


def tell(what: str, figure: float, unit: str) -> None:
    """Print one figure."""
    print(f"{what:<44} {figure:>10.3g} {unit}", flush=True)


def whole_class(grader: Grader, folder: Path, size: int) -> float:
    """Grade classes of growing size, the last of them twice; return submissions a second of that.

    The second time, what known mistakes answer is known from the first, as it is in a term.
    """
    for count in sorted({max(10, size // 10), size}):
        build_class(grader.bank, folder / f"class{count}", count)
        graded(folder, count, f"class of {count}, start included")
    return graded(folder, size, f"class of {size} again, start included")


def graded(folder: Path, count: int, name: str) -> float:
    """Grade a class from the start; tell and return submissions a second."""
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    command = autograder("grade", folder / f"class{count}", "-a", STEM, "-o", out, "-q")
    began = time.perf_counter()
    done = subprocess.run(
        ["/usr/bin/time", "-f", "%U %S %M", *command], capture_output=True, text=True, check=True
    )
    rate = count / (time.perf_counter() - began)
    user, system, memory = map(float, done.stderr.split()[-3:])
    tell(name, rate, "submissions a second")
    tell("  processor time", (user + system) / count * 1e3, "ms a submission")
    tell("  largest process", memory / 1024, "MB")
    return rate


def measure_floor(grader: Grader, folder: Path, size: int) -> float:
    """Return the seconds of a bare fork that does the same work, a mean over the same class."""
    calls = folder / "calls"
    frames = [frame for check in grader.bank.checks for frame in script_of(grader, check)]
    calls.write_bytes(b"".join(frames))
    command = [sys.executable, ROOT / "benchmarks" / "floor.py", folder / f"class{size}", STEM, calls, "200"]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def script_of(grader: Grader, check: object) -> Sequence[bytes]:
    """Return the calls that a check makes."""
    script = grader.judge.script(check)  # type: ignore[arg-type]
    return script.frames if script else ()


def cold_start() -> None:
    """One submission against a bare `import torch`, in turn."""
    work = ROOT / "tests" / "kit" / "sample_class" / "perfect"
    tiny = ROOT / "tests" / "kit" / "tiny"
    pairs = [
        (wall_time(autograder("check", work, "-a", STEM)), wall_time([sys.executable, "-c", "import torch"]))
        for _ in range(7)
    ]
    tell("one submission, cold", statistics.median(ours for ours, _ in pairs), "s")
    tell("  against import torch", statistics.median(a / b for a, b in pairs), "times (aim: 1.3 at most)")
    numpy_only = autograder("--course", tiny, "check", tiny / "solutions" / "warmup.py", "-a", "warmup")
    tell(
        "one submission that needs NumPy only, cold", statistics.median(map(wall_time, [numpy_only] * 5)), "s"
    )


def inside(grader: Grader) -> None:
    """A call over the wall, and the start of a confined worker."""
    worker = loaded(grader, "def f(values, factor):\n    return values * factor\n")
    student = Student(lambda call: worker.ask(encode_call(call), 5))
    values = np.arange(8.0)
    calls = [timed(lambda: student.f(values, 2.0)) for _ in range(1000)]
    worker.close()
    tell("a call over the wall", statistics.median(calls) * 1e3, "ms (aim: 0.2, at most 0.5)")
    starts = [timed(lambda: loaded(grader, "x = 1").close()) for _ in range(50)]
    tell("a worker: fork, confine, load, end", statistics.median(starts) * 1e3, "ms")


def others(folder: Path, rate: float, *, otter: bool) -> None:
    """The same work in a fresh pytest process, and in otter."""
    sample = ROOT / "tests" / "kit" / "sample_class"
    works = [sample / name / f"{STEM}.py" for name in ("perfect", "forgets_to_discount", "averages_the_loss")]
    template = ROOT / "student_template" / STEM
    times = []
    for number, work in enumerate(works[:SAMPLE]):
        place = folder / f"pytest{number}"
        shutil.copytree(template, place)
        shutil.copy(work, place)
        times.append(wall_time([sys.executable, "-m", "pytest", "-q", str(place)]))
    tell("plain pytest, visible checks, fresh process", statistics.median(times), "s a submission")
    tell("  the class is faster by", statistics.median(times) * rate / (os.cpu_count() or 1), "times a core")
    archive = ROOT / "dist" / f"otter_{STEM}.zip"
    if not otter or not archive.exists():
        print(
            "otter run: left out"
            + ("" if archive.exists() else f"; {archive.name} is not built: autograder build")
        )
        return
    program = Path(sys.executable).with_name("otter")
    times = []
    for number, work in enumerate(works[:SAMPLE]):
        place = folder / f"otter{number}"
        place.mkdir()  # otter wants it to be there
        times.append(wall_time([program, "run", work, "-a", archive, "-o", place, "--no-logo"]))
        if not (place / "results.json").exists():
            print(f"otter run: no results for {work}; the figure below is worth nothing")
    tell("otter run", statistics.median(times), "s a submission")
    tell("  the class is faster by", statistics.median(times) * rate, "times (aim: 200)")


def autograder(*arguments: object) -> list[str]:
    """Return a command of the kit."""
    where = [] if "--course" in arguments else ["--course", str(ROOT)]
    return [sys.executable, "-m", "autograder", *where, *map(str, arguments)]


def loaded(grader: Grader, program: str) -> Worker:
    """Return a worker with a program in it."""
    return grader.wall.loaded(Program(ProgramText("work.py", [program])))


def timed(action: object) -> float:
    """Return how long a call takes."""
    began = time.perf_counter()
    action()  # type: ignore[operator]
    return time.perf_counter() - began


def wall_time(command: Sequence[object]) -> float:
    """Return how long a command takes, whatever its exit code."""
    words = [str(word) for word in command]
    return timed(lambda: subprocess.run(words, capture_output=True, check=False))


if __name__ == "__main__":
    main()
