"""Measure a class graded here and by a Dask cluster of as many workers as there are processors."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from classroom import build_class
from distributed import LocalCluster

from autograder.cluster.client import package_of
from autograder.cluster.worker import Order, OrderReply, to_wire
from autograder.config import load_config
from autograder.gradebook.book import Gradebook
from autograder.gradebook.keys import work_key
from autograder.judging.bank import load_bank
from autograder.roster.intake import Options
from autograder.submission.layouts import find_submissions
from autograder.submission.reading import read_entry

ROOT = Path(__file__).resolve().parents[1]
STEM = "rl_foundations"
MILLION = 1_000_000


def main() -> None:
    """Print every figure as it is measured."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--class-size", type=int, default=1000)
    size = options.parse_args().class_size
    cores = os.cpu_count() or 1
    print(f"{cores} processors, load {os.getloadavg()[0]:.1f}, a class of {size}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build_class(load_bank(ROOT, STEM), folder / "class", size)
        here = graded(folder, "here")
        tell("here", size / here[0], "submissions a second")
        tell("  processor time", here[1] / size * 1e3, "ms a submission")
        with LocalCluster(n_workers=cores, threads_per_worker=1, dashboard_address=None) as cluster:
            before = spent_by_workers()
            there = graded(folder, "there", "--cluster", cluster.scheduler_address)
            workers = spent_by_workers() - before
        tell(f"on {cores} workers", size / there[0], "submissions a second")
        tell("  processor time of the workers", workers / size * 1e3, "ms a submission")
        tell("  of the coordinator, reports and pages included", there[1] / size * 1e3, "ms a submission")
        messages(folder)
    tell("a million, workers", MILLION * workers / size / 3600, "core hours")
    tell("a million, coordinator", MILLION * there[1] / size / 3600, "hours on one core")


def tell(what: str, figure: float, unit: str) -> None:
    """Print one figure."""
    print(f"{what:<50} {figure:>10.3g} {unit}", flush=True)


def graded(folder: Path, out: str, *more: str) -> tuple[float, float]:
    """Grade the class; return the seconds it took and the seconds of processor time it used."""
    command = [sys.executable, "-m", "autograder", "--course", str(ROOT), "grade", str(folder / "class")]
    began, spent = time.perf_counter(), spent_by_children()
    subprocess.run([*command, "-a", STEM, "-o", str(folder / out), "-q", *more], check=True)
    return time.perf_counter() - began, spent_by_children() - spent


def spent_by_children() -> float:
    """Return the processor time of all processes that this one started and saw end."""
    times = psutil.Process().cpu_times()
    return times.children_user + times.children_system


def spent_by_workers() -> float:
    """Return the processor time of the cluster's processes and of what they started and saw end."""
    return sum(sum(child.cpu_times()[:4]) for child in psutil.Process().children(recursive=True))


def messages(folder: Path) -> None:
    """Tell how many bytes go out and come back."""
    package = package_of(load_config(ROOT), STEM, Options())
    tell("the course, once a worker", len(to_wire(package)) / 1024, "KB")
    out = back = 0
    with Gradebook(folder / "there", create=False) as book:
        entries = find_submissions(folder / "class", STEM)
        for entry in entries:
            stored = book.newest(entry.name)
            order = Order("0" * 16, work_key(stored.keys), read_entry(entry, STEM))
            out += len(to_wire(order))
            back += len(to_wire(OrderReply("tcp://192.168.100.100:40000", report=stored.report)))
    tell("a submission, out", out / len(entries) / 1024, "KB")
    tell("a report, back", back / len(entries) / 1024, "KB")


if __name__ == "__main__":
    main()
