"""Who is who: rosters and other lists as spreadsheets save them, joined with those who handed in.

Read are lists with a name (one column or two), an id and an email in columns of any order, the
gradebooks that Canvas exports, rosters of Gradescope and grading worksheets of Moodle.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from autograder.errors import InputError
from autograder.roster.tables import Line, heads_of, read_lines

PERSON_COLUMNS = {
    "name": ("name", "student", "full name", "fullname", "student name", "names"),
    "first": ("first name", "firstname", "given name", "first"),
    "last": ("last name", "lastname", "surname", "family name", "last"),
    "sid": (
        "sid",
        "student id",
        "id number",
        "sis user id",
        "sis id",
        "student number",
        "orgdefinedid",
        "id",
    ),
    "email": ("email", "e mail", "email address", "mail"),
    "login": ("sis login id", "login", "login id", "username", "user name"),
    "canvas": ("canvas id", "canvas user id"),
    "moodle": ("identifier", "participant"),
    "section": ("section", "sections"),
    "group": ("group", "groups", "group name", "team"),
    "role": ("role",),
}
NOBODY = ("Points Possible", "Student, Test", "Test Student")  # lines of Canvas about no student
ID_KINDS = ("canvas", "moodle", "sid", "email", "login")


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A student, by all that is known of them; `canvas` and `moodle` are those platforms' numbers."""

    name: str
    sid: str = ""
    email: str = ""
    login: str = ""
    canvas: str = ""
    moodle: str = ""
    section: str = ""
    group: str = ""

    @property
    def number(self) -> str:
        """The number that tells a student from others, if one is known."""
        return self.sid or self.canvas or self.moodle


def read_roster(path: Path) -> list[Person]:
    """Return the students on a roster, in its order; those with the same name stay apart."""
    people = []
    for line in read_lines(path, columns_of(path), ("name", "last", "sid", "email", "login", "moodle")):
        person = person_on(line)
        if person is not None:
            people.append(person)
    if not people:
        raise InputError(f"{path} lists no student")
    return list(dict.fromkeys(people))


def columns_of(path: Path) -> dict[str, Sequence[str]]:
    """Return what the columns of a roster mean: a gradebook of Canvas has an ID of its own."""
    heads = set(heads_of(path))
    if "github username" in heads:  # GitHub Classroom's: the identifier is whatever the teacher chose
        return {**PERSON_COLUMNS, "login": ("github username",), "sid": ("identifier",), "moodle": ()}
    if {"id", "section"} <= heads and ("student" in heads or {"lastname", "firstname"} <= heads):
        without_id = tuple(name for name in PERSON_COLUMNS["sid"] if name != "id")
        return {**PERSON_COLUMNS, "sid": without_id, "canvas": ("id",)}
    return dict(PERSON_COLUMNS)


def person_on(line: Line) -> Person | None:
    """Return the student on a line of a roster, None if it is about something else."""
    cells = dict(line.cells)
    role = cells.pop("role", "").casefold()
    name = cells.pop("name", "")
    first, last = cells.pop("first", ""), cells.pop("last", "")
    name = name or " ".join(filter(None, (first, last)))
    if role not in ("", "student") or name in NOBODY:
        return None
    blind = cells.get("moodle", "")
    cells["moodle"] = re.sub(r"\D*", "", blind)
    for kind in ("sid", "login"):  # Brightspace writes #s1
        cells[kind] = cells.get(kind, "").removeprefix("#")
    known = {kind: cells.get(kind, "") for kind in (*ID_KINDS, "section", "group")}
    if "@" in known["sid"] and not known["email"]:
        known["email"] = known["sid"]
    name = name or known["email"] or known["sid"] or known["login"] or blind
    return Person(name=name, **known) if name else None


class Index:
    """Finds people by what is known of them: numbers and addresses first, then names."""

    def __init__(self, people: Sequence[tuple[int, Person]]) -> None:
        self._found: defaultdict[str, list[tuple[int, Person]]] = defaultdict(list)
        for at, person in people:
            for key in {*exact(person), *forms_of_name(person.name), *words_for(person)}:
                self._found[key].append((at, person))

    def person(self, person: Person) -> tuple[set[int], bool]:
        """Return the places of those who are this person, by what a platform says, and whether it is sure.

        Numbers and addresses are; a name is not, for who owns an account may change it.
        """
        if found := self.exactly(person):
            return found, True
        return self._first((*forms_of_name(person.name), *keys_in(person.name)), person), False

    def account(self, text: str) -> tuple[set[int], bool]:
        """Return the places of those whom a folder's or an account's name means, and whether it is sure.

        It is if it is a number, a login or a whole address, or a name of several words written out.
        Else it may be somebody's name run together, if their login is not known to be another one.
        """
        if found := self._first((f"word {folded(text)}",), Person(name=text)):
            return found, True
        names = list(forms_of_name(text))
        whole = [name for name in names if not name.startswith("joined ")]
        if len(text.split()) > 1:
            found = self._first(whole, Person(name=text))
            return (found, True) if found else (self._first(names, Person(name=text)), False)
        found = self._first((*names, f"local {folded(text)}"), Person(name=text, login=text))
        return found, bool(found) and found == self._first(whole, Person(name=text, login=text))

    def like(self, person: Person) -> set[int]:
        """Return the places of those who are this person: none, one, or several that may be."""
        return self.person(person)[0]

    def exactly(self, person: Person) -> set[int]:
        """Return the places of those who have a number or an address of this person."""
        return self._first(exact(person), person)

    def called(self, text: str) -> set[int]:
        """Return the places of those whom a text may mean: a name, a number, an address."""
        return self._first((*keys_in(text), *forms_of_name(text)), Person(name=text))

    def _first(self, keys: Iterable[str], person: Person) -> set[int]:
        for key in keys:
            hits = {at for at, other in self._found.get(key, ()) if not contradict(person, other)}
            if hits:
                return hits
        return set()


def contradict(one: Person, other: Person) -> bool:
    """Whether two are known to be different people: a number of one kind differs."""
    pairs = ((getattr(one, kind), getattr(other, kind)) for kind in ID_KINDS)
    return any(mine and theirs and folded(mine) != folded(theirs) for mine, theirs in pairs)


def exact(person: Person) -> Iterator[str]:
    """Yield the keys that belong to one person only."""
    for kind in ID_KINDS:
        if value := getattr(person, kind):
            yield f"{kind} {folded(value)}"


def keys_in(text: str) -> Iterator[str]:
    """Yield the keys of a text that may be a number, a login or an address, whole or before the @."""
    yield from (f"{kind} {folded(text)}" for kind in ("word", "local"))


def words_for(person: Person) -> Iterator[str]:
    """Yield what one may write for a person who has no other name: a number, an address, a login."""
    for kind in ID_KINDS:
        if value := getattr(person, kind):
            yield f"word {folded(value)}"
    if person.email:
        yield f"local {folded(person.email.partition('@')[0])}"


def forms_of_name(name: str) -> Iterator[str]:
    """Yield the forms of a name, first as written: Ada Lovelace, Lovelace, Ada and lovelaceada are one."""
    last, comma, first = name.partition(",")
    words = re.findall(r"\w+", folded(f"{first} {last}" if comma else name))
    if not words:
        yield f"name {folded(name)}"
        return
    yield f"written {' '.join(words)}"
    yield f"name {' '.join(sorted(words))}"
    joined = {"".join(words), "".join(words[-1:] + words[:-1])}
    if comma:
        joined.add("".join(re.findall(r"\w+", folded(last + first))))
    yield from (f"joined {form}" for form in sorted(joined))


def run_together(text: str) -> str:
    """Return a text's letters and figures only: platforms leave out the rest of a group's name."""
    return "".join(re.findall(r"[^\W_]+", folded(text)))


def folded(text: str) -> str:
    """Return a text without what people write differently: case, accents, spaces around it."""
    plain = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))
