"""Who handed in what and when, before any of it is read: rows of the gradebook out of a folder.

A roster, a list of times and a list of extensions say more about the entries of the folder.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

import msgspec

from autograder.config import Course
from autograder.errors import InputError
from autograder.submission.archive import listing
from autograder.submission.late import Extension, Ruling, moment, rule
from autograder.submission.layouts import CANVAS, METADATA, MOODLE, Entry, Member
from autograder.submission.roster import COLUMNS, Index, Line, Person, exact, read_lines, read_roster

EXTENSIONS = "extensions.csv"
MOST_DAYS = 3660
WHO = ("student", "submission", *COLUMNS["name"], *COLUMNS["sid"], *COLUMNS["email"])
SUBMITTED_COLUMNS = {
    "who": WHO,
    "sid": ("sid", "student id", "id"),
    "time": ("submitted at", "submitted", "submission time", "time", "last modified submission"),
}
EXTENSION_COLUMNS = {
    "who": WHO, "assignment": ("assignment",),
    "days": ("days", "extra days"), "until": ("until", "due", "new due date"),
}  # fmt: skip


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What a class is graded with: the lists that go with the folder, by their paths, and the wall."""

    roster: str = ""
    submitted: str = ""
    extensions: str = ""
    course: str = ""
    without: tuple[str, ...] = ()
    hidden_anyway: bool = False


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One submission as the gradebook lists it, before it is read."""

    name: str
    student: str
    people: list[Person]
    submitted_at: datetime | None = None
    ruling: Ruling = Ruling()


@dataclass(frozen=True)
class Intake:
    """The submissions of a folder, who is missing, and what staff should know, a line each."""

    entries: list[Entry]
    rows: list[Row]
    missing: list[Person]
    remarks: list[str]


def take_in(entries: Sequence[Entry], course: Course, stem: str, options: Options) -> Intake:
    """Join the entries of a folder with the lists, and apply the rules on late work and attempts."""
    remarks: list[str] = []
    people = [[person_of(entry, member) for member in entry.members] for entry in entries]
    missing: list[Person] = []
    if options.roster:
        missing = join(entries, people, read_roster(Path(options.roster)), remarks)
    due = course.assignment(stem).due
    zone = due.tzinfo if due else None
    whose = Whose(entries, people, remarks)
    times = submitted_times(options, whose, zone)
    extensions = read_extensions(options, whose, stem, zone)
    rows = []
    for at, entry in enumerate(entries):
        moments = times.get(at, [])
        submitted = moments[-1] if moments else entry.submitted_at
        ruling = rule(
            submitted, due, course.settings.late, course.settings.attempts, moments[:-1],
            extensions.get(at), said_late=entry.late,
        )  # fmt: skip
        student = " and ".join(person.name for person in people[at])
        rows.append(
            Row(
                name=entry.name,
                student=student,
                people=people[at],
                submitted_at=submitted,
                ruling=ruling,
            )
        )
    return Intake(list(entries), rows, missing, remarks)


def person_of(entry: Entry, member: Member) -> Person:
    """Return one of those who handed in; what kind of number they have follows from the layout."""
    person = Person(name=member.name, email=member.email)
    names = [part.path.name for part in entry.parts]
    if any(MOODLE.fullmatch(name) for name in names):
        return msgspec.structs.replace(person, moodle=member.id)
    if any((part.path.parent / METADATA).exists() for part in entry.parts):
        return msgspec.structs.replace(person, sid=member.id)
    if any(CANVAS.fullmatch(name) for name in names):
        return msgspec.structs.replace(person, canvas=member.id)
    return msgspec.structs.replace(person, sid=member.id)


def join(
    entries: Sequence[Entry],
    people: list[list[Person]],
    roster: Sequence[Person],
    remarks: list[str],
) -> list[Person]:
    """Fill in `people` from a roster; return who on it is missing. What is not certain stays as it is."""
    index = Index(list(enumerate(roster)))
    seen: defaultdict[int, list[str]] = defaultdict(list)
    for entry, members in zip(entries, people, strict=True):
        for at, person in enumerate(members):
            found = index.like(person)
            if len(found) == 1:
                (place,) = found
                seen[place].append(entry.name)
                members[at] = merged(roster[place], person)
            else:
                why = f"{len(found)} students on the roster may be meant" if found else "not on the roster"
                remarks.append(f"{entry.name}: {why}")
    for place, names in seen.items():
        if len(names) > 1:
            remarks.append(f"{roster[place].name} handed in {len(names)} times: {', '.join(names)}")
    return [person for place, person in enumerate(roster) if place not in seen]


def merged(known: Person, seen: Person) -> Person:
    """Return what the roster says of a person, and what only their submission says."""
    extra = {name: value for name, value in msgspec.structs.asdict(seen).items() if value}
    return Person(**{**extra, **{k: v for k, v in msgspec.structs.asdict(known).items() if v}})


class Whose:
    """Tells which entry a line of a list is about."""

    def __init__(
        self, entries: Sequence[Entry], people: Sequence[Sequence[Person]], remarks: list[str]
    ) -> None:
        self._entries = {entry.name.casefold(): at for at, entry in enumerate(entries)}
        self._people, self._remarks = people, remarks
        self._index = Index([(at, person) for at, members in enumerate(people) for person in members])

    def lines(
        self, path: str, columns: Mapping[str, Sequence[str]], needed: Collection[str],
        wanted: Callable[[Line], bool],
    ) -> Iterator[tuple[int, Line]]:  # fmt: skip
        """Yield the wanted lines of a file with the places of their entries; note those about nobody."""
        nobody = []
        for line in filter(wanted, read_lines(Path(path), columns, needed)):
            who = [text for key in ("sid", "who") if (text := line.cells.get(key, ""))]
            if not who:
                raise InputError(f"{path}, line {line.number}: the student is missing")
            found = next((hit for text in who if (hit := self._find(text))), set())
            if len(found) > 1 and not self._one_person(found):
                raise InputError(
                    f"{path}, line {line.number}: {len(found)} submissions may be {who[-1]!r}'s:"
                    " write the submission's name or the student's id"
                )
            if not found:
                nobody.append(who[-1])
            for at in sorted(found):
                yield at, line
        if nobody:
            self._remarks.append(f"{path}: no submission here of {listing(nobody)}")

    def _find(self, text: str) -> set[int]:
        at = self._entries.get(text.casefold())
        return self._index.called(text) if at is None else {at}

    def _one_person(self, places: Collection[int]) -> bool:
        """Whether submissions are of the same student, who has a number or an address to tell by."""
        people = {tuple(self._people[at]) for at in places}
        return len(people) == 1 and all(any(exact(person)) for person in people.pop())


def submitted_times(options: Options, whose: Whose, zone: tzinfo | None) -> dict[int, list[datetime]]:
    """Return when each entry's student handed in, in order; the last time is the entry's own."""
    times: defaultdict[int, list[datetime]] = defaultdict(list)
    if options.submitted:
        timed = whose.lines(
            options.submitted,
            SUBMITTED_COLUMNS,
            ["time"],
            lambda line: time_in(line) not in ("", "-"),
        )
        for at, line in timed:
            times[at].append(read_moment(time_in(line), zone, options.submitted, line))
    return {at: sorted(found) for at, found in times.items()}


def time_in(line: Line) -> str:
    """Return what a line says about when something was handed in."""
    return line.cells.get("time", "")


def read_extensions(options: Options, whose: Whose, stem: str, zone: tzinfo | None) -> dict[int, Extension]:
    """Return the extension of each entry that has one; the last line on a student counts."""
    if not options.extensions:
        return {}
    about = whose.lines(
        options.extensions, EXTENSION_COLUMNS, ["days", "until"],
        lambda line: line.cells.get("assignment", "") in ("", stem),
    )  # fmt: skip
    return {at: extension_on(line, zone, options.extensions) for at, line in about}


def extension_on(line: Line, zone: tzinfo | None, path: str) -> Extension:
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
    return Extension(more, read_moment(until, zone, path, line) if until else None)


def read_moment(said: str, zone: tzinfo | None, path: str, line: Line) -> datetime:
    """Return a time in a list; one without an offset is in that of the due date."""
    found = moment(said, zone)
    if found is None:
        raise InputError(
            f"{path}, line {line.number}: {said!r} is no time: write it like 2026-12-15 23:59:00+01:00"
        )
    day_only = len(said) <= len("2026-12-15")
    return found.replace(hour=23, minute=59, second=59) if day_only else found
