"""Right files with a quirk: full points, and at home pytest says what the grader says."""

import compileall
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.config import load_config
from autograder.judging.grader import Grader
from autograder.judging.opening import open_grader
from autograder.results import Outcome, Report
from autograder.submission.reading import read_submission
from autograder.submission.work import task_of

sys.path.insert(0, str(Path(__file__).parent))
from quirk_folders import AWAY, HOME, REFUSED, Files
from quirks import SAMPLE, quirky

TINY = Path(__file__).parent / "tiny"
FILES: dict[str, Files] = {
    name: {"warmup.py": text} for name, text in quirky((TINY / "solutions" / "warmup.py").read_text()).items()
}
FILES |= {f"{name} (files)": files for name, files in HOME.items()}
# Runs pytest in one folder after the other, each in a process forked from one that has imported NumPy.
PYTESTS = """
import os, sys
import numpy, numpy.random, pytest
for line in sys.stdin:
    if not os.fork():
        os.chdir(line.rstrip("\\n"))
        os.dup2(os.open("told.txt", os.O_WRONLY | os.O_CREAT), 1)
        os.dup2(1, 2)
        os._exit(pytest.main(["-p", "no:cacheprovider"]))
    os.wait()
    print(flush=True)
"""
AtHome = Callable[[Files], int]
Graded = Callable[[Files], Report]


def cases(names: object) -> list[object]:
    """Return the cases, all but a sample of them marked as slow."""
    return [
        pytest.param(name, marks=() if name in SAMPLE else pytest.mark.slow, id=name.replace(" ", "-"))
        for name in names
    ]


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    """A grader of the tiny course."""
    opened = open_grader(load_config(TINY), "warmup", hidden_anyway=True)
    yield opened
    opened.close()


@pytest.fixture
def graded(grader: Grader, tmp_path: Path) -> Graded:
    """Grade what was handed in as a folder."""

    def grade(files: Files) -> Report:
        write(tmp_path / "ada", files)
        return grader.grade(read_submission(tmp_path / "ada", task_of(grader.course, "warmup")))

    return grade


@pytest.fixture(scope="module")
def pytests() -> Iterator[subprocess.Popen[str]]:
    """A process that runs pytest in folders."""
    program = [sys.executable, "-c", PYTESTS]
    plain = {**os.environ, "PYTEST_ADDOPTS": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # students have none
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(program, **pipes, text=True, env=plain) as running:
        yield running
        running.stdin.close()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A student's folder, with its modules compiled: that takes longer than everything else."""
    folder = tmp_path_factory.mktemp("home") / "warmup"
    shutil.copytree(TINY / "student_template" / "warmup", folder)
    compileall.compile_dir(folder, quiet=1)
    return folder


@pytest.fixture
def at_home(pytests: subprocess.Popen[str], template: Path, tmp_path: Path) -> AtHome:
    """Return how many visible checks pass in a student's folder that holds these files."""

    def passed(files: Files) -> int:
        folder = tmp_path / "warmup"
        shutil.copytree(template, folder)
        write(folder, files)
        print(folder, file=pytests.stdin, flush=True)
        pytests.stdout.readline()
        told = (folder / "told.txt").read_text()
        found = re.search(r"(\d+) passed", told)
        assert found, told
        return int(found[1])

    return passed


def write(folder: Path, files: Files) -> None:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)


@pytest.mark.parametrize("name", cases(FILES))
def test_a_quirk_costs_nothing_and_pytest_says_what_the_grader_says(graded, at_home, name):
    report = graded(FILES[name])
    assert report.score == 15, report.notes
    passed = [check for check in report.checks if check.visible and check.outcome is Outcome.PASSED]
    assert at_home(FILES[name]) == len(passed)


@pytest.mark.parametrize("name", cases(AWAY))
def test_what_only_the_grader_meets_costs_nothing_either(graded, name):
    report = graded(AWAY[name])
    assert report.score == 15, report.notes


@pytest.mark.parametrize("name", cases(REFUSED))
def test_what_is_no_code_is_told_by_what_it_is(graded, name):
    files, told = REFUSED[name]
    report = graded(files)
    assert report.score == 0
    assert any(told in note for note in report.notes), report.notes
