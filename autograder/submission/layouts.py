"""Folders of submissions, as learning platforms export them -> who handed in what.

Each entry of the folder is judged by its own name, so layouts may be mixed:

* a folder per student; flat files (ada.py, ada.zip) with ada_quiz.yml beside them
* Canvas: lovelaceada_LATE_12345_678901_rl_foundations-1.py: name, user, upload, the file's name
* Moodle: Ada Lovelace_123456_assignsubmission_file (older: with a last _), a folder or flat files
* Gradescope: submission_12345678 folders and submission_metadata.yml
* clones of classroom repositories: rl-foundations-ada
"""

import contextlib
import io
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from autograder.errors import InputError, nearest
from autograder.submission.archive import clean, is_junk, listing, natural, open_regular, scan
from autograder.submission.pick import CODE_NAME, QUIZ, fold

METADATA = "submission_metadata.yml"
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # every value a text, no tag obeyed
ANY_CASE = re.IGNORECASE | re.DOTALL  # a name may hold a line end
CANVAS = re.compile(
    r"(?:(?P<name>.+?)_)?(?P<late>late_)?(?P<id>\d+)_(?:\d+_(?P<file>.+)|(?:text|link)\.html)",
    ANY_CASE,
)
MOODLE = re.compile(r"(?P<name>[^_]+)(?:_(?P<id>\d+))?_assignsubmission_[a-z]+(?:_(?P<file>.*))?", ANY_CASE)
FLAT = re.compile(r"(?P<base>.+?)\.(?:zip|rar|7z|tar|gz|tgz|bz2|xz)", ANY_CASE)
FLAT_QUIZ = re.compile(r"(?P<base>.+?)(?P<said>[-_ ]quiz)?\.ya?ml", ANY_CASE)
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d*)? *(Z|UTC|[-+]\d\d:?\d\d)?")
LONGEST = 120  # a row's name becomes the name of a file


@dataclass(frozen=True)
class Part:
    """A file or folder that belongs to a submission, and the name that the student gave it."""

    path: Path
    name: str


@dataclass(frozen=True)
class Member:
    """One of those who handed in together: what the export says of them."""

    name: str
    id: str = ""
    email: str = ""


@dataclass(frozen=True)
class Entry:
    """One submission, not read yet: its row's name, who handed it in, and where it is."""

    name: str
    members: tuple[Member, ...]
    parts: tuple[Part, ...]
    late: bool = False
    submitted_at: datetime | None = None

    @property
    def student(self) -> str:
        """The name of the student, or of all in a group."""
        return " and ".join(member.name for member in self.members)


def find_submissions(folder: Path, stem: str) -> list[Entry]:
    """Return the submissions in a folder, in the order of their names, each with a name of its own.

    Args:
        folder: of a class; an `InputError` if it is missing, empty or one submission itself.
        stem: the assignment.
    """
    if not os.path.isdir(folder):
        if os.path.exists(folder):
            raise InputError(f"{folder} is a file: unpack it and give the folder")
        raise InputError(f"{folder} does not exist{neighbour(folder)}")
    folder = gradescope_root(folder)
    found = [entry for entry in scan(folder) if not is_junk(entry.name)]
    files = {entry.name for entry in found if entry.is_file(follow_symlinks=False)}
    for name in {f"{stem}.py", f"{stem}.ipynb"} & files:
        raise InputError(
            f"{folder} holds {name} itself, so it is one submission: use autograder check {folder}"
        )
    if any(entry.name == METADATA for entry in found):
        entries = gradescope_entries(folder, found)
    else:
        entries = joined(sighted(found, stem))
    if not entries:
        names = listing(entry.name for entry in found) or "nothing"
        raise InputError(f"{folder} holds no submissions; found: {names}")
    return distinct(sorted(entries, key=lambda entry: natural(entry.name)))


def neighbour(path: Path) -> str:
    """Return the hint on what stands beside a missing path under nearly its name."""
    with contextlib.suppress(OSError):
        return nearest(path.name, os.listdir(path.parent))
    return ""


def sighted(found: Sequence[os.DirEntry[str]], stem: str) -> Iterator[tuple[str, Entry]]:
    """Yield each entry of a class folder as part of a submission, with what tells whose it is."""
    prefix = repository_prefix(found)
    for entry in found:
        is_folder = entry.is_dir(follow_symlinks=False)
        if is_folder and os.path.exists(os.path.join(entry.path, "gradebook.sqlite")):
            continue  # results of an earlier run
        name = unicodedata.normalize("NFC", entry.name)
        if moodle := MOODLE.fullmatch(name):
            part = Part(Path(entry.path), moodle["file"] or name)
            who = Member(moodle["name"], moodle["id"] or "")
            row = "_".join(filter(None, (who.name, who.id)))
            yield f"moodle {row}", Entry(row, (who,), (part,))
        elif is_folder:
            student = repository_student(name, stem, prefix)
            yield f"flat {student}", single(student, Part(Path(entry.path), ""))
        elif canvas := CANVAS.fullmatch(name):
            # what is handed in again gets a number: helpers-1.py
            part = Part(Path(entry.path), re.sub(r"-\d+(?=\.\w+$)", "", canvas["file"] or name))
            who = Member(canvas["name"] or canvas["id"], canvas["id"])
            row = "_".join(filter(None, (canvas["name"], canvas["id"])))
            yield f"canvas {who.id}", Entry(row, (who,), (part,), bool(canvas["late"]))
        else:
            yield from flat(Path(entry.path), name, stem)


def single(student: str, part: Part) -> Entry:
    """Return the entry of one student who is known by name only."""
    return Entry(student, (Member(student),), (part,))


def flat(path: Path, name: str, stem: str) -> Iterator[tuple[str, Entry]]:
    """Yield a file that is named after the student, if it is one: ada.py, ada.zip, ada_quiz.yml."""
    if code := CODE_NAME.fullmatch(name):
        student = without_stem(code[1], stem)
        part = Part(path, stem + code[2].lower())
    elif archive := FLAT.fullmatch(name):
        student, part = without_stem(archive["base"], stem), Part(path, name)
    elif quiz := FLAT_QUIZ.fullmatch(name):
        student, part = without_stem(quiz["base"], stem), Part(path, QUIZ)
    else:
        return
    yield f"flat {student}", single(student, part)


def without_stem(base: str, stem: str) -> str:
    """Return the student's part of ada_rl_foundations or rl_foundations-ada."""
    words = re.escape(stem).replace("_", "[-_ ]")
    found = re.fullmatch(rf"(?:{words}[-_ ]+(.+)|(.+?)[-_ ]+{words})", base, ANY_CASE)
    return (found[1] or found[2]) if found else base


def repository_prefix(found: Iterable[os.DirEntry[str]]) -> str:
    """Return what the names of cloned repositories begin with, such as "homework1-"."""
    clones = [entry.name for entry in found if os.path.exists(os.path.join(entry.path, ".git"))]
    common = os.path.commonprefix(clones) if len(clones) > 1 else ""  # noqa: RUF071 - of letters
    return common[: common.rfind("-") + 1]


def repository_student(name: str, stem: str, prefix: str) -> str:
    """Return the user name in the name of a cloned repository, or a plain folder's name."""
    if prefix and name.startswith(prefix) and len(name) > len(prefix):
        return name[len(prefix) :]
    return without_stem(name, stem) if fold(name).startswith(fold(stem)) else name


def joined(sightings: Iterable[tuple[str, Entry]]) -> list[Entry]:
    """Return one entry for all that belongs to the same student, without lone .yml files."""
    entries: dict[str, Entry] = {}
    for key, entry in sightings:
        while key.startswith("flat ") and key in entries and clash(entries[key], entry):
            key += "~"  # two folders, or two files of a kind, are two students
        if known := entries.get(key):
            entry = replace(known, parts=known.parts + entry.parts, late=known.late or entry.late)
        entries[key] = entry
    return [
        entry
        for key, entry in entries.items()
        if not (key.startswith("flat ") and all(map(is_stray, entry.parts)))
    ]


def clash(one: Entry, other: Entry) -> bool:
    """Whether two entries can't be of one student: each has a folder, a .py, a .zip or a quiz."""
    return bool(kinds_of(one) & kinds_of(other))


def kinds_of(entry: Entry) -> set[str]:
    """Return the suffixes of an entry's parts; a folder has code in it."""
    kinds = {os.path.splitext(part.name)[1] for part in entry.parts}
    return kinds | {".py", ".ipynb"} if "" in kinds else kinds


def is_stray(part: Part) -> bool:
    """Whether a flat file says nothing without others: roster.yml, unlike ada_quiz.yml."""
    quiz = FLAT_QUIZ.fullmatch(part.path.name)
    return part.name == QUIZ and not (quiz and quiz["said"])


def distinct(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries with harmless names that differ in more than case: ada, ada~2, ada~3."""
    taken: set[str] = set()
    result: list[Entry] = []
    for entry in entries:
        base = clean(entry.name).encode()[:LONGEST].decode(errors="ignore").replace("/", "_")
        name, number = base, 1
        while name.casefold() in taken:
            number += 1
            name = f"{base}~{number}"
        taken.add(name.casefold())
        members = tuple(replace(member, name=clean(member.name)) for member in entry.members)
        result.append(replace(entry, name=name, members=members))
    return result


def gradescope_root(folder: Path) -> Path:
    """Return the export's own folder if it stands alone in the one given."""
    inside = [entry for entry in scan(folder) if not is_junk(entry.name)]
    if len(inside) == 1 and os.path.isfile(os.path.join(inside[0].path, METADATA)):
        return Path(inside[0].path)
    return folder


def gradescope_entries(folder: Path, found: Sequence[os.DirEntry[str]]) -> list[Entry]:
    """Return the submissions of a Gradescope export, with its names; none is left out."""
    about = read_metadata(folder / METADATA)
    names = [entry.name for entry in found if entry.is_dir(follow_symlinks=False)]
    entries = []
    for name in dict.fromkeys([*about, *names]):
        known = about.get(name, {})
        people = known.get(":submitters") or ()
        members = tuple(member_of(who) for who in people if isinstance(who, dict))
        part = Part(folder / name, clean(name))
        parts = (part,) if name in names else ()
        when = moment(str(known.get(":created_at", "")))
        members = members or (Member(clean(name)),)
        entries.append(Entry(clean(name), members, parts, submitted_at=when))
    return entries


def member_of(about: Mapping[str, Any]) -> Member:
    """Return a submitter; someone without a name goes by their id or address."""
    said = (clean(str(about.get(key, ""))) for key in (":name", ":sid", ":email"))
    name, sid, email = ("" if text in ("~", "null") else text for text in said)
    return Member(name or sid or email or "someone", sid, email)


def moment(text: str) -> datetime | None:
    """Return a time such as 2026-04-26 17:34:00.861687000 Z, or None."""
    found = MOMENT.match(text)
    if not found:
        return None
    zone = found[3] if found[3] and found[3][0] in "+-" else "+00:00"
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}{zone}").astimezone(UTC)
    except ValueError:
        return None


def read_metadata(path: Path) -> dict[str, dict[str, Any]]:
    """Return who handed in what, and when. Results of earlier runs in the file are skipped."""
    lines: list[str] = []
    wanted = False
    with io.BufferedReader(open_regular(path, METADATA)) as file:
        for raw in file:
            line = raw.decode("utf-8", "replace")
            if line[:1].strip():
                lines.append(line)
                wanted = False
            elif re.match(r"  \S", line):
                wanted = line.startswith(("  :submitters:", "  :created_at:")) or (
                    wanted and line.startswith("  - ")
                )
            if wanted:
                lines.append(line)
    try:
        about = yaml.load("".join(lines), LOADER)  # noqa: S506 - builds texts, lists and mappings only
    except yaml.YAMLError as error:
        raise InputError(f"{path} is not the file that Gradescope exports") from error
    if not isinstance(about, dict):
        raise InputError(f"{path} is not the file that Gradescope exports")
    return {name: known for name, known in about.items() if isinstance(known, dict)}
