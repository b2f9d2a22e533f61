"""An assignment that is only a quiz, and the quiz of a class graded without its code."""

import csv
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.cli.main import main
from autograder.config import Course, load_config, max_score, parse_config
from autograder.errors import InputError
from autograder.judging.receipt import course_files
from autograder.publish.build import FOR_CODE, has_bundle
from autograder.publish.gradescope import gradescope_zip
from autograder.publish.template import build_template
from autograder.quiz.alone import quiz_alone
from autograder.submission.reading import read_submission
from autograder.submission.work import task_of
from tests.kit.test_gradescope import Platform

TINY = Path(__file__).parent / "tiny"
SHEET = "student: Ada\nwhy_smooth:\n  answer: b\nmoved_to_the_end:\n  answer: clipping\n"
READING = "assignments:\n  reading: {title: Reading, quiz: 10}\n"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course with one assignment, which has a quiz and no code."""
    for folder in ("assignments/reading", "solutions"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(TINY / "assignments/warmup/quiz.yml", tmp_path / "assignments/reading/quiz.yml")
    shutil.copy(TINY / "solutions/warmup_quiz.yml", tmp_path / "solutions/reading_quiz.yml")
    (tmp_path / "grading.yml").write_text(READING)
    return load_config(tmp_path)


def test_students_get_the_quiz_and_nothing_about_code(course: Course) -> None:
    files = build_template(course, "reading")
    assert set(files) == {"README.md", "quiz.yml", "quiz.py"}
    assert b"python quiz.py" in files["README.md"]
    assert set(course_files(course, "reading")) >= {"solutions/reading_quiz.yml"}
    assert [name for name in FOR_CODE if has_bundle(course, "reading", name)] == []


def test_only_the_sheet_is_read(course: Course, tmp_path: Path) -> None:
    task = task_of(course, "reading")
    for name in ("ada", "bob"):
        (tmp_path / name).mkdir()
    (tmp_path / "ada/reading.py").write_text("while True: pass")
    (tmp_path / "ada/quiz.yml").write_text(SHEET)
    (tmp_path / "bob/reading.py").write_text("x = 1")
    ada = read_submission(tmp_path / "ada", task)
    assert (set(ada.files), ada.main, ada.notes) == ({"quiz.yml"}, "", ())
    assert read_submission(tmp_path / "bob", task).problem.startswith("no quiz.yml found in it")


def test_the_quiz_alone_goes_into_a_column_of_its_own() -> None:
    tiny = load_config(TINY)
    alone = quiz_alone(tiny, "warmup").assignment("warmup")
    assert (alone.questions, max_score(alone), alone.title) == ({}, 5, "A warm-up with NumPy: quiz")
    without = Course(TINY, parse_config("assignments:\n  warmup: {questions: {f: 1}}\n"))
    with pytest.raises(InputError, match="warmup has no quiz"):
        quiz_alone(without, "warmup")


def test_the_quiz_of_a_class_is_graded_without_its_code_and_stays_so(tmp_path: Path) -> None:
    (tmp_path / "class/ada").mkdir(parents=True)
    (tmp_path / "class/ada/warmup.py").write_text("this is no Python")
    (tmp_path / "class/ada/quiz.yml").write_text(SHEET)
    out = tmp_path / "out"
    done = CliRunner().invoke(
        main, ["--course", str(TINY), "grade", str(tmp_path / "class"), "-a", "warmup", "-o", str(out),
               "--quiz-only"],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    with (out / "grades.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert (row["score"], row["max_score"], row["quiz"]) == ("3.33", "5.0", "3.33")
    assert "warmup.running_mean" not in row
    again = CliRunner().invoke(main, ["--course", str(TINY), "regrade", str(out), "--dry-run"])
    assert "No score and no outcome changed" in again.output
    words = ["grade", str(tmp_path / "class"), "-a", "warmup", "-o", str(out)]
    whole = CliRunner().invoke(main, ["--course", str(TINY), *words])
    assert f"{out} holds the grades of its quiz: give the whole of warmup another -o" in whole.stderr


def test_a_zip_of_only_a_quiz_grades_the_sheet_on_the_platform(course: Course, tmp_path: Path) -> None:
    (course.root / "grading.yml").write_text(READING.replace("quiz: 10", "quiz: 20"))
    platform = Platform(tmp_path / "autograder", gradescope_zip(load_config(course.root), "reading"))
    (platform.root / "submission" / "quiz.yml").write_text(SHEET)
    rows = platform.run()["tests"]  # whose maxima add up to the points, 20
    assert [row["name"] for row in rows] == [
        "quiz: why_smooth", "quiz: last_mean", "quiz: moved_to_the_end",
    ]  # fmt: skip
    assert [row["status"] for row in rows] == ["passed", "failed", "passed"]
    assert sum(row["score"] for row in rows) == pytest.approx(13.33, abs=0.01)
