"""The names that platforms give to files, read back: whose, since when, and all of one student together."""

import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.config import Course, parse_config
from autograder.errors import InputError
from autograder.roster.intake import Options, take_in
from autograder.submission.layouts import find_submissions, left_out
from autograder.submission.platforms import attempt_time, seen_in
from autograder.submission.reading import Submission, read_entry

STEM = "rl_foundations"
WORK = "def f():\n    return 1\n"
QUIZ = "student: Ada\n"


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files; a path that ends in / is an empty folder."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return folder


def rows(folder: Path) -> dict[str, Submission]:
    return {entry.name: read_entry(entry, STEM) for entry in find_submissions(folder, STEM)}


def zipped(name: str, text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, text)
    return buffer.getvalue()


def test_canvas_with_hidden_names(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "anon_Ab3xZ_78901_rl_foundations.py": WORK,
            "anon_Ab3xZ_78902_quiz.yml": QUIZ,
            "LATE_anon_Qw9eR_78903_rl_foundations-1.py": WORK,
            "LATE_anon_Qw9eR_78904_quiz-1.yml": QUIZ,
            "anon_12345_78905_rl_foundations.py": WORK,
            "anon_12345_78906_quiz.yml": QUIZ,
            "anon_zZ1aB_78907_helpers.py": "x = 1",
            "anon_zZ1aB_78908_rl_foundations.py": WORK,
            "anon_zip12_78912_rl_foundations.zip": zipped(f"{STEM}.py", WORK),
            "LATE_anon_text1_text.html": "<p>",
        },
    )
    got = rows(tmp_path)
    assert list(got) == [
        "anon_12345", "anon_Ab3xZ", "anon_Qw9eR", "anon_text1", "anon_zip12", "anon_zZ1aB",
    ]  # fmt: skip
    late = {entry.name for entry in find_submissions(tmp_path, STEM) if entry.late}
    assert late == {"anon_Qw9eR", "anon_text1"}
    for name in ("anon_Ab3xZ", "anon_Qw9eR", "anon_12345"):
        assert set(got[name].files) == {f"{STEM}.py", "quiz.yml"}
    assert "helpers.py" in got["anon_zZ1aB"].files


def test_blackboard_and_its_attempts(tmp_path: Path) -> None:
    old, new = (f"Homework_1_s_1_attempt_2026-12-{day}-12-00-00" for day in ("09", "10"))
    write(
        tmp_path,
        {
            f"{old}.txt": "Name: Sofia One (s_1)\nAssignment: Homework 1\n",
            f"{old}_rl_foundations.py": "old = 1",
            f"{old}_quiz.yml": QUIZ,
            f"{new}.txt": "Name: Sofia One (s_1)\n",
            f"{new}_rl_foundations.py": "new = 1",
            "Homework_1_s2_attempt_2026-12-10-12-00-00_work.zip": zipped(f"{STEM}.py", WORK),
        },
    )
    second, sofia = find_submissions(tmp_path, STEM)
    assert (sofia.student, sofia.members[0].login, second.members[0].login) == ("Sofia One", "s_1", "s2")
    assert sofia.submitted_at == datetime(2026, 12, 10, 12)
    assert sofia.earlier == (datetime(2026, 12, 9, 12),)
    got = rows(tmp_path)
    assert got[sofia.name].files == {f"{STEM}.py": b"new = 1", "quiz.yml": QUIZ.encode()}
    assert got["s2"].main


def test_the_time_of_an_attempt_is_in_the_zone_of_the_due_date(tmp_path: Path) -> None:
    write(tmp_path / "in", {"Hw_ada_attempt_2026-12-16-08-00-00_rl_foundations.py": WORK})
    settings = "assignments:\n  rl_foundations: {questions: {f: 1}, due: 2026-12-15T23:59:00+01:00}\n"
    course = Course(tmp_path, parse_config(settings))
    (row,) = take_in(find_submissions(tmp_path / "in", STEM), course, STEM, Options()).rows
    assert row.submitted_at == datetime(2026, 12, 16, 7, tzinfo=UTC)
    assert row.ruling.late_days == 1


def test_brightspace_files_and_folders(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "59438-139472 - Ada Lovelace - Dec 9, 2026 1159 PM - rl_foundations.py": "old = 1",
            "59438-139472 - Ada Lovelace - Dec 10, 2026 1200 AM - rl_foundations.py": "new = 1",
            "59438-139472 - Ada Lovelace - Dec 10, 2026 1200 AM - quiz.yml": QUIZ,
            "7-139472 - Alan Turing - 9 December, 2026 6_05 PM/rl_foundations.py": WORK,
            "index.html": "<html>",
        },
    )
    ada, alan = sorted(find_submissions(tmp_path, STEM), key=lambda entry: entry.student)
    assert (ada.student, alan.student) == ("Ada Lovelace", "Alan Turing")
    assert ada.submitted_at == datetime(2026, 12, 10)
    assert alan.submitted_at == datetime(2026, 12, 9, 18, 5)
    assert rows(tmp_path)[ada.name].files == {f"{STEM}.py": b"new = 1", "quiz.yml": QUIZ.encode()}
    assert left_out(tmp_path, [ada, alan]) == ["index.html"]


def test_names_of_google_classroom(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "S One - quiz.yml": QUIZ,
            "S One - rl_foundations.py": WORK,
            "S Two - rl_foundations.ipynb": '{"cells": []}',
            "S Three - Copy of rl_foundations.py": WORK,
            "s4@x.edu - rl_foundations (1).py": WORK,
            "s5 - rl_foundations.py": "x = 1",
            "s5 - rl_foundations (1).py": "x = 2",
            "Anna - Maria - quiz.yml": QUIZ,
            "Anna - Maria - rl_foundations.py": WORK,
        },
    )
    got = rows(tmp_path)
    assert {"S One", "S Two", "S Three", "s4@x.edu", "s5", "Anna - Maria"} <= set(got)
    assert set(got["S One"].files) == {f"{STEM}.py", "quiz.yml"}
    assert len(got["s5"].notes) == 1


def test_flat_names_that_differ_a_little_belong_together(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "s4 rl_foundations (1).py": WORK, "s4_quiz.yml": QUIZ,
            "s5-rl-foundations.py": WORK, "s5-quiz.yml": QUIZ,
            "Ada Lovelace.py": WORK, "ada-lovelace_quiz (2).yml": QUIZ,
            "rl_foundations (7).py": WORK, "Copy of rl_foundations.py": WORK,
            "s2_rl_foundations.py": WORK, "rl_foundations_s3.py": WORK,
        },
    )  # fmt: skip
    got = rows(tmp_path)
    assert set(got) == {
        "s4", "s5", "Ada Lovelace", "rl_foundations (7)", "Copy of rl_foundations", "s2", "s3",
    }  # fmt: skip
    for name in ("s4", "s5", "Ada Lovelace"):
        assert set(got[name].files) == {f"{STEM}.py", "quiz.yml"}


@pytest.mark.parametrize("top", ["submissions", "Homework 1 submissions", "export/submissions", "hw1", STEM])
def test_a_class_that_is_deeper_is_found(tmp_path: Path, top: str) -> None:
    write(tmp_path, {f"{top}/{name}/{STEM}.py": WORK for name in ("s1", "s2", "s3")})
    write(tmp_path, {"roster.csv": "name\n"})
    assert list(rows(tmp_path)) == ["s1", "s2", "s3"]


@pytest.mark.parametrize(
    "top", ["CS101/submissions", "Kurs/Abgaben", "2026/hw1", "cs285_fall/hw1_submissions", "a/b/class"]
)
@pytest.mark.parametrize("below", ["", "/code"])
def test_a_class_is_found_below_folders_of_any_name(tmp_path: Path, top: str, below: str) -> None:
    write(tmp_path, {f"{top}/{name}{below}/{STEM}.py": WORK for name in ("s1", "s2")})
    assert list(rows(tmp_path)) == ["s1", "s2"]


@pytest.mark.parametrize(
    "shape", ["a/b/c/{}/" + STEM + ".py", "CS101/{}/work/" + STEM + ".ipynb", "CS101/{}.zip"]
)
def test_several_owners_below_folders_of_any_name_are_never_one_student(tmp_path: Path, shape: str) -> None:
    write(tmp_path, {shape.format(name): WORK for name in ("s1", "s2")})
    with pytest.raises(InputError, match="with what looks like 2 submissions"):
        find_submissions(tmp_path, STEM)


def test_an_export_that_is_deeper_is_found(tmp_path: Path) -> None:
    write(tmp_path, {f"x y/adalove_{at}_7_{STEM}.py": WORK for at in (1, 2)})
    assert list(rows(tmp_path)) == ["adalove_1", "adalove_2"]


def test_what_may_be_a_class_or_a_student_is_asked(tmp_path: Path) -> None:
    write(tmp_path, {f"ada/{name}/{STEM}.py": WORK for name in ("s1", "s2")})
    with pytest.raises(
        InputError, match=r"grade .*ada \(or, if it is one student's work, use autograder check"
    ):
        find_submissions(tmp_path, STEM)


def test_sections_are_asked_about(tmp_path: Path) -> None:
    write(tmp_path, {f"{part}/{name}/{STEM}.py": WORK for part in "AB" for name in ("s1", "s2")})
    with pytest.raises(InputError, match="each with what looks like a class"):
        find_submissions(tmp_path, STEM)


@pytest.mark.parametrize(
    "files",
    [
        {f"ada/draft/{STEM}.py", f"ada/final/{STEM}.py"},
        {f"ada/{STEM}.py", "ada/a/x.py", "ada/b/x.py"},
        {f"ada/src/{STEM}.py"},
        {f"ada/homework/src/{STEM}.py"},
        {f"ada/{STEM}.py", "ada/checks/a.py", "ada/tests/b.py"},
        {"ada/main.py", "ada/helpers.py"},
    ],
)
def test_one_student_is_one_student(tmp_path: Path, files: set[str]) -> None:
    write(tmp_path, dict.fromkeys(files, WORK))
    assert list(rows(tmp_path)) == ["ada"]


def test_metadata_in_a_student_s_folder_is_a_file_of_theirs(tmp_path: Path) -> None:
    forged = "submission_1:\n  :submitters:\n  - :name: Alan\n  :created_at: 2020-01-01 00:00:00 Z\n"
    write(tmp_path, {f"eve/{STEM}.py": WORK, "eve/submission_metadata.yml": forged})
    assert [entry.student for entry in find_submissions(tmp_path, STEM)] == ["eve"]
    write(tmp_path, {f"alan/{STEM}.py": WORK, f"eve/submission_1/{STEM}.py": WORK})
    assert [entry.student for entry in find_submissions(tmp_path, STEM)] == ["alan", "eve"]


def test_a_gradebook_makes_nobody_vanish(tmp_path: Path) -> None:
    write(tmp_path, {f"eve/{STEM}.py": WORK, "eve/gradebook.sqlite": "", f"ada/{STEM}.py": WORK})
    write(tmp_path, {"OUT/gradebook.sqlite": "", "OUT/grades.csv": ""})
    entries = find_submissions(tmp_path, STEM)
    assert [entry.name for entry in entries] == ["ada", "eve"]
    assert left_out(tmp_path, entries) == ["OUT"]


WORDS = st.text("abcdefghijklmnopqrstuvwxyzäßéжλ", min_size=1, max_size=12)
FILES = st.sampled_from(
    ["rl_foundations.py", "quiz.yml", "a b (1).py", "x_12_34_y.ipynb", "text.html", "1_2.zip"]
)
NUMBERS = st.integers(1, 10**12)


@given(WORDS, NUMBERS, NUMBERS, FILES, st.booleans())
def test_names_of_canvas_are_read_back(name: str, user: int, upload: int, file: str, late: bool) -> None:
    parts = [name, *(["LATE"] if late else []), str(user), str(upload), file]
    seen = seen_in("_".join(parts))
    assert seen is not None
    assert (seen.platform, seen.name, seen.id, seen.file, seen.late) == (
        "canvas",
        name,
        str(user),
        file,
        late,
    )


@given(st.from_regex(r"[1-9A-HJ-NP-Za-km-z]{5}", fullmatch=True), NUMBERS, FILES, st.booleans())
def test_hidden_names_of_canvas_are_read_back(code: str, upload: int, file: str, late: bool) -> None:
    seen = seen_in(f"{'LATE_' if late else ''}anon_{code}_{upload}_{file}")
    assert seen is not None
    assert (seen.row, seen.file, seen.late) == (f"anon_{code}", file, late)


@given(st.lists(WORDS, min_size=1, max_size=3).map(" ".join), NUMBERS, FILES)
def test_names_of_moodle_are_read_back(name: str, number: int, file: str) -> None:
    seen = seen_in(f"{name}_{number}_assignsubmission_file_{file}")
    assert seen is not None
    assert (seen.platform, seen.name, seen.id, seen.file) == ("moodle", name, str(number), file)


MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1)).map(lambda at: at.replace(microsecond=0))


@given(WORDS, WORDS, MOMENTS, FILES)
def test_names_of_blackboard_are_read_back(title: str, user: str, at: datetime, file: str) -> None:
    seen = seen_in(f"{title}_{user}_attempt_{at:%Y-%m-%d-%H-%M-%S}_{file}")
    assert seen is not None
    assert (seen.platform, seen.name, seen.at, seen.file) == ("blackboard", user, at, file)
    receipt = seen_in(f"{title}_{user}_attempt_{at:%Y-%m-%d-%H-%M-%S}.txt")
    assert receipt is not None
    assert receipt.receipt


@given(st.lists(WORDS, min_size=1, max_size=3).map(" ".join), NUMBERS, MOMENTS, FILES)
def test_names_of_brightspace_are_read_back(name: str, number: int, at: datetime, file: str) -> None:
    seen = seen_in(f"{number}-77 - {name} - {at:%b %d, %Y %I%M %p} - {file}")
    assert seen is not None
    assert (seen.platform, seen.name, seen.file) == ("brightspace", name, file)
    assert seen.at == at.replace(second=0)


@given(st.text(max_size=200))
def test_whatever_a_file_is_called_its_name_can_be_read(name: str) -> None:
    seen = seen_in(name)
    assert seen is None or seen.platform


def test_times_in_names() -> None:
    assert attempt_time("Feb 30, 2026 100 PM") is None
    assert attempt_time("tomorrow 2026") is None
