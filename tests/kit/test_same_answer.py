"""The same work gets the same answer everywhere: `check`, a class's `grade`, Gradescope's run, otter's run.

Each way has a grader of its own, so nothing that one of them remembers helps another.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import jsonschema
import pytest

from autograder.config import Course, load_config
from autograder.container import run as platform
from autograder.judging.grader import Grader
from autograder.judging.opening import open_grader
from autograder.otter.zip import otter_zip
from autograder.publish.build import zip_bytes
from autograder.publish.gradescope import gradescope_zip
from autograder.reports.gradescope import to_gradescope
from autograder.results import Outcome, Report, from_json
from autograder.submission.reading import read_submission

sys.path.insert(0, str(Path(__file__).parent))
from quirks import with_habits

KIT = Path(__file__).parent
ROOT = KIT.parents[1]
STEM = "rl_foundations"
SCHEMA = json.loads((KIT / "gradescope_results.schema.json").read_text())
SAMPLES = sorted(path.name for path in (KIT / "sample_class").iterdir())
NAMES = [*SAMPLES, "untouched", "nothing", "habits"]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the wall is Linux's")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The course, with less patience for endless loops."""
    root = tmp_path_factory.mktemp("course")
    for name in ("assignments", "solutions", "tests"):
        (root / name).symlink_to(ROOT / name)
    settings = (ROOT / "grading.yml").read_text()
    assert "call_s: 5" in settings
    (root / "grading.yml").write_text(settings.replace("call_s: 5", "call_s: 2"))
    return load_config(root)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class: a folder for each submission."""
    folder = tmp_path_factory.mktemp("work") / "class"
    shutil.copytree(KIT / "sample_class", folder)
    (folder / "nothing").mkdir()
    (folder / "habits").mkdir()
    (folder / "habits" / f"{STEM}.py").write_text(
        with_habits((ROOT / "solutions" / f"{STEM}.py").read_text())
    )
    (folder / "untouched").mkdir()
    for name in (f"{STEM}.py", "quiz.yml"):
        shutil.copy(ROOT / "student_template" / STEM / name, folder / "untouched")
    return folder


@pytest.fixture(scope="module")
def checked(course: Course, work: Path) -> dict[str, Report]:
    """What `autograder check` says."""
    grader = open_grader(course, STEM)
    try:
        return {name: grader.grade(read_submission(work / name, STEM)) for name in NAMES}
    finally:
        grader.close()


@pytest.fixture(scope="module")
def graded(course: Course, work: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    """What `autograder grade` says."""
    out = tmp_path_factory.mktemp("out")
    command = [sys.executable, "-m", "autograder", "--course", str(course.root), "grade", str(work)]
    subprocess.run([*command, "-a", STEM, "-o", str(out), "--quiet"], cwd=ROOT, check=True, timeout=300)
    found = [from_json(path.read_bytes()) for path in (out / "reports").glob("*.json")]
    return {report.submission: report for report in found}


@pytest.fixture(scope="module")
def source(course: Course, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip for Gradescope, unpacked."""
    folder = tmp_path_factory.mktemp("platform") / "source"
    for path, content in gradescope_zip(course, STEM).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def on_platform(course: Course) -> Iterator[Grader]:
    grader = open_grader(course, STEM)
    yield grader
    grader.close()


def facts(report: Report) -> tuple[object, ...]:
    """What has to be the same: all but who and where it was, and how long it took."""
    checks = [(one.id, one.outcome, one.feedback, one.visibility) for one in report.checks]
    questions = [(one.id, one.score, one.max_score, one.outcome, one.hint) for one in report.questions]
    quiz = [(one.id, one.score, one.outcome) for one in report.quiz]
    return report.score, report.max_score, report.outcome, checks, questions, quiz, report.notes


@pytest.mark.parametrize("name", NAMES)
def test_grading_a_class_gives_what_check_gives(name, checked, graded):
    assert facts(graded[name]) == facts(checked[name])
    assert graded[name].receipt == checked[name].receipt


@pytest.mark.parametrize("name", NAMES)
def test_gradescopes_run_gives_what_check_gives(
    name, checked, course, work, source, on_platform, tmp_path, monkeypatch
):
    shutil.copytree(work / name, tmp_path / "submission")
    (tmp_path / "results").mkdir()
    (tmp_path / "source").symlink_to(source)
    monkeypatch.setattr(sys, "argv", ["run", str(tmp_path), STEM])
    monkeypatch.setattr(platform, "open_grader", lambda *_: on_platform)
    monkeypatch.setattr(on_platform, "close", lambda: None)
    platform.main()
    found = json.loads((tmp_path / "results" / "results.json").read_text())
    jsonschema.validate(found, SCHEMA)
    want = json.loads(json.dumps(to_gradescope(checked[name], course.settings)))
    assert found == want


def test_what_users_of_torch_and_plots_do_costs_nothing(checked):
    assert (checked["habits"].score, checked["habits"].notes) == (85, [])


def test_the_samples_end_in_every_way_that_work_can_end(checked):
    found = {one.outcome for report in checked.values() for one in report.checks}
    assert found >= {Outcome.PASSED, Outcome.FAILED, Outcome.ERROR, Outcome.TIMEOUT, Outcome.CRASHED}
    assert {report.score for report in checked.values()} >= {0.0, 100.0}


def test_a_receipt_says_what_graded_what(checked):
    for report in checked.values():
        assert set(report.receipt) == {
            "submission_sha256", "course_sha256", "kit_sha256", "kit", "isolation", "python",
            "numpy", "scipy", "torch", "matplotlib",
        }  # fmt: skip
    assert len({report.receipt["submission_sha256"] for report in checked.values()}) == len(checked)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in NAMES if name != "nothing"])  # otter itself refuses that
def test_otters_run_gives_what_check_gives(name, checked, course, work, tmp_path):
    (tmp_path / "otter.zip").write_bytes(zip_bytes(otter_zip(course, STEM)))
    shutil.make_archive(str(tmp_path / "work"), "zip", work / name)
    subprocess.run(
        [sys.executable, "-P", "-m", "otter", "run", "work.zip", "-a", "otter.zip", "-o", "."],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True, timeout=300, capture_output=True,
    )  # fmt: skip
    rows = json.loads((tmp_path / "results.json").read_text())["tests"]
    assert otter_facts(rows) == kit_facts(checked[name])


def kit_facts(report: Report) -> dict[str, tuple[float, int]]:
    """For each question, and the quiz: the score, and how many checks did not pass."""
    found = {}
    for question in report.questions:
        ended = [one.outcome for one in report.checks if one.question == question.id]
        found[question.id.rpartition(".")[2]] = (question.score, len(ended) - ended.count(Outcome.PASSED))
    return {**found, "quiz": (report.quiz_score, 0)}


def otter_facts(rows: list[Mapping[str, object]]) -> dict[str, tuple[object, int]]:
    """The same of otter's rows, whose output is about what did not pass."""
    scored = {str(row["name"]): row for row in rows if "score" in row}
    wrong = {name: str(row["output"]).count("Test case failed") for name, row in scored.items()}
    return {name: (row["score"], wrong[name] if name != "quiz" else 0) for name, row in scored.items()}
