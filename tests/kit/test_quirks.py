"""Right files with a quirk: full points, and at home pytest says what the grader says, of wrong ones too."""

import compileall
import functools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.config import load_config
from autograder.errors import STUB
from autograder.grading.grader import Grader
from autograder.grading.opening import open_grader
from autograder.judging.bank import load_bank
from autograder.publish.template import build_template
from autograder.results import Outcome, Report
from autograder.submission.reading import read_submission
from autograder.submission.work import task_of

sys.path.insert(0, str(Path(__file__).parent))
from quirk_folders import AWAY, HOME, REFUSED, Files
from quirks import SAMPLE, quirky
from whole_files import first_of_each, whole_file

TINY = Path(__file__).parent / "tiny"
ROOT = Path(__file__).resolve().parents[2]
Place = tuple[Path, str]
# where wrong work is tried, and with how many known mistakes to each question: plain Python, NumPy, torch
PLACES: dict[Place, int] = {
    (TINY, "warmup"): 3, (ROOT / "examples" / "language", "wordbook"): 2,
    (ROOT, "gridworld"): 1, (ROOT, "rlhf"): 1,
}  # fmt: skip
FILES: dict[str, Files] = {
    name: {"warmup.py": text} for name, text in quirky((TINY / "solutions" / "warmup.py").read_text()).items()
}
FILES |= {f"{name} (files)": files for name, files in HOME.items()}
# Runs pytest in one folder after the other, each in a process forked from one that has imported NumPy.
PYTESTS = """
import json, os, sys
import numpy, numpy.random, pytest
class Tell:
    def __init__(self):
        self.ended = {}
    def pytest_runtest_logreport(self, report):
        if report.when == "call" or report.failed:
            name = report.nodeid.partition("::")[2].removeprefix("test_")
            self.ended[name] = getattr(report, "status", report.outcome)
    def pytest_sessionfinish(self):
        json.dump(self.ended, open("ended.json", "w"))
for line in sys.stdin:
    if not os.fork():
        os.chdir(line.rstrip("\\n"))
        os.dup2(os.open("told.txt", os.O_WRONLY | os.O_CREAT), 1)
        os.dup2(1, 2)
        os._exit(pytest.main(["-p", "no:cacheprovider"], plugins=[Tell()]))
    os.wait()
    print(flush=True)
"""
# What a student reads of a check, at home and of the grader.
ENDS = {"passed": "passed", "unwritten": "not written", "not written": "not written"}
Ends = dict[str, str]
AtHome = Callable[[Files], Ends]
Graded = Callable[[Files], Report]


def cases(names: object) -> list[object]:
    """Return the cases, all but a sample of them marked as slow."""
    return [
        pytest.param(name, marks=() if name in SAMPLE else pytest.mark.slow, id=name.replace(" ", "-"))
        for name in names
    ]


@pytest.fixture(scope="module")
def place(request: pytest.FixtureRequest) -> Place:
    """A course and an assignment of it: the tiny course's, unless a test asks for another."""
    return getattr(request, "param", (TINY, "warmup"))


@pytest.fixture(scope="module")
def grader(place: Place) -> Iterator[Grader]:
    """A grader of the assignment."""
    root, stem = place
    opened = open_grader(load_config(root), stem, hidden_anyway=True)
    yield opened
    opened.close()


@pytest.fixture
def graded(grader: Grader, tmp_path: Path) -> Graded:
    """Grade what was handed in as a folder."""

    def grade(files: Files) -> Report:
        write(tmp_path / "ada", files)
        return grader.grade(read_submission(tmp_path / "ada", task_of(grader.course, grader.bank.stem)))

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
def template(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A student's folder, with its modules compiled: that takes longer than everything else."""
    root, stem = place
    folder = tmp_path_factory.mktemp("home") / stem
    for name, data in build_template(load_config(root), stem).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    compileall.compile_dir(folder, quiet=1)
    return folder


@pytest.fixture
def at_home(pytests: subprocess.Popen[str], template: Path, tmp_path: Path) -> AtHome:
    """Return how the visible checks end in a student's folder that holds these files, by their names."""

    def run(files: Files) -> Ends:
        folder = tmp_path / template.name
        shutil.copytree(template, folder)
        write(folder, files)
        print(folder, file=pytests.stdin, flush=True)
        pytests.stdout.readline()
        ended = json.loads((folder / "ended.json").read_text())
        return {name: ENDS.get(status, "wrong") for name, status in ended.items()}

    return run


def visible(report: Report) -> Ends:
    """Return how the visible checks ended for the grader, by their names.

    Without questions that passed with right earlier functions in place of wrong ones: nobody lends at home.
    """
    lent = {one.id for one in report.questions if one.outcome is Outcome.PASSED and one.hint}
    seen = [check for check in report.checks if check.visible and check.question not in lent]
    return {check.id.rpartition(".")[2]: ENDS.get(check.outcome, "wrong") for check in seen}


def write(folder: Path, files: Files) -> None:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)


@pytest.mark.parametrize("name", cases(FILES))
def test_a_quirk_costs_nothing_and_pytest_says_what_the_grader_says(graded, at_home, name):
    report = graded(FILES[name])
    assert report.score == 15, report.notes
    assert at_home(FILES[name]) == visible(report)


@pytest.mark.parametrize("name", cases(AWAY))
def test_what_only_the_grader_meets_costs_nothing_either(graded, name):
    report = graded(AWAY[name])
    assert report.score == 15, report.notes


@pytest.mark.parametrize("name", cases(REFUSED))
def test_what_is_no_code_is_told_by_what_it_is(graded, name):
    files, told = REFUSED[name]
    report = graded(files)
    assert report.score == 0
    said = [*report.notes, *(check.feedback for check in report.checks)]
    assert any(told in one for one in said), said


@functools.cache
def wrong_texts(root: Path, stem: str, each: int) -> dict[str, str]:
    """Return wrong files of an assignment: known mistakes to every question, and half-finished ones."""
    bank = load_bank(root, stem, load_config(root).assignment(stem))
    mistakes = first_of_each(bank.misconceptions, each)
    found = {one.name: whole_file(bank, bank.mistakes_source, one) for one in mistakes}
    question = bank.misconceptions[0].question
    end = f"{bank.solution}\n\ndef {question}(*given, **named):\n    "
    bodies = {
        "returns nothing": "pass", "raises": "return 1 / 0", "ends the program": "exit()",
        "is a stub": f"raise NotImplementedError('{question}: {STUB}')",
        "has a typo": "return undefined", "returns text": "return 'abc'", "never ends": "while True: pass",
        "asks": "return input()", "keeps a tensor": "import torch\n    return torch.ones(3)",
    }  # fmt: skip
    found |= {name: end + body for name, body in bodies.items()}
    return found | {
        "lacks it": f"{bank.solution}\n\ndel {question}\n",
        "calls it otherwise": bank.solution.replace(f"def {question}(", f"def my_{question}("),
        "takes nothing": f"{bank.solution}\n\ndef {question}():\n    return 0\n",
    }


def wrong_cases() -> Iterator[object]:
    """Yield places and names of wrong files, all but some of the tiny course's marked as slow."""
    for (root, stem), each in PLACES.items():
        for at, name in enumerate(wrong_texts(root, stem, each)):
            marks = () if (root, stem) == (TINY, "warmup") and at % 6 == 0 else pytest.mark.slow
            label = f"{stem}-{name}".replace(" ", "-")
            yield pytest.param((root, stem), name, marks=marks, id=label)


@pytest.mark.parametrize(("place", "name"), list(wrong_cases()), indirect=["place"])
def test_of_wrong_work_too_pytest_says_check_by_check_what_the_grader_says(place, graded, at_home, name):
    root, stem = place
    files = {f"{stem}.py": wrong_texts(root, stem, PLACES[place])[name]}
    report = graded(files)
    assert report.score < report.max_score - report.quiz_max_score
    told, ended = visible(report), at_home(files)
    assert {name: ended[name] for name in told} == told
