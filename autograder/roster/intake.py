"""Who handed in what and when, before any of it is read: rows of the gradebook out of a folder.

A roster, a list of times and a list of extensions say more about the entries of the folder.
"""

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

import msgspec

from autograder.config import Course, CourseSettings, max_score
from autograder.roster.columns import blackboard_column, canvas_column, doubts_about_column, platform_of_list
from autograder.roster.commits import committed_at
from autograder.roster.late import Extension, Ruling, rule
from autograder.roster.lists import (
    Whose,
    knows_times,
    read_extensions,
    submitted_times,
    worksheet_of,
    worksheet_times,
)
from autograder.roster.people import Index, Person, exact, folded, read_roster, run_together
from autograder.roster.zone import Zone
from autograder.submission.archive import listing
from autograder.submission.entry import Entry, Member
from autograder.submission.platforms import returned_name
from autograder.submission.work import Task, task_of

EXTENSIONS = "extensions.csv"
NAMESAKES = "students on the roster may be meant: write one's id for the name, in the name of the file"
HIDDEN = "anon_"  # begins what Canvas puts in place of a name
MOST_NAMED = 3  # names that get a line each
MEMBER_IDS = {"moodle": "moodle", "canvas": "canvas", "gradescope": "sid"}  # what a member's id is


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What a class is graded with: the lists that go with the folder, by their paths, and the wall."""

    roster: str = ""
    submitted: str = ""
    extensions: str = ""
    course: str = ""
    without: tuple[str, ...] = ()
    hidden_anyway: bool = False
    quiz_only: bool = False


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One submission as the gradebook lists it, before it is read."""

    name: str
    student: str
    people: list[Person]
    submitted_at: datetime | None = None
    ruling: Ruling = Ruling()
    returned: str = ""  # what a file of feedback is called where the platform takes them in bulk


@dataclass(frozen=True)
class Intake:
    """The submissions of a folder, who is missing, and what staff should know, a line each.

    `canvas_column` is the assignment's header in Canvas, if the roster is a gradebook that has it;
    `task` tells a student's files from what was handed out; `worksheet` are the rows of Moodle's
    grading worksheet, if the roster is one.
    """

    entries: list[Entry]
    rows: list[Row]
    missing: list[Person]
    remarks: list[str]
    canvas_column: str = ""
    task: Task | None = None
    worksheet: Sequence[Sequence[str]] = ()
    blackboard_column: str = ""
    previews: int = 0
    platforms: list[str] = dataclasses.field(default_factory=list)


def take_in(entries: Sequence[Entry], course: Course, stem: str, options: Options) -> Intake:
    """Join the entries of a folder with the lists, and apply the rules on late work and attempts."""
    remarks: list[str] = []
    people = [[person_of(entry, member) for member in entry.members] for entry in entries]
    missing: list[Person] = []
    if options.roster:
        roster = read_roster(Path(options.roster))
        missing = join(entries, people, roster, remarks)
        remarks += shared_numbers(roster)
    assignment = course.assignment(stem)
    zone = Zone(course, assignment.due)
    whose = Whose(entries, people, remarks)
    worksheet = options.roster if knows_times(options.roster) else ""
    times = worksheet_times(worksheet, whose, zone) | submitted_times(options.submitted, whose, zone)
    extensions = read_extensions(options.extensions, whose, stem, zone, course.settings.assignments)
    rows = [
        row_of(entry, people[at], times.get(at), extensions.get(at), zone, course.settings)
        for at, entry in enumerate(entries)
    ]
    about_times = (
        late_at_unknown_times(entries, rows),
        without_times(entries, rows, zone.due),
        mostly_late(rows, zone.due),
    )
    remarks = [*chain.from_iterable(about_times), *remarks]
    remarks += [*zone.doubts(), *doubts_about_column(options.roster, assignment)]
    sheet = worksheet_of(options.roster, max_score(assignment), remarks)
    column = canvas_column(options.roster, assignment)
    return Intake(
        list(entries), rows, missing, remarks, column, task_of(course, stem), sheet,
        blackboard_column(options.roster, assignment), course.settings.attempts.previews,
        platforms_of(entries, options.roster),
    )  # fmt: skip


def row_of(
    entry: Entry, people: list[Person], times: Sequence[datetime] | None, extension: Extension | None,
    zone: Zone, settings: CourseSettings,
) -> Row:  # fmt: skip
    """Return the row of an entry; `times` are those of a list, which count before its own."""
    known = (*entry.earlier, entry.submitted_at or newest_commit(entry)) if times is None else ()
    moments = times or [zone.placed(time) for time in known if time]
    submitted = moments[-1] if moments else None
    ruling = rule(
        submitted, zone.due, settings.late, settings.attempts, moments[:-1], extension, said_late=entry.late
    )
    names = " and ".join(person.name for person in people)
    return Row(
        name=entry.name, student=names, people=people, submitted_at=submitted, ruling=ruling,
        returned=returned_name(entry),
    )  # fmt: skip


def platforms_of(entries: Sequence[Entry], roster: str) -> list[str]:
    """Return the platforms that the submissions and the roster come from."""
    return sorted({entry.platform for entry in entries if entry.platform} | set(platform_of_list(roster)))


def late_at_unknown_times(entries: Sequence[Entry], rows: Sequence[Row]) -> Iterator[str]:
    """Yield a remark if the platform says of some that they are late, but not when they came."""
    late = [row for entry, row in zip(entries, rows, strict=True) if entry.late]
    names = [row.name for row in late if not row.submitted_at]
    if names:
        yield (
            f"{len(names)} marked late, it is not known how late, so nothing is taken off:"
            f" give --submitted CSV (student,submitted at) for {listing(names)}"
        )


def newest_commit(entry: Entry) -> datetime | None:
    """Return when the newest commit of a submission was made, if it is a clone."""
    found = [committed_at(part.path) for part in entry.parts if part.path.is_dir()]
    return max(filter(None, found), default=None)


def without_times(entries: Sequence[Entry], rows: Sequence[Row], due: datetime | None) -> Iterator[str]:
    """Yield a remark if there is a due date and nothing tells when some handed in, or that it was late."""
    untold = (row for entry, row in zip(entries, rows, strict=True) if not entry.late)
    names = [row.name for row in untold if not row.submitted_at]
    if due is None or not names:
        return
    who = "it is not known when anybody" if len(names) == len(rows) else f"it is not known when {len(names)}"
    yield (
        f"{who} handed in ({listing(names)}), so they cannot be late:"
        " give --submitted CSV (student,submitted at); an export with times or clones with .git tell it, too"
    )


def mostly_late(rows: Sequence[Row], due: datetime | None) -> Iterator[str]:
    """Yield a remark if most of a class is late: then the due date may be the mistake."""
    late = sum(row.ruling.late_days > 0 for row in rows)
    if due and late > max(MOST_NAMED, len(rows) / 2):
        yield f"{late} of {len(rows)} are late: is {due:%Y-%m-%d %H:%M %Z} in grading.yml when it was due?"


def person_of(entry: Entry, member: Member) -> Person:
    """Return one of those who handed in; what kind of number they have follows from the platform."""
    person = Person(name=member.name, email=member.email, login=member.login)
    kind = MEMBER_IDS.get(entry.platform)
    return msgspec.structs.replace(person, **{kind: member.id}) if kind else person


def join(
    entries: Sequence[Entry], people: list[list[Person]], roster: Sequence[Person], remarks: list[str]
) -> list[Person]:
    """Fill in `people` from a roster; return who on it is missing. What is not certain stays as it is."""
    index = Index(list(enumerate(roster)))
    seen: defaultdict[int, list[str]] = defaultdict(list)
    by_name, unknown = list[str](), list[str]()
    owners: dict[str, int] = {}  # the place of whoever an entry's own number or name means
    for entry, members in zip(entries, people, strict=True):
        for at, person in enumerate(members):
            found, sure = index.person(person) if entry.platform else index.account(person.name)
            if len(found) == 1:
                (place,) = found
                seen[place].append(entry.name)
                owners[entry.name] = place
                members[at] = merged(roster[place], person)
                if not sure:
                    by_name.append(f"{entry.name} for {roster[place].name}")
            elif len(members) > 1 or not roster_group(entry, roster):
                if found:
                    remarks.append(f"{entry.name}: {len(found)} {NAMESAKES}")
                else:
                    unknown.append(entry.name)
    remarks += strangers(unknown)
    join_teams(entries, people, roster, owners, seen, remarks)
    if by_name:
        remarks.append(f"taken by a name or address, not by a number or login: {listing(by_name)}")
    for place, names in seen.items():
        if len(names) > 1:
            remarks.append(f"{roster[place].name} handed in {len(names)} times: {', '.join(names)}")
    return [person for place, person in enumerate(roster) if place not in seen]


def strangers(names: Sequence[str]) -> Iterator[str]:
    """Yield remarks on submissions whose students are not on the roster."""
    others = [name for name in names if not name.startswith(HIDDEN)]
    if hidden := len(names) - len(others):
        yield f"Canvas hides the names of {hidden}: show them there, download again, grade again"
    if len(others) > MOST_NAMED:
        yield f"{len(others)} not on the roster: {listing(others)}"
    else:
        yield from (f"{name}: not on the roster" for name in others)


def shared_numbers(roster: Sequence[Person]) -> Iterator[str]:
    """Yield a remark for each number, address or login that several students on the roster have."""
    owners: defaultdict[str, list[str]] = defaultdict(list)
    for person in roster:
        for key in exact(person):
            owners[key].append(person.name)
    shared = [(key, names) for key, names in owners.items() if len(names) > 1]
    for key, names in shared[:MOST_NAMED]:
        yield f"on the roster {key.partition(' ')[2]} is {len(names)} students: {listing(names)}"
    if len(shared) > MOST_NAMED:
        yield f"on the roster {len(shared) - MOST_NAMED} more numbers or addresses are several students'"


def join_teams(
    entries: Sequence[Entry],
    people: list[list[Person]],
    roster: Sequence[Person],
    owners: Mapping[str, int],
    seen: defaultdict[int, list[str]],
    remarks: list[str],
) -> None:
    """Count what a group handed in for all its members, unless one of them handed in alone.

    A folder is a group's if the roster writes the group's name just so; what a platform names is, if
    the one whose number it bears is in that group.
    """
    for entry, members in zip(entries, people, strict=True):
        places = roster_group(entry, roster) if len(members) == 1 else []
        if not places or owners.get(entry.name, places[0]) not in places:
            continue
        alone = [roster[place].name for place in places if set(seen[place]) - {entry.name}]
        if alone:
            remarks.append(f"{entry.name}: not counted for its group, for {listing(alone)} handed in alone")
            continue
        members[:] = [roster[place] for place in places]
        for place in places:
            seen[place] = [entry.name]


def roster_group(entry: Entry, roster: Sequence[Person]) -> list[int]:
    """Return the places of the students in the group that an entry is named after."""
    form = run_together if entry.platform else folded
    name = form(entry.members[0].name)
    return [place for place, person in enumerate(roster) if person.group and form(person.group) == name]


def merged(known: Person, seen: Person) -> Person:
    """Return what the roster says of a person, and what only their submission says."""
    extra = {name: value for name, value in msgspec.structs.asdict(seen).items() if value}
    return Person(**{**extra, **{k: v for k, v in msgspec.structs.asdict(known).items() if v}})
