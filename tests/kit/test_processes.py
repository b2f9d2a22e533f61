"""Two grading processes of this machine: reports are those of one, and one that is killed is no loss."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from autograder.batch.backend import LocalBackend
from autograder.cluster import processes
from autograder.cluster.processes import ProcessesBackend, processes_for
from autograder.config import load_config
from autograder.errors import KitError
from autograder.grading.opening import open_grader
from autograder.roster.intake import Options
from autograder.submission.reading import Submission

TINY = Path(__file__).parent / "tiny"
RIGHT = (TINY / "solutions" / "warmup.py").read_text()
TEXTS = (
    RIGHT, RIGHT.replace("window", "width"), RIGHT.replace("+", "-"), RIGHT.replace("len(", "2 * len("),
    "import nothing_there", "def running_mean(values, window): return values",
)  # fmt: skip


def submissions() -> list[Submission]:
    """Return a few right and wrong ones."""
    return [Submission(f"s{at}", f"s{at}", {"warmup.py": text.encode()}) for at, text in enumerate(TEXTS)]


@pytest.fixture(scope="module")
def course():
    """The tiny course."""
    return load_config(TINY)


@pytest.fixture(scope="module")
def said():
    """What the backend has said."""
    return []


@pytest.fixture(scope="module")
def two(course, said):
    """Two grading processes with two submissions under way in each."""
    backend = ProcessesBackend(2, course, "warmup", Options(), 4, said.append)
    yield backend
    backend.close()


def graded(backend) -> list:
    """Return the reports on all submissions, graded at once, without how long each took."""
    with ThreadPoolExecutor(backend.jobs) as pool:
        return [
            msgspec.structs.replace(report, seconds=0.0) for report in pool.map(backend.grade, submissions())
        ]


def test_reports_are_those_of_one_process(course, two):
    """To the bit, and on the same ground."""
    one = LocalBackend(open_grader(course, "warmup"))
    try:
        assert two.keys == one.keys
        assert msgspec.json.encode(graded(two)) == msgspec.json.encode(graded(one))
    finally:
        one.close()


def test_what_a_killed_process_was_grading_is_graded_again(two, said, monkeypatch):
    """It dies after an order went out; another is started, and every report comes."""
    before, wait, left = graded(two), processes.receive, two._processes[:1]

    def receive(line):
        if left and line in left[0].lines:
            left.pop()._process.kill()
        return wait(line)

    monkeypatch.setattr(processes, "receive", receive)
    killed = two._processes[0]
    assert graded(two) == before
    assert killed.gone
    assert killed not in two._processes
    assert said == ["a grading process has gone; starting another one, nothing is lost"]


def test_what_is_wrong_with_a_course_is_said_in_one_line(course):
    """A process that cannot open the course says why, and is no mystery."""
    with pytest.raises(KitError, match="layer"):
        ProcessesBackend(1, course, "warmup", Options(without=("no such layer",)), 1, print)


@pytest.mark.parametrize(
    ("processors", "submissions", "count"),
    [(2, 1000, 1), (16, 1000, 2), (64, 1000, 8), (64, 120, 2), (64, 3, 1)],
)
def test_large_machines_get_more_for_large_classes(processors, submissions, count, monkeypatch):
    """One for each eight processors, none that a class is too small for."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(processors)))
    assert processes_for(submissions) == count
