"""Checks as plain pytest tests, behind the wall: `pytest tests/questions --submission PATH` in a course.

Without --submission it is the reference that is checked. Outside a course's folder the plugin does nothing.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # every pytest run imports this file: what only a course needs is imported later
    import numpy as np

    from autograder.config import Course
    from autograder.grading.grader import Grader
    from autograder.judging.bank import Check
    from autograder.judging.session import Session
    from autograder.sandbox.student import Student

CHECKS_FOLDER = Path("tests", "questions")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that names a submission."""
    parser.addoption("--submission", type=Path, help="What to check: a .py, .ipynb, folder or zip.")


def course_root_of(path: Path) -> Path | None:
    """Return the course to which a file of checks belongs."""
    root = path.parent.parent.parent
    return root if path.parent == root / CHECKS_FOLDER and (root / "grading.yml").is_file() else None


def course_at(root: Path) -> "Course":
    """Read the course in a folder."""
    from autograder.config import load_config

    return load_config(root)


def stem_of(path: Path) -> str:
    """Return the assignment that a file of checks is about, "" if it is no such file."""
    is_one = course_root_of(path) and path.suffix == ".py" and path.name.startswith("test_")
    return path.stem.removeprefix("test_") if is_one else ""


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out what grading.yml does not list."""
    stem = stem_of(collection_path)
    return True if stem and stem not in course_at(collection_path.parents[2]).settings.assignments else None


@pytest.hookimpl(tryfirst=True)
def pytest_collect_file(file_path: Path) -> None:
    """Let check files import what is handed out with them; also a file that pytest was asked for by name."""
    if stem := stem_of(file_path):
        handed_out = str(file_path.parents[2] / "assignments" / stem)
        if handed_out not in sys.path:
            sys.path.append(handed_out)


@pytest.fixture(scope="module")
def grader(request: pytest.FixtureRequest) -> "Iterator[Grader]":
    """The grader of the assignment that a file of checks is about."""
    from autograder.grading.opening import open_grader

    root = course_root_of(request.path)
    if root is None:
        pytest.fail("checks stand in tests/questions/ of a course, below its grading.yml", pytrace=False)
    opened = open_grader(course_at(root), request.path.stem.removeprefix("test_"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def session(request: pytest.FixtureRequest, grader: "Grader") -> "Iterator[Session]":
    """The submission, or the reference, in a worker."""
    from autograder.judging.session import Session
    from autograder.sandbox import protocol
    from autograder.sandbox.program import Program
    from autograder.submission.reading import data_files_of, modules_of, read_submission, source_of
    from autograder.submission.work import task_of

    stem, root = grader.bank.stem, grader.course.root
    path = request.config.getoption("--submission") or root / "solutions" / f"{stem}.py"
    submission = read_submission(path, task_of(grader.course, stem))
    source, bank = source_of(submission, stem), grader.bank
    modules = {**modules_of(submission), **bank.provided}
    files = {**data_files_of(submission), **bank.files}
    program = Program(protocol.ProgramText(source.name, list(source.cells)), modules, files=files)
    opened = Session(grader.wall, program, draw=grader.draw_of(program))
    yield opened
    opened.close()


@pytest.fixture
def check(request: pytest.FixtureRequest, grader: "Grader", session: "Session") -> "Check":
    """The check that is being run, with the hidden inputs that the submission meets."""
    checks = grader.bank.drawn(session.draw).checks
    return next(one for one in checks if one.name == request.node.name)


@pytest.fixture
def student(session: "Session") -> "Student":
    """The stand-in for the submission."""
    from autograder.sandbox.student import Student

    session.begin_question()
    session.begin_check()
    return Student(session.send)


@pytest.fixture
def reference(grader: "Grader") -> "Student":
    """The stand-in for the reference."""
    from autograder.sandbox.student import Student

    return Student(grader.reference.conversation().send)


@pytest.fixture
def rng(grader: "Grader", check: "Check") -> "np.random.Generator":
    """The random numbers of the check."""
    return check.rng(grader.course.settings.seed)
