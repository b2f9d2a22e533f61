"""The gradebook: one SQLite file that holds everything ever graded for a class.

Nothing is overwritten: a new report for a submission is a new row, and the newest one counts. What is
committed survives `kill -9` and a power cut; several graders may write to one gradebook.
"""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from autograder.errors import InputError
from autograder.gradebook.records import About, Override, Result, Run, Stored
from autograder.results import from_json
from autograder.roster.intake import Row

FILE = "gradebook.sqlite"
SCHEMA_VERSION = 2
SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY, started REAL NOT NULL, finished REAL, assignment TEXT NOT NULL,
    folder TEXT NOT NULL, kit TEXT NOT NULL, about TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS submissions (
    run INTEGER NOT NULL REFERENCES runs, name TEXT NOT NULL, place INTEGER NOT NULL,
    student TEXT NOT NULL, about TEXT NOT NULL, content_hash TEXT, PRIMARY KEY (run, name));
CREATE TABLE IF NOT EXISTS reports (
    id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs, submission TEXT NOT NULL,
    made REAL NOT NULL, work TEXT NOT NULL, keys TEXT NOT NULL, score REAL NOT NULL,
    max_score REAL NOT NULL, outcome TEXT NOT NULL, kept REAL, report TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS newest ON reports (submission, id);
CREATE INDEX IF NOT EXISTS same ON reports (work);
CREATE TABLE IF NOT EXISTS overrides (
    id INTEGER PRIMARY KEY, submission TEXT NOT NULL, score REAL, author TEXT NOT NULL,
    reason TEXT NOT NULL, made REAL NOT NULL);
"""
COLUMNS = "id, made, work, keys, kept, report"
BUSY_S = 30
TRIES = 100


class Gradebook:
    """An open gradebook, for any number of threads. Use as a context manager."""

    def __init__(self, folder: Path, *, create: bool = True) -> None:
        self.path = folder / FILE
        self._lock = threading.RLock()
        if not create and not self.path.exists():
            raise InputError(f"{folder} holds no {FILE}: give the folder that `autograder grade -o` wrote")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{folder} cannot be made: {error.strerror}") from error
        with self._sane():
            self._db = sqlite3.connect(
                self.path, timeout=BUSY_S, check_same_thread=False, isolation_level=None
            )
            try:
                self._prepare()
            except BaseException:
                self._db.close()
                raise

    def _prepare(self) -> None:
        found = self._one("PRAGMA user_version")[0]
        if found not in (0, SCHEMA_VERSION):
            raise InputError(
                f"{self.path} was written by another version of the kit ({found}): give another -o"
            )
        self._keep_a_log()
        self._db.execute("PRAGMA synchronous = FULL")  # what is said to be graded survives a power cut
        if not found:
            with self._transaction():
                for command in filter(str.strip, SCHEMA.split(";")):
                    self._db.execute(command)
                self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def _keep_a_log(self) -> None:
        """Turn on the write-ahead log; SQLite does not wait for another process that does the same."""
        for left in reversed(range(TRIES)):
            try:
                if self._one("PRAGMA journal_mode")[0] != "wal":
                    self._db.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or not left:
                    raise
                time.sleep(BUSY_S / TRIES)

    def __enter__(self) -> "Gradebook":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock, contextlib.suppress(sqlite3.Error):  # every commit is safe already
            self._db.close()

    @contextlib.contextmanager
    def _sane(self) -> Iterator[None]:
        """Let one thread in at a time; tell in one line what is wrong with the file or the disk."""
        try:
            with self._lock:
                yield
        except sqlite3.Error as error:
            raise InputError(f"{self.path} {complaint(str(error))}") from error
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise InputError(f"{self.path} is damaged ({error}): move it away and grade again") from error

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        with self._db:  # commits, or rolls back
            yield

    def _one(self, query: str, *values: object) -> Any:
        return self._db.execute(query, values).fetchone()

    def begin(self, assignment: str, folder: Path, kit: str, about: About, rows: Sequence[Row]) -> int:
        """Note that a run begins and which submissions it is about; return its number."""
        first = self.last_run()
        if first and first.assignment != assignment:
            raise InputError(
                f"{self.path.parent} holds the grades of {first.assignment}: give {assignment} another -o"
            )
        with self._sane(), self._transaction():
            values = (time.time(), assignment, str(folder), kit, text(about))
            command = "INSERT INTO runs (started, assignment, folder, kit, about) VALUES (?, ?, ?, ?, ?)"
            run = int(self._db.execute(command, values).lastrowid or 0)
            self._db.executemany(
                "INSERT INTO submissions (run, name, place, student, about) VALUES (?, ?, ?, ?, ?)",
                [(run, row.name, place, row.student, text(row)) for place, row in enumerate(rows)],
            )
        return run

    def finish(self, run: int) -> None:
        """Note that a run has ended as it should."""
        with self._sane():
            self._db.execute("UPDATE runs SET finished = ? WHERE id = ?", (time.time(), run))

    def add(self, run: int, results: Sequence[Result]) -> None:
        """Write what came of submissions, all or nothing; when this returns it is safe."""
        if not results:
            return
        now = time.time()
        fresh = [
            (run, one.name, now, one.work, text(one.keys), one.report.score, one.report.max_score,
             one.report.outcome.value, one.kept, text(one.report))
            for one in results if one.report is not None
        ]  # fmt: skip
        with self._sane(), self._transaction():
            self._db.executemany(
                "INSERT INTO reports (run, submission, made, work, keys, score, max_score, outcome, kept,"
                " report) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                fresh,
            )
            self._db.executemany(
                "UPDATE submissions SET content_hash = ? WHERE run = ? AND name = ?",
                [(one.content_hash, run, one.name) for one in results],
            )

    def override(self, submission: str, score: float | None, author: str, reason: str) -> None:
        """Set a submission's score by hand, or take that back with None."""
        with self._sane():
            self._db.execute(
                "INSERT INTO overrides (submission, score, author, reason, made) VALUES (?, ?, ?, ?, ?)",
                (submission, score, author, reason, time.time()),
            )

    def last_run(self, *, finished: bool = False) -> Run | None:
        """Return the newest run, or the newest that ended as it should."""
        where = "WHERE finished IS NOT NULL" if finished else ""
        columns = "id, finished, assignment, folder, about"
        with self._sane():
            row = self._one(f"SELECT {columns} FROM runs {where} ORDER BY id DESC LIMIT 1")  # noqa: S608
            if row is None:
                return None
            number, ended, assignment, folder, about = row
            about = msgspec.json.decode(about, type=About)
        return Run(number, ended is not None, assignment, Path(folder), about)

    def rows(self, run: int) -> Iterator[Row]:
        """Yield a run's submissions, in order, one at a time."""
        for name in self.names(run):
            row = self.row(run, name)
            if row is not None:
                yield row

    def names(self, run: int) -> list[str]:
        """Return the names of a run's submissions, in order."""
        with self._sane():
            found = self._db.execute("SELECT name FROM submissions WHERE run = ? ORDER BY place", (run,))
            return [name for (name,) in found.fetchall()]

    def gone(self, run: int) -> list[str]:
        """Return the names of submissions with reports that are not among a run's."""
        mine = "SELECT name FROM submissions WHERE run = ?"
        with self._sane():
            found = self._db.execute(f"SELECT submission FROM reports EXCEPT {mine}", (run,))  # noqa: S608
            return [name for (name,) in found.fetchall()]

    def row(self, run: int, name: str) -> Row | None:
        """Return what a run knew about a submission before it was read."""
        with self._sane():
            found = self._one("SELECT about FROM submissions WHERE run = ? AND name = ?", run, name)
            return found and msgspec.json.decode(found[0], type=Row)

    def newest(self, name: str, up_to: int | None = None) -> Stored | None:
        """Return the newest report on a submission, of a run up to `up_to` if given."""
        last = 1 << 62 if up_to is None else up_to
        where = "submission = ? AND run <= ? ORDER BY id DESC LIMIT 1"
        with self._sane():
            return stored(self._one(f"SELECT {COLUMNS} FROM reports WHERE {where}", name, last))  # noqa: S608

    def with_work(self, work: str) -> Stored | None:
        """Return the newest report on the same work under the same checks, whoever handed it in."""
        where = "work = ? ORDER BY id DESC LIMIT 1"
        with self._sane():
            return stored(self._one(f"SELECT {COLUMNS} FROM reports WHERE {where}", work))  # noqa: S608

    def history(self, name: str) -> list[tuple[float, float, float]]:
        """Return when a submission was graded, with scores and maxima, oldest first."""
        with self._sane():
            found = self._db.execute(
                "SELECT made, score, max_score FROM reports WHERE submission = ? ORDER BY id",
                (name,),
            )
            return found.fetchall()

    def overrides(self, name: str) -> list[Override]:
        """Return the scores that were set by hand, oldest first; the last one counts."""
        with self._sane():
            found = self._db.execute(
                "SELECT score, author, reason, made FROM overrides WHERE submission = ? ORDER BY id",
                (name,),
            )
            return [Override(*row) for row in found.fetchall()]


def text(value: object) -> str:
    """Return data as JSON."""
    return msgspec.json.encode(value).decode()


def stored(row: Any) -> Stored | None:
    """Return a row of the reports, read."""
    if row is None:
        return None
    number, made, work, keys, kept, report = row
    return Stored(
        number, made, work, msgspec.json.decode(keys, type=dict[str, str]), kept,
        from_json(report),
    )  # fmt: skip


def complaint(said: str) -> str:
    """Return what SQLite's message means for the gradebook, and what to do."""
    if "full" in said or "I/O" in said:
        return f"cannot be written ({said}): make room; what it holds is safe, the same command goes on"
    if "locked" in said or "busy" in said:
        return f"is in use by another grader for {BUSY_S} s now: try again later"
    if "readonly" in said or "unable to open" in said:
        return f"cannot be written ({said}): give a folder that you may write to"
    return f"is damaged or no gradebook ({said}): move it away and grade again"
