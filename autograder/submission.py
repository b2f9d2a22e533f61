"""What a student handed in: `.py`, `.ipynb`, folder or zip -> the few files that are graded."""

import contextlib
import difflib
import hashlib
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.archive import Item, clean, file_item, folder_items, listing, natural, zip_items
from autograder.errors import InputError, nearest
from autograder.notebook_code import (
    decode,
    is_untouched,
    notebook_cells,
    notebook_names,
    python_of_cell,
    without_commands,
)

MAX_TEXT = 1_000_000  # bytes of a text file, and of all code: more does not fit through the wall
MAX_NOTEBOOK = 20_000_000  # its pictures are in it
MAX_HELPERS = 100
SUFFIXES = (".py", ".ipynb")
QUIZ = "quiz.yml"
CODE_NAME = re.compile(r"(.+?)(\.py|\.ipynb)(?:\.(?:txt|json|py|ipynb))*", re.IGNORECASE)
QUIZ_NAME = re.compile(r"(?:.*[-_ ])?quiz[-_ ]?\(?\d*\)?\.ya?ml(?:\.txt)?", re.IGNORECASE)
COPY = re.compile(r"(?:copy of )?(.+?)((?:[ _]?\(\d+\)|[-_ ]\d+|[-_ ]copy)*)", re.IGNORECASE)
NOT_WORK = re.compile(r"(?:test_.*|.*_test|conftest|setup|lab)\.\w+", re.IGNORECASE)
COURSE_FOLDERS = frozenset({"checks", "tests"})
LIBRARIES = sys.stdlib_module_names | {"sitecustomize", "usercustomize", "numpy", "torch", "scipy"}
LIBRARIES |= {"matplotlib", "pytest", "otter", "autograder", "solutions"}


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
    """The code of a submission as text: a .py file is one cell, a notebook has many.

    `needs` are the names that only a notebook has (display, get_ipython) and the code seems to call.
    """

    name: str
    cells: tuple[str, ...]
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Part:
    """A file or folder that belongs to a submission, and the name that the student gave it."""

    path: Path
    name: str


def read_submission(path: Path, stem: str) -> Submission:
    """Read one submission. What is wrong with it is its `problem`, never an exception.

    Args:
        path: a .py or .ipynb file under any name, a folder or a zip; an `InputError` if it is not
            there.
        stem: the assignment.
    """
    if not path.exists():
        hint = ""
        with contextlib.suppress(OSError):
            hint = nearest(path.name, (beside.name for beside in path.parent.iterdir()))
        raise InputError(f"{path} does not exist{hint}")
    path = path.resolve()  # a link that is asked for is followed, a link inside never
    code = None if path.is_dir() else CODE_NAME.fullmatch(path.name)
    name = clean(path.name if path.is_dir() else code[1] if code else path.stem)
    part = Part(path, stem + code[2].lower() if code else path.name)
    submission = read_parts([part], stem, name, name)
    if code and (path.parent / QUIZ).exists():
        note = f"{QUIZ} beside it was not read: give the folder to have both graded"
        submission = replace(submission, notes=(*submission.notes, note))
    return submission


def read_parts(parts: Sequence[Part], stem: str, name: str, student: str) -> Submission:
    """Read the files and folders of one submission; what is wrong is its `problem`.

    Args:
        parts: what was handed in.
        stem: the assignment.
        name: of the row in the gradebook.
        student: who handed it in.
    """
    notes: list[str] = []
    try:
        with contextlib.ExitStack() as stack:
            items = [item for part in parts for item in items_of(part, notes)]
            if not any(candidates(items, stem, suffix) for suffix in SUFFIXES):
                items += unzipped(items, stem, notes, stack)
            main, files = collect(items, stem, notes)
    except InputError as wrong:
        return Submission(name, student, {}, str(wrong), notes=tuple(notes))
    return Submission(name, student, files, main=main, notes=tuple(notes))


def items_of(part: Part, notes: list[str]) -> list[Item]:
    """List the files of a part."""
    if part.path.is_symlink():
        raise InputError(f"{clean(part.name)} is a link: hand in the file itself")
    if part.path.is_dir():
        return folder_items(part.path, notes)
    return [file_item(part.path, part.name)]


def unzipped(
    items: Sequence[Item], stem: str, notes: list[str], stack: contextlib.ExitStack
) -> list[Item]:
    """Return what is in the zip among the items, as if it were unpacked beside itself."""
    zips = [item for item in items if item.disk and item.name.lower().endswith(".zip")]
    if len(zips) > 1:
        zips = [item for item in zips if stem in item.name.lower()] or zips
    if len(zips) > 1:
        raise InputError(f"several zip files, hand in one: {listing(item.path for item in zips)}")
    inside: list[Item] = []
    for item in zips:
        prefix = f"{item.folder}/" if item.folder else ""
        entries = stack.enter_context(zip_items(item.disk or Path(), item.name, notes))
        inside += [Item(prefix + entry.path, entry.read) for entry in entries]
    return inside


def collect(items: Sequence[Item], stem: str, notes: list[str]) -> tuple[str, dict[str, bytes]]:
    """Return the name of the code and all files that are graded."""
    code = choose(items, stem, notes)
    quiz = quiz_beside(items, code)
    files: dict[str, bytes] = {}
    if code:
        main = stem + suffix_of(code)
        files[main] = code.read(MAX_TEXT if main.endswith(".py") else MAX_NOTEBOOK)
        room = MAX_TEXT - sum(len(cell.encode()) for cell in cells_of(files[main], code.path))
        if room < 0:
            raise InputError(f"{clean(code.path)} holds more than {MAX_TEXT / 1e6:g} MB of code")
        files |= helpers(items, code, room, notes)
    elif quiz:
        main = ""
        notes.append(f"no {stem}.py or .ipynb found: only the quiz is graded")
    else:
        found = listing(item.path for item in items) or "nothing"
        raise InputError(f"no {stem}.py or .ipynb found in it; found: {found}")
    if quiz:
        try:
            files[QUIZ] = quiz.read(MAX_TEXT)
        except InputError as wrong:
            notes.append(f"the quiz is not graded: {wrong}")
    return main, files


def choose(items: Sequence[Item], stem: str, notes: list[str]) -> Item | None:
    """Return the file to grade: the .py, unless it is still the template beside a notebook."""
    script, notebook = (first(items, stem, suffix, notes) for suffix in SUFFIXES)
    if not script or not notebook:
        return script or notebook
    if notebook.depth < script.depth:
        return notebook
    if untouched(script):
        notes.append(f"{clean(script.name)} is still the template, so the notebook is graded")
        return notebook
    if not untouched(notebook):
        notes.append(f"there is a .py and a notebook: {clean(script.name)} is graded")
    return script


def untouched(item: Item) -> bool:
    """Whether code is still the template; False if it cannot be read."""
    with contextlib.suppress(InputError):
        return is_untouched("\n".join(cells_of(item.read(MAX_NOTEBOOK), item.name)))
    return False


def first(items: Sequence[Item], stem: str, suffix: str, notes: list[str]) -> Item | None:
    """Return the file with this suffix that is meant, and note what may be doubted."""
    found = candidates(items, stem, suffix)
    if not found and not any(candidates(items, stem, other) for other in SUFFIXES):
        work = [item for item in items if suffix_of(item) == suffix and is_work(item)]
        close = difflib.get_close_matches(f"{stem}{suffix}", [i.name for i in work], 1, 0.8)
        found = work if len(work) == 1 else [item for item in work if item.name in close]
    if not found:
        return None
    likeness = likeness_of(found[0], stem)
    if not likeness or likeness[0] == 2:
        notes.append(f"{clean(found[0].path)} was taken for {stem}{suffix}")
    beside = [item.path for item in found[1:] if item.depth == found[0].depth]
    if beside:
        notes.append(f"{clean(found[0].path)} is graded, not {listing(beside)}")
    return found[0]


def candidates(items: Sequence[Item], stem: str, suffix: str) -> list[Item]:
    """Return the files named after the stem, the one that is meant first: nearest to the top."""
    found = []
    for item in items:
        likeness = likeness_of(item, stem) if suffix_of(item) == suffix and is_work(item) else None
        if likeness:
            kind, copy = likeness
            found.append(((kind == 2, item.depth, kind, -copy, natural(item.path)), item))
    return [item for _, item in sorted(found, key=lambda pair: pair[0])]


def likeness_of(item: Item, stem: str) -> tuple[int, int] | None:
    """Return how a file is named after the stem: 0 exactly, 1 as a copy, 2 in part; which copy."""
    base = CODE_NAME.sub(r"\1", item.name)
    if base == stem:
        return 0, 0
    folded = re.sub(r"[\s-]+", "_", base.strip().casefold())
    copy = COPY.fullmatch(base.strip())
    if copy and stem.casefold() in (folded, re.sub(r"[\s-]+", "_", copy[1].casefold())):
        return 1, max([0, *(int(digits[:9]) for digits in re.findall(r"\d+", copy[2]))])
    return (2, 0) if stem.casefold() in folded else None


def is_work(item: Item) -> bool:
    """Whether a file can be a student's own work: no test, no lab, nothing that was handed out."""
    return not NOT_WORK.fullmatch(item.name) and not COURSE_FOLDERS & set(item.path.split("/"))


def suffix_of(item: Item) -> str:
    """Return ".py" or ".ipynb" for code, else ""."""
    found = CODE_NAME.fullmatch(item.name)
    return found[2].lower() if found else ""


def quiz_beside(items: Sequence[Item], code: Item | None) -> Item | None:
    """Return the answers to the quiz: beside the code, else nearest to the top."""
    found = [item for item in items if QUIZ_NAME.fullmatch(item.name) and is_work(item)]
    folder = code.folder if code else ""
    order = [
        (item.folder != folder, item.depth, item.name != QUIZ, natural(item.path)) for item in found
    ]
    return found[order.index(min(order))] if found else None


def helpers(items: Sequence[Item], code: Item, room: int, notes: list[str]) -> dict[str, bytes]:
    """Return the student's own modules beside the code, by their path from there.

    Args:
        items: all files.
        code: the file that is graded.
        room: how many bytes of text they may have together.
        notes: takes a line on what was left out.
    """
    prefix = f"{code.folder}/" if code.folder else ""
    files: dict[str, bytes] = {}
    for item in sorted(items, key=lambda item: natural(item.path)):
        path = item.path.removeprefix(prefix)
        names = path.removesuffix(".py").split("/")
        if item is code or not path.endswith(".py") or not item.path.startswith(prefix):
            continue
        if not is_work(item) or not all(name.isidentifier() for name in names):
            continue
        if names[0] in LIBRARIES:
            notes.append(f"{clean(path)} is left out: it would hide the library of that name")
            continue
        try:
            data = item.read(MAX_TEXT)
            room -= len(decode(data, path).encode())
        except InputError as wrong:
            notes.append(f"left out: {wrong}")
            continue
        if room < 0 or len(files) >= MAX_HELPERS:
            notes.append(f"{clean(path)} and what follows is left out: too much code")
            break
        files[path] = data
    return files


def cells_of(data: bytes, name: str) -> list[str]:
    """Return code as Python text, cell by cell, or raise an `InputError` of one line."""
    shown = clean(name)
    text = decode(data, shown)
    if suffix_of(Item(name, bytes)) == ".py":
        return [without_commands(text)]
    cells = [python_of_cell(cell) for cell in notebook_cells(text, shown)]
    if not cells:
        raise InputError(f"{shown} has no code cells")
    return cells


def source_of(submission: Submission, stem: str) -> Source:
    """Return the code of a submission, an empty module if only the quiz was handed in."""
    if submission.problem:
        raise InputError(submission.problem)
    if not submission.main:
        return Source(f"{stem}.py", ("",))
    cells = cells_of(submission.files[submission.main], submission.main)
    return Source(submission.main, tuple(cells), frozenset(notebook_names("\n".join(cells))))


def modules_of(submission: Submission) -> dict[str, str]:
    """Return the text of each of the student's own modules by its dotted name."""
    modules: dict[str, str] = {}
    for path, data in submission.files.items():
        if path.endswith(".py") and path != submission.main:
            names = path.removesuffix(".py").removesuffix("/__init__").split("/")
            modules[".".join(names)] = without_commands(decode(data, path))
            for depth in range(1, len(names)):  # a folder is a package, with or without __init__
                modules.setdefault(".".join(names[:depth]), "")
    return modules


def content_hash(submission: Submission) -> str:
    """Return a SHA-256 of everything that is graded, or of the problem."""
    digest = hashlib.sha256(submission.problem.encode())
    for path, data in sorted(submission.files.items()):
        digest.update(f"\n{path}\n{len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()
