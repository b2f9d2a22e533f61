"""The gradebook: one SQLite file that holds every report ever made for a class.

Nothing is overwritten: a new report for a submission is a new row, and the newest one counts.
"""

import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from autograder.errors import InputError
from autograder.results import Report, from_json, to_json

FILE = "gradebook.sqlite"
SCHEMA_VERSION = 1
SCHEMA = """
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY, started REAL NOT NULL, finished REAL, assignment TEXT NOT NULL,
    folder TEXT NOT NULL, kit TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS reports (
    id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES runs, submission TEXT NOT NULL,
    student TEXT NOT NULL, work TEXT NOT NULL, made REAL NOT NULL, score REAL NOT NULL,
    outcome TEXT NOT NULL, report BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS newest ON reports (submission, id);
CREATE TABLE IF NOT EXISTS overrides (
    id INTEGER PRIMARY KEY, submission TEXT NOT NULL, score REAL, author TEXT NOT NULL,
    reason TEXT NOT NULL, made REAL NOT NULL);
"""
NEWEST = "SELECT max(id) FROM reports GROUP BY submission"


class Gradebook:
    """An open gradebook. Use as a context manager."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / FILE
        try:
            self._db = sqlite3.connect(self.path, timeout=30, check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")  # what is said to be graded survives a power cut
            self._db.executescript(SCHEMA)
            found = self._db.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.DatabaseError as error:
            raise InputError(f"{self.path} is not a gradebook ({error}): move it away and grade again") from error
        if found not in (0, SCHEMA_VERSION):
            raise InputError(f"{self.path} was written by another version of the kit ({found})")
        self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def __enter__(self) -> "Gradebook":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def begin(self, assignment: str, folder: Path, kit: str) -> int:
        """Note that a run begins, and return its number."""
        values = (time.time(), assignment, str(folder), kit)
        command = "INSERT INTO runs (started, assignment, folder, kit) VALUES (?, ?, ?, ?)"
        return int(self._db.execute(command, values).lastrowid or 0)

    def finish(self, run: int) -> None:
        """Note that a run has ended as it should."""
        self._db.execute("UPDATE runs SET finished = ? WHERE id = ?", (time.time(), run))

    def add(self, run: int, graded: Iterable[tuple[str, Report]]) -> None:
        """Write reports, all or none: each with the key of the work and the checks that it is about."""
        rows = [
            (run, one.submission, one.student, work, time.time(), one.score, one.outcome, to_json(one))
            for work, one in graded
        ]
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(
                "INSERT INTO reports (run, submission, student, work, made, score, outcome, report)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )

    def known(self) -> dict[str, str]:
        """Return for each submission the key of the work that its newest report is about."""
        rows = self._db.execute(f"SELECT submission, work FROM reports WHERE id IN ({NEWEST})")  # noqa: S608
        return dict(rows.fetchall())

    def reports(self) -> list[Report]:
        """Return the newest report of every submission, by name."""
        rows = self._db.execute(
            f"SELECT report FROM reports WHERE id IN ({NEWEST}) ORDER BY submission"  # noqa: S608
        )
        return [from_json(row[0]) for row in rows]
