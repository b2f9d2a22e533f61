"""What proves which work was graded with what. Students read it, so nothing in it follows from the seed.

A seed is short: whoever has a hash of it and of what else went in finds it in a second.
"""

import functools
import hashlib
import platform
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path

import msgspec
from msgspec.structs import replace

from autograder import __version__, beside
from autograder.config import FILE, Course
from autograder.environment import LIBRARIES

ENGINE = Path(__file__).resolve().parents[1]
# Where the closure of imports begins: what judges, what the warm process imports, what checks import.
JUDGES = ("grading.opening", "sandbox.zygote", "sandbox.protocol", "checks")
AS_TEXT = ("sandbox/probes.py",)  # read, not imported
FROM = r"from[ \t]+(autograder[\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n#]*)"
IMPORT = re.compile(rf"^[ \t]*(?:{FROM}|import[ \t]+(autograder[\w.]*))", re.MULTILINE)


def receipt_of(course: Course, stem: str, isolation: str) -> dict[str, str]:
    """Return the part of a receipt that all submissions share."""
    settings = msgspec.json.encode(replace(course.settings, seed=0))
    files = hash_of_files({**course_files(course, stem), FILE: settings})
    return {
        "kit": __version__,
        "kit_sha256": kit_hash(),
        "course_sha256": files,
        "isolation": isolation,
        **versions(),
    }


def versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that answers depend on."""
    return {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}


@functools.cache
def version(name: str) -> str:
    """Return the version of a library, "" if it is not there."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


@functools.cache
def kit_hash() -> str:
    """Return a hash of every module of the engine that judging can come to import."""
    return hash_of_files(engine_files(JUDGES))


def hash_of_files(files: Mapping[str, bytes]) -> str:
    """Return a hash of files and their names."""
    found = hashlib.sha256()
    for path, data in sorted(files.items()):
        found.update(f"{path}\n{len(data)}\n".encode())
        found.update(data)
    return found.hexdigest()


def course_files(course: Course, stem: str) -> dict[str, bytes]:
    """Return the files of a course that one assignment is graded with, by their path in it."""
    assignment = course.assignment(stem)
    code = [f"solutions/{stem}.py", f"tests/questions/test_{stem}.py"]
    paths = [FILE, *(path for path in code if assignment.questions or (course.root / path).exists())]
    for folder, entries in ((f"assignments/{stem}", assignment.provided), ("solutions", assignment.hand_in)):
        paths += [f"{folder}/{name}.py" for name in beside.modules(entries)]
        paths += [f"{folder}/{name}" for name in beside.files(entries)]
    if assignment.quiz:
        paths += [f"assignments/{stem}/quiz.yml", f"solutions/{stem}_quiz.yml"]
    banks = (f"tests/questions/{kind}/{stem}.py" for kind in ("mistakes", "alternatives"))
    paths += [path for path in banks if (course.root / path).exists()]
    return {path: (course.root / path).read_bytes() for path in paths}


def engine_files(entries: Iterable[str]) -> dict[str, bytes]:
    """Return the modules of the engine that some of its modules can come to import, by their path in it."""
    found: dict[str, bytes] = {path: (ENGINE / path).read_bytes() for path in AS_TEXT}
    waiting = [name for entry in entries for name in with_packages(entry)]
    while waiting:
        path = module_file(waiting.pop())
        if path is not None and path not in found:
            found[path] = (ENGINE / path).read_bytes()
            for name in engine_imports_of(found[path].decode()):
                waiting += with_packages(name.partition(".")[2])
    return found


def with_packages(name: str) -> list[str]:
    """Return a module's name and those of the packages around it, the engine's own as ""."""
    parts = name.split(".")
    return [".".join(parts[:depth]) for depth in range(len(parts) + 1)]


def module_file(name: str) -> str | None:
    """Return the path of an engine's module or package, None for a name within a module."""
    path = name.replace(".", "/")
    for candidate in (f"{path}.py", f"{path}/__init__.py".lstrip("/")):
        if (ENGINE / candidate).is_file():
            return candidate
    return None


def engine_imports_of(source: str) -> Iterator[str]:
    """Yield the dotted names of the engine's that a module of it imports anywhere."""
    for module, names, whole in IMPORT.findall(source):
        yield from [whole] if whole else (f"{module}.{name}" for name in re.findall(r"\w+", names))
