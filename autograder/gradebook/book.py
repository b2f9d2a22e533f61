"""The gradebook: one SQLite file that holds everything ever graded for a class.

Nothing is overwritten: a new report for a submission is a new row, and the newest one counts. What is
committed survives `kill -9` and a power cut; several graders may write to one gradebook.
"""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from autograder.errors import InputError
from autograder.gradebook.database import Database
from autograder.gradebook.records import About, ByHand, Comment, Override, Result, Run, Stored
from autograder.results import from_json
from autograder.roster.intake import Row

REPORT_COLUMNS = "id, made, work, keys, kept, report"


class Gradebook(Database):
    """An open gradebook."""

    def begin(self, assignment: str, folder: Path, kit: str, about: About, rows: Sequence[Row]) -> int:
        """Note that a run begins and which submissions it is about; return its number."""
        self.last_run_of(assignment)
        values = (time.time(), assignment, str(folder), kit, as_json(about))
        command = "INSERT INTO runs (started, assignment, folder, kit, about) VALUES (?, ?, ?, ?, ?)"
        with self._sane(), self._transaction():
            run = self._write(command, *values)
            self._db.executemany(
                "INSERT INTO submissions (run, name, place, student, about) VALUES (?, ?, ?, ?, ?)",
                [(run, row.name, place, row.student, as_json(row)) for place, row in enumerate(rows)],
            )
        return run

    def finish(self, run: int) -> None:
        """Note that a run has ended as it should."""
        self._write("UPDATE runs SET finished = ? WHERE id = ?", time.time(), run)

    def add(self, run: int, results: Sequence[Result]) -> None:
        """Write what came of submissions, all or nothing; when this returns it is safe."""
        if not results:
            return
        now = time.time()
        fresh = [
            (run, one.name, now, one.work, as_json(one.keys), one.report.score, one.report.max_score,
             one.report.outcome.value, one.kept, as_json(one.report))
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
        self._write(
            "INSERT INTO overrides (submission, score, author, reason, made, content_hash)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            submission, score, author, reason, time.time(), self._content_hash(submission),
        )  # fmt: skip

    def comment(self, comments: Sequence[tuple[str, Comment]]) -> None:
        """Add points and comments by hand, each after its submission's name, all or nothing."""
        with self._sane(), self._transaction():
            for name, one in comments:
                self._write(
                    "INSERT INTO comments"
                    " (submission, question, points, more, comment, author, made, content_hash)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    name, one.question, one.points, one.more, one.text, one.author, one.made,
                    self._content_hash(name),
                )  # fmt: skip

    def _content_hash(self, submission: str) -> str:
        where = "name = ? AND content_hash IS NOT NULL ORDER BY run DESC LIMIT 1"
        found = self._one(f"SELECT content_hash FROM submissions WHERE {where}", submission)  # noqa: S608
        return found[0] if found else ""

    def set(self, name: str, value: str) -> None:
        """Remember a setting of the folder, such as whether results are published."""
        self._write("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", name, value)

    def setting(self, name: str) -> str:
        """Return a setting of the folder, "" if it was never set."""
        found = self._one("SELECT value FROM settings WHERE name = ?", name)
        return found[0] if found else ""

    def last_run(self, *, finished: bool = False) -> Run | None:
        """Return the newest run, or the newest that ended as it should."""
        where = "WHERE finished IS NOT NULL" if finished else ""
        columns = "id, finished, assignment, folder, about, kit"
        with self._sane():
            row = self._one(f"SELECT {columns} FROM runs {where} ORDER BY id DESC LIMIT 1")  # noqa: S608
            if row is None:
                return None
            number, ended, assignment, folder, about, kit = row
            about = msgspec.json.decode(about, type=About)
        return Run(number, ended is not None, assignment, Path(folder), about, kit)

    def rows(self, run: int) -> Iterator[Row]:
        """Yield a run's submissions, in order, one at a time."""
        for name in self.names(run):
            row = self.row(run, name)
            if row is not None:
                yield row

    def last_run_of(self, assignment: str) -> Run | None:
        """Return the newest run; an `InputError` if it is of another assignment."""
        run = self.last_run()
        if run and run.assignment != assignment:
            raise InputError(
                f"{self.path.parent} holds the grades of {run.assignment}: give {assignment} another -o"
            )
        return run

    def names(self, run: int) -> list[str]:
        """Return the names of a run's submissions, in order."""
        return self._all("SELECT name FROM submissions WHERE run = ? ORDER BY place", run)

    def gone(self, run: int) -> list[str]:
        """Return the names of submissions with reports that are not among a run's."""
        mine = "SELECT name FROM submissions WHERE run = ?"
        return self._all(f"SELECT submission FROM reports EXCEPT {mine}", run)  # noqa: S608

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
            return stored(self._one(f"SELECT {REPORT_COLUMNS} FROM reports WHERE {where}", name, last))  # noqa: S608

    def with_work(self, work: str) -> Stored | None:
        """Return the newest report on the same work under the same checks, whoever handed it in."""
        where = "work = ? ORDER BY id DESC LIMIT 1"
        with self._sane():
            return stored(self._one(f"SELECT {REPORT_COLUMNS} FROM reports WHERE {where}", work))  # noqa: S608

    def history(self, name: str) -> list[tuple[float, float, float]]:
        """Return when a submission was graded, with scores and maxima, oldest first."""
        return self._all("SELECT made, score, max_score FROM reports WHERE submission = ? ORDER BY id", name)

    def works(self, name: str) -> list[str]:
        """Return the hashes of the works that were graded under a name, each once, oldest first."""
        work = "json_extract(report, '$.receipt.submission_sha256')"
        return self._all(
            f"SELECT {work} AS work FROM reports WHERE submission = ?"  # noqa: S608
            " AND work IS NOT NULL GROUP BY 1 ORDER BY MIN(id)",
            name,
        )

    def by_hand(self, name: str) -> ByHand:
        """Return what staff decided on a submission: scores, oldest first, and the comments that hold."""
        scores = self._all(
            "SELECT score, author, reason, made, content_hash FROM overrides"
            " WHERE submission = ? ORDER BY id",
            name,
        )
        comments = self._all(
            "SELECT question, points, more, comment, author, made, content_hash FROM comments"
            " WHERE submission = ? ORDER BY id",
            name,
        )
        newest = {row[0]: Comment(*row) for row in comments}
        held = tuple(one for one in newest.values() if not one.is_empty)
        return ByHand(tuple(Override(*row) for row in scores), held)

    def set_by_hand(self) -> list[str]:
        """Return the names of all submissions that ever had a score set by hand."""
        return self._all("SELECT DISTINCT submission FROM overrides ORDER BY submission")


def as_json(value: object) -> str:
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
