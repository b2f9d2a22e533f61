"""The same work gets the same answer everywhere: `check`, a class's `grade`, Gradescope's run, otter's run.

Each way has a grader of its own, so nothing that one of them remembers helps another.
"""

import contextlib
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import nbformat
import pytest

from autograder.config import Course, load_config
from autograder.grading.grader import Grader
from autograder.grading.opening import open_grader
from autograder.reports.gradescope import to_gradescope
from autograder.results import Outcome, Report

sys.path.insert(0, str(Path(__file__).parent))
import roads
from roads import facts, kit_facts, otter_facts

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
    return roads.checked(course, STEM, work)


@pytest.fixture(scope="module")
def graded(course: Course, work: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    return roads.graded(course, STEM, work, tmp_path_factory.mktemp("out"))


@pytest.fixture(scope="module")
def source(course: Course, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return roads.unpacked(course, STEM, tmp_path_factory.mktemp("platform") / "source")


@pytest.fixture(scope="module")
def on_platform(course: Course) -> Iterator[Grader]:
    grader = open_grader(course, STEM)
    yield grader
    grader.close()


@pytest.mark.parametrize("name", NAMES)
def test_grading_a_class_gives_what_check_gives(name, checked, graded):
    assert facts(graded[name]) == facts(checked[name])
    assert graded[name].receipt == checked[name].receipt


@pytest.mark.parametrize("name", NAMES)
def test_gradescopes_run_gives_what_check_gives(
    name, checked, course, work, source, on_platform, tmp_path, monkeypatch
):
    found = roads.on_gradescope(on_platform, source, work / name, tmp_path, monkeypatch)
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
    rows = roads.by_otter(course, STEM, work / name, tmp_path)
    assert otter_facts(rows) == kit_facts(checked[name])


@pytest.mark.slow
def test_points_for_examples_are_the_same_everywhere(tmp_path, monkeypatch):
    tiny = shutil.copytree(KIT / "tiny", tmp_path / "course")
    settings = tiny / "grading.yml"
    settings.write_text(settings.read_text().replace("    quiz: 5", "    quiz: 5\n    examples: 4"))
    work = tmp_path / "class" / "ada"
    work.mkdir(parents=True)
    cell = nbformat.v4.new_code_cell((tiny / "solutions" / "warmup.py").read_text())
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), work / "warmup.ipynb")  # otter takes one .py only
    example = "(([3.0, 6.0, 1.0], 2), [3.0, 4.5, 3.5])"
    (work / "examples.py").write_text(f"examples = {{'running_mean': [{example}]}}\n")
    course = load_config(tiny)
    want = roads.checked(course, "warmup", work.parent)["ada"]
    earned = want.questions[-1]
    assert (earned.id, want.max_score) == ("warmup.examples", 24)
    assert 0 < earned.score < earned.max_score == 4
    assert facts(roads.graded(course, "warmup", work.parent, tmp_path / "out")["ada"]) == facts(want)
    source, place, otter = (tmp_path / name for name in ("source", "place", "otter"))
    place.mkdir()
    otter.mkdir()
    with contextlib.closing(open_grader(course, "warmup")) as grader:
        there = roads.unpacked(course, "warmup", source)
        found = roads.on_gradescope(grader, there, work, place, monkeypatch)
    assert found == json.loads(json.dumps(to_gradescope(want, course.settings)))
    assert otter_facts(roads.by_otter(course, "warmup", work, otter)) == kit_facts(want)
