"""What lies beside an assignment's module: entries of `provided` and `hand_in` are modules or other files."""

import re
import sys
from collections.abc import Iterable

# names of files and folders that a student's folder, or the course's, has already
TAKEN = frozenset(
    ("conftest", "checks", "tests", "quiz", "study", "lab", "examples", "setup", "solutions", "autograder")
)
FILES_TAKEN = frozenset(
    ("README.md", "handout.md", "pytest.ini", "quiz.yml", "requirements.txt", "requirements-notebook.txt")
)
STAND_IN = frozenset(("make", "file"))  # what checks ask `student` for beside the questions
PLAIN = re.compile(r"\w[\w-]*(\.\w+)+")


def is_module(entry: str) -> bool:
    """Whether an entry names a module, with or without its .py."""
    return entry.endswith(".py") or "." not in entry


def modules(entries: Iterable[str]) -> list[str]:
    """Return the names of the modules among entries."""
    return [entry.removesuffix(".py") for entry in entries if is_module(entry)]


def files(entries: Iterable[str]) -> list[str]:
    """Return the names of the other files."""
    return [entry for entry in entries if not is_module(entry)]


def file_names(entries: Iterable[str]) -> list[str]:
    """Return the names of all files, modules with their .py."""
    return [f"{entry.removesuffix('.py')}.py" if is_module(entry) else entry for entry in entries]


def is_plain(name: str) -> bool:
    """Whether a file may be called so: no folder, nothing hidden, an ending."""
    return PLAIN.fullmatch(name) is not None


def hidden_by(stem: str) -> str:
    """Say what an assignment of this name would hide, "" if nothing: its module is called so."""
    if stem in TAKEN or stem.startswith("test_"):
        return "the student's folder has a file of that name"
    if stem in sys.stdlib_module_names:
        return "a Python module of that name exists already"
    return ""
