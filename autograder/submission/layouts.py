"""Folders of submissions, as learning platforms export them -> who handed in what.

Each entry of the folder is judged by its own name, so layouts may be mixed:

* a folder per student; flat files (ada.py, ada.zip) with ada_quiz.yml beside them; Ada - file.py
* Canvas, Moodle, Blackboard and Brightspace: see `platforms`
* Gradescope: submission_12345678 folders and submission_metadata.yml
* clones of classroom repositories: rl-foundations-ada
"""

import contextlib
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from autograder.data.files import BOOK_FILE
from autograder.errors import InputError, nearest
from autograder.submission.archive import clean, is_junk, listing, natural, scan
from autograder.submission.class_folder import class_root
from autograder.submission.entry import Entry, Member, Part
from autograder.submission.flat import ARCHIVE, flat_part, joined_entries, single_student, without_stem
from autograder.submission.gradescope_export import METADATA, gradescope_entries
from autograder.submission.pick import CODE_NAME, QUIZ_NAME, fold
from autograder.submission.platforms import Seen, names_on_receipts, seen_in

LONGEST_ROW = 120  # a row's name becomes the name of a file


def find_submissions(folder: Path, stem: str) -> list[Entry]:
    """Return the submissions in a class's folder, in the order of their names, each with a name of its own.

    A folder that is missing, empty or one submission itself is an `InputError`.
    """
    if not os.path.isdir(folder):
        if os.path.exists(folder):
            raise InputError(f"{folder} is a file: unpack it and give the folder")
        raise InputError(f"{folder} does not exist{neighbour(folder)}")
    folder = class_root(folder, stem)
    found = [entry for entry in scan(folder) if not is_junk(entry.name)]
    files = {entry.name for entry in found if entry.is_file(follow_symlinks=False)}
    if BOOK_FILE in files:
        raise InputError(
            f"{folder} holds {BOOK_FILE}: `autograder grade` wrote there; give that of the submissions"
        )
    for name in {f"{stem}.py", f"{stem}.ipynb"} & files:
        raise InputError(
            f"{folder} holds {name} itself, so it is one submission: use autograder check {folder}"
        )
    if any(entry.name == METADATA for entry in found):
        entries = gradescope_entries(folder, found)
    else:
        entries = list(map(with_parts_that_count, joined_entries(sighted(found, stem))))
    if not entries:
        names = listing(entry.name for entry in found) or "nothing"
        raise InputError(f"{folder} holds no submissions; found: {names}")
    return distinct(sorted(entries, key=lambda entry: natural(entry.name)))


def left_out(folder: Path, entries: Sequence[Entry]) -> list[str]:
    """Return what stands in the folder of a class and belongs to no submission: ada.docx, roster.csv."""
    parts = [part for entry in entries for part in entry.parts]
    used = {METADATA, *(part.path.name for part in parts)}.union(*(entry.outdated for entry in entries))
    found = scan(parts[0].path.parent if parts else folder)
    return [entry.name for entry in found if entry.name not in used and not is_junk(entry.name)]


def has_results(entry: os.DirEntry[str]) -> bool:
    """Whether a folder was written by an earlier run: it has a gradebook, and no code."""
    if not os.path.exists(os.path.join(entry.path, BOOK_FILE)):
        return False
    return not any(CODE_NAME.fullmatch(inside.name) for inside in scan(Path(entry.path)))


def neighbour(path: Path) -> str:
    """Return the hint on what stands beside a missing path under nearly its name."""
    with contextlib.suppress(OSError):
        return nearest(path.name, os.listdir(path.parent))
    return ""


def sighted(found: Sequence[os.DirEntry[str]], stem: str) -> Iterator[tuple[str, Entry]]:
    """Yield each entry of a class folder as part of a submission, with what tells whose it is."""
    prefix = repository_prefix(found)
    named = {
        entry.name: seen_in(
            unicodedata.normalize("NFC", entry.name), is_folder=entry.is_dir(follow_symlinks=False)
        )
        for entry in found
    }
    receipts = names_on_receipts(
        Path(entry.path) for entry in found if (seen := named[entry.name]) and seen.receipt
    )
    for entry in found:
        path, name = Path(entry.path), unicodedata.normalize("NFC", entry.name)
        if seen := named[entry.name]:
            yield exported(path, seen, receipts.get(name.partition("_attempt_")[0]))
        elif not entry.is_dir(follow_symlinks=False):
            yield from flat_part(path, name, stem)
        elif not has_results(entry):
            student = repository_student(name, stem, prefix)
            yield f"flat {student}", single_student(student, Part(path, ""))


def exported(path: Path, seen: Seen, receipt: tuple[str, str] | None) -> tuple[str, Entry]:
    """Return a file or folder that a platform named, as part of a submission."""
    who = Member(seen.name, "" if seen.id == seen.name and not seen.id.isdigit() else seen.id)
    row, key = seen.row, seen.key
    if seen.platform == "blackboard":
        name, login = receipt or (seen.name, seen.name)
        who, row, key = Member(name, login=login), login, f"blackboard {login}"
    # what is handed in to Canvas again gets a number: helpers-1.py
    file = re.sub(r"-\d+(?=\.\w+$)", "", seen.file) if seen.platform == "canvas" else seen.file
    part = Part(path, file, seen.at)
    return key, Entry(row, (who,), (part,), seen.late, seen.at, seen.platform)


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


def with_parts_that_count(entry: Entry) -> Entry:
    """Return an entry with the parts that count: of several attempts the newest code and quiz."""
    times = sorted({part.at for part in entry.parts if part.at is not None})
    if not times:
        return replace(entry, parts=newest_first_named(entry.parts))
    code = attempt_with(entry.parts, times, lambda name: not is_paper(name))
    quiz = attempt_with(entry.parts, times, is_sheet)
    parts = [part for part in entry.parts if part.at == (quiz if is_sheet(part.name) else code)]
    return replace(
        entry, parts=newest_first_named(parts), submitted_at=times[-1], earlier=tuple(times[:-1]),
        outdated=tuple(part.path.name for part in entry.parts if part not in parts),
    )  # fmt: skip


def attempt_with(parts: Sequence[Part], times: Sequence[datetime], wanted: Callable[[str], bool]) -> datetime:
    """Return the newest attempt that has a file of a kind, the newest of all if none has."""
    have = {part.at for part in parts if part.at and wanted(part.name)}
    return max(have, default=times[-1])


def is_sheet(name: str) -> bool:
    """Whether a file is a quiz sheet, by its name."""
    return QUIZ_NAME.fullmatch(name) is not None


def is_paper(name: str) -> bool:
    """Whether a file is neither code nor an archive: a receipt, a page, a quiz sheet."""
    return bool(name) and not CODE_NAME.fullmatch(name) and not ARCHIVE.fullmatch(name)


def newest_first_named(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return parts of which only the newest keeps a name that several have: Canvas counts its uploads."""
    taken: set[str] = set()
    result: list[Part] = []
    for part in sorted(parts, key=lambda part: natural(part.path.name), reverse=True):
        result.append(replace(part, name=part.path.name) if part.name in taken else part)
        taken.add(part.name)
    return tuple(reversed(result))


def distinct(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries with harmless names that differ in more than case: ada, ada~2, ada~3."""
    taken: set[str] = set()
    result: list[Entry] = []
    for entry in entries:
        base = clean(entry.name).encode()[:LONGEST_ROW].decode(errors="ignore").replace("/", "_")
        name, number = base, 1
        while name.casefold() in taken:
            number += 1
            name = f"{base}~{number}"
        taken.add(name.casefold())
        members = tuple(replace(member, name=clean(member.name)) for member in entry.members)
        result.append(replace(entry, name=name, members=members))
    return result
