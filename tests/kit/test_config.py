"""grading.yml: what it means, and the one line that a mistake in it gets."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.config import load_config, max_score, parse_config
from autograder.errors import InputError, KitError

LEAST = "assignments: {a: {questions: {f: 3}}}"
FULL = """
course: Example
seed: 7
limits: {call_s: 2, memory_mb: 512}
visibility: {hidden_checks: hidden}
late: {per_day: 0.5}
attempts: {max: 4}
assignments:
  first:
    title: The first
    due: 2026-12-15T23:59:00+01:00
    questions: {f: 1.5, g: 2}
    quiz: 0.5
    provided: [board]
    limits: {call_s: 9}
  second:
    questions: {h: 1}
"""


def complaint(text: str) -> str:
    """Return the error that a grading.yml gets, which must be one line."""
    with pytest.raises(KitError) as caught:
        parse_config(text)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_everything_but_questions_has_a_default() -> None:
    settings = parse_config(LEAST)
    assert settings.limits.call_s == 5
    assert settings.limits.memory_mb == 2048
    assert settings.visibility.hidden_checks == "after_published"
    assert (settings.late.grace_minutes, settings.late.per_day, settings.late.max_days) == (
        15,
        0.1,
        3,
    )
    assert settings.attempts.max is None
    assert settings.assignments["a"].quiz == 0
    assert settings.assignments["a"].due is None


def test_an_assignments_limits_replace_the_courses_one_by_one(tmp_path: Path) -> None:
    (tmp_path / "grading.yml").write_text(FULL)
    course = load_config(tmp_path)
    first, second = course.assignment("first"), course.assignment("second")
    assert (first.limits.call_s, first.limits.memory_mb, first.limits.import_s) == (9, 512, 20)
    assert (second.limits.call_s, second.limits.memory_mb) == (2, 512)
    assert first.due == datetime(2026, 12, 15, 23, 59, tzinfo=timezone(timedelta(hours=1)))
    assert (first.stem, first.title, first.provided) == ("first", "The first", ["board"])
    assert max_score(first) == 4
    assert course.root == tmp_path


def test_the_nearest_assignment_is_named(tmp_path: Path) -> None:
    (tmp_path / "grading.yml").write_text(FULL)
    with pytest.raises(InputError, match=r"no assignment 'frist'.*did you mean first"):
        load_config(tmp_path).assignment("frist")


def test_a_folder_without_grading_yml_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"{tmp_path.name} has no grading.yml"):
        load_config(tmp_path)


def test_a_byte_order_mark_is_fine_and_other_bytes_are_not(tmp_path: Path) -> None:
    (tmp_path / "grading.yml").write_bytes(b"\xef\xbb\xbf" + LEAST.encode())
    assert load_config(tmp_path).settings.assignments
    (tmp_path / "grading.yml").write_bytes(b"course: \xe9")
    with pytest.raises(KitError, match=r"grading\.yml, line 1: a character there is not in UTF-8"):
        load_config(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("call_s: 2", "call_z: 2", "limits.call_z is not a setting; did you mean call_s?"),
        ("assignments:", "assignmentz:", "assignmentz is not a setting; did you mean assignments?"),
        ("quiz: 0.5", "quizz: 1", "assignments.first.quizz is not a setting; did you mean quiz?"),
        ("limits: {call_s: 9", "limits: {cal: 9", "assignments.first.limits.cal is not a setting"),
        ("    questions: {h: 1}", "    title: A", "assignments.second.questions names no question"),
        ("{h: 1}", "{}", "assignments.second.questions names no question"),
        ("{h: 1}", "3", "assignments.second.questions must be a group of NAME: VALUE, not 3"),
        ("{h: 1}", "{h: -1}", "assignments.second.questions.h must be a number, 0 or more, not -1"),
        ("{h: 1}", "{h: .nan}", "questions.h must be a number, 0 or more, not nan"),
        ("{h: 1}", "{h: true}", "questions.h must be a number, 0 or more, not True"),
        ("{h: 1}", "{1h: 1}", "assignments.second.questions.1h is not a Python name"),
        ("{h: 1}", "{class: 1}", "assignments.second.questions.class is not a Python name"),
        ("second:", "second-one:", "assignments.second-one is not a Python name"),
        ("second:", "random:", "assignments.random cannot be an assignment: a Python module of that name"),
        ("second:", "conftest:", "assignments.conftest cannot be an assignment: the student's folder has"),
        ("[board]", "[my board]", "assignments.first.provided.my board is not a Python name"),
        ("[board]", "board", "provided must be a list of names of modules and files, not 'board'"),
        ("second:", "numpy:", "assignments.numpy cannot be an assignment: a Python module of that name"),
        ("second:", "torch:", "assignments.torch cannot be an assignment: a Python module of that name"),
        (
            "[board]",
            "[quiz]",
            "first.provided cannot hold 'quiz.py': the student's folder has a file of that",
        ),
        ("[board]", "[study.py]", "first.provided cannot hold 'study.py': the student's folder has a file"),
        (
            "[board]",
            "[random]",
            "first.provided cannot hold 'random.py': a Python module of that name exists",
        ),
        ("[board]", "[numpy]", "first.provided cannot hold 'numpy.py': a Python module of that name exists"),
        (
            "[board]",
            "[pytest]",
            "first.provided cannot hold 'pytest.py': a Python module of that name exists",
        ),
        ("[board]", "[lab.ipynb]", "first.provided cannot hold 'lab.ipynb': the student's folder has a file"),
        (
            "[board]",
            "[first.ipynb]",
            "cannot hold 'first.ipynb': the student's folder has a file of that name",
        ),
        ("[board]", "[../a.csv]", "first.provided cannot hold '../a.csv': give it a plain name"),
        ("[board]", "[first]", "first.provided cannot hold 'first.py': it is the assignment's own module"),
        ("[board]", "[a.csv, a.csv]", "first.provided cannot hold 'a.csv': provided holds it already"),
        (
            "provided: [board]",
            "hand_in: [first.py]",
            "hand_in cannot hold 'first.py': it is the assignment's own",
        ),
        ("[board]", "[w]\n    hand_in: [w.py]", "hand_in cannot hold 'w.py': provided holds it already"),
        (
            "[board]",
            "[w.csv]\n    hand_in: [w.csv]",
            "hand_in cannot hold 'w.csv': provided holds it already",
        ),
        ("call_s: 2", "call_s: 0", "limits.call_s must be a number above 0, not 0"),
        ("memory_mb: 512", "memory_mb: 2 GB", "must be a whole number above 0, not '2 GB'"),
        ("per_day: 0.5", "per_day: 10", "late.per_day must be a number from 0 to 1, not 10"),
        ("max: 4", "max: 0", "attempts.max must be a whole number above 0, or null, not 0"),
        ("hidden}", "never}", "hidden_checks must be visible, hidden, after_due_date or after_pub"),
        ("seed: 7", "time_zone: Europe/Berln", "not Europe/Berln; did you mean Europe/Berlin?"),
        ("seed: 7", "time_zone: Europe/Athens", "it is +02:00 in Europe/Athens then: is 2026-12-15T23:59"),
        ("seed: 7", "seed: 1.5", "seed must be a whole number, 0 or more, not 1.5"),
        ("seed: 7", "seed: 7\nseed: 8", "seed stands twice, again in line 4"),
        ("quiz: 0.5", "quiz: 1\n    quiz: 2", "quiz stands twice"),
        ("+01:00", "", "first.due must be a date and time with a UTC offset, such as 2026-12-15T"),
        ("2026-12-15T23:59:00+01:00", "2026-12-15", "with a UTC offset"),
        ("2026-12-15T", "2026-13-15T", "month must be in 1..12"),
        ("{call_s: 2", "[call_s: 2", "line 4: expected ',' or ']'"),
        ("seed: 7", "seed: !!python/name:os.system ''", "could not determine a constructor"),
        ("seed: 7", "[a]: 7", "the key in line 3 is not a name"),
        ("seed: 7", "seed: \x07", "special characters are not allowed"),
    ],
)
def test_a_mistake_is_named_with_its_key(old: str, new: str, said: str) -> None:
    assert old in FULL
    message = complaint(FULL.replace(old, new))
    assert message.startswith("grading.yml: ")
    assert said in message


@pytest.mark.parametrize("text", ["", "[]", "3", "assignments: [a]", "assignments: {a: }", "limits: 3"])
def test_a_file_of_another_shape_is_refused(text: str) -> None:
    complaint(text)


@settings(database=None)
@given(st.text(max_size=200))
def test_any_text_is_settings_or_one_line(text: str) -> None:
    message = "grading.yml: "
    try:
        parse_config(text)
    except KitError as error:
        message = str(error)
    assert message.startswith("grading.yml: ")
    assert len(message.splitlines()) == 1


@pytest.mark.parametrize("questions", ["{}", "{examples: 3}"])
def test_points_for_examples_need_questions_of_another_name(questions):
    text = f"assignments: {{warmup: {{questions: {questions}, quiz: 5, examples: 4}}}}"
    with pytest.raises(KitError, match=r"warmup\.examples needs questions"):
        parse_config(text)


def test_points_for_examples_belong_to_the_whole():
    (warmup,) = parse_config("assignments: {warmup: {questions: {f: 3}, examples: 4}}").assignments.values()
    assert (warmup.worth, max_score(warmup)) == ({"f": 3, "examples": 4}, 7)
