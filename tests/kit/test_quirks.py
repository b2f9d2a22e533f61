"""Right files with a quirk: full points, and at home pytest says what the grader says."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.config import load_config
from autograder.judging.grader import Grader, open_grader
from autograder.results import Outcome
from autograder.submission.reading import Submission

sys.path.insert(0, str(Path(__file__).parent))
from quirks import SAMPLE, quirky

TINY = Path(__file__).parent / "tiny"
FILES = quirky((TINY / "solutions" / "warmup.py").read_text())
CASES = [
    pytest.param(name, marks=() if name in SAMPLE else pytest.mark.slow, id=name.replace(" ", "-"))
    for name in FILES
]


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    """A grader of the tiny course."""
    opened = open_grader(load_config(TINY), "warmup", hidden_anyway=True)
    yield opened
    opened.close()


def at_home(folder: Path, text: str) -> int:
    """Return how many visible checks pass in a student's folder."""
    shutil.copytree(TINY / "student_template" / "warmup", folder)
    (folder / "warmup.py").write_text(text)
    program = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    plain = {**os.environ, "PYTEST_ADDOPTS": ""}
    done = subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False, env=plain)
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed, done.stdout + done.stderr
    return int(passed[1])


@pytest.mark.parametrize("name", CASES)
def test_a_quirk_costs_nothing_and_pytest_says_what_the_grader_says(grader, tmp_path, name):
    text = FILES[name]
    report = grader.grade(Submission("s", "s", {"warmup.py": text.encode()}, main="warmup.py"))
    assert report.score == 15, report.notes
    passed = [check for check in report.checks if check.visible and check.outcome is Outcome.PASSED]
    assert at_home(tmp_path / "warmup", text) == len(passed)
