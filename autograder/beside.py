"""What lies beside an assignment's module: entries of `provided` and `hand_in` are modules or other files."""

import re
from collections.abc import Collection, Iterable, Iterator

from autograder.environment import AT_HOME, IMPORTABLE

# names of files and folders that a student's folder, or the course's, has already
TAKEN = frozenset(
    ("conftest", "checks", "tests", "quiz", "study", "lab", "examples", "setup", "solutions", "autograder")
)
FILES_TAKEN = frozenset(
    (
        *("README.md", "handout.md", "lab.ipynb", "pytest.ini", "quiz.yml"),
        *("requirements.txt", "requirements-notebook.txt"),
    )
)
STAND_IN = frozenset(("make", "file"))  # what checks ask `student` for beside the questions
THERE = "the student's folder has a file of that name"
PLAIN = re.compile(r"\w[\w-]*(\.\w+)+")  # no folder, nothing hidden, an ending


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


def hidden_by(stem: str) -> str:
    """Say what a module of this name would hide, "" if nothing."""
    if stem in TAKEN or stem.startswith("test_"):
        return THERE
    if stem in IMPORTABLE or stem in AT_HOME:
        return "a Python module of that name exists already"
    return ""


def clashes(stem: str, provided: Collection[str], hand_in: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Yield each entry that cannot be: the setting that has it, the file's name, and why."""
    used = {f"{stem}.py": "it is the assignment's own module"}
    for key, entries in (("provided", provided), ("hand_in", hand_in)):
        for entry, name in zip(entries, file_names(entries), strict=True):
            if is_module(entry):
                why = hidden_by(name.removesuffix(".py"))
            elif not PLAIN.fullmatch(name):
                why = "give it a plain name"
            else:
                why = THERE if name in FILES_TAKEN or name == f"{stem}.ipynb" else ""
            if why := why or used.get(name, ""):
                yield key, name, why
            used[name] = f"{key} holds it already"
