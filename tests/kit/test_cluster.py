"""A real scheduler and real workers on this machine: the gradebook is that of a local run, whatever dies."""

import contextlib
import importlib.util
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import msgspec
import psutil
import pytest
from click.testing import CliRunner
from distributed import KilledWorker

from autograder.cli.main import main
from autograder.cluster import client, worker
from autograder.config import load_config
from autograder.errors import InputError, SubmissionFailed
from autograder.gradebook.database import BOOK_FILE
from autograder.judging.bank import load_bank
from autograder.results import Outcome, from_json
from autograder.roster.intake import Options
from autograder.submission.reading import Submission

ROOT = Path(__file__).resolve().parents[2]
TINY = Path(__file__).parent / "tiny"
RIGHT = (TINY / "solutions" / "warmup.py").read_text()
ENDLESS = "def running_mean(values, window):\n    while True: pass\n"


class Cluster:
    """A scheduler, its workers, and the folder that holds their temporary files and what they say."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.workers, self._all, self._readers = folder, [], [], []
        (folder / "tmp").mkdir(parents=True)
        self.scheduler = self.start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        self.address = self.said(self.scheduler, "Scheduler at:").split()[-1]

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Start one of Dask's own commands, far from the course."""
        made = subprocess.Popen(
            [sys.executable, "-m", "dask", *command], cwd=self.folder, stderr=subprocess.PIPE, text=True,
            env={"TMPDIR": str(self.folder / "tmp"), "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        self._all.append(made)
        return made

    def said(self, process: subprocess.Popen[str], words: str) -> str:
        """Wait for a line with certain words, then let a thread read the rest, so that nothing waits."""
        found = next(line for line in process.stderr if words in line)
        self._readers.append(threading.Thread(target=lambda: list(process.stderr)))
        self._readers[-1].start()
        return found

    def worker(self, setup: str = "") -> subprocess.Popen[str]:
        """Start a worker and wait until it is known; `setup` is Python that it runs first."""
        more = []
        if setup:
            script = self.folder / f"setup{len(self.workers)}.py"
            script.write_text(setup)
            more = ["--preload", str(script)]
        made = self.start("worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", *more)
        self.said(made, "Registered to:")
        self.workers.append(made)
        return made

    def close(self) -> None:
        """End everything."""
        for process in reversed(self._all):
            process.kill()
            process.wait()
        for reader, process in zip(self._readers, self._all, strict=True):
            reader.join()
            process.stderr.close()


@contextlib.contextmanager
def started(folder: Path, *setups: str) -> Iterator[Cluster]:
    """Start a cluster with a worker for each setup."""
    made = Cluster(folder)
    try:
        for setup in setups:
            made.worker(setup)
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster with two workers, for tests that leave them alive."""
    with started(tmp_path_factory.mktemp("two"), "", "") as made:
        yield made


def start(*words: object, course: Path = TINY) -> subprocess.Popen[str]:
    """Start the command line."""
    return subprocess.Popen(
        [sys.executable, "-m", "autograder", "--course", str(course), *map(str, words)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def grade(folder: Path, out: Path, *more: object, course: Path = TINY) -> subprocess.Popen[str]:
    """Start to grade a class."""
    [stem] = load_config(TINY).settings.assignments if course != ROOT else ["rl_foundations"]
    return start("grade", folder, "-a", stem, "-o", out, "--json", "-q", *more, course=course)


def finish(process: subprocess.Popen[str]) -> list[dict]:
    """Wait for a command that must succeed, and return its lines of JSON."""
    with process:
        told, errors = [json.loads(line) for line in process.stdout], process.stderr.read()
    assert (process.returncode, errors) == (0, "")
    return told


def failure(process: subprocess.Popen[str]) -> str:
    """Wait for a command that must fail with one line, and return the line."""
    with process:
        process.stdout.read()
        errors = process.stderr.read()
    assert (process.returncode, errors.count("\n")) == (1, 1), errors
    return errors


def contents(out: Path) -> dict[str, object]:
    """Return all that a gradebook holds but times and the numbers of rows."""
    with contextlib.closing(sqlite3.connect(out / BOOK_FILE)) as book:
        reports = book.execute(
            "SELECT submission, work, keys, score, max_score, outcome, kept, report FROM reports"
        ).fetchall()
        submissions = book.execute("SELECT run, name, place, student, about, content_hash FROM submissions")
        runs = book.execute("SELECT id, finished IS NULL, assignment, folder, kit, about FROM runs")
        held = [sorted((*one, timeless(report)) for *one, report in reports), submissions.fetchall()]
        return {"held": held, "runs": runs.fetchall(), "grades": (out / "grades.csv").read_text()}


def timeless(report: str) -> str:
    """Return a report's text without its time; whatever else differs, if only in a bit, stays."""
    data = json.loads(report)
    assert data.pop("seconds") >= 0
    return json.dumps(data)


def build(folder: Path, course: Path, stem: str, size: int) -> Path:
    """Write a class of right, wrong, slow and crashing work."""
    spec = importlib.util.spec_from_file_location("classroom", ROOT / "benchmarks" / "classroom.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.build_class(load_bank(course, stem), folder, size)
    return folder


def hand_in(folder: Path, **work: str) -> Path:
    """Write a class, a folder for each student."""
    for name, text in work.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "warmup.py").write_text(text)
    return folder


def many(folder: Path, count: int) -> Path:
    return hand_in(folder, **{f"s{n:02}": f"{RIGHT}# {n}\n" for n in range(count)})


def warm(cluster: Cluster) -> list[psutil.Process]:
    """Return the processes that the workers have started."""
    alive = [one for one in cluster.workers if one.poll() is None]
    return [child for one in alive for child in psutil.Process(one.pid).children(recursive=True)]


def nothing_left(cluster: Cluster) -> bool:
    return not warm(cluster) and not list((cluster.folder / "tmp").glob("autograder-*"))


def same_after_a_death(tmp_path: Path, course: Path, stem: str, size: int) -> None:
    """Grade a class here, then on two workers of which one is killed in the middle, and compare."""
    folder = build(tmp_path / "class", course, stem, size)
    finish(grade(folder, tmp_path / "local", course=course))
    with started(tmp_path / "cluster", "", "") as cluster:
        coordinator = grade(folder, tmp_path / "out", "--cluster", cluster.address, course=course)
        told = [json.loads(coordinator.stdout.readline()) for _ in range(size // 4)]
        assert len(warm(cluster)) >= 2  # both have a warm process of their own
        cluster.workers[0].kill()
        told += finish(coordinator)
        assert not warm(cluster)  # of the killed one a folder may be left: it can be killed while it opens
    assert len({line["submission"] for line in told}) == len(told) == size
    assert contents(tmp_path / "out") == contents(tmp_path / "local")


@pytest.mark.slow
def test_a_worker_that_is_killed_costs_nothing_but_time(tmp_path):
    same_after_a_death(tmp_path, TINY, "warmup", 40)


@pytest.mark.slow
def test_a_worker_that_is_killed_in_the_middle_of_500_costs_nothing_but_time(tmp_path):
    same_after_a_death(tmp_path, ROOT, "rl_foundations", 500)


@pytest.mark.slow
def test_ctrl_c_leaves_nothing_on_the_workers_and_the_same_command_goes_on(tmp_path, two):
    folder, out = many(tmp_path / "class", 40), tmp_path / "out"
    hand_in(folder, **{f"endless{n}": f"{ENDLESS}# {n}\n" for n in range(4)})
    with grade(folder, out, "--cluster", two.address) as first:
        told = [json.loads(first.stdout.readline())]
        first.send_signal(signal.SIGINT)
        told += map(json.loads, first.stdout)
        errors = first.stderr.read()
    assert first.returncode == 1
    assert errors == f"Stopped after {len(told)} of 44. The same command goes on where it stopped.\n"
    assert nothing_left(two)
    lines = finish(grade(folder, out, "--cluster", two.address))
    assert {line["submission"] for line in lines if line["known"]} >= {line["submission"] for line in told}
    assert nothing_left(two)


@pytest.mark.slow
def test_a_coordinator_that_is_killed_loses_no_finished_result(tmp_path, two):
    folder, out = many(tmp_path / "class", 40), tmp_path / "out"
    with grade(folder, out, "--cluster", two.address) as first:
        told = json.loads(first.stdout.readline())
        first.kill()
    lines = finish(grade(folder, out, "--cluster", two.address))
    assert len(lines) == 40
    assert told["submission"] in {line["submission"] for line in lines if line["known"]}


def test_a_regrade_runs_only_what_changed_there_too(tmp_path, two):
    course = tmp_path / "course"
    shutil.copytree(TINY, course)
    folder = hand_in(tmp_path / "class", ada=RIGHT, alan=RIGHT.replace("np.", "numpy."))
    for out in ("local", "out"):
        finish(grade(folder, tmp_path / out, course=course))
    check = course / "tests" / "questions" / "test_warmup.py"
    text = check.read_text()
    check.write_text(text.replace("[2.0, 3.0, 6.0, 4.0]", "[2.0, 3.0, 6.0, 5.0]"))
    assert check.read_text() != text
    more = ["--cluster", two.address]
    there = start("regrade", tmp_path / "out", "--never-lower", "-q", *more, course=course).communicate()
    assert there[1] == ""
    here = start("regrade", tmp_path / "local", "--never-lower", "-q", course=course).communicate()
    assert there[0] == here[0]
    assert "2 of 2 submissions ran again" in there[0]
    assert "checks or known mistakes of running_mean: 2 submissions" in there[0]
    assert contents(tmp_path / "out") == contents(tmp_path / "local")
    assert finish(grade(folder, tmp_path / "out", *more, course=course))[0]["known"]


def test_a_wall_with_a_hole_is_treated_as_it_is_here(tmp_path, two):
    folder = hand_in(tmp_path / "class", ada=RIGHT)
    for out, more in (("local", []), ("out", ["--cluster", two.address])):
        finish(grade(folder, tmp_path / out, "--without", "seccomp", *more))
    assert contents(tmp_path / "out") == contents(tmp_path / "local")
    report = from_json((tmp_path / "out" / "reports" / "ada.json").read_bytes())
    assert report.isolation.verdict.startswith("weak")
    assert {one.outcome for one in report.checks if not one.visible} == {Outcome.NOT_RUN}


WEAK = """
import autograder.grading.opening, autograder.results
weak = autograder.results.Isolation("weak: visible checks only", [], ["opens_a_socket"])
autograder.grading.opening.self_check = lambda wall, secrets: weak
"""
OTHER_KIT = "import autograder\nautograder.__version__ = '0.0.9'\n"
NO_WALL = "import autograder.sandbox.warm\nautograder.sandbox.warm.START = 'raise SystemExit(1)'\n"


def test_workers_that_would_grade_differently_are_refused(tmp_path):
    with started(tmp_path / "cluster", "", WEAK) as cluster:
        line = failure(grade(many(tmp_path / "class", 40), tmp_path / "out", "--cluster", cluster.address))
        assert nothing_left(cluster)
    assert line.startswith("autograder: worker tcp://127.0.0.1:")
    assert "isolation 'full'" in line
    assert "isolation 'weak: visible checks only'" in line
    assert line.endswith(": all have to be alike\n")


@pytest.mark.parametrize(
    ("setup", "told"),
    [(OTHER_KIT, "it has kit 0.0.9, and this is kit"), (NO_WALL, "the warm process of the wall")],
)
def test_a_worker_that_cannot_grade_says_why_in_one_line(tmp_path, setup, told):
    with started(tmp_path / "cluster", setup) as cluster:
        line = failure(grade(many(tmp_path / "class", 2), tmp_path / "out", "--cluster", cluster.address))
        assert nothing_left(cluster)
    assert line.startswith("autograder: worker tcp://127.0.0.1:")
    assert told in line


def test_workers_may_come_later(tmp_path):
    with started(tmp_path / "cluster") as cluster:
        folder, out = many(tmp_path / "class", 2), tmp_path / "out"
        first = grade(folder, out, "--cluster", cluster.address)
        assert first.stderr.readline() == f"autograder: no worker at {cluster.address} yet: waiting for one\n"
        first.send_signal(signal.SIGTERM)
        assert failure(first).startswith("Stopped after 0 of 2.")
        again = grade(folder, out, "--cluster", cluster.address)
        again.stderr.readline()
        cluster.worker()
        assert {line["score"] for line in finish(again)} == {15}


@pytest.mark.slow
def test_a_scheduler_that_dies_is_told_in_one_line(tmp_path):
    with started(tmp_path / "cluster", "") as cluster:
        first = grade(many(tmp_path / "class", 300), tmp_path / "out", "--cluster", cluster.address)
        first.stdout.readline()
        cluster.scheduler.kill()
        with first:
            first.stdout.read()
            errors = first.stderr.read()
    assert first.returncode == 1
    assert errors.splitlines()[-1].startswith(f"autograder: no cluster answers at {cluster.address}")


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense://x", "127.0.0.1"])
def test_an_address_that_nobody_answers_is_one_line(tmp_path, monkeypatch, address):
    monkeypatch.setattr(client, "CONNECT_S", 0.2)
    with pytest.raises(InputError, match="no cluster answers at"):
        client.connected(address)


def test_an_address_that_nobody_answers_ends_the_command(tmp_path, monkeypatch):
    monkeypatch.setattr(client, "CONNECT_S", 0.2)
    words = ["--course", str(TINY), "grade", str(many(tmp_path / "class", 1)), "-a", "warmup"]
    words += ["-o", str(tmp_path / "out"), "--cluster", "tcp://127.0.0.1:1"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 1
    assert done.stderr.startswith("autograder: no cluster answers at tcp://127.0.0.1:1: give the address")
    assert done.stderr.count("\n") == 1


def test_without_dask_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"pip install '\.\[cluster\]'"):
        client.connected("tcp://127.0.0.1:1")


def test_only_plain_data_travels():
    """The course and a submission come out of a package as they went in; no other format is read."""
    package = client.package_of(load_config(TINY), "warmup", Options())
    assert set(package.files) == {
        "grading.yml", "assignments/warmup/quiz.yml", "solutions/warmup.py", "solutions/warmup_quiz.yml",
        "tests/questions/test_warmup.py", "tests/questions/mistakes/warmup.py",
        "tests/questions/mistakes/warmup_equivalent.yml", "tests/questions/alternatives/warmup.py",
    }  # fmt: skip
    data = worker.to_wire(package)
    assert worker.from_wire(data, worker.Package) == package
    with pytest.raises(msgspec.ValidationError):
        worker.from_wire(data, worker.Order)


class Killed:
    """A future of work that ended its workers."""

    def result(self, timeout: float) -> bytes:
        raise KilledWorker("carry_out-1", SimpleNamespace(address="tcp://y"), allowed_failures=3)


def test_work_that_ends_worker_after_worker_fails_alone(monkeypatch):
    backend = object.__new__(client.ClusterBackend)
    backend.keys, backend._run, backend._address, backend._closed = {}, "1", "tcp://x", False
    monkeypatch.setattr(client, "work_key", lambda _: "")
    monkeypatch.setattr(backend, "_send", lambda _: Killed(), raising=False)
    monkeypatch.setattr(backend, "is_alive", lambda: True, raising=False)
    with pytest.raises(SubmissionFailed, match="4 workers ended while they graded it"):
        backend.grade(Submission("ada", None, {}, ""))
