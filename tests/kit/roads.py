"""Every road that work can take to a grade, and what has to be the same at the end of each."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from autograder import api
from autograder.config import Course
from autograder.container import run as platform
from autograder.grading.grader import Grader
from autograder.otter.zip import otter_zip
from autograder.publish.build import zip_bytes
from autograder.publish.gradescope import gradescope_zip
from autograder.results import Outcome, Report, from_json

ROOT = Path(__file__).resolve().parents[2]


def checked(course: Course, stem: str, work: Path) -> dict[str, Report]:
    """What `autograder check` says of each folder of a class."""
    with api.grader(course, stem) as grade:
        return {one.name: grade(one) for one in sorted(work.iterdir())}


def graded(course: Course, stem: str, work: Path, out: Path) -> dict[str, Report]:
    """What `autograder grade` says."""
    command = [sys.executable, "-m", "autograder", "--course", str(course.root), "grade", str(work)]
    subprocess.run([*command, "-a", stem, "-o", str(out), "--quiet"], cwd=ROOT, check=True, timeout=300)
    found = [from_json(path.read_bytes()) for path in (out / "reports").glob("*.json")]
    return {report.submission: report for report in found}


def unpacked(course: Course, stem: str, folder: Path) -> Path:
    """The zip for Gradescope, unpacked into a folder."""
    for path, content in gradescope_zip(course, stem).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def on_gradescope(
    grader: Grader, source: Path, work: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """The results.json of one submission, by a grader of the platform's own."""
    shutil.copytree(work, place / "submission")
    (place / "results").mkdir()
    (place / "source").symlink_to(source)
    monkeypatch.setattr(sys, "argv", ["run", str(place), grader.bank.stem])
    monkeypatch.setattr(platform, "open_grader", lambda *_: grader)
    monkeypatch.setattr(grader, "close", lambda: None)
    platform.main()
    monkeypatch.undo()
    return json.loads((place / "results" / "results.json").read_text())


def by_otter(course: Course, stem: str, work: Path, place: Path) -> list[Mapping[str, object]]:
    """The rows of otter's own run of one submission."""
    (place / "otter.zip").write_bytes(zip_bytes(otter_zip(course, stem)))
    shutil.make_archive(str(place / "work"), "zip", work)
    subprocess.run(
        [sys.executable, "-P", "-m", "otter", "run", "work.zip", "-a", "otter.zip", "-o", "."],
        cwd=place, env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True, timeout=300, capture_output=True,
    )  # fmt: skip
    return json.loads((place / "results.json").read_text())["tests"]


def facts(report: Report) -> tuple[object, ...]:
    """What has to be the same: all but who and where it was, and how long it took."""
    checks = [(one.id, one.outcome, one.feedback, one.visibility) for one in report.checks]
    questions = [(one.id, one.score, one.max_score, one.outcome, one.hint) for one in report.questions]
    quiz = [(one.id, one.score, one.outcome) for one in report.quiz]
    return report.score, report.max_score, report.outcome, checks, questions, quiz, report.notes


def kit_facts(report: Report) -> dict[str, tuple[float, int]]:
    """For each question, and the quiz: the score, and how many checks did not pass."""
    found = {}
    for question in report.questions:
        ended = [one.outcome for one in report.checks if one.question == question.id]
        found[question.id.rpartition(".")[2]] = (question.score, len(ended) - ended.count(Outcome.PASSED))
    return {**found, "quiz": (report.quiz_score, 0)} if report.quiz else found


def otter_facts(rows: list[Mapping[str, object]]) -> dict[str, tuple[object, int]]:
    """The same of otter's rows, whose output is about what did not pass."""
    scored = {str(row["name"]): row for row in rows if "score" in row}
    wrong = {name: str(row["output"]).count("Test case failed") for name, row in scored.items()}
    wrong |= dict.fromkeys({"quiz", "examples"} & scored.keys(), 0)  # they have no checks
    return {name: (row["score"], wrong[name]) for name, row in scored.items()}
