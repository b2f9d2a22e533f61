"""The course in examples/: the engine carries what its authors never saw, on every road."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.config import load_config
from autograder.grading.grader import Grader
from autograder.grading.opening import open_grader
from autograder.publish.gradescope import gradescope_zip
from autograder.publish.template import build_template
from autograder.reports.gradescope import to_gradescope
from autograder.results import Outcome, Report
from autograder.submission.reading import Submission

sys.path.insert(0, str(Path(__file__).parent))
import roads
from roads import facts, kit_facts, otter_facts

COURSE = Path(__file__).resolve().parents[2] / "examples" / "language"
FOREIGN = r"gamma|reward|polic(y|ies)|reinforce|episode|\bagents?\b|bellman|discount|bandit|\bppo\b|rlhf"


@pytest.fixture(scope="module", params=["wordbook", "attention"])
def grader(request: pytest.FixtureRequest) -> Iterator[Grader]:
    opened = open_grader(load_config(COURSE), request.param)
    yield opened
    opened.close()


def graded(grader: Grader, text: str):
    stem = grader.bank.stem
    return grader.grade(Submission("Someone", "someone", {f"{stem}.py": text.encode()}, main=f"{stem}.py"))


def test_the_reference_has_full_points_and_the_stubs_none(grader):
    report = graded(grader, grader.bank.solution)
    assert [q.score for q in report.questions] == [q.max_score for q in report.questions]
    stubs = build_template(grader.course, grader.bank.stem)[f"{grader.bank.stem}.py"].decode()
    assert graded(grader, stubs).score == 0


def test_wrong_text_and_a_wrong_class_are_told_what_is_wrong():
    grader = open_grader(load_config(COURSE), "wordbook")
    wrong = grader.bank.solution.replace("text.lower()", "text").replace("start=1", "start=2")
    try:
        report = graded(grader, wrong)
    finally:
        grader.close()
    told = {check.id: check for check in report.checks if check.visible}
    words = told["wordbook.split_words.a_sentence_with_punctuation"]
    assert words.outcome is Outcome.FAILED
    assert "expected" in words.feedback
    assert report.questions[0].score < 6
    assert report.questions[1].score < 8


def test_no_word_of_the_first_course_is_handed_out():
    course = load_config(COURSE)
    for stem in course.settings.assignments:
        for path, content in build_template(course, stem).items():
            assert re.search(FOREIGN, content.decode(), re.IGNORECASE) is None, path


def test_students_run_the_visible_checks_in_their_folder(tmp_path):
    course = load_config(COURSE)
    for stem in course.settings.assignments:
        folder = tmp_path / stem
        for path, content in build_template(course, stem).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        (folder / f"{stem}.py").write_text((COURSE / "solutions" / f"{stem}.py").read_text())
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_the_zip_for_gradescope_can_be_built():
    files = gradescope_zip(load_config(COURSE), "attention")
    assert "course/solutions/attention.py" in files
    assert not [path for path in files if "rl_foundations" in path]


WORKS = ("right", "stubs", "wrong", "hostile")
WRONG = {
    "wordbook": [("text.lower()", "text"), ("start=1", "start=2")],
    "attention": [(" / math.sqrt(queries.shape[-1])", "")],
}


@pytest.fixture(scope="module")
def work(grader: Grader, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small class: right, untouched, wrong, hostile."""
    stem, right = grader.bank.stem, grader.bank.solution
    wrong = right
    for before, after in WRONG[stem]:
        assert before in right
        wrong = wrong.replace(before, after)
    stubs = build_template(grader.course, stem)[f"{stem}.py"].decode()
    hostile = f"{right}\nimport os\nos._exit(0)\n"
    folder = tmp_path_factory.mktemp("class")
    for name, text in zip(WORKS, (right, stubs, wrong, hostile), strict=True):
        (folder / name).mkdir()
        (folder / name / f"{stem}.py").write_text(text)
    return folder


@pytest.fixture(scope="module")
def checked(grader: Grader, work: Path) -> dict[str, Report]:
    return roads.checked(grader.course, grader.bank.stem, work)


@pytest.mark.skipif(sys.platform != "linux", reason="the wall is Linux's")
def test_the_same_work_has_the_same_score_by_grade_and_on_gradescope(
    grader, work, checked, tmp_path, monkeypatch
):
    course, stem = grader.course, grader.bank.stem
    graded = roads.graded(course, stem, work, tmp_path / "out")
    source = roads.unpacked(course, stem, tmp_path / "source")
    for name, report in checked.items():
        assert facts(graded[name]) == facts(report)
        (tmp_path / name).mkdir()
        found = roads.on_gradescope(grader, source, work / name, tmp_path / name, monkeypatch)
        assert found == json.loads(json.dumps(to_gradescope(report, course.settings)))
    scores = [checked[name].score for name in WORKS]
    assert scores[1] < scores[2] < scores[0]


@pytest.mark.slow
@pytest.mark.parametrize("name", WORKS)
def test_the_same_work_has_the_same_score_by_otter(grader, work, checked, name, tmp_path):
    rows = roads.by_otter(grader.course, grader.bank.stem, work / name, tmp_path)
    assert otter_facts(rows) == kit_facts(checked[name])
