"""Which of a student's files is graded: their work, not what was handed out, in its newest version."""

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.submission.archive import Item
from autograder.submission.packed import reader_of
from autograder.submission.pick import choose
from autograder.submission.reading import Submission, read_submission
from autograder.submission.versions import is_version, version_of
from autograder.submission.work import Task, work_in

STEM = "gridworld"
QUESTIONS = ("grid_step", "greedy_policy", "state_values")
PROVIDED = "def transition(state):\n    return state\n\n\ndef solve(q):\n    return q\n"
TASK = Task(STEM, frozenset(QUESTIONS), {"gridworld_env": PROVIDED})


def module(*done: str) -> str:
    """Return the assignment with these questions filled in, the others as handed out."""
    bodies = dict.fromkeys(done, "return x + 1")
    stub = 'raise NotImplementedError("{}: write your code here")'
    return "import numpy as np\n\n" + "\n\n".join(
        f'def {name}(\n    x: int,\n) -> int:\n    """Do it."""\n    {bodies.get(name, stub.format(name))}\n'
        for name in QUESTIONS
    )


def notebook(*done: str) -> str:
    """Return the assignment as a notebook."""
    cells = [{"cell_type": "code", "source": part} for part in module(*done).split("\n\n")]
    return json.dumps({"cells": cells})


TEMPLATE, BOOK_TEMPLATE = module(), notebook()
DONE, BOOK_DONE = module(*QUESTIONS), notebook(*QUESTIONS)


def read(folder: Path, files: Mapping[str, str]) -> Submission:
    """Read what was handed in as a folder; a zip of the same must be read alike."""
    with zipfile.ZipFile(folder / "same.zip", "w") as packed:
        for name, text in files.items():
            packed.writestr(name, text)
            (folder / "ada" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "ada" / name).write_text(text, newline="")
    got = read_submission(folder / "ada", TASK)
    assert read_submission(folder / "same.zip", TASK).files == got.files
    return got


def code(got: Submission) -> str:
    return got.files[got.main].decode() if got.main else ""


@pytest.mark.parametrize("name", ["gridworld_s1.py", "hw2.py", "main.py", "solution final.py", "Untitled.py"])
@pytest.mark.parametrize(("old", "new"), [("", ""), ("\n", "\r\n"), ("    ", "\t"), ("\n\n", "\n \n")])
@pytest.mark.parametrize("called", ["gridworld_env.py", "gridworld_env (1).py", "gridworld.py", "world.py"])
def test_a_provided_module_is_never_the_work(
    tmp_path: Path, name: str, old: str, new: str, called: str
) -> None:
    got = read(tmp_path, {called: PROVIDED.replace(old, new) if old else PROVIDED, name: DONE})
    assert code(got) == DONE
    assert any(f"{name} was taken for {STEM}.py" in note for note in got.notes)
    assert len(got.notes) == 1


def test_a_provided_module_that_a_student_changed_is_told_by_its_name(tmp_path: Path) -> None:
    got = read(tmp_path, {"gridworld_env.py": PROVIDED + "\ndef mine():\n    return 1\n", "hw.py": DONE})
    assert code(got) == DONE


def test_a_provided_module_alone_is_no_work(tmp_path: Path) -> None:
    got = read(tmp_path, {"gridworld_env.py": PROVIDED})
    assert got.problem.startswith(f"no {STEM}.py or .ipynb found")


def test_the_whole_folder_under_the_right_name_needs_no_note(tmp_path: Path) -> None:
    handed_out = {"gridworld_env.py": PROVIDED, "gridworld.ipynb": BOOK_TEMPLATE}
    got = read(tmp_path, {"gridworld.py": DONE, **handed_out})
    assert (code(got), got.notes) == (DONE, ())


@pytest.mark.parametrize("template", ["gridworld.py", "gridworld.ipynb", "a/gridworld.py"])
@pytest.mark.parametrize(
    "work",
    [
        "gridworld-Copy1.ipynb", "gridworld (1).py", "gridworld_final.py", "work/gridworld.py", "hw.py",
        "work/deep/gridworld.ipynb", "gridworld(2).ipynb", "Copy of gridworld.py", "my work.ipynb",
        "gridworld.py",
    ],
)  # fmt: skip
def test_the_template_never_wins_over_work(tmp_path: Path, template: str, work: str) -> None:
    if template == work:
        return
    texts = {".py": (TEMPLATE, DONE), ".ipynb": (BOOK_TEMPLATE, BOOK_DONE)}
    got = read(
        tmp_path,
        {template: texts[Path(template).suffix][0], work: texts[Path(work).suffix][1]},
    )
    assert code(got) == texts[Path(work).suffix][1]
    assert got.notes or work == "gridworld.py"


def test_the_template_with_other_white_space_is_still_the_template(tmp_path: Path) -> None:
    template = TEMPLATE.replace("\n", "\r\n") + "# mine\n"
    got = read(tmp_path, {"gridworld.py": template, "sub/gridworld.py": DONE})
    assert code(got) == DONE


def test_a_template_alone_is_graded_as_it_is(tmp_path: Path) -> None:
    got = read(tmp_path, {"gridworld.py": TEMPLATE, "gridworld.ipynb": BOOK_TEMPLATE})
    assert code(got) == TEMPLATE


def test_the_fuller_of_two_files_is_graded_and_the_other_one_told(tmp_path: Path) -> None:
    got = read(tmp_path, {"gridworld.py": module("grid_step"), "gridworld (1).py": module(*QUESTIONS[:2])})
    assert code(got) == module(*QUESTIONS[:2])
    assert got.notes == ("gridworld (1).py is graded, not gridworld.py: more of its questions are filled in",)


def test_work_that_is_spread_over_files_is_told(tmp_path: Path) -> None:
    parts = {"gridworld.py": module(*QUESTIONS[:2]), "gridworld.ipynb": notebook("state_values")}
    got = read(tmp_path, parts)
    assert any(note.startswith("state_values: only in a file that is not graded") for note in got.notes)


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("Version 1", "Version 2"), ("Version 9", "Version 10"), ("draft", "final"), ("old", "new"),
        ("2026-12-01", "2026-12-10"), ("v1", "v2"), ("attempt_1", "attempt_3"), ("a/v2 draft", "a/v2 final"),
        ("backup", "work"), ("final 1", "final 2"),
    ],
)  # fmt: skip
def test_the_newest_version_is_graded_and_the_others_told(tmp_path: Path, older: str, newer: str) -> None:
    got = read(tmp_path, {f"{older}/gridworld.py": DONE + "# 1\n", f"{newer}/gridworld.py": DONE + "# 2\n"})
    assert code(got) == DONE + "# 2\n"
    assert got.notes == (f"{newer}/gridworld.py is graded, not {older}/gridworld.py",)


def test_where_names_say_nothing_the_date_in_the_zip_does(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "hw.zip", "w") as packed:
        for folder, day in (("b", 3), ("c", 9), ("a", 5)):
            info = zipfile.ZipInfo(f"{folder}/gridworld.py", (2026, 12, day, 12, 0, 0))
            packed.writestr(info, DONE + f"# {folder}\n")
    assert code(read_submission(tmp_path / "hw.zip", TASK)).endswith("# c\n")


def test_a_main_file_that_imports_the_answers_is_the_main_file(tmp_path: Path) -> None:
    for at, line in enumerate(("from answers import *", f"from answers import {', '.join(QUESTIONS)}")):
        (tmp_path / str(at)).mkdir()
        got = read(tmp_path / str(at), {"gridworld.py": f"{line}\n", "answers.py": DONE})
        assert code(got) == f"{line}\n"
        assert "answers.py" in got.files


def test_a_broken_line_does_not_hide_the_work(tmp_path: Path) -> None:
    broken = DONE + "\nprint 'hello'\n"
    got = read(tmp_path, {"gridworld.py": TEMPLATE, "gridworld (1).py": broken})
    assert code(got) == broken


def test_a_class_is_filled_in_method_by_method() -> None:
    stub = '        raise NotImplementedError("Net: write your code here")\n'
    text = f"class Net:\n    def a(self):\n{stub}\n    def b(self):\n{stub}"
    assert work_in(text, {"Net"}).untouched
    assert work_in(text.replace(stub, "        return 1\n", 1), {"Net"}).done == 0.5
    assert work_in(text.replace(stub, "        return 1\n"), {"Net"}).done == 1


def test_what_is_bound_last_counts() -> None:
    assert work_in(DONE + TEMPLATE, QUESTIONS).untouched
    assert work_in(TEMPLATE + "grid_step = lambda x: x\n", QUESTIONS).done == 1
    assert work_in("if True:\n    def grid_step(x):\n        return 1\n", QUESTIONS).done == 1


def test_a_nested_zip_is_opened_and_a_tar_is_read(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as packed:
        packed.writestr("work/gridworld.py", DONE)
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as packed:
        packed.writestr("ada/inner.zip", inner.getvalue())
        packed.writestr("ada/quiz.yml", "student: Ada")
    got = read_submission(tmp_path / "outer.zip", TASK)
    assert (code(got), set(got.files)) == (DONE, {"gridworld.py", "quiz.yml"})
    for name, mode in (("a.tar.gz", "w:gz"), ("a.tgz", "w:gz"), ("a.tar", "w")):
        with tarfile.open(tmp_path / name, mode) as tar:
            for path, text in (("x/gridworld.py", DONE), ("../evil.py", "1")):
                info = tarfile.TarInfo(path)
                info.size = len(text)
                tar.addfile(info, io.BytesIO(text.encode()))
        got = read_submission(tmp_path / name, TASK)
        assert (code(got), got.notes) == (DONE, ("left out, a link or an unsafe name: ../evil.py",))


def test_a_tar_bomb_is_read_no_further_than_its_bound(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "a.tar.gz", "wb", 1) as bomb:
        for _ in range(80):
            bomb.write(bytes(1_000_000))
    assert "a.tar.gz" in read_submission(tmp_path / "a.tar.gz", TASK).problem


@pytest.mark.parametrize(("name", "said"), [("hw.rar", "hand in a .zip"), ("hw.7z", "hand in a .zip")])
def test_an_archive_that_is_not_opened_says_what_to_hand_in(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / name).write_bytes(b"Rar!\x1a\x07")
    assert said in read_submission(tmp_path / name, TASK).problem


def test_a_zip_is_called_empty_only_if_it_is(tmp_path: Path) -> None:
    for name, entry in {"a": "../gridworld.py", "b": "__MACOSX/x", "c": "folder/", "d": ""}.items():
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as packed:
            if entry:
                packed.writestr(entry, "")
    told = [read_submission(tmp_path / f"{name}.zip", TASK).problem for name in "abcd"]
    only = "only links or unsafe names: ../gridworld.py; zip the files themselves again"
    assert told[0] == f"a.zip holds nothing that can be graded, {only}"
    assert "hidden files" in told[1]
    assert told[2:] == ["c.zip is empty", "d.zip is empty"]


def test_a_heavy_notebook_is_told_what_makes_it_heavy(tmp_path: Path) -> None:
    with (tmp_path / "gridworld.ipynb").open("wb") as file:
        file.truncate(30_000_000)
    problem = read_submission(tmp_path / "gridworld.ipynb", TASK).problem
    assert problem == "gridworld.ipynb is larger than 20 MB: clear its outputs and hand it in again"


def test_of_copies_of_a_zip_the_newest_is_opened(tmp_path: Path) -> None:
    for name, text in (("hw.zip", "1"), ("hw (2).zip", "2"), ("hw (10).zip", "10")):
        with zipfile.ZipFile(tmp_path / name, "w") as packed:
            packed.writestr("gridworld.py", f"{DONE}# {text}\n")
    got = read_submission(tmp_path, TASK)
    assert code(got).endswith("# 10\n")
    assert got.notes == ("hw (10).zip is graded, not hw (2).zip, hw.zip",)


def test_several_quiz_sheets_are_told(tmp_path: Path) -> None:
    sheets = {"gridworld.py": DONE, "quiz.yml": "student: a", "quiz (1).yml": "student: b"}
    got = read(tmp_path, sheets)
    assert got.files["quiz.yml"] == b"student: a"
    assert "quiz.yml is graded, not quiz (1).yml" in got.notes


names = st.sampled_from(
    ["gridworld.py", "gridworld (1).py", "x/gridworld.py", "hw.py", "gridworld.ipynb", "env.py",
     "draft/gridworld.py", "gridworld-Copy1.ipynb", "gridworld_env.py", "final/gridworld.ipynb"]
)  # fmt: skip
contents = st.sampled_from(["template", "provided", "one", "all"])


@given(st.dictionaries(names, contents, min_size=1, max_size=6))
def test_whatever_is_handed_in_the_fullest_file_is_graded(files: dict[str, str]) -> None:
    done = {"template": (), "one": QUESTIONS[:1], "all": QUESTIONS}
    kinds = {name: kind for name, kind in files.items() if name != "gridworld_env.py"}
    items = []
    for name, kind in files.items():
        make = notebook if name.endswith("ipynb") else module
        is_env = kind == "provided" and not name.endswith("ipynb")
        text = PROVIDED if is_env else make(*done.get(kind, ()))
        items.append(Item(name, reader_of(text.encode(), name)))
    best = choose(items, TASK, [])
    for kind in ("all", "one"):
        if kind in kinds.values():
            assert best is not None
            assert files[best.path] == kind
            return
    assert best is None or files[best.path] != "provided" or best.path.endswith("ipynb")


def test_versions() -> None:
    assert version_of("v2") < version_of("v10") < version_of("final")
    assert version_of("draft 7") < version_of("work")
    assert all(map(is_version, ["draft", "Version 2", "2026-12-10", "v3_final", "old"]))
    assert not any(map(is_version, ["s1", "ada", "submissions", "Version of Ada"]))
