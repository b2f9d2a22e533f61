"""What goes with the code that is graded: the student's own modules, and small files of data."""

import re
import sys
from collections.abc import Sequence

from autograder.environment import LIBRARIES
from autograder.errors import InputError
from autograder.submission.archive import MOST_NOTES, Item, clean, natural
from autograder.submission.notebook_code import code_text
from autograder.submission.pick import QUIZ_YML, is_assignments_file, is_handed_out, is_work, suffix_of
from autograder.submission.work import MAX_TEXT, Task

MAX_HELPERS = 100
MAX_DATA_FILES = 20
WORD = re.compile(r"\w+")
NAME_ENDS = re.compile(r"[\"'`{}/\\\n]"), re.compile(r"[\"'`{}()/\\\s]")  # names with and without spaces
NOT_THEIRS = {"sitecustomize", "usercustomize", "pytest", "otter", "autograder", "solutions"}
NOT_THEIRS |= {*sys.stdlib_module_names, *LIBRARIES}


def helpers(
    items: Sequence[Item], code: Item, stem: str, cells: Sequence[str], room: int, notes: list[str]
) -> dict[str, bytes]:
    """Return the student's own modules by their path: all beside the code, elsewhere what it imports.

    `room` is how many bytes of text they may have together; `notes` takes a line on what was left out.
    """
    prefix = f"{code.folder}/" if code.folder else ""
    lines = (line for cell in cells for line in cell.splitlines() if "import" in line)
    asked = {word for line in lines for word in WORD.findall(line)}
    files: dict[str, bytes] = {}
    for item in sorted(items, key=lambda item: (not item.path.startswith(prefix), natural(item.path))):
        path = item.path.removeprefix(prefix)
        names = path.removesuffix(".py").split("/")
        if item is code or not path.endswith(".py") or not all(map(str.isidentifier, names)):
            continue
        if not (item.path.startswith(prefix) and is_work(item)) and (
            names[-1] not in asked or is_handed_out(item)
        ):
            continue
        if names[0] == stem or names[0].startswith("__") or is_assignments_file(item, stem) or path in files:
            continue
        if names[0] in NOT_THEIRS:
            notes.append(f"{clean(path)} is left out: it would hide the library of that name")
            continue
        try:
            data = item.read(MAX_TEXT)
            room -= len(code_text(data, path).encode())
        except InputError as wrong:
            notes.append(f"left out: {wrong}")
            if len(notes) >= MOST_NOTES:  # to read what is refused takes its time, too
                break
            continue
        if room < 0 or len(files) >= MAX_HELPERS:
            notes.append(f"{clean(path)} and what follows is left out: too much code")
            break
        files[path] = data
    return files


def data_files(
    items: Sequence[Item], code: Item, cells: Sequence[str], task: Task, notes: list[str]
) -> dict[str, bytes]:
    """Return the small files beside the code that are asked for or named in it, by their path."""
    prefix = f"{code.folder}/" if code.folder else ""
    others = [item for item in items if not suffix_of(item) and item.name != QUIZ_YML]
    named = {piece for cell in cells if others for parts in NAME_ENDS for piece in parts.split(cell)}
    files: dict[str, bytes] = {}
    for item in sorted(others, key=lambda item: natural(item.path)):
        path = item.path.removeprefix(prefix)
        if not item.path.startswith(prefix) or path in task.given:
            continue
        if path not in task.hand_in and item.name not in named:
            continue
        try:
            data = item.read(MAX_TEXT)
        except InputError as wrong:
            notes.append(f"left out: {wrong}")
            if len(notes) >= MOST_NOTES:  # to read what is refused takes its time, too
                break
            continue
        if len(files) >= MAX_DATA_FILES:
            notes.append(f"{clean(path)} and what follows is left out: too many files")
            break
        files[path] = data
    return files
