"""Grade a folder of submissions: in parallel, with progress, and never the same work twice."""

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from autograder import __version__
from autograder.gradebook import Gradebook
from autograder.grading import Grader
from autograder.layouts import Entry
from autograder.reports.tables import to_csv
from autograder.results import Report, to_json
from autograder.submission import Submission, content_hash, read_entry

AHEAD = 4  # submissions in the air for each thread: bounds the memory, keeps the threads busy
WRITE_AFTER = 50


@dataclass(frozen=True)
class Progress:
    """How far a batch is."""

    done: int
    total: int
    reused: int
    name: str = ""


def grade_folder(
    grader: Grader, entries: Sequence[Entry], folder: Path, out: Path,
    tell: Callable[[Progress], None], jobs: int | None = None,
) -> list[Report]:  # fmt: skip
    """Grade every submission of a folder, write OUT/, and return their newest reports.

    Args:
        grader: of the assignment.
        entries: the submissions.
        folder: where they come from, for the record.
        out: where the gradebook and the reports go; what it holds already is not done again.
        tell: is called after every submission.
        jobs: how many at once; as many as there are processors unless given.
    """
    with Gradebook(out) as book:
        run = book.begin(grader.bank.stem, folder.resolve(), __version__)
        known = book.known()
        done = reused = 0
        waiting: list[tuple[str, Report]] = []
        try:
            for work, report in graded(grader, entries, known, jobs or os.cpu_count() or 1):
                done += 1
                reused += report is None
                if report is not None:
                    waiting.append((work, report))
                    if len(waiting) >= WRITE_AFTER:
                        book.add(run, waiting)
                        waiting = []
                tell(Progress(done, len(entries), reused, report.submission if report else ""))
        finally:
            book.add(run, waiting)
        book.finish(run)
        reports = book.reports()
    names = {entry.name for entry in entries}
    reports = [report for report in reports if report.submission in names]
    write_reports(out, reports)
    return reports


def graded(
    grader: Grader, entries: Sequence[Entry], known: dict[str, str], jobs: int
) -> Iterator[tuple[str, Report | None]]:
    """Yield for every entry the key of its work and its report, None where that is known."""

    def one(entry: Entry) -> tuple[str, Report | None]:
        submission = read_entry(entry, grader.bank.stem)
        work = key_of(submission, grader)
        return work, None if known.get(submission.name) == work else grader.grade(submission)

    with ThreadPoolExecutor(jobs) as pool:
        flying: set[Future[tuple[str, Report | None]]] = set()
        queue = iter(entries)
        try:
            while True:
                for entry in queue:
                    flying.add(pool.submit(one, entry))
                    if len(flying) >= jobs * AHEAD:
                        break
                if not flying:
                    return
                ready, flying = wait(flying, return_when=FIRST_COMPLETED)
                for future in ready:
                    yield future.result()
        finally:
            for future in flying:
                future.cancel()


def key_of(submission: Submission, grader: Grader) -> str:
    """Return what decides a report: the work, the checks, the settings, the libraries."""
    parts = [content_hash(submission), submission.student, *map(str, sorted(grader.kit_receipt.items()))]
    parts += [str(grader.assignment), str(grader.course.settings.visibility), str(grader.judge.hidden_too)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def write_reports(out: Path, reports: Sequence[Report]) -> None:
    """Write what people and other programs read, each file whole or not at all."""
    folder = out / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    for report in reports:
        replace(folder / f"{file_name(report.submission)}.json", to_json(report))
    replace(out / "grades.csv", to_csv(reports).encode())


def file_name(submission: str) -> str:
    """Return a submission's name as a file's."""
    return submission.replace("/", "_").replace("\0", "")[:200] or "_"


def replace(path: Path, content: bytes) -> None:
    """Write a file beside its place, then move it there; leave an identical one alone."""
    with contextlib.suppress(OSError):
        if path.read_bytes() == content:
            return
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(content)
    new.replace(path)
