"""What counts in the end: a report, what a regrade kept, points by hand, lateness, a score set by hand."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from autograder import __version__
from autograder.gradebook.book import Gradebook
from autograder.gradebook.byhand import with_comments, with_override
from autograder.gradebook.records import ByHand, Run
from autograder.results import Isolation, Outcome, QuestionResult, Report
from autograder.roster.intake import Row
from autograder.roster.people import Index
from autograder.submission.archive import listing

KEPT_NOTE = "Graded again with corrected checks; the better score from before is kept."
ABSENT = "Nothing was handed in."


@dataclass(frozen=True)
class Standing:
    """A submission with the report that counts; `absent` if nothing was handed in."""

    row: Row
    report: Report
    absent: bool = False


def standing(book: Gradebook, row: Row) -> Standing | None:
    """Return where a submission stands, None if it was never graded."""
    stored = book.newest(row.name)
    if stored is None:
        return None
    return Standing(row, settled(stored.report, row, stored.kept, book.by_hand(row.name)))


def standing_of_absent(book: Gradebook, run: Run, row: Row) -> Standing | None:
    """Return where somebody stands who handed in nothing, None without a score set by hand."""
    by_hand = book.by_hand(row.name)
    if not by_hand.overrides or by_hand.overrides[-1].score is None:
        return None
    return Standing(row, settled(blank(run, row), row, None, by_hand), absent=True)


def with_doubts(one: Standing, everyone: Index, rows: Sequence[Row]) -> Standing:
    """Return where a submission stands, with a note to staff if its quiz bears another student's name."""
    said = one.report.quiz_student
    whose = sorted(rows[at].name for at in everyone.called(said)) if said else []
    if not whose or one.row.name in whose:
        return one
    note = f"quiz.yml bears the name {said}, which is that of {listing(whose)}"
    return Standing(one.row, replace(one.report, staff_notes=[note, *one.report.staff_notes]), one.absent)


def standings(book: Gradebook, run: Run) -> Iterator[Standing | None]:
    """Yield where each submission of a run stands, one at a time; None for one not graded yet.

    Those who handed in nothing and have a score by hand come last.
    """
    rows = list(book.rows(run.id))
    everyone = Index([(at, person) for at, row in enumerate(rows) for person in row.people])
    for row in rows:
        found = standing(book, row)
        yield found and with_doubts(found, everyone, rows)
    for row in absent_rows(run, rows):
        if (found := standing_of_absent(book, run, row)) is not None:
            yield found


def absent_rows(run: Run, rows: Sequence[Row]) -> Iterator[Row]:
    """Yield a row for everyone on the roster who handed in nothing, beside those who did.

    A name that several students have gets their number: whatever one of them does later, a score that
    was set by hand stays with the one that it was meant for.
    """
    seen = {row.name.casefold() for row in rows}
    everyone = [*run.about.missing, *(person for row in rows for person in row.people)]
    names = Counter(person.name.casefold() for person in everyone)
    for person in run.about.missing:
        known = (person.number or person.login or person.email) if names[person.name.casefold()] > 1 else ""
        base = name = "_".join(filter(None, (person.name, known)))
        number = 1
        while name.casefold() in seen:
            number += 1
            name = f"{base}~{number}"
        seen.add(name.casefold())
        yield Row(name=name, student=person.name, people=[person])


def blank(run: Run, row: Row) -> Report:
    """Return the report on nothing."""
    about = run.about
    questions = [
        QuestionResult(id=f"{run.assignment}.{name}", score=0.0, max_score=points, outcome=Outcome.UNWRITTEN)
        for name, points in about.points.items()
    ]
    return Report(
        kit_version=__version__, assignment=run.assignment, title=about.title, student=row.student,
        submission=row.name, score=0.0, max_score=round(sum(about.points.values()) + about.quiz, 2),
        outcome=Outcome.UNWRITTEN, questions=questions, checks=[], quiz=[], quiz_score=0.0,
        quiz_max_score=about.quiz, notes=[ABSENT], isolation=Isolation("", [], []),
    )  # fmt: skip


def settled(report: Report, row: Row, kept: float | None, by_hand: ByHand) -> Report:
    """Return a report as it counts: with the rules, a score `kept` from before, and what staff decided."""
    score, notes, staff = report.score, list(row.ruling.notes), list(row.ruling.staff_notes)
    if kept is not None and kept > score:
        notes.insert(0, KEPT_NOTE)
        staff.append(f"now {score:g}, before {kept:g}")
        score = kept
    report = replace(
        report, student=row.student, submission=row.name, score=score, late_days=row.ruling.late_days,
        notes=[*notes, *report.notes], staff_notes=[*staff, *report.staff_notes],
    )  # fmt: skip
    report = with_comments(report, by_hand.comments)
    if row.ruling.taken:
        late = round(max(0.0, report.score - row.ruling.taken * report.max_score), 2)
        report = replace(report, score=late)
    return with_override(report, by_hand.overrides)
