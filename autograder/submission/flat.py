"""Files named by people after the student: ada.py, ada_quiz.yml, Ada Lovelace - rl_foundations (1).py."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from autograder.submission.entry import Entry, Member, Part
from autograder.submission.pick import CODE_NAME, QUIZ_YML, fold
from autograder.submission.platforms import ANY_CASE

ARCHIVE = re.compile(r"(?P<base>.+?)(?P<end>\.(?:zip|rar|7z|tar|gz|tgz|bz2|xz))", ANY_CASE)
SHEET = re.compile(r"(?P<base>.+?)\.ya?ml(?:\.txt)?", ANY_CASE)
QUIZ_WORD = re.compile(r"(?:(?P<before>.+?)[-_ ]+quiz|quiz[-_ ]+(?P<after>.+))", ANY_CASE)
COPY_MARK = re.compile(r"(?:[-_ ]*(?:\(\d+\)|copy\d*))+", re.IGNORECASE)
DASHED = re.compile(r"(?P<name>.+?)\s+-\s+(?P<file>.+)", re.DOTALL)
LONGEST_FILE = 300


def flat_part(path: Path, name: str, stem: str) -> Iterator[tuple[str, Entry]]:
    """Yield a file that is named after the student, if it is one, with what tells whose it is."""
    if len(name) > LONGEST_FILE:
        name = name[:LONGEST_FILE]
    if dashed := dashed_name(name, stem):
        student, file = dashed
        yield f"named {student}", single_student(student, Part(path, file))
    elif code := CODE_NAME.fullmatch(name):
        student = without_stem(code[1], stem)
        yield f"flat {student}", single_student(student, Part(path, stem + code[2].lower()))
    elif archive := ARCHIVE.fullmatch(name):
        student = without_stem(archive["base"], stem)
        yield f"flat {student}", single_student(student, Part(path, name))
    elif sheet := SHEET.fullmatch(name):
        student = without_stem(without_quiz(sheet["base"]), stem)
        yield f"flat {student}", single_student(student, Part(path, QUIZ_YML))


def dashed_name(name: str, stem: str) -> tuple[str, str] | None:
    """Return student and file of Ada Lovelace - rl_foundations (1).py, as Google Classroom names them."""
    found = DASHED.fullmatch(name)
    known = any(grammar.fullmatch(name) for grammar in (CODE_NAME, ARCHIVE, SHEET))
    if not found or not known or fold(found["name"]) in (fold(stem), "quiz"):
        return None
    student, file = found["name"], found["file"]
    last, _, rest = name.rpartition(" - ")
    if fold(rest).startswith((fold(stem), "quiz")):  # Anna - Maria - quiz.yml
        student, file = last.strip(), rest
    base = os.path.splitext(file)[0]
    if COPY_MARK.fullmatch(base):  # ada - Copy.py, as Windows names a copy
        return None
    return student, file


def single_student(student: str, part: Part) -> Entry:
    """Return the entry of one student who is known by name only."""
    return Entry(student, (Member(student),), (part,))


def without_quiz(base: str) -> str:
    """Return the student's part of ada_quiz, quiz-ada and ada_quiz (1)."""
    found = QUIZ_WORD.fullmatch(COPY_MARK.sub("", base) or base)
    return (found["before"] or found["after"]) if found else base


def without_stem(base: str, stem: str) -> str:
    """Return the student's part of ada_rl_foundations, rl_foundations-ada and ada rl_foundations (1)."""
    words = re.escape(stem).replace("_", "[-_ ]")
    marks = COPY_MARK.pattern
    found = re.fullmatch(
        rf"(?:{words}[-_ ]+(?P<after>.+)|(?P<before>.+?)[-_ ]+{words}(?:{marks})?)", base, ANY_CASE
    )
    if not found:
        return base
    student: str = found["after"] or found["before"]
    nobody = COPY_MARK.fullmatch(student) or student.casefold() == "copy of"
    return base if nobody else student


def is_said_quiz(name: str) -> bool:
    """Whether a .yml says that it is a quiz, unlike roster.yml."""
    sheet = SHEET.fullmatch(name)
    return bool(sheet and "quiz" in sheet["base"].casefold())


def joined_entries(sightings: Iterable[tuple[str, Entry]]) -> list[Entry]:
    """Return one entry for all that belongs to the same student, without lone .yml files."""
    entries: dict[str, Entry] = {}
    for key, entry in sightings:
        while key.startswith("flat ") and key in entries and clash(entries[key], entry):
            key += "~"  # two folders, or two files of a kind, are two students
        if known := entries.get(key):
            entry = together(known, entry)
        entries[key] = entry
    return [
        entry
        for key, entry in nearly_equal(entries).items()
        if not (key.startswith(("flat ", "named ")) and all(map(is_stray, entry.parts)))
    ]


def nearly_equal(entries: dict[str, Entry]) -> dict[str, Entry]:
    """Join what people named in slightly different ways, where it fits only one: Ada.py, ada-quiz.yml."""
    alike: dict[str, list[str]] = {}
    for key in entries:
        kind, _, name = key.partition(" ")
        if kind in ("flat", "named") and not key.endswith("~"):
            alike.setdefault(fold(name), []).append(key)
    result = dict(entries)
    for keys in alike.values():
        if len(keys) < 2 or f"{keys[0]}~" in entries:
            continue
        kinds = [kind for key in keys for kind in suffixes_of(entries[key])]
        if len(kinds) == len(set(kinds)):
            best = max(keys, key=lambda key: ".py" in suffixes_of(entries[key]))
            for key in keys:
                if key != best:
                    result[best] = together(result[best], result.pop(key))
    return result


def together(one: Entry, other: Entry) -> Entry:
    """Return one entry for two parts of a submission."""
    return replace(one, parts=one.parts + other.parts, late=one.late or other.late)


def clash(one: Entry, other: Entry) -> bool:
    """Whether two entries can't be of one student: each has a folder, a .py, a .zip or a quiz."""
    return bool(suffixes_of(one) & suffixes_of(other))


def suffixes_of(entry: Entry) -> set[str]:
    """Return the suffixes of an entry's parts; a folder has code in it."""
    kinds = {os.path.splitext(part.name)[1].lower() for part in entry.parts}
    return kinds | {".py", ".ipynb"} if "" in kinds else kinds


def is_stray(part: Part) -> bool:
    """Whether a flat file says nothing without others: roster.yml, unlike ada_quiz.yml."""
    return SHEET.fullmatch(part.name) is not None and not is_said_quiz(part.path.name)
