"""What the last step of a class takes: all tables and pages, from a gradebook of 1,000 and of 10,000 rows.

Run as `memory.py OUT`: a folder that `autograder grade` wrote, whose reports are repeated under other names,
with words of their own at each check. Prints for each size the peak of memory of a process that writes
everything, by how much it grew a row, and the processor time.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from msgspec.structs import replace

from autograder import __version__
from autograder.batch.outputs import write_reports
from autograder.gradebook.book import Gradebook
from autograder.gradebook.records import Result
from autograder.roster.intake import Row

SIZES = (100, 1_000, 10_000)


def main() -> None:
    """Measure every size."""
    before, fewer = 0, 0
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            build(Path(sys.argv[1]), Path(folder), size)
            told = subprocess.check_output([sys.executable, __file__, folder, "write"], text=True)
        peak, seconds = map(float, told.split())
        growth = f", {(peak - before) / (size - fewer):.1f} KB a row more" if before else ""
        print(f"{size:>6} rows: peak {peak / 1024:.0f} MB{growth}; {seconds:.1f} s", flush=True)
        before, fewer = peak, size


def build(source: Path, out: Path, size: int) -> None:
    """Write a gradebook with as many rows, made of the reports of another."""
    with Gradebook(source, create=False) as book:
        run = book.last_run()
        stored = [found for row in book.rows(run.id) if (found := book.newest(row.name))]
    with Gradebook(out, create=True) as book:
        names = [f"student{number:05d}" for number in range(size)]
        rows = [Row(name=name, student=f"Student {name}", people=[]) for name in names]
        number = book.begin(run.assignment, run.folder, __version__, run.about, rows)
        for at, name in enumerate(names):
            one = stored[at % len(stored)]
            checks = [replace(check, feedback=f"{check.feedback} {name}") for check in one.report.checks]
            report = replace(one.report, submission=name, student=f"Student {name}", checks=checks)
            book.add(number, [Result(name, name, f"{one.work}{at}", one.keys, report)])
        book.finish(number)


def write(out: Path) -> None:
    """Write everything, and print the peak of memory in KB and the seconds of processor time."""
    with Gradebook(out, create=False) as book:
        run = book.last_run()
        assert run is not None
        write_reports(out, book, run)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time())


if __name__ == "__main__":
    write(Path(sys.argv[1])) if sys.argv[2:] else main()
