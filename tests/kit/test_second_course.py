"""The course in examples/: the engine carries what its authors never saw, on every road."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.config import load_config
from autograder.judging.grader import Grader
from autograder.judging.opening import open_grader
from autograder.publish.gradescope import gradescope_zip
from autograder.publish.template import build_template
from autograder.results import Outcome
from autograder.submission.reading import Submission

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
