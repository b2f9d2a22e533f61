"""Several modules and files in an assignment: handed out, handed in, written by the program."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.config import load_config, parse_config
from autograder.doctor import generated
from autograder.doctor.examination import examine
from autograder.errors import KitError
from autograder.grading.opening import open_grader
from autograder.publish.build import FOR_CODE, has_bundle
from autograder.publish.gradescope import gradescope_zip
from autograder.publish.student_files.preflight import preflight
from autograder.publish.template import build_template
from autograder.publish.tree import write_tree
from autograder.submission.reading import read_submission
from autograder.submission.work import task_of

COURSE = Path(__file__).parent / "beside"
OWN = ("water.py", "gauge.py", "essay.txt")


@pytest.fixture(scope="module")
def grader():
    opened = open_grader(load_config(COURSE), "water")
    yield opened
    opened.close()


@pytest.fixture
def work(tmp_path):
    folder = tmp_path / "ada"
    folder.mkdir()
    for name in OWN:
        shutil.copy(COURSE / "solutions" / name, folder)
    return folder


def scores(grader, folder):
    report = grader.grade(read_submission(folder, task_of(grader.course, "water")))
    return {one.id.partition(".")[2] or one.id: one.score for one in report.questions}, report


def test_the_reference_with_its_module_and_files_has_full_points(grader, work):
    found, report = scores(grader, work)
    assert found == dict(grader.assignment.questions)
    assert not report.notes


def test_a_wrong_module_costs_its_own_question(grader, work):
    path = work / "gauge.py"
    path.write_text(path.read_text().replace("max(", "min("))
    found, _ = scores(grader, work)
    assert found["Gauge"] < 4
    assert (found["mean_level"], found["essay"]) == (3, 2)


def test_what_was_not_handed_in_is_said_and_costs_its_own_question(grader, work):
    (work / "essay.txt").unlink()
    found, report = scores(grader, work)
    assert "essay.txt was not handed in" in report.notes
    assert found == {"Gauge": 4, "mean_level": 3, "write_summary": 3, "essay": 0}


def test_a_file_that_was_handed_out_is_the_one_that_counts(grader, work):
    (work / "levels.csv").write_text("0.0\n")
    assert scores(grader, work)[0]["mean_level"] == 3


def test_the_course_is_healthy(monkeypatch):
    monkeypatch.setattr(generated, "GENERATED", ())
    assert examine(load_config(COURSE), "water", every_draw=False).findings == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that students are given."""
    write_tree(build_template(load_config(COURSE), "water"), tmp_path / "water")
    return tmp_path / "water"


def test_a_slip_in_the_second_module_is_told_with_its_place(folder, work):
    for path in work.iterdir():
        shutil.copy(path, folder)
    facts = json.loads((folder / "checks/assignment.json").read_text())
    assert all(fine for fine, told in preflight(folder, facts) if "pytest" not in told)
    gauge = folder / "gauge.py"
    gauge.write_text(gauge.read_text().replace("max(self", "max(slef"))
    once = [sys.executable, "study.py", "--once"]
    told = subprocess.run(once, cwd=folder, capture_output=True, text=True, check=True).stdout
    assert "gauge.py, line 20, in highest" in told
    gauge.write_text(gauge.read_text().replace("def highest(self)", "def highest(self"))
    assert any("gauge.py, line 18: Python cannot read" in told for fine, told in preflight(folder, facts))
    gauge.unlink()
    assert (False, "gauge.py is missing: it is handed in beside water.py") in preflight(folder, facts)


def test_no_zip_is_made_for_a_grader_that_takes_one_module():
    assert not any(has_bundle(load_config(COURSE), "water", name) for name in FOR_CODE)


def test_students_get_stubs_and_files_and_hand_in_all_that_is_asked_for(folder, work):
    stub = (folder / "gauge.py").read_text()
    assert 'raise NotImplementedError("Gauge: write your code here")' in stub
    assert "from gauge import Gauge" in (folder / "water.py").read_text()
    assert "`water.py`, `gauge.py` and `essay.txt`" in (folder / "README.md").read_text()
    for path in work.iterdir():
        shutil.copy(path, folder)
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    zipped = [sys.executable, "study.py", "--zip"]
    subprocess.run(zipped, cwd=folder, check=True, capture_output=True, env=os.environ | {"TERM": "dumb"})
    with zipfile.ZipFile(folder / "water_to_hand_in.zip") as archive:
        assert sorted(archive.namelist()) == sorted(OWN)


def test_the_zip_for_gradescope_holds_them():
    files = gradescope_zip(load_config(COURSE), "water")
    assert {
        "course/solutions/gauge.py",
        "course/solutions/essay.txt",
        "course/assignments/water/levels.csv",
    } <= set(files)


@pytest.mark.parametrize(
    ("key", "entry", "told"),
    [
        ("hand_in", "../essay.txt", "give it a plain name"),
        ("provided", "README.md", "has a file of that name"),
        ("hand_in", "random.py", "a Python module of that name exists already"),
        ("hand_in", "two words.py", "is not a Python name"),
    ],
)
def test_a_name_that_cannot_lie_beside_the_module_is_refused(key, entry, told):
    with pytest.raises(KitError, match=told):
        parse_config(f"assignments: {{water: {{questions: {{f: 1}}, {key}: ['{entry}']}}}}")
