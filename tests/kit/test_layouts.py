"""Folders of submissions in every layout -> who handed in what. Nothing and nobody is lost."""

import io
import os
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autograder.errors import InputError
from autograder.submission.entry import Entry, Member
from autograder.submission.gradescope_export import export_moment
from autograder.submission.layouts import find_submissions, without_stem
from autograder.submission.reading import Submission, read_entry

STEM = "rl_foundations"
WORK = "def f():\n    return 1\n"
NOTEBOOK = '{"cells": [{"cell_type": "code", "source": "x = 1"}]}'
METADATA = """\
submission_12345678:
  :submitters:
  - :name: Ada Lovelace
    :sid: '0042'
    :email: ada@example.org
  :created_at: 2026-04-26 17:34:00.861687000 Z
  :score: 2.0
  :history:
  - :submitters:
    - :name: Somebody Else
  :results: !ruby/hash:ActiveSupport::HashWithIndifferentAccess
    output: |-
      submission_1:
      =====
submission_9:
  :submitters:
  - :name: Alan Turing
    :sid: 7
  - :name: "Gödel, Kurt"
    :email: kurt@example.org
  :created_at: 2026-04-26 19:34:00 +02:00
submission_10:
  :submitters: []
submission_11:
  :submitters:
  - :sid: 333
"""


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files; a path that ends in / is an empty folder."""
    for name, data in files.items():
        path = folder / name
        if name.endswith("/"):
            path.mkdir(parents=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return folder


def zipped(**files: str) -> bytes:
    """Return a zip with these .py files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.py", text)
    return buffer.getvalue()


def rows(folder: Path) -> dict[str, tuple[Entry, Submission]]:
    """Return entries and submissions by name, after a look at what must always hold."""
    entries = find_submissions(folder, STEM)
    assert len({entry.name.casefold() for entry in entries}) == len(entries)
    return {entry.name: (entry, read_entry(entry, STEM)) for entry in entries}


def readable(folder: Path) -> dict[str, str]:
    """Return the code of each row, or its problem."""
    got = {name: submission for name, (_, submission) in rows(folder).items()}
    return {name: row.problem or b"".join(row.files.values()).decode() for name, row in got.items()}


def test_a_folder_per_student(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            f"student10/{STEM}.py": "ten",
            f"student2/work/{STEM}.py": "two",
            "Zoë 🦜/rl_foundations (1).py": "parrot",
            "zip/homework.zip": zipped(rl_foundations="zipped"),
            "empty/": "",
            "wrong/essay.pdf": "",
            ".git/config": "",
            "roster.csv": "",
            "notes.yml": "",
            "results/gradebook.sqlite": "",
        },
    )
    got = readable(tmp_path)
    assert got == {
        "empty": f"no {STEM}.py or .ipynb found in it; found: nothing",
        "student2": "two",
        "student10": "ten",
        "wrong": f"no {STEM}.py or .ipynb found in it; found: essay.pdf; hand in the file itself",
        "zip": "zipped",
        "Zoë 🦜": "parrot",
    }
    assert list(got) == ["empty", "student2", "student10", "wrong", "zip", "Zoë 🦜"]


def test_flat_files_are_joined_by_name(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "ada.py": "ada ",
            "ada_quiz.yml": "quiz",
            "alan.zip": zipped(rl_foundations="alan"),
            "alan/rl_foundations.py": "unpacked",
            "kurt.ipynb": NOTEBOOK,
            "emmy_rl_foundations.py": "emmy ",
            "emmy.yml": "quiz",
            "quizzer-quiz.yml": "only quiz",
            "grace.rar": "Rar!",
            "broken.zip": "no zip",
        },
    )
    got = rows(tmp_path)
    assert list(got) == ["ada", "alan", "broken", "emmy", "grace", "kurt", "quizzer"]
    assert set(got["ada"][1].files) == {f"{STEM}.py", "quiz.yml"} == set(got["emmy"][1].files)
    assert got["alan"][1].files[f"{STEM}.py"] == b"unpacked"
    assert got["kurt"][1].main == f"{STEM}.ipynb"
    assert got["quizzer"][1].files == {"quiz.yml": b"only quiz"}
    assert got["broken"][1].problem == "broken.zip is not a whole zip file"
    assert "found: grace.rar" in got["grace"][1].problem


def test_canvas(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "lovelaceada_12345_678901_rl_foundations-1.py": "ada ",
            "lovelaceada_12345_678902_quiz-1.yml": "quiz ",
            "lovelaceada_12345_678903_helpers-1.py": "help",
            "lovelaceada_12346_678904_rl_foundations.py": "another ada",
            "turingalan_LATE_12_34_Untitled.ipynb": NOTEBOOK,
            "o_brien_anna_late_13_35_homework.zip": zipped(rl_foundations="anna"),
            "gödelkurt_14_text.html": "<p>",
            "15_36_rl_foundations.py": "anonymous",
        },
    )
    got = rows(tmp_path)
    assert list(got) == [
        "15", "gödelkurt_14", "lovelaceada_12345", "lovelaceada_12346", "o_brien_anna_13",
        "turingalan_12",
    ]  # fmt: skip
    ada, handed_in = got["lovelaceada_12345"]
    assert (ada.student, ada.members, ada.late) == (
        "lovelaceada",
        (Member("lovelaceada", "12345"),),
        False,
    )
    assert handed_in.files == {f"{STEM}.py": b"ada ", "quiz.yml": b"quiz ", "helpers.py": b"help"}
    assert got["lovelaceada_12346"][0].student == "lovelaceada"
    assert got["turingalan_12"][0].late
    assert got["o_brien_anna_13"][0].late
    assert got["gödelkurt_14"][1].problem.endswith("found: gödelkurt_14_text.html; hand in the file itself")


def test_the_newest_of_several_uploads_is_graded_and_the_older_one_told(tmp_path: Path) -> None:
    older, newer = "adalove_7_999_rl_foundations.py", "adalove_7_1001_rl_foundations-1.py"
    write(tmp_path, {older: "old = 1", newer: "new = 1"})
    _, got = rows(tmp_path)["adalove_7"]
    assert got.files[got.main] == b"new = 1"
    assert got.notes == (f"{STEM}.py is graded, not {older}",)


@pytest.mark.parametrize("end", ["", "_"])
def test_moodle(tmp_path: Path, end: str) -> None:
    write(
        tmp_path,
        {
            f"Ada Lovelace_123456_assignsubmission_file{end}/{STEM}.py": "ada",
            f"Ada Lovelace_123456_assignsubmission_onlinetext{end}/onlinetext.html": "<p>",
            f"Ada Lovelace_123457_assignsubmission_file{end}/deep/work.zip": zipped(rl_foundations="2"),
            f"Participant_7_assignsubmission_file{end}/": "",
            f"Default group_assignsubmission_file{end}/{STEM}.py": "group",
            f"Alan Turing_8_assignsubmission_file_{STEM}.py": "flat ",
            "Alan Turing_8_assignsubmission_file_quiz.yml": "quiz",
        },
    )
    got = rows(tmp_path)
    assert readable(tmp_path) == {
        "Ada Lovelace_123456": "ada",
        "Ada Lovelace_123457": "2",
        "Alan Turing_8": "flat quiz",
        "Default group": "group",
        "Participant_7": f"no {STEM}.py or .ipynb found in it; found: nothing",
    }
    assert got["Ada Lovelace_123457"][0].members == (Member("Ada Lovelace", "123457"),)


@pytest.mark.parametrize("inside", ["", "assignment_77_export/"])
def test_gradescope(tmp_path: Path, inside: str) -> None:
    files = {
        "submission_metadata.yml": METADATA,
        f"submission_12345678/{STEM}.py": "ada",
        f"submission_9/{STEM}.py": "group",
        f"submission_10/{STEM}.py": "nobody",
        f"submission_12/{STEM}.py": "unknown",
        ".DS_Store": "",
    }
    write(tmp_path, {inside + name: text for name, text in files.items()})
    got = rows(tmp_path)
    assert {name: entry.student for name, (entry, _) in got.items()} == {
        "submission_9": "Alan Turing and Gödel, Kurt",
        "submission_10": "submission_10",
        "submission_11": "333",
        "submission_12": "submission_12",
        "submission_12345678": "Ada Lovelace",
    }
    assert got["submission_12345678"][0].members == (Member("Ada Lovelace", "0042", "ada@example.org"),)
    assert got["submission_12345678"][0].submitted_at == datetime(2026, 4, 26, 17, 34, tzinfo=UTC)
    assert got["submission_9"][0].submitted_at == datetime(2026, 4, 26, 17, 34, tzinfo=UTC)
    assert got["submission_11"][1].problem.startswith(f"no {STEM}.py")
    assert got["submission_12"][1].files


def test_a_broken_export_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"submission_metadata.yml": "- a", f"submission_1/{STEM}.py": WORK})
    with pytest.raises(InputError, match="not the file that Gradescope exports"):
        find_submissions(tmp_path, STEM)
    write(tmp_path, {"submission_metadata.yml": "submission_1:\n  :submitters:\n  - [\n"})
    with pytest.raises(InputError, match="not the file that Gradescope exports"):
        find_submissions(tmp_path, STEM)


def test_times() -> None:
    assert export_moment("2026-04-26T17:34:00+0100") == datetime(2026, 4, 26, 16, 34, tzinfo=UTC)
    assert export_moment("2026-04-31 17:34:00 Z") is None
    assert export_moment("yesterday") is None


@pytest.mark.parametrize("prefix", ["rl-foundations-", "RL_Foundations-", "homework-1-"])
def test_classroom_repositories(tmp_path: Path, prefix: str) -> None:
    for user in ("ada", "alan-turing", "al"):
        write(tmp_path, {f"{prefix}{user}/{STEM}.py": user, f"{prefix}{user}/.git/config": ""})
    assert readable(tmp_path) == {"ada": "ada", "al": "al", "alan-turing": "alan-turing"}


def test_the_stem_in_a_name() -> None:
    for name in ("ada_rl_foundations", "rl-foundations-ada", "ADA - RL foundations", "ada"):
        assert without_stem(name, STEM).casefold() == "ada"
    assert without_stem(STEM, STEM) == STEM


def test_names_that_differ_in_case_or_are_cut_stay_apart(tmp_path: Path) -> None:
    long = "x" * 200
    write(tmp_path, {"Moodle_1_assignsubmission_file/a.py": "1", "moodle_1/b.py": "2"})
    write(tmp_path, {f"{long}1/a.py": "3", f"{long}2/a.py": "4"})
    write(tmp_path, {"Ada/a.py": "5", "ada/a.py": "6", "rl_foundations_ada/a.py": "7"})
    write(tmp_path, {"ada.py": "8", "ada_rl_foundations.py": "9"})
    got = readable(tmp_path)
    assert sorted(got.values()) == list("123456789")
    assert all(len(name.encode()) < 130 for name in got)


def test_names_that_play_tricks_are_shown_harmless(tmp_path: Path) -> None:
    write(tmp_path, {"ada\u202egpj.py": "1", "a\nb/x.py": "2", "a\tb/x.py": "3", "a\nb.rar": ""})
    os.mkdir(os.fsencode(tmp_path) + b"/caf\xe9")
    got = rows(tmp_path)
    assert list(got) == ["a\ufffdb", "a\ufffdb~2", "ada\ufffdgpj", "caf\ufffd"]
    for name in got:
        assert name.isprintable()
        assert name.encode()


def test_links_are_rows_with_a_problem(tmp_path: Path) -> None:
    write(tmp_path, {"ada/x.py": WORK})
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    write(outside, {f"{STEM}.py": "SECRET"})
    (tmp_path / "alan.py").symlink_to(outside / f"{STEM}.py")
    assert readable(tmp_path)["alan"] == f"{STEM}.py is a link: hand in the file itself"


def test_a_folder_that_is_one_submission(tmp_path: Path) -> None:
    write(tmp_path, {f"{STEM}.py": WORK})
    with pytest.raises(InputError, match="so it is one submission: use autograder check"):
        find_submissions(tmp_path, STEM)


def test_a_folder_that_grade_wrote_is_no_class(tmp_path: Path) -> None:
    write(tmp_path, {"gradebook.sqlite": "", "reports/ada.html": "", f"ada/{STEM}.py": WORK})
    with pytest.raises(InputError, match="wrote there; give that of the submissions"):
        find_submissions(tmp_path, STEM)


def test_a_folder_without_submissions(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no submissions; found: nothing"):
        find_submissions(tmp_path, STEM)
    write(tmp_path, {"roster.csv": ""})
    with pytest.raises(InputError, match=r"holds no submissions; found: roster\.csv"):
        find_submissions(tmp_path, STEM)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    write(tmp_path, {"submissions.zip": "", "handed_in/": ""})
    with pytest.raises(InputError, match=r"handed_im does not exist; did you mean handed_in\?"):
        find_submissions(tmp_path / "handed_im", STEM)
    with pytest.raises(InputError, match=r"submissions\.zip is a file: unpack it"):
        find_submissions(tmp_path / "submissions.zip", STEM)
