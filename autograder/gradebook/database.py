"""The file under the gradebook: how it is opened, made, brought up to date and locked; what errors mean."""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from autograder.data.files import BOOK_FILE as BOOK_FILE
from autograder.errors import InputError

SCHEMA_VERSION = 3
BY_HAND = """
CREATE TABLE comments (
    id INTEGER PRIMARY KEY, submission TEXT NOT NULL, question TEXT NOT NULL, points REAL, more REAL,
    comment TEXT NOT NULL, author TEXT NOT NULL, made REAL NOT NULL, content_hash TEXT NOT NULL);
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
SCHEMA = f"""
CREATE TABLE runs (
    id INTEGER PRIMARY KEY, started REAL NOT NULL, finished REAL, assignment TEXT NOT NULL,
    folder TEXT NOT NULL, kit TEXT NOT NULL, about TEXT NOT NULL);
CREATE TABLE submissions (
    run INTEGER NOT NULL REFERENCES runs, name TEXT NOT NULL, place INTEGER NOT NULL,
    student TEXT NOT NULL, about TEXT NOT NULL, content_hash TEXT, PRIMARY KEY (run, name));
CREATE TABLE reports (
    id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs, submission TEXT NOT NULL,
    made REAL NOT NULL, work TEXT NOT NULL, keys TEXT NOT NULL, score REAL NOT NULL,
    max_score REAL NOT NULL, outcome TEXT NOT NULL, kept REAL, report TEXT NOT NULL);
CREATE INDEX newest ON reports (submission, id);
CREATE INDEX same ON reports (work);
CREATE TABLE overrides (
    id INTEGER PRIMARY KEY, submission TEXT NOT NULL, score REAL, author TEXT NOT NULL,
    reason TEXT NOT NULL, made REAL NOT NULL, content_hash TEXT NOT NULL DEFAULT '');
{BY_HAND}
"""
# from each older version to the next one
MIGRATIONS = {2: f"ALTER TABLE overrides ADD COLUMN content_hash TEXT NOT NULL DEFAULT '';{BY_HAND}"}
BUSY_S = 30
LOG_TRIES = 100


class Database:
    """An open SQLite file in a folder, for any number of threads. Use as a context manager."""

    def __init__(self, folder: Path, *, create: bool = True) -> None:
        self.path = folder / BOOK_FILE
        self._lock = threading.RLock()
        if not create and not self.path.exists():
            raise InputError(
                f"{folder} holds no {BOOK_FILE}: give the folder that `autograder grade -o` wrote"
            )
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
        if found not in (0, *MIGRATIONS, SCHEMA_VERSION):
            raise InputError(
                f"{self.path} was written by another version of the kit ({found}): give another -o"
            )
        self._keep_a_log()
        self._db.execute("PRAGMA synchronous = FULL")  # what is said to be graded survives a power cut
        if found != SCHEMA_VERSION:
            with self._transaction():
                self._bring_up_to_date()

    def _bring_up_to_date(self) -> None:
        """Make the tables, or change those of an older version; another process may have done so just now."""
        found = self._one("PRAGMA user_version")[0]
        while found != SCHEMA_VERSION:
            for command in filter(str.strip, (MIGRATIONS[found] if found else SCHEMA).split(";")):
                self._db.execute(command)
            found = found + 1 if found else SCHEMA_VERSION
        self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def _keep_a_log(self) -> None:
        """Turn on the write-ahead log; SQLite does not wait for another process that does the same."""
        for left in reversed(range(LOG_TRIES)):
            try:
                if self._db.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                    self._db.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or not left:
                    raise
                time.sleep(BUSY_S / LOG_TRIES)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
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
        """Return the first row, None if there is none."""
        with self._sane():
            return self._db.execute(query, values).fetchone()

    def _all(self, query: str, *values: object) -> list[Any]:
        """Return all rows; of rows with one column, what is in it."""
        with self._sane():
            found = self._db.execute(query, values).fetchall()
        return [row[0] for row in found] if found and len(found[0]) == 1 else found

    def _write(self, command: str, *values: object) -> int:
        """Write one row, and return its number."""
        with self._sane():
            return int(self._db.execute(command, values).lastrowid or 0)


def complaint(said: str) -> str:
    """Return what SQLite's message means for the gradebook, and what to do."""
    if "full" in said or "I/O" in said:
        return f"cannot be written ({said}): make room; what it holds is safe, the same command goes on"
    if "locked" in said or "busy" in said:
        return f"is in use by another grader for {BUSY_S} s now: try again later"
    if "readonly" in said or "unable to open" in said:
        return f"cannot be written ({said}): give a folder that you may write to"
    return f"is damaged or no gradebook ({said}): move it away and grade again"
