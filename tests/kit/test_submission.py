"""What a student hands in, as students do it and as attackers do it -> files, or one line."""

import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from autograder.errors import InputError
from autograder.submission.reading import (
    Submission,
    content_hash,
    modules_of,
    read_submission,
    source_of,
)

STEM = "rl_foundations"
WORK = "def f():\n    return 1\n"
TEMPLATE = 'def f():\n    raise NotImplementedError("f: write your code here")\n'
NOTEBOOK = json.dumps({"cells": [{"cell_type": "code", "source": "%pwd\nx = 2"}]})
TEMPLATE_NOTEBOOK = json.dumps({"cells": [{"cell_type": "code", "source": TEMPLATE}]})
Reader = Callable[[Mapping[str, str]], Submission]


@pytest.fixture(params=["folder", "zip", "zip of a folder", "folder with a zip"])
def read(request: pytest.FixtureRequest, tmp_path: Path) -> Reader:
    """Read files handed in in each of the four ways: every rule holds for all of them."""

    def read_files(files: Mapping[str, str]) -> Submission:
        folder = tmp_path / "ada"
        folder.mkdir()
        if request.param == "folder":
            for name, text in files.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(text)
            return read_submission(folder, STEM)
        inside = folder / "homework.zip" if "with" in request.param else tmp_path / "ada.zip"
        top = "ada/" if request.param.endswith("of a folder") else ""
        with zipfile.ZipFile(inside, "w", zipfile.ZIP_DEFLATED) as zipped:
            for name, text in files.items():
                zipped.writestr(top + name, text)
        return read_submission(folder if "with" in request.param else inside, STEM)

    return read_files


def zip_at(path: Path, *entries: tuple[str | zipfile.ZipInfo, bytes | str]) -> Path:
    """Write a zip with these entries."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        for entry, data in entries:
            zipped.writestr(entry, data)
    return path


def test_the_whole_folder_of_a_student(read: Reader) -> None:
    got = read(
        {
            f"{STEM}.py": WORK,
            "quiz.yml": "a: b",
            "helpers.py": "x = 1",
            "tools/more.py": "%pwd\ny = 2",
            f"checks/{STEM}.py": "checks",
            "checks/test_f.py": "checks",
            "tests/f.py": "otter",
            "README.md": "read me",
            ".hidden.py": "",
            "__MACOSX/._rl_foundations.py": "\0",
            "__pycache__/helpers.py": "",
            ".git/config": "",
            "venv/lib/site.py": "",
        }
    )
    assert (got.name, got.student, got.problem, got.notes) == ("ada", "ada", "", ())
    assert got.files == {
        f"{STEM}.py": WORK.encode(),
        "quiz.yml": b"a: b",
        "helpers.py": b"x = 1",
        "tools/more.py": b"%pwd\ny = 2",
    }
    assert source_of(got, STEM).cells == (WORK,)
    modules = {"helpers": "x = 1", "tools": "", "tools.more": "# %pwd\ny = 2"}
    assert modules_of(got) == modules


@pytest.mark.parametrize(
    "name",
    [
        "rl_foundations (1).py", "rl_foundations-2.py", "RL_Foundations.PY",
        "rl_foundations.py.txt", "rl foundations.py", "rl-foundations.py",
        "Copy of rl_foundations.py", "rl_foundations_1.py", "rl_foundations - Copy (2).py",
        "rl_foundations - copy.py", "rl_foundations copy 2.py", "deep/er/rl_foundations.py",
    ],
)  # fmt: skip
def test_names_that_computers_make(read: Reader, name: str) -> None:
    got = read({name: WORK, "helpers.py": "x", "other.py": "y"})
    assert (got.files[f"{STEM}.py"], got.problem, got.notes) == (WORK.encode(), "", ())


@pytest.mark.parametrize("name", ["ada_rl_foundations.py", "rl_foundations_final.py", "rl_fundations.py"])
def test_names_that_students_make(read: Reader, name: str) -> None:
    got = read({name: WORK, "helpers.py": "x"})
    assert got.files[f"{STEM}.py"] == WORK.encode()
    assert got.notes[0].endswith(f"{name} was taken for {STEM}.py")


def test_the_only_python_file_is_meant(read: Reader) -> None:
    got = read({"solution.py": WORK, "checks/a.py": "", "test_mine.py": "", "lab.py": ""})
    assert got.files == {f"{STEM}.py": WORK.encode()}
    assert got.notes[0].endswith(f"solution.py was taken for {STEM}.py")


def test_the_only_notebook_is_meant(read: Reader) -> None:
    got = read({"Untitled.ipynb": NOTEBOOK, "lab.ipynb": NOTEBOOK})
    assert got.main == f"{STEM}.ipynb"


def test_of_several_unknown_files_none_is_meant(read: Reader) -> None:
    got = read({"a.py": WORK, "b.py": WORK, "notes/c.txt": ""})
    assert got.files == {}
    assert got.problem.startswith(f"no {STEM}.py or .ipynb found in it; found: ")
    assert "a.py" in got.problem


def test_the_file_nearest_to_the_top_and_the_latest_copy_are_meant(read: Reader) -> None:
    got = read({f"old/{STEM}.py": "old", f"{STEM} (2).py": "two", f"{STEM} (10).py": "ten"})
    assert got.files == {f"{STEM}.py": b"ten"}
    assert f"{STEM} (2).py" in got.notes[0]


def test_an_exact_name_comes_before_a_copy(read: Reader) -> None:
    got = read({f"{STEM}.py": WORK, f"{STEM}(1).py": "x = 1"})
    assert got.files == {f"{STEM}.py": WORK.encode()}


@pytest.mark.parametrize(
    ("script", "notebook", "main", "notes"),
    [
        (WORK, NOTEBOOK, ".py", 1),
        (WORK, TEMPLATE_NOTEBOOK, ".py", 0),
        (TEMPLATE, NOTEBOOK, ".ipynb", 1),
        (WORK, "{", ".py", 1),
    ],
)
def test_script_or_notebook(read: Reader, script: str, notebook: str, main: str, notes: int) -> None:
    got = read({f"{STEM}.py": script, f"{STEM}.ipynb": notebook})
    assert got.main == STEM + main
    assert set(got.files) == {got.main}
    assert len(got.notes) == notes


def test_a_notebook_is_cells_and_what_they_need(read: Reader) -> None:
    cells = ["x = 1", "display(x)"]
    book = {"cells": [{"cell_type": "code", "source": cell} for cell in cells]}
    source = source_of(read({f"{STEM}.ipynb": json.dumps(book)}), STEM)
    assert source.name == f"{STEM}.ipynb"
    assert source.cells == ("x = 1", "display(x)")


def test_the_quiz_alone_is_graded(read: Reader) -> None:
    got = read({"quiz (1).yml": "a: b"})
    assert (got.problem, got.files) == ("", {"quiz.yml": b"a: b"})
    assert source_of(got, STEM).cells == ("",)
    assert "only the quiz" in got.notes[0]


def test_helpers_that_would_hide_a_library_are_left_out(read: Reader) -> None:
    bad = {
        "torch.py": "",
        "random/a.py": "",
        "numpy/__init__.py": "",
        f"{STEM}/a.py": "",
        "1x.py": "",
    }
    got = read({f"{STEM}.py": WORK, "__init__.py": "", "binary.py": "\0", **bad})
    assert set(got.files) == {f"{STEM}.py"}
    assert len(got.notes) == 4
    assert any(note.startswith("torch.py is left out") for note in got.notes)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\0b", "is not a text file: NUL at byte 1"),
        ("x" * 1_000_001, f"{STEM}.py is larger than 1 MB: it is not read"),
        ("x" * 900_001, f"{STEM}.py holds more than 0.9 MB of code"),
    ],
)
def test_unreadable_code_is_one_line(read: Reader, text: str, said: str) -> None:
    got = read({f"{STEM}.py": text})
    assert said in got.problem
    assert got.files == {}
    with pytest.raises(InputError, match=f"{STEM}.py"):
        source_of(got, STEM)


def test_helpers_take_what_room_is_left(read: Reader) -> None:
    got = read({f"{STEM}.py": "x" * 500_000, "a.py": "y" * 300_000, "b.py": "z" * 200_000})
    assert set(got.files) == {f"{STEM}.py", "a.py"}
    assert got.notes == ("b.py and what follows is left out: too much code",)


def test_an_empty_hand_in_is_one_line(read: Reader) -> None:
    got = read({"__MACOSX/x": ""})
    nothing = f"no {STEM}.py or .ipynb found in it; found: nothing"
    assert got.problem == nothing or "holds nothing that can be graded, only hidden" in got.problem


def test_code_that_was_saved_as_text_is_graded(read: Reader) -> None:
    got = read({f"{STEM.title()}.txt": WORK, "notes.txt": "x", "lecture.py": "y = 1", "b.py": ""})
    assert got.main == f"{STEM}.py"
    assert got.files[got.main].decode() == WORK
    assert [note for note in got.notes if "was taken for" in note]
    assert "lecture.py" in got.files


def test_a_file_without_code_is_told(read: Reader) -> None:
    (note,) = read({f"{STEM}.py": "\n"}).notes
    assert note.endswith(f"{STEM}.py is empty: there is no code in it")


def test_a_broken_zip_does_not_cost_the_quiz(tmp_path: Path) -> None:
    (tmp_path / "quiz.yml").write_text("student: Ada")
    (tmp_path / f"{STEM}.zip").write_text("PK")
    got = read_submission(tmp_path, STEM)
    assert (set(got.files), got.problem) == ({"quiz.yml"}, "")
    assert got.notes[0] == f"left out: {STEM}.zip is not a whole zip file"


def test_a_single_file_under_any_name(tmp_path: Path) -> None:
    for name in ("ada.py", "ada.PY", "ada.py.txt"):
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + WORK.replace("\n", "\r\n").encode())
        got = read_submission(tmp_path / name, STEM)
        assert (got.name, got.main, got.notes) == ("ada", f"{STEM}.py", ())
        assert source_of(got, STEM).cells == (WORK,)
    (tmp_path / "ada.ipynb").write_text(NOTEBOOK)
    (tmp_path / "quiz.yml").write_text("a: b")
    got = read_submission(tmp_path / "ada.ipynb", STEM)
    assert source_of(got, STEM).cells == ("# %pwd\nx = 2",)
    assert got.notes == ("quiz.yml beside it was not read: give the folder to have both graded",)


def test_other_files_are_told(tmp_path: Path) -> None:
    (tmp_path / "ada.rar").write_bytes(b"Rar!")
    (tmp_path / "ada.zip").write_bytes(b"Rar!\x1a")
    assert "found: ada.rar" in read_submission(tmp_path / "ada.rar", STEM).problem
    problem = read_submission(tmp_path / "ada.zip", STEM).problem
    assert problem == "ada.zip is not a whole zip file: it is a RAR file, renamed"


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "submission").mkdir()
    with pytest.raises(InputError, match=r"submision does not exist; did you mean submission\?"):
        read_submission(tmp_path / "submision", STEM)


def test_several_zips_are_not_guessed(tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        zip_at(tmp_path / name, (f"{STEM}.py", WORK))
    assert read_submission(tmp_path, STEM).problem.startswith("several zip files, hand in one: a.zip")
    zip_at(tmp_path / f"{STEM}.zip", (f"{STEM}.py", WORK))
    assert read_submission(tmp_path, STEM).main
    (tmp_path / f"{STEM}.zip").write_bytes(b"no zip")
    (tmp_path / "mine.py").write_text(WORK)
    got = read_submission(tmp_path, STEM)
    assert got.main
    assert any("is not a whole zip file" in note for note in got.notes)


def test_the_hash_changes_with_names_bytes_and_problem() -> None:
    rows = [
        Submission("a", "a", {"x.py": b"1"}),
        Submission("a", "a", {"x.py": b"2"}),
        Submission("a", "a", {"y.py": b"1"}),
        Submission("a", "a", {"x.py": b"1", "y.py": b""}),
        Submission("a", "a", {}, "unreadable"),
        Submission("a", "a", {}, "empty"),
    ]
    assert len({content_hash(row) for row in rows}) == len(rows)
    again = Submission("b", "b", dict(reversed(rows[3].files.items())))
    assert content_hash(again) == content_hash(rows[3])
