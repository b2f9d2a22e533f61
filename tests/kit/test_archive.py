"""What attackers hand in: nothing outside is read, no limit is passed, no exception gets out."""

import gzip
import io
import json
import os
import runpy
import stat
import struct
import tarfile
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.errors import InputError
from autograder.submission import archive, large_notebook
from autograder.submission.notebook_code import cells_of
from autograder.submission.reading import read_submission

STEM = "rl_foundations"
WORK = "def f():\n    return 1\n"


def zip_at(path: Path, *entries: tuple[str | zipfile.ZipInfo, bytes | str]) -> Path:
    """Write a zip with these entries."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        for entry, data in entries:
            zipped.writestr(entry, data)
    return path


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


def test_an_entry_of_no_date_that_there_is_is_read(tmp_path: Path) -> None:
    path = zip_at(tmp_path / "w.zip", ("work.py", WORK))
    entry = zipfile.ZipFile(path).infolist()[0]
    stamp = struct.pack("<H", (entry.date_time[0] - 1980) << 9 | entry.date_time[1] << 5 | entry.date_time[2])
    path.write_bytes(path.read_bytes().replace(stamp, b"\0\0"))  # the month and the day are 0
    assert zipfile.ZipFile(path).infolist()[0].date_time[1:3] == (0, 0)
    assert read_submission(path, "work").files == {"work.py": WORK.encode()}


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


def test_nor_is_that_of_a_zip_in_a_zip(tmp_path: Path) -> None:
    inner = zip_at(tmp_path / "inner.zip", (f"{STEM}.py", WORK)).read_bytes()
    start, end = inner.index(b"PK\1\2"), inner.index(b"PK\5\6")
    entry, many = inner[start:end], archive.MAX_DIRECTORY // (end - start) + 1
    record = bytearray(inner[end:])
    struct.pack_into("<I", record, 12, many * len(entry))  # how long the list is
    path = zip_at(tmp_path / "a.zip", (f"{STEM}.zip", inner[:start] + many * entry + bytes(record)))
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


PATCHES = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 255)), max_size=4)


@settings(database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(patches=PATCHES, length=st.integers(0, 300))
def test_no_damage_raises(tmp_path: Path, patches: list[tuple[int, int]], length: int) -> None:
    path = zip_at(tmp_path / "a.zip", (f"{STEM}.py", WORK), ("quiz.yml", "a: b"))
    damaged = bytearray(path.read_bytes())
    for at, value in patches:
        damaged[at % len(damaged)] = value
    path.write_bytes(damaged[:length] if length < 30 else damaged)
    got = read_submission(path, STEM)
    assert bool(got.problem) != bool(got.files)
    assert len(got.problem.splitlines()) <= 1


HOSTILE = Path(__file__).parent / "hostile"


def handed_in(attack: str) -> dict[str, bytes]:
    """Return what an attack of the collection hands in."""
    found: dict[str, bytes] = runpy.run_path(str(HOSTILE / attack / "hand_in.py"))["files"](WORK, STEM)
    return found


def test_a_sparse_file_is_as_large_as_what_is_there(tmp_path: Path) -> None:
    [(name, data)] = handed_in("packs_a_sparse_giant").items()
    (tmp_path / name).write_bytes(data)
    tracemalloc.start()
    got = read_submission(tmp_path / name, STEM)
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()
    assert "links or unsafe names" in got.problem


def test_long_names_and_other_names_in_a_tar_are_read_and_endless_ones_refused(tmp_path: Path) -> None:
    folder = "a" * 120
    for form in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        with tarfile.open(tmp_path / "w.tar", "w", format=form) as made:
            info = tarfile.TarInfo(f"{folder}/é/{STEM}.py")
            info.size = len(WORK)
            made.addfile(info, io.BytesIO(WORK.encode()))
        assert read_submission(tmp_path / "w.tar", STEM).files == {f"{STEM}.py": WORK.encode()}
    [(name, data)] = handed_in("packs_attributes_without_end").items()
    (tmp_path / name).write_bytes(data)
    assert "not a whole tar file" in read_submission(tmp_path / name, STEM).problem
    (tmp_path / "cut.tar.gz").write_bytes(gzip.compress((tmp_path / "w.tar").read_bytes()[:1100]))
    assert "not a whole tar file" in read_submission(tmp_path / "cut.tar.gz", STEM).problem


def test_a_large_notebook_takes_little_more_memory_than_its_size(tmp_path: Path) -> None:
    data = handed_in("is_a_notebook_of_nothing_but_brackets")[f"{STEM}.ipynb"]
    assert len(data) > 3 * large_notebook.LARGE_NOTEBOOK
    (tmp_path / f"{STEM}.ipynb").write_bytes(data)
    tracemalloc.start()
    got = read_submission(tmp_path / f"{STEM}.ipynb", STEM)
    assert tracemalloc.get_traced_memory()[1] < 5 * len(data)
    tracemalloc.stop()
    assert not got.problem
    assert len(got.files[f"{STEM}.ipynb"]) < 10_000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_large_notebook_with_odd_cells_is_read_in_every_encoding(encoding: str) -> None:
    cells = [
        {"cell_type": "code", "source": ["a = 1\n", "b = 2"]},
        {"source": "no kind"},
        {"cell_type": "code"},
    ]
    book = json.dumps({"cells": cells, "metadata": {"p": "x" * large_notebook.LARGE_NOTEBOOK}}).encode(
        encoding
    )
    assert cells_of(large_notebook.slim(book, "a.ipynb"), "a.ipynb") == ["a = 1\nb = 2", ""]
    with pytest.raises(InputError, match="clear its outputs"):
        large_notebook.slim(book[:-2], "a.ipynb")


def test_large_files_beside_it_are_not_read_without_end(tmp_path: Path) -> None:
    [(name, data)] = handed_in("packs_what_unpacks_without_end").items()
    (tmp_path / name).write_bytes(data)
    got = read_submission(tmp_path / name, STEM)
    assert set(got.files) == {f"{STEM}.py"}
    assert len(got.notes) == archive.MOST_NOTES + 1
    assert "more notes" in got.notes[-1]
