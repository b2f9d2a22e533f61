"""Checks as plain pytest tests, behind the wall: `pytest tests/questions --submission PATH`.

Without --submission it is the reference that is checked.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from autograder.config import Course, load_config
from autograder.judging.bank import Check
from autograder.judging.grader import Grader, open_grader
from autograder.judging.session import Program, Session
from autograder.sandbox import protocol
from autograder.sandbox.student import Student
from autograder.submission.reading import modules_of, read_submission, source_of

ROOT = Path(__file__).resolve().parents[2]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--submission", type=Path, help="What to check: a .py, .ipynb, folder or zip.")


def pytest_configure(config: pytest.Config) -> None:
    """Let check files import the modules that are handed out with their assignment."""
    sys.path += [str(ROOT / "assignments" / stem) for stem in course().settings.assignments]


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out what grading.yml does not list: it is not part of the course yet."""
    name = collection_path.stem.removeprefix("test_")
    listed = name in course().settings.assignments
    return True if collection_path.name.startswith("test_") and not listed else None


def pytest_report_header() -> str:
    """Say what is left out."""
    names = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")}
    left = sorted(names - course().settings.assignments.keys())
    return f"not in grading.yml, so not run: {', '.join(left) or 'nothing'}"


def course() -> Course:
    return load_config(ROOT)


@pytest.fixture(scope="module")
def grader(request: pytest.FixtureRequest) -> Iterator[Grader]:
    opened = open_grader(course(), request.path.stem.removeprefix("test_"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def session(request: pytest.FixtureRequest, grader: Grader) -> Iterator[Session]:
    stem = grader.bank.stem
    path = request.config.getoption("--submission") or ROOT / "solutions" / f"{stem}.py"
    submission = read_submission(path, stem)
    source = source_of(submission, stem)
    modules = {**modules_of(submission), **grader.bank.provided}
    program = Program(protocol.Source(source.name, list(source.cells)), modules)
    opened = Session(grader.wall, program, draw=grader.draw_of(program))
    yield opened
    opened.close()


@pytest.fixture
def check(request: pytest.FixtureRequest, grader: Grader, session: Session) -> Check:
    checks = grader.bank.drawn(session.draw).checks
    return next(one for one in checks if one.name == request.node.name)


@pytest.fixture
def student(session: Session) -> Student:
    session.begin_question()
    session.begin_check()
    return Student(session.send)


@pytest.fixture
def reference(grader: Grader) -> Student:
    return Student(grader.reference.conversation().send)


@pytest.fixture
def rng(grader: Grader, check: Check) -> np.random.Generator:
    return check.rng(grader.course.settings.seed)
