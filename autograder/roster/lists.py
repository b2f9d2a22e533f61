"""Lists that go with a class: when who handed in, and who has more time. Whose line is it?"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from autograder.errors import InputError, nearest
from autograder.roster.late import Extension
from autograder.roster.people import ID_KINDS, PERSON_COLUMNS, Index, Person, exact, person_on
from autograder.roster.tables import Line, heads_of, read_lines, read_rows
from autograder.roster.times import SLASHED, days_first, moment
from autograder.roster.worksheet import NUMBER_CELL, places_in
from autograder.roster.zone import Zone
from autograder.submission.archive import listing
from autograder.submission.entry import Entry

MOST_DAYS = 3660
WORKSHEET_TIME = "last modified submission"  # in the worksheet of Moodle, which is a roster too
WHO_COLUMNS = {"submission": ("submission",), **PERSON_COLUMNS}
SUBMITTED_COLUMNS = {
    **WHO_COLUMNS, "time": ("submitted at", "submitted", "submission time", "time", WORKSHEET_TIME),
}  # fmt: skip
EXTENSION_COLUMNS = {
    **WHO_COLUMNS, "assignment": ("assignment",),
    "days": ("days", "extra days"), "until": ("until", "due", "new due date"),
}  # fmt: skip


class Clock:
    """Reads the times in a column."""

    def __init__(self, path: str, zone: Zone, column: Sequence[str]) -> None:
        self._path, self._zone, self._day_first = path, zone, days_first(column)

    def moment(self, said: str, line: Line) -> datetime:
        """Return the time in a cell."""
        found = moment(said, day_first=self._day_first)
        if found is None:
            doubt = "may be two days" if SLASHED.fullmatch(said) else "is no time that can be read"
            raise InputError(
                f"{self._path}, line {line.number}: {said!r} {doubt}: write it like 2026-12-15 23:59:00+01:00"
            )
        day_only = len(said) <= len("2026-12-15")
        return self._zone.placed(found.replace(hour=23, minute=59, second=59) if day_only else found)


class Whose:
    """Tells which entry a line of a list is about."""

    def __init__(
        self, entries: Sequence[Entry], people: Sequence[Sequence[Person]], remarks: list[str]
    ) -> None:
        self._entries = {entry.name.casefold(): at for at, entry in enumerate(entries)}
        self._people, self._remarks = people, remarks
        self._index = Index([(at, person) for at, members in enumerate(people) for person in members])

    def note(self, remark: str) -> None:
        """Note what staff should know of a list."""
        self._remarks.append(remark)

    def lines(
        self, path: str, columns: Mapping[str, Sequence[str]], needed: Collection[str],
        wanted: Callable[[Line], bool],
    ) -> Iterator[tuple[int, Line]]:  # fmt: skip
        """Yield the wanted lines of a file with the places of their entries; note those about nobody."""
        nobody = []
        for line in filter(wanted, read_lines(Path(path), columns, needed)):
            person = person_on(line) or Person(name=line.cells.get("submission", ""))
            if not person.name:
                raise InputError(f"{path}, line {line.number}: the student is missing")
            found = self._find(person, line.cells.get("submission", ""))
            if len(found) > 1 and not self._one_person(found):
                raise InputError(
                    f"{path}, line {line.number}: {person.name} may be any of {len(found)} submissions:"
                    " add a column with the submission's name or the student's id"
                )
            if not found:
                nobody.append(person.name)
            for at in sorted(found):
                yield at, line
        if nobody:
            self.note(f"{path}: no submission here of {listing(nobody)}")

    def _find(self, person: Person, submission: str) -> set[int]:
        """Return the places meant: by a number of its kind, a row's name, any number, then the name."""
        if found := self._index.exactly(person):
            return found
        for text in filter(None, (submission, person.name)):
            if (at := self._entries.get(text.casefold())) is not None:
                return {at}
        numbers = (self._index.called(text) for kind in ID_KINDS if (text := getattr(person, kind)))
        return next(filter(None, numbers), set()) or self._index.like(person)

    def _one_person(self, places: Collection[int]) -> bool:
        """Whether submissions are of the same student, who has a number or an address to tell by."""
        people = {tuple(self._people[at]) for at in places}
        return len(people) == 1 and all(any(exact(person)) for person in people.pop())


def submitted_times(path: str, whose: Whose, zone: Zone) -> dict[int, list[datetime]]:
    """Return when each entry's student handed in, in order; the last time is the entry's own."""
    times: defaultdict[int, list[datetime]] = defaultdict(list)
    for at, line, clock in timed_lines(path, whose, zone):
        times[at].append(clock.moment(time_in(line), line))
    return {at: sorted(moments) for at, moments in times.items()}


def worksheet_times(path: str, whose: Whose, zone: Zone) -> dict[int, list[datetime]]:
    """Return the same of a worksheet of Moodle, in whatever language; note the times that cannot be read."""
    times, unread = dict[int, list[datetime]](), list[str]()
    for at, line, clock in timed_lines(path, whose, zone):
        try:
            times[at] = [clock.moment(time_in(line), line)]
        except InputError:
            unread.append(time_in(line))
    if unread:
        whose.note(f"{path}: {len(unread)} times cannot be read, such as {listing(unread, 2, '; ')}")
    return times


def worksheet_of(roster: str, most: float, remarks: list[str]) -> list[list[str]]:
    """Return the rows of a worksheet of Moodle with the header first, [] if the roster is another list."""
    rows = [row for _, row in read_rows(Path(roster)) if any(row)] if roster else []
    places = places_in(rows) if rows else {}
    if not places:
        return []
    rows = [row + [""] * (len(rows[0]) - len(row)) for row in rows]
    told = {row[places["maximum"]].replace(",", ".") for row in rows[1:]} if "maximum" in places else set()
    maximum = told - {""}
    if maximum and not any(float(said or 0) >= most for said in maximum if NUMBER_CELL.fullmatch(said)):
        remarks.append(
            f"the maximum in Moodle is {listing(sorted(maximum))}, here it is {most:g}:"
            " Moodle will skip grades above its own, so set it to the same"
        )
    unread = [said for row in rows[1:] if (said := row[places["graded"]].strip("- ")) and not moment(said)]
    if unread:
        remarks.append(
            f"{len(unread)} times of grades in Moodle cannot be read, such as {listing(unread, 2, '; ')}:"
            ' tick "update records that have been modified" when you upload moodle.csv'
        )
    return rows


def timed_lines(path: str, whose: Whose, zone: Zone) -> Iterator[tuple[int, Line, Clock]]:
    """Yield the lines of a list that say when work came in, with the places of their entries."""
    if path:
        about = whose.lines(path, SUBMITTED_COLUMNS, ["time"], lambda line: time_in(line) not in ("", "-"))
        found = list(about)
        clock = Clock(path, zone, [time_in(line) for _, line in found])
        yield from ((at, line, clock) for at, line in found)


def knows_times(roster: str) -> bool:
    """Whether a roster is a worksheet of Moodle, which says when each student handed in."""
    return bool(roster) and WORKSHEET_TIME in heads_of(Path(roster))


def time_in(line: Line) -> str:
    """Return what a line says about when something was handed in."""
    return line.cells.get("time", "")


def read_extensions(
    path: str, whose: Whose, stem: str, zone: Zone, stems: Collection[str]
) -> dict[int, Extension]:
    """Return the extension of each entry that has one; the last line on a student counts."""
    if not path:
        return {}

    def wanted(line: Line) -> bool:
        about = line.cells.get("assignment", "")
        if about and about not in stems:
            told = f"there is no assignment {about!r}{nearest(about, stems)}"
            raise InputError(f"{path}, line {line.number}: {told}")
        return about in ("", stem)

    found = list(whose.lines(path, EXTENSION_COLUMNS, ["days", "until"], wanted))
    clock = Clock(path, zone, [line.cells.get("until", "") for _, line in found])
    extensions = {at: extension_on(line, clock, path) for at, line in found}
    due = zone.due
    if due and (early := [one.until for one in extensions.values() if one.until and one.until < due]):
        whose.note(f"{path}: {early[0]:%Y-%m-%d %H:%M} is before the work is due anyway ({len(early)} lines)")
    return extensions


def extension_on(line: Line, clock: Clock, path: str) -> Extension:
    """Return the extension that a line grants."""
    days, until = line.cells.get("days", ""), line.cells.get("until", "")
    if not days and not until:
        raise InputError(f"{path}, line {line.number}: write how many days, or until when")
    try:
        more = float(days or 0)
    except ValueError:
        more = -1
    if not 0 <= more <= MOST_DAYS:
        raise InputError(f"{path}, line {line.number}: days must be a number from 0, not {days!r}")
    return Extension(more, clock.moment(until, line) if until else None)
