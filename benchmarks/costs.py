"""What one submission costs in processor time, above the start, part by part, for each assignment.

Run as `costs.py [STEM ...]`. A busy machine makes times longer, ratios hardly. They are to the floor: a fork
that loads the program, makes the same calls, draws no figure and exits.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before anything imports a library that reads it

import argparse
import gc
import importlib
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from classroom import build_class
from inside import bank_of, check_all, load, replay

from autograder.config import load_config
from autograder.grading.grader import Grader
from autograder.grading.opening import open_grader
from autograder.sandbox.libraries import used_by
from autograder.sandbox.patience import usage
from autograder.sandbox.remote import Worker
from autograder.submission.reading import Submission, read_submission

ROOT = Path(__file__).resolve().parents[1]
TIMES, WRONG = 3, 3
ENDED = [0.0]  # seconds of all workers that were ended
PARTS = ("worker", "warm process", "grader")


@dataclass(frozen=True)
class Spent:
    """Seconds of processor time, of the workers, the warm process and the grader."""

    parts: tuple[float, float, float]

    @property
    def total(self) -> float:
        """All of it."""
        return sum(self.parts)


def main() -> None:
    """Measure each assignment in a process of its own, so that none profits from another's imports."""
    course = load_config(ROOT)
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("stems", nargs="*", default=list(course.settings.assignments))
    stems = options.parse_args().stems
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; ms of processor time", flush=True)
    print(f"{'':<34}" + "".join(f"{name:>14}" for name in ("all", *PARTS, "times the floor")))
    for stem in stems:
        pid = os.fork()
        if pid == 0:
            measure(stem)
            sys.stdout.flush()
            os._exit(0)
        os.waitpid(pid, 0)


def measure(stem: str) -> None:
    """Print what right and wrong submissions of an assignment cost, and what is in it."""
    course = load_config(ROOT)
    note_what_workers_used()
    grader = open_grader(course, stem)
    grader.wall.settle()
    right = steady(grader, reference(grader))
    draw = draw_of(grader, reference(grader))
    wrong = [steady(grader, work) for work in wrong_works(grader)]
    grader.judge.passed.is_believed = True
    seen = steady(grader, reference(grader))
    calls = [
        list(script.calls)
        for check in grader.bank.drawn(draw).checks
        if (script := grader.judge.script(check))
    ]
    grader.close()

    for name in used_by([grader.bank.solution]):
        importlib.import_module(name)
    bank = bank_of(course, stem)
    load(bank.solution)
    gc.collect()
    gc.freeze()
    floor = min(in_a_fork(lambda: replay(calls, load(bank.solution))) for _ in range(TIMES))
    print(f"{stem}\n  {'floor: fork, load, same calls, exit':<36}{floor * 1e3:>10.0f}")
    tell("one right submission", right, floor)
    tell("the same, all of it passed before", seen, floor)
    tell("one with a known mistake", sorted(wrong, key=lambda one: one.total)[len(wrong) // 2], floor)
    costs = check_all(bank, load(bank.solution), course.settings.seed)
    costs = check_all(bank, load(bank.solution), course.settings.seed)
    print(f"  {costs.calls} calls, {costs.callbacks} round trips within them, {costs.figures} figures, "
          f"{costs.pictures} pictures, {costs.trainings} trainings; in this process:")  # fmt: skip
    parts = [f"{what} {seconds * 1e3:.0f}" for what, seconds in costs.seconds.most_common(6)]
    print(f"  {', '.join(parts)} of {costs.seconds.total() * 1e3:.0f} ms", flush=True)


def tell(what: str, spent: Spent, floor: float) -> None:
    """Print one line."""
    figures = "".join(f"{seconds * 1e3:>14.0f}" for seconds in (spent.total, *spent.parts))
    print(f"  {what:<36}{figures[4:]}{spent.total / floor:>14.1f}", flush=True)


def steady(grader: Grader, work: Submission) -> Spent:
    """Return what grading a submission takes once everything about it is known: a mean."""
    grader.grade(work)
    before = clocks(grader)
    for _ in range(TIMES):
        grader.grade(work)
    workers, warm, own = ((after - was) / TIMES for after, was in zip(clocks(grader), before, strict=True))
    return Spent((workers, warm, own))


def wrong_works(grader: Grader) -> list[Submission]:
    """Return submissions with one known mistake each, which meet the hidden inputs of the reference.

    Those of any other draw have to be prepared first, once for a whole class.
    """
    found = []
    with tempfile.TemporaryDirectory() as folder:
        paths = build_class(grader.bank, Path(folder), 10 * WRONG)[1::3]
        for path in paths:
            file = path / f"{grader.bank.stem}.py"
            for number in range(100 if file.exists() else 0):
                with file.open("a") as text:
                    text.write(f"# {number}\n")
                work = read_submission(path, grader.bank.stem)
                if draw_of(grader, work) == draw_of(grader, reference(grader)):
                    found.append(work)
                    break
    return found[:WRONG]


def reference(grader: Grader) -> Submission:
    """Return the reference as a submission."""
    return read_submission(ROOT / "solutions" / f"{grader.bank.stem}.py", grader.bank.stem)


def draw_of(grader: Grader, work: Submission) -> int:
    """Return which draw of the hidden inputs a submission meets."""
    return grader.draw_of(grader.program_of(work))


def clocks(grader: Grader) -> tuple[float, float, float]:
    """Return the processor time so far of all workers that were ended, the warm process and the grader."""
    return ENDED[0], usage(grader.wall.pid).used, time.process_time()


def note_what_workers_used() -> None:
    """From now on add up what each worker has used when it is ended; what its end takes is not in it."""
    end = Worker.end

    def noting(worker: Worker) -> None:
        if worker.alive:
            ENDED[0] += usage(worker._pid).used
        end(worker)

    Worker.end = noting  # type: ignore[method-assign]


def in_a_fork(action: Callable[[], None]) -> float:
    """Return the processor time of a fork that does something and exits, the forking included."""
    before = all_time()
    pid = os.fork()
    if pid == 0:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 it ends with the process
        try:
            action()
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    return all_time() - before


def all_time() -> float:
    """Return the processor time of this process and of those below it that have ended."""
    found = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in found)


if __name__ == "__main__":
    main()
