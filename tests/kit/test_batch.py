"""A class, graded for real: nothing is lost, nothing is done twice, whatever happens in between."""

import contextlib
import gc
import json
import os
import resource
import select
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.batch import run
from autograder.batch.backend import LocalBackend
from autograder.batch.run import grade_class
from autograder.batch.tasks import Batch, Progress, Wishes
from autograder.config import load_config
from autograder.gradebook.book import Gradebook
from autograder.gradebook.database import BOOK_FILE
from autograder.grading.grader import Grader
from autograder.grading.opening import open_grader
from autograder.results import Outcome, from_json
from autograder.roster.intake import Options, take_in
from autograder.submission.layouts import find_submissions

ROOT = Path(__file__).resolve().parents[2]
TINY = Path(__file__).parent / "tiny"
RIGHT = """
import numpy as np
def running_mean(values, window):
    return [sum(values[max(0, i - window + 1): i + 1]) / min(i + 1, window) for i in range(len(values))]
def clip_to_range(values, low=0.0, high=1.0):
    return np.minimum(np.maximum(values, low), high)
"""
HALF = RIGHT.replace("np.maximum(values, low)", "values")
ENDLESS = "def running_mean(values, window):\n    while True: pass\n"
HEADER = "student,submission,score,max_score,warmup.running_mean,warmup.clip_to_range,quiz,late_days,outcome"


def hand_in(folder: Path, **work: str | None) -> Path:
    """Write a class: a folder for each student, empty for None."""
    for name, text in work.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        if text is not None:
            (folder / name / "warmup.py").write_text(text)
    return folder


def a_class(folder: Path, **change: object) -> Batch:
    """Return the class in a folder, ready to be graded."""
    course = load_config(TINY)
    intake = take_in(find_submissions(folder, "warmup"), course, "warmup", Options())
    opened = change.pop("open_grader", lambda: open_grader(course, "warmup"))
    return Batch(**{"open_backend": lambda: LocalBackend(opened()), "intake": intake,
                    "folder": folder, "options": Options(), **change})  # fmt: skip


def grade(folder: Path, out: Path, **change: object) -> Batch:
    """Grade the class in a folder."""
    batch = a_class(folder, **change)
    grade_class(batch, out)
    return batch


def table(out: Path) -> dict[str, list[str]]:
    """Return the rows of grades.csv by submission."""
    lines = (out / "grades.csv").read_text().splitlines()
    assert lines[0] == HEADER
    return {line.split(",")[1]: line.split(",") for line in lines[1:]}


def scores(out: Path) -> dict[str, float]:
    return {name: float(row[2]) for name, row in table(out).items()}


def rows(out: Path) -> list[tuple[int, str]]:
    """Return the number and the submission of every report in the gradebook."""
    return ask(out, "SELECT id, submission FROM reports ORDER BY id")


def ask(out: Path, query: str) -> list[tuple]:
    """Return what a query of the gradebook gives."""
    with contextlib.closing(sqlite3.connect(out / BOOK_FILE)) as database:
        return database.execute(query).fetchall()


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A small class and what came of it: (folder, out)."""
    base = tmp_path_factory.mktemp("graded")
    folder = hand_in(base / "class", ada=RIGHT, alan=HALF, empty=None, twin=RIGHT + "#")
    (folder / "huge.zip").touch()
    os.truncate(folder / "huge.zip", 200_000_000)
    grade(folder, base / "out")
    return folder, base / "out"


def test_everything_promised_is_written(graded):
    _, out = graded
    assert {path.name for path in out.iterdir()} == {
        BOOK_FILE, "grades.csv", "roster_grades.csv", "canvas.csv", "moodle.csv", "index.html", "reports",
    }  # fmt: skip
    assert {path.name for path in (out / "reports").iterdir()} == {
        f"{name}.{ending}" for name in ("ada", "alan", "empty", "twin", "huge") for ending in ("json", "html")
    }
    assert scores(out) == {"ada": 15, "alan": 10, "empty": 0, "huge": 0, "twin": 15}
    assert table(out)["alan"] == [
        "alan",
        "alan",
        "10.0",
        "20.0",
        "10.0",
        "0.0",
        "0.0",
        "0",
        "failed",
    ]
    report = from_json((out / "reports" / "ada.json").read_bytes())
    assert (report.student, report.score, report.isolation.verdict) == ("ada", 15, "full")


def test_what_cannot_be_read_is_a_row_with_the_reason(graded):
    _, out = graded
    empty = from_json((out / "reports" / "empty.json").read_bytes())
    assert (empty.score, empty.outcome) == (0, Outcome.ERROR)
    assert empty.notes == ["no warmup.py or .ipynb found in it; found: nothing"]
    assert "huge.zip is not a whole zip file" in (out / "reports" / "huge.json").read_text()


def test_nothing_is_done_twice(graded, tmp_path):
    folder, out = graded
    before, files = (
        rows(out),
        {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.name != BOOK_FILE},
    )
    seen: list[Progress] = []
    batch = grade(folder, out, tell=seen.append)
    assert (batch.counts["done"], batch.counts["reused"]) == (5, 5)
    assert [now.done for now in seen] == [1, 2, 3, 4, 5]
    assert all(now.is_reused for now in seen)
    assert rows(out) == before
    assert {path: path.stat().st_mtime_ns for path in files} == files


def test_only_what_changed_is_run_and_identical_work_is_not(graded, tmp_path):
    folder, out = graded
    hand_in(folder, alan=RIGHT + "# now\n", copy=HALF)  # as Alan's was
    ran: list[str] = []
    grade(folder, out, watch=lambda one: ran.append(one.now.submission) if one.done.ran else None)
    assert ran == ["alan"]
    assert scores(out) == {"ada": 15, "alan": 15, "copy": 10, "empty": 0, "huge": 0, "twin": 15}
    copy = from_json((out / "reports" / "copy.json").read_bytes())
    assert (copy.student, copy.submission) == ("copy", "copy")
    hand_in(folder, alan=HALF)  # and back: that work is known
    ran.clear()
    grade(folder, out, watch=lambda one: ran.append(one.now.submission) if one.done.ran else None)
    assert (ran, scores(out)["alan"]) == ([], 10)


def test_a_name_of_ones_own_in_the_quiz_is_another_work(tmp_path):
    folder = hand_in(tmp_path / "class", ada=RIGHT, alan=RIGHT)
    for name in ("ada", "alan"):
        (folder / name / "quiz.yml").write_text(f"student: {name}\nlast_mean: {{answer: 5}}\n")
    grade(folder, tmp_path / "out", wishes=Wishes(jobs=1))
    assert ask(tmp_path / "out", "SELECT count(DISTINCT work) FROM reports") == [(2,)]


def test_who_is_gone_from_the_folder_is_gone_from_the_tables_only(tmp_path):
    folder, out = hand_in(tmp_path / "class", ada=RIGHT, gone=HALF), tmp_path / "out"
    grade(folder, out)
    (folder / "gone" / "warmup.py").unlink()
    (folder / "gone").rmdir()
    grade(folder, out)
    assert scores(out) == {"ada": 15}
    assert {path.name for path in (out / "reports").iterdir()} == {"ada.json", "ada.html"}
    assert {name for _, name in rows(out)} == {"ada", "gone"}


def test_strange_names_stay_distinct_and_safe(tmp_path):
    names = ["👩‍💻 Zoë", "=1+1", "CON", "x" * 115, "a:b", "a_b"]
    out = tmp_path / "out"
    grade(hand_in(tmp_path / "class", **dict.fromkeys(names, RIGHT)), out)
    written = {from_json(path.read_bytes()).submission for path in (out / "reports").glob("*.json")}
    assert len(written) == len(names) == len(table(out))
    assert "'=1+1" in (out / "grades.csv").read_text()


def test_a_reader_that_stumbles_costs_one_submission(tmp_path, monkeypatch):
    import autograder.batch.run as module

    read = module.read_entry

    def reads(entry, stem):
        if entry.name == "alan":
            raise RecursionError("too deep")
        return read(entry, stem)

    monkeypatch.setattr(module, "read_entry", reads)
    grade(hand_in(tmp_path / "class", ada=RIGHT, alan=RIGHT), tmp_path / "out")
    assert scores(tmp_path / "out") == {"ada": 15, "alan": 0}
    assert "could not be read (RecursionError" in (tmp_path / "out" / "reports" / "alan.json").read_text()


def test_a_report_that_only_says_that_the_kit_stumbled_does_not_stand(tmp_path, monkeypatch):
    folder, out = hand_in(tmp_path / "class", ada=RIGHT), tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr(Grader, "grade_readable", lambda self, submission: 1 / 0)
        grade(folder, out)
    assert table(out)["ada"][-1] == "broken"
    grade(folder, out)
    assert (scores(out)["ada"], table(out)["ada"][-1]) == (15, "passed")


# a worker that was asked for and never came leaves its socket to the garbage collector
lost_sockets = pytest.mark.filterwarnings("ignore::ResourceWarning")


class Mortal:
    """Opens graders, keeps them, and kills the warm process of the newest."""

    def __init__(self) -> None:
        self.opened: list[Grader] = []

    def open(self) -> Grader:
        self.opened.append(open_grader(load_config(TINY), "warmup"))
        return self.opened[-1]

    def kill(self) -> None:
        os.kill(self.opened[-1].wall.pid, signal.SIGKILL)


@lost_sockets
def test_a_warm_process_that_dies_between_submissions_is_replaced(tmp_path):
    work = {f"s{n}": (RIGHT if n % 2 else HALF) + f"# {n}\n" for n in range(12)}
    folder, mortal = hand_in(tmp_path / "class", **work), Mortal()

    def tell(now: Progress) -> None:
        if now.done == 1:
            mortal.kill()

    grade(folder, tmp_path / "out", open_grader=mortal.open, tell=tell, wishes=Wishes(jobs=1))
    grade(folder, tmp_path / "plain")
    assert (tmp_path / "out" / "grades.csv").read_bytes() == (tmp_path / "plain" / "grades.csv").read_bytes()
    assert len(rows(tmp_path / "out")) == 12
    gc.collect()


def dying(mortal: Mortal, when: Callable[[int, object], bool]) -> Grader:
    """Open a grader whose warm process dies under the submissions for which `when` says so."""
    grader, run, count = mortal.open(), mortal.opened[-1].judge_checks, iter(range(1000))

    def judge_checks(checks, session, *more):
        if when(next(count), session):
            worker = session._ready()
            mortal.kill()
            select.select([worker.pidfd], [], [], 10)  # the worker ends as well
        return run(checks, session, *more)

    grader.judge_checks = judge_checks
    return grader


@lost_sockets
def test_a_crash_that_was_the_warm_process_is_nobodys_mistake(tmp_path):
    """It dies under a submission that waits for an answer: the student's code seems to crash."""
    folder, mortal = hand_in(tmp_path / "class", ada=RIGHT), Mortal()
    grade(folder, tmp_path / "out", open_grader=lambda: dying(mortal, lambda count, _: count == 0))
    assert scores(tmp_path / "out") == {"ada": 15}
    gc.collect()


@lost_sockets
def test_a_submission_under_which_every_warm_process_dies_is_a_row_with_the_reason_and_no_end_of_a_class(
    tmp_path,
):
    folder, mortal = hand_in(tmp_path / "class", ada=RIGHT, bob=RIGHT + "# deadly\n"), Mortal()

    def is_bob(_: int, session: object) -> bool:
        return "# deadly" in session.program.source.cells[0]

    grade(folder, tmp_path / "out", open_grader=lambda: dying(mortal, is_bob), wishes=Wishes(jobs=1))
    assert scores(tmp_path / "out")["ada"] == 15
    assert table(tmp_path / "out")["bob"][-1] == "broken"
    gc.collect()


def test_a_class_believes_what_functions_passed_unless_all_is_to_run_again(tmp_path, monkeypatch):
    believed, graded = [], LocalBackend.grade

    def grade_one(self, submission, standing=None):
        believed.append(self.grader.judge.passed.is_believed)
        return graded(self, submission, standing)

    monkeypatch.setattr(LocalBackend, "grade", grade_one)
    folder, out = hand_in(tmp_path / "class", ada=RIGHT), tmp_path / "out"
    grade(folder, out)  # too few for it to pay
    monkeypatch.setattr(run, "SETTLE_FROM", 1)
    grade(hand_in(folder, ada=RIGHT + "# mine\n"), out)
    grade(folder, out, wishes=Wishes(again=True))
    grade(folder, out, wishes=Wishes(only=frozenset({"ada"})))
    assert believed == [False, True, False, False]


def test_what_nobody_thought_of_costs_one_submission_and_no_class(tmp_path, monkeypatch):
    folder = hand_in(tmp_path / "class", ada=RIGHT, bob=RIGHT + "# bob\n", eve=RIGHT + "# eve\n")
    graded, paged = LocalBackend.grade, run.write_page

    def grade_one(self, submission, standing=None):
        if submission.name == "bob":
            raise OverflowError("nobody thought of this")
        return graded(self, submission, standing)

    def write_one(where, report):
        if report.submission == "eve":
            raise UnicodeError("nor of this")
        paged(where, report)

    monkeypatch.setattr(LocalBackend, "grade", grade_one)
    monkeypatch.setattr(run, "write_page", write_one)
    grade(folder, tmp_path / "out")
    assert scores(tmp_path / "out") == {"ada": 15, "bob": 0, "eve": 15}
    row = json.loads((tmp_path / "out" / "reports" / "bob.json").read_text())
    assert row["outcome"] == "broken"
    assert row["staff_notes"] == ["OverflowError: nobody thought of this"]
    monkeypatch.undo()
    grade(folder, tmp_path / "out")
    assert scores(tmp_path / "out")["bob"] == 15


def start(folder: Path, out: Path, *more: str, **about: object) -> subprocess.Popen[str]:
    """Start the command line on a class, in a process group of its own."""
    command = [sys.executable, "-m", "autograder", "--course", str(TINY), "grade", str(folder)]
    command += ["-a", "warmup", "-o", str(out), "--json", "-j", "1", *more]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **about,
    )


@pytest.fixture
def long_class(tmp_path: Path) -> Path:
    """A class that cannot be done before a signal comes: the last one never answers."""
    return hand_in(tmp_path / "class", **{f"s{n:02}": RIGHT + f"# {n}\n" for n in range(20)}, zz=ENDLESS)


def test_kill_minus_nine_loses_no_finished_result_and_the_same_command_goes_on(tmp_path, long_class):
    out = tmp_path / "out"
    with start(long_class, out) as first:
        told = json.loads(first.stdout.readline())  # this one is safe
        first.kill()
    safe = rows(out)
    assert told["submission"] in {name for _, name in safe}
    assert 0 < len(safe) < 21
    with start(long_class, out) as second:
        lines, errors = second.communicate()
    assert second.returncode == 0, errors
    known = {line["submission"] for line in map(json.loads, lines.splitlines()) if line["known"]}
    assert known == {name for _, name in safe}
    after = rows(out)
    assert after[: len(safe)] == safe
    assert len(after) == len({name for _, name in after}) == len(scores(out)) == 21  # none twice


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_stops_cleanly_and_says_how_to_go_on(tmp_path, long_class, number):
    out = tmp_path / "out"
    with start(long_class, out, "--quiet") as first:
        told = [json.loads(first.stdout.readline())]
        os.killpg(first.pid, number)
        told += map(json.loads, first.stdout)
        errors = first.stderr.read()
    assert first.returncode == 1
    assert errors == f"Stopped after {len(told)} of 21. The same command goes on where it stopped.\n"
    assert sorted(name for _, name in rows(out)) == sorted(line["submission"] for line in told)
    assert not list(out.rglob("*.new"))


def test_two_graders_on_one_gradebook(tmp_path):
    out = tmp_path / "out"
    folder = hand_in(tmp_path / "class", **{f"s{n:02}": RIGHT + f"# {n}\n" for n in range(30)})
    with start(folder, out) as one, start(folder, out) as other:
        ends = [one.communicate(), other.communicate()]
    assert [one.returncode, other.returncode] == [0, 0], ends
    assert ask(out, "PRAGMA integrity_check") == [("ok",)]
    assert set(scores(out).values()) == {15}
    assert len(scores(out)) == 30
    assert not list(out.rglob("*.new"))


def full_disk(at: int) -> Callable[[], None]:
    """Return what makes a process fail to write files longer than this, as a full disk would."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (at, at))


@pytest.mark.parametrize("room", [3_000, 60_000])
def test_a_full_disk_is_one_line_and_the_same_command_goes_on(tmp_path, room):
    out = tmp_path / "out"
    folder = hand_in(tmp_path / "class", **{f"s{n:02}": RIGHT + f"# {n}\n" for n in range(30)})
    with start(folder, out, "--quiet", preexec_fn=full_disk(room)) as first:
        lines, errors = first.communicate()
    assert first.returncode == 1
    assert errors.startswith(f"autograder: {out}")
    assert errors.count("\n") == 1, errors
    with start(folder, out) as second:
        more, _ = second.communicate()
    again = {line["submission"]: line for line in map(json.loads, more.splitlines())}
    assert all(again[json.loads(line)["submission"]]["known"] for line in lines.splitlines())
    assert len(scores(out)) == 30


def test_half_files_of_a_killed_grader_are_cleared_away(tmp_path):
    folder, out = hand_in(tmp_path / "class", ada=RIGHT), tmp_path / "out"
    (out / "reports").mkdir(parents=True)
    with subprocess.Popen(["true"]) as gone:
        pass
    (out / "reports" / f".ada.json.{gone.pid}.new").write_text("half")
    (out / "reports" / f".ada.json.{os.getppid()}.new").write_text("of a grader that is alive")
    grade(folder, out)
    assert [path.name for path in out.rglob("*.new")] == [f".ada.json.{os.getppid()}.new"]


def test_a_dry_run_writes_nothing(graded):
    folder, out = graded
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    seen: list[Progress] = []
    grade(folder, out, tell=seen.append, wishes=Wishes(dry_run=True, again=True))
    assert len(seen) == len(find_submissions(folder, "warmup"))
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_a_gradebook_of_another_assignment_is_left_alone(graded):
    folder, out = graded
    with Gradebook(out) as book, pytest.raises(Exception, match="give other another -o"):
        book.begin("other", folder, "1", book.last_run().about, [])


def test_a_quiz_in_the_name_of_another_student_is_told_to_staff(tmp_path):
    hand_in(tmp_path / "class", ada=None, eve=None)
    for name in ("ada", "eve"):
        (tmp_path / "class" / name).mkdir(exist_ok=True)
        (tmp_path / "class" / name / "quiz.yml").write_text("student: Ada\n")
    grade(tmp_path / "class", tmp_path / "out")
    notes = {
        name: from_json((tmp_path / "out" / "reports" / f"{name}.json").read_bytes()).staff_notes
        for name in ("ada", "eve")
    }
    assert not any("bears the name" in note for note in notes["ada"])
    assert "quiz.yml bears the name Ada, which is that of ada" in notes["eve"]
