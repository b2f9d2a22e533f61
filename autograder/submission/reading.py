"""What a student handed in: `.py`, `.ipynb`, folder or zip -> the few files that are graded."""

import contextlib
import hashlib
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.errors import InputError
from autograder.submission.archive import MOST_NOTES, Item, clean, file_item, folder_items, listing, natural
from autograder.submission.beside import data_files, helpers
from autograder.submission.commands import without_commands
from autograder.submission.entry import Entry, Part
from autograder.submission.large_notebook import slim
from autograder.submission.layouts import neighbour
from autograder.submission.notebook_code import MAX_CODE, REPLACED, cells_of, code_text, decode
from autograder.submission.packed import is_closed, is_packed, packed_items
from autograder.submission.pick import (
    CODE_NAME,
    COPY,
    LONGEST_NAME,
    QUIZ_NAME,
    QUIZ_YML,
    candidates,
    choose,
    is_work,
    quiz_beside,
    suffix_of,
)
from autograder.submission.work import MAX_NOTEBOOK, MAX_TEXT, Task, as_task, texts_of, work_in

MAX_NESTED = 3  # archives inside one another
READING = threading.Lock()  # one at a time: several that unpack to much would take their memory together


@dataclass(frozen=True)
class Submission:
    """One row of the gradebook, as handed in.

    `files` holds the code (`main`: STEM.py or STEM.ipynb), quiz.yml and the student's own modules
    by their path beside the code. If it could not be read, `problem` says why in one line.
    """

    name: str
    student: str
    files: Mapping[str, bytes]
    problem: str = ""
    main: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """The code of a submission as text: a .py file is one cell, a notebook has many."""

    name: str
    cells: tuple[str, ...]


def read_submission(path: Path, task: Task | str) -> Submission:
    """Read a file under any name, a folder or an archive as one submission.

    What is wrong with it is its `problem`, never an exception; an `InputError` if it is not there.
    """
    if not os.path.lexists(path):
        raise InputError(f"{path} does not exist{neighbour(path)}")
    try:
        path = path.resolve()  # a link that is asked for is followed, a link inside never
    except (OSError, RuntimeError) as error:
        raise InputError(f"{path} is a link that leads nowhere") from error
    code = None if path.is_dir() else CODE_NAME.fullmatch(path.name)
    name = clean(path.name if path.is_dir() else code[1] if code else path.stem)
    part = Part(path, as_task(task).stem + code[2].lower() if code else path.name)
    submission = read_parts([part], task, name, name)
    if code and (path.parent / QUIZ_YML).exists():
        note = f"{QUIZ_YML} beside it was not read: give the folder to have both graded"
        submission = replace(submission, notes=(*submission.notes, note))
    return submission


def read_parts(parts: Sequence[Part], task: Task | str, name: str, student: str) -> Submission:
    """Read the files and folders of one submission; what is wrong is its `problem`."""
    task, notes = as_task(task), list[str]()
    try:
        with READING, contextlib.ExitStack() as stack:
            items = inside = [item for part in parts for item in items_of(part, notes)]
            for _ in range(MAX_NESTED):
                if has_work(inside, task):
                    break
                inside = inside_archive(items, task, notes, stack)
                items = [item for item in items if not is_packed(item)] + inside
            main, files = collect(items, task, notes)
    except InputError as wrong:
        return Submission(name, student, {}, str(wrong), notes=few(notes))
    return Submission(name, student, files, main=main, notes=few(notes))


def few(notes: Sequence[str]) -> tuple[str, ...]:
    """Return the first notes, and how many more there are."""
    more = len(notes) - MOST_NOTES
    return (*notes[:MOST_NOTES], *([f"and {more} more notes of this kind"] if more > 0 else []))


def read_entry(entry: Entry, task: Task | str) -> Submission:
    """Read one of the submissions that `find_submissions` found in a folder."""
    submission = read_parts(entry.parts, task, entry.name, entry.student)
    if code := [name for name in entry.outdated if CODE_NAME.fullmatch(name) or QUIZ_NAME.fullmatch(name)]:
        note = f"of an earlier attempt, so not graded: {listing(code)}"
        submission = replace(submission, notes=(*submission.notes, note))
    return submission


def has_work(items: Sequence[Item], task: Task) -> bool:
    """Whether archives stay shut: there is a file named after the assignment that is not the template."""
    if task.only_quiz:
        return quiz_beside(items, None) is not None
    named = [one.item for one in candidates(items, task) if one.likeness[0] < 3]
    if not any(map(is_packed, items)):
        return bool(named)
    return any(not work_in(text, task.questions).untouched for _, text in texts_of(named))


def items_of(part: Part, notes: list[str]) -> list[Item]:
    """List the files of a part."""
    if part.path.is_symlink():
        raise InputError(f"{clean(part.name)} is a link: hand in the file itself")
    if part.path.is_dir():
        return folder_items(part.path, notes)
    return [file_item(part.path, part.name)]


def inside_archive(
    items: Sequence[Item], task: Task, notes: list[str], stack: contextlib.ExitStack
) -> list[Item]:
    """Return what is in the archive among the items, as if it were unpacked beside itself."""
    try:
        archive = newest_archive([item for item in items if is_packed(item)], task.stem, notes)
        return stack.enter_context(packed_items(archive, notes)) if archive else []
    except InputError as wrong:
        if not any(suffix_of(item) and is_work(item) for item in items) and not quiz_beside(items, None):
            raise
        notes.append(f"left out: {wrong}")
        return []


def newest_archive(found: Sequence[Item], stem: str, notes: list[str]) -> Item | None:
    """Return the archive that is meant: named after the assignment, of several copies the newest."""
    found = [item for item in found if stem in item.name.lower()] or list(found)
    bases = {item.name: COPY.fullmatch(item.name.partition(".")[0][:LONGEST_NAME]) for item in found}
    if len({base and base[1].casefold() for base in bases.values()}) > 1:
        raise InputError(f"several zip files, hand in one: {listing(item.path for item in found)}")
    found = sorted(found, key=lambda item: natural(item.name.partition(".")[0]), reverse=True)
    if len(found) > 1:
        notes.append(f"{clean(found[0].path)} is graded, not {listing(item.path for item in found[1:])}")
    return found[0] if found else None


def collect(items: Sequence[Item], task: Task, notes: list[str]) -> tuple[str, dict[str, bytes]]:
    """Return the name of the code and all files that are graded."""
    stem = task.stem
    code = None if task.only_quiz else choose(items, task, notes)
    quiz = quiz_beside(items, code, notes)
    files: dict[str, bytes] = {}
    if code:
        main = stem + suffix_of(code)
        files[main] = slim(code.read(MAX_TEXT if main.endswith(".py") else MAX_NOTEBOOK), main)
        cells = cells_of(files[main], clean(code.path))
        if not any(map(str.strip, cells)):
            notes.append(f"{clean(code.path)} is empty: there is no code in it")
        if any(REPLACED in cell for cell in cells):
            notes.append(
                f"{clean(code.path)} is not UTF-8 text, some of it could not be read: save it as UTF-8"
            )
        room = MAX_CODE - sum(len(cell.encode()) for cell in cells)
        if room < 0:
            raise InputError(f"{clean(code.path)} holds more than {MAX_CODE / 1e6:g} MB of code")
        files |= helpers(items, code, stem, cells, room, notes)
        files |= data_files(items, code, cells, task, notes)
        notes += [f"{name} was not handed in" for name in task.hand_in if name not in files]
    elif quiz:
        main = ""
        if not task.only_quiz:
            notes.append(f"no {stem}.py or .ipynb found: only the quiz is graded")
    else:
        raise InputError(nothing_found(items, QUIZ_YML if task.only_quiz else f"{stem}.py or .ipynb"))
    if quiz:
        try:
            files[QUIZ_YML] = quiz_text(quiz)
        except InputError as wrong:
            if not code:
                raise
            notes.append(f"the quiz is not graded: {wrong}")
    return main, files


def quiz_text(quiz: Item) -> bytes:
    """Return a quiz sheet as UTF-8, whatever the editor chose; what is no text stays as it is."""
    data = quiz.read(MAX_TEXT)
    with contextlib.suppress(InputError):
        return decode(data, QUIZ_YML).encode()
    return data


def nothing_found(items: Sequence[Item], wanted: str) -> str:
    """Return what there is instead of what is graded, and what to do about it."""
    found = listing(item.path for item in items) or "nothing"
    advice = "; hand in the file itself" if items else ""
    if any(map(is_closed, items)):
        advice = "; hand in a .zip"
    return f"no {wanted} found in it; found: {found}{advice}"


def source_of(submission: Submission, stem: str) -> Source:
    """Return the code of a submission, an empty module if only the quiz was handed in."""
    if submission.problem:
        raise InputError(submission.problem)
    if not submission.main:
        return Source(f"{stem}.py", ("",))
    with READING:
        cells = cells_of(submission.files[submission.main], submission.main)
    return Source(submission.main, tuple(cells))


def modules_of(submission: Submission) -> dict[str, str]:
    """Return the text of each of the student's own modules by its dotted name."""
    modules: dict[str, str] = {}
    for path, data in submission.files.items():
        if path.endswith(".py") and path != submission.main:
            names = path.removesuffix(".py").removesuffix("/__init__").split("/")
            modules[".".join(names)] = without_commands(code_text(data, path))
            for depth in range(1, len(names)):  # a folder is a package, with or without __init__
                modules.setdefault(".".join(names[:depth]), "")
    return modules


def data_files_of(submission: Submission) -> dict[str, bytes]:
    """Return the files beside the code that are neither code nor the quiz, by their path."""
    return {
        path: data
        for path, data in submission.files.items()
        if path not in (submission.main, QUIZ_YML) and not path.endswith(".py")
    }


def content_hash(submission: Submission) -> str:
    """Return a SHA-256 of everything that is graded, or of the problem."""
    digest = hashlib.sha256(submission.problem.encode())
    for path, data in sorted(submission.files.items()):
        digest.update(f"\n{path}\n{len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()
