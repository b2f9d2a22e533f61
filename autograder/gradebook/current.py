"""What counts in the end: a report, then what a regrade kept, then lateness, then a score set by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from msgspec.structs import replace

from autograder.gradebook.book import Gradebook
from autograder.gradebook.records import Override, Stored
from autograder.results import Report
from autograder.roster.intake import Row

KEPT = "Graded again with corrected checks; the better score from before is kept."


@dataclass(frozen=True)
class Standing:
    """A submission with the report that counts."""

    row: Row
    report: Report


def standing(book: Gradebook, row: Row, stored: Stored | None = None) -> Standing | None:
    """Return where a submission stands, None if it was never graded."""
    stored = stored or book.newest(row.name)
    if stored is None:
        return None
    return Standing(row, settled(stored.report, row, stored.kept, book.overrides(row.name)))


def settled(report: Report, row: Row, kept: float | None, overrides: Sequence[Override]) -> Report:
    """Return a report as it counts.

    Args:
        report: what grading gave.
        row: who handed it in, and what the rules take off.
        kept: an earlier score, not to be fallen below.
        overrides: scores set by hand, the newest last.
    """
    score, notes, staff = report.score, list(row.ruling.notes), list(row.ruling.staff_notes)
    if kept is not None and kept > score:
        notes.insert(0, KEPT)
        staff.append(f"now {score:g}, before {kept:g}")
        score = kept
    if row.ruling.taken:
        score = round(max(0.0, score - row.ruling.taken * report.max_score), 2)
    if overrides and (last := overrides[-1]).score is not None:
        notes.append(f"Staff have set this score by hand: {last.reason}")
        when = datetime.fromtimestamp(last.made, UTC)
        staff.append(f"set from {score:g} to {last.score:g} by {last.author}, {when:%Y-%m-%d %H:%M} UTC")
        score = last.score
    return replace(
        report, student=row.student, submission=row.name, score=score,
        late_days=row.ruling.late_days, notes=[*notes, *report.notes],
        staff_notes=[*staff, *report.staff_notes],
    )  # fmt: skip
