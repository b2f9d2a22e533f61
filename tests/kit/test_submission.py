"""What a student hands in, as students do it and as attackers do it -> files, or one line."""

import json
import os
import stat
import struct
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from autograder import archive
from autograder.errors import InputError
from autograder.submission import (
    Submission,
    content_hash,
    modules_of,
    read_submission,
    source_of,
)
from hypothesis import given, settings
from hypothesis import strategies as st

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
        "rl_foundations (1).py", "rl_foundations-2.py", "RL_Foundations.PY", "rl_foundations.py.txt",
        "rl foundations.py", "rl-foundations.py", "Copy of rl_foundations.py",
        "rl_foundations - copy.py", "rl_foundations copy 2.py", "deep/er/rl_foundations.py",
    ],
)  # fmt: skip
def test_names_that_computers_make(read: Reader, name: str) -> None:
    got = read({name: WORK, "helpers.py": "x", "other.py": "y"})
    assert (got.files[f"{STEM}.py"], got.problem, got.notes) == (WORK.encode(), "", ())


@pytest.mark.parametrize(
    "name", ["ada_rl_foundations.py", "rl_foundations_final.py", "rl_fundations.py"]
)
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
def test_script_or_notebook(
    read: Reader, script: str, notebook: str, main: str, notes: int
) -> None:
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
    assert source.needs == {"display"}


def test_the_quiz_alone_is_graded(read: Reader) -> None:
    got = read({"quiz (1).yml": "a: b"})
    assert (got.problem, got.files) == ("", {"quiz.yml": b"a: b"})
    assert source_of(got, STEM).cells == ("",)
    assert "only the quiz" in got.notes[0]


def test_helpers_that_would_hide_a_library_are_left_out(read: Reader) -> None:
    bad = {"torch.py": "", "random/a.py": "", "numpy/__init__.py": "", f"{STEM}/a.py": "", "1x.py": ""}
    got = read({f"{STEM}.py": WORK, "__init__.py": "", "binary.py": "\0", **bad})
    assert set(got.files) == {f"{STEM}.py"}
    assert len(got.notes) == 4
    assert any(note.startswith("torch.py is left out") for note in got.notes)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\0b", "is not a text file: NUL at byte 1"),
        ("x" * 1_000_001, f"{STEM}.py is larger than 1 MB: it is not read"),
    ],
)
def test_unreadable_code_is_one_line(read: Reader, text: str, said: str) -> None:
    got = read({f"{STEM}.py": text})
    assert said in got.problem
    assert got.files == {}
    with pytest.raises(InputError, match=f"{STEM}.py"):
        source_of(got, STEM)


def test_an_empty_hand_in_is_one_line(read: Reader) -> None:
    got = read({"__MACOSX/x": ""})
    assert got.problem.startswith(f"no {STEM}.py or .ipynb found in it; found: ")


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
    with pytest.raises(InputError, match="submision does not exist; did you mean submission?"):
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


# what attackers hand in


def test_links_pipes_and_devices_are_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.py"
    secret.write_text("SECRET")
    ada = tmp_path / "ada"
    ada.mkdir()
    (ada / f"{STEM}.py").symlink_to(secret)
    (ada / "more").symlink_to(tmp_path)
    os.mkfifo(ada / "helpers.py")
    got = read_submission(ada, STEM)
    assert got.problem.endswith("found: nothing")
    assert got.notes[0].startswith("left out, a link or an unsafe name: helpers.py, more, rl_")
    os.mkfifo(tmp_path / "pipe.py")
    assert "not a regular file" in read_submission(tmp_path / "pipe.py", STEM).problem
    item = archive.file_item(ada / f"{STEM}.py", "x.py")
    with pytest.raises(InputError, match=r"x\.py cannot be read: a link is not followed"):
        item.read(10)


def test_a_huge_file_is_not_read_into_memory(tmp_path: Path) -> None:
    with (tmp_path / f"{STEM}.py").open("wb") as file:
        file.truncate(1 << 30)
    tracemalloc.start()
    problem = read_submission(tmp_path, STEM).problem
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert problem == f"{STEM}.py is larger than 1 MB: it is not read"
    assert peak < 5_000_000


def test_a_bomb_is_opened_no_further_than_its_limit(tmp_path: Path) -> None:
    path = zip_at(tmp_path / "a.zip", (f"{STEM}.py", WORK), ("quiz.yml", bytes(60_000_000)))
    tracemalloc.start()
    got = read_submission(path, STEM)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert got.files == {f"{STEM}.py": WORK.encode()}
    assert got.notes == ("the quiz is not graded: quiz.yml is larger than 1 MB: it is not read",)
    assert peak < 5_000_000


def test_a_huge_zip_is_read_where_it_matters(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with path.open("wb") as file:
        file.truncate(200 << 20)
    with zipfile.ZipFile(path, "a") as zipped:
        zipped.writestr(f"{STEM}.py", WORK)
    tracemalloc.start()
    assert read_submission(path, STEM).files == {f"{STEM}.py": WORK.encode()}
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    path = zip_at(tmp_path / "a.zip", *((f"{n}.txt", "") for n in range(2_001)))
    assert "more than 2,000 files" in read_submission(path, STEM).problem
    entries = ((f"venv/{n}.py", "") for n in range(3_000))
    path = zip_at(tmp_path / "b.zip", (f"{STEM}.py", WORK), *entries)
    assert read_submission(path, STEM).main


def test_a_zips_own_list_of_files_is_not_trusted(tmp_path: Path) -> None:
    path = zip_at(tmp_path / "a.zip", (f"{STEM}.py", WORK))
    data = bytearray(path.read_bytes() + bytes(20_000_000))
    end = data.index(b"PK\5\6")
    record = data[end : end + 22]
    struct.pack_into("<II", record, 12, len(data) - 50, 50)  # the list is said to be 20 MB long
    path.write_bytes(bytes(data) + bytes(record))
    assert "its list of files is too long" in read_submission(path, STEM).problem


@pytest.mark.parametrize(
    "name",
    [
        "../evil.py", "/etc/evil.py", "a/../../evil.py", "C:\\evil.py", "..\\evil.py", "\\evil.py",
        "ev\u202eil.py", "ev\nil.py", "/".join(["d"] * 20) + "/evil.py", "x" * 600 + ".py",
    ],
)  # fmt: skip
def test_unsafe_names_are_left_out_and_told(tmp_path: Path, name: str) -> None:
    path = zip_at(tmp_path / "a.zip", (f"{STEM}.py", WORK), (zipfile.ZipInfo(name), "x"))
    got = read_submission(path, STEM)
    assert set(got.files) == {f"{STEM}.py"}
    assert got.notes[0].startswith("left out, a link or an unsafe name: ")
    assert len(got.notes[0]) < 200
    assert got.notes[0].isprintable()


def test_links_in_a_zip_are_left_out(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("helpers.py")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    got = read_submission(zip_at(tmp_path / "a.zip", (f"{STEM}.py", WORK), (link, "/etc/passwd")), STEM)
    assert set(got.files) == {f"{STEM}.py"}
    assert "helpers.py" in got.notes[0]


def test_paths_of_windows_are_paths(tmp_path: Path) -> None:
    path = zip_at(tmp_path / "a.zip", (zipfile.ZipInfo(f"ada\\{STEM}.py"), WORK))
    assert read_submission(path, STEM).files == {f"{STEM}.py": WORK.encode()}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = zip_at(tmp_path / "a.zip", (f"{STEM}.py", WORK), (f"{STEM}.py", "other"))
    assert read_submission(path, STEM).problem == f"a.zip holds {STEM}.py 2 times: zip it again"


def test_locked_damaged_and_unusual_entries_are_told(tmp_path: Path) -> None:
    path = zip_at(tmp_path / "a.zip", (f"{STEM}.py", WORK))
    whole = path.read_bytes()
    central = whole.index(b"PK\1\2")
    for at, value, said in (
        (central + 8, 1, "locked with a password"),
        (central + 10, 12, "compressed in an unusual way"),
        (central + 16, 0x5A, "damaged in the zip"),
    ):
        data = bytearray(whole)
        data[at] = value
        path.write_bytes(data)
        assert said in read_submission(path, STEM).problem


@settings(database=None, max_examples=200)
@given(st.data())
def test_no_damage_raises(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = zip_at(tmp_path_factory.mktemp("zip") / "a.zip", (f"{STEM}.py", WORK), ("quiz.yml", "a: b"))
    damaged = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(damaged[: data.draw(st.integers(0, len(damaged)))] if data.draw(st.booleans()) else damaged)
    got = read_submission(path, STEM)
    assert bool(got.problem) != bool(got.files)
    assert len(got.problem.splitlines()) <= 1


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
