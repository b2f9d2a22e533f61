"""Folders of submissions, as learning platforms export them -> who handed in what.

Each entry of the folder is judged by its own name, so layouts may be mixed:

* a folder per student; flat files (ada.py, ada.zip) with ada_quiz.yml beside them
* Canvas: lovelaceada_LATE_12345_678901_rl_foundations-1.py: name, user, upload, the file's name
* Moodle: Ada Lovelace_123456_assignsubmission_file (older: with a last _), a folder or flat files
* Gradescope: submission_12345678 folders and submission_metadata.yml
* clones of classroom repositories: rl-foundations-ada
"""

import contextlib
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from autograder.errors import InputError, nearest
from autograder.submission.archive import clean, is_junk, listing, natural, scan
from autograder.submission.entry import Entry, Member, Part
from autograder.submission.gradescope_export import METADATA, gradescope_entries, gradescope_root
from autograder.submission.pick import CODE_NAME, QUIZ, fold

ANY_CASE = re.IGNORECASE | re.DOTALL  # a name may hold a line end
CANVAS = re.compile(
    r"(?:(?P<name>.+?)_)?(?P<late>late_)?(?P<id>\d+)_(?:\d+_(?P<file>.+)|(?:text|link)\.html)",
    ANY_CASE,
)
MOODLE = re.compile(r"(?P<name>[^_]+)(?:_(?P<id>\d+))?_assignsubmission_[a-z]+(?:_(?P<file>.*))?", ANY_CASE)
FLAT = re.compile(r"(?P<base>.+?)\.(?:zip|rar|7z|tar|gz|tgz|bz2|xz)", ANY_CASE)
FLAT_QUIZ = re.compile(r"(?P<base>.+?)(?P<said>[-_ ]quiz)?\.ya?ml", ANY_CASE)
LONGEST = 120  # a row's name becomes the name of a file


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


def left_out(folder: Path, entries: Sequence[Entry]) -> list[str]:
    """Return what stands in the folder of a class and belongs to no submission: ada.docx, roster.csv."""
    used = {METADATA, *(part.path.name for entry in entries for part in entry.parts)}
    found = [entry for entry in scan(gradescope_root(folder)) if entry.name not in used]
    return [entry.name for entry in found if not is_junk(entry.name) and not has_results(entry)]


def has_results(entry: os.DirEntry[str]) -> bool:
    """Whether a folder was written by an earlier run."""
    return os.path.exists(os.path.join(entry.path, "gradebook.sqlite"))


def neighbour(path: Path) -> str:
    """Return the hint on what stands beside a missing path under nearly its name."""
    with contextlib.suppress(OSError):
        return nearest(path.name, os.listdir(path.parent))
    return ""


def sighted(found: Sequence[os.DirEntry[str]], stem: str) -> Iterator[tuple[str, Entry]]:
    """Yield each entry of a class folder as part of a submission, with what tells whose it is."""
    prefix = repository_prefix(found)
    for entry in found:
        if has_results(entry):
            continue
        is_folder = entry.is_dir(follow_symlinks=False)
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
        replace(entry, parts=newest_first_named(entry.parts))
        for key, entry in entries.items()
        if not (key.startswith("flat ") and all(map(is_stray, entry.parts)))
    ]


def newest_first_named(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return parts of which only the newest keeps a name that several have: Canvas counts its uploads."""
    taken: set[str] = set()
    result: list[Part] = []
    for part in sorted(parts, key=lambda part: natural(part.path.name), reverse=True):
        result.append(replace(part, name=part.path.name) if part.name in taken else part)
        taken.add(part.name)
    return tuple(reversed(result))


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
