"""The zip that Gradescope is given: the engine, one assignment, two programs at its root. It only reads."""

import ast
import json
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

from autograder.config import Course, max_score
from autograder.errors import KitError
from autograder.platform.run import FAILED, blank_report
from autograder.reports.gradescope import to_gradescope

ENGINE = Path(__file__).resolve().parents[1]
TEMPLATES = Path(__file__).parent / "gradescope_files"
# Where the closure of imports begins: the run, what the warm process imports, what checks import.
ENTRIES = ("platform.run", "sandbox.zygote", "sandbox.protocol", "checks")
AS_TEXT = ("sandbox/probes.py",)  # read, not imported
ALWAYS = ("numpy", "scipy", "matplotlib")  # students import these whether they need them or not
NOT_FOR_GRADING = "torch"  # the grader never imports it: there only if the course uses it


def gradescope_zip(course: Course, stem: str) -> dict[str, bytes]:
    """Return the files of the zip for one assignment.

    Args:
        course: the course folder and its settings.
        stem: the assignment.
    """
    files = course_files(course, stem)
    engine = engine_files()
    libraries = libraries_of(files, engine)
    texts = {path.name: path.read_text("utf-8") for path in TEMPLATES.iterdir() if path.is_file()}
    points = f"{max_score(course.assignment(stem)):g}"
    values = {"@STEM@": stem, "@IMPORTS@": " ".join(libraries), "@POINTS@": points}
    for mark, value in values.items():
        texts = {name: text.replace(mark, value) for name, text in texts.items()}
    texts["requirements.txt"] = "".join(f"{pinned(package)}\n" for package in libraries.values())
    fallback = to_gradescope(blank_report(course, stem, FAILED), course.settings.visibility)
    texts["fallback.json"] = json.dumps(fallback, indent=1) + "\n"
    return {
        **{f"course/{path}": content for path, content in files.items()},
        **{f"autograder/{path}": content for path, content in engine.items()},
        **{name: text.replace("\r\n", "\n").encode() for name, text in texts.items()},
        **own_pip_settings(course),
    }


def course_files(course: Course, stem: str) -> dict[str, bytes]:
    """Return the files of a course that one assignment is graded with, by their path in it."""
    assignment = course.assignment(stem)
    paths = ["grading.yml", f"solutions/{stem}.py", f"tests/questions/test_{stem}.py"]
    paths += [f"assignments/{stem}/{name}.py" for name in assignment.provided]
    if assignment.quiz:
        paths += [f"assignments/{stem}/quiz.yml", f"solutions/{stem}_quiz.yml"]
    mistakes = f"tests/questions/mistakes/{stem}.py"
    paths += [mistakes] if (course.root / mistakes).exists() else []
    return {path: (course.root / path).read_bytes() for path in paths}


def engine_files() -> dict[str, bytes]:
    """Return the modules of the engine that a run can come to import, by their path in it."""
    found: dict[str, bytes] = {path: (ENGINE / path).read_bytes() for path in AS_TEXT}
    waiting = [name for entry in ENTRIES for name in with_packages(entry)]
    while waiting:
        path = module_file(waiting.pop())
        if path is not None and path not in found:
            found[path] = (ENGINE / path).read_bytes()
            for name in imports_of(found[path]):
                if name.split(".")[0] == "autograder":
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


def imports_of(source: bytes) -> Iterator[str]:
    """Yield the dotted names that a module imports anywhere, and what it takes from them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def libraries_of(course: Mapping[str, bytes], engine: Mapping[str, bytes]) -> dict[str, str]:
    """Return what has to be installed: the name of each package by the name that is imported.

    Args:
        course: the assignment's files by their path.
        engine: the engine's.
    """
    programs = [text for path, text in course.items() if path.endswith(".py")]
    used = {name.split(".")[0] for text in programs for name in imports_of(text)}
    needed = {name.split(".")[0] for text in engine.values() for name in imports_of(text)}
    own = {"autograder", "solutions", *(Path(path).stem for path in course)}
    wanted = (used | (needed - {NOT_FOR_GRADING}) | set(ALWAYS)) - own - sys.stdlib_module_names
    packages = metadata.packages_distributions()
    missing = sorted(wanted - packages.keys())
    if missing:
        told = ", ".join(missing)
        raise KitError(f"{told} is imported by the course and not installed here: pip install it")
    return {name: min(packages[name]) for name in sorted(wanted)}


def pinned(package: str) -> str:
    """Return the line of requirements.txt: the version that is used here, without the build it is of."""
    return f"{package}=={metadata.version(package).partition('+')[0]}"


def own_pip_settings(course: Course) -> dict[str, bytes]:
    """Return the course's pip.conf, if it has one: it says where the CPU build of torch is."""
    path = course.root / "pip.conf"
    return {"pip.conf": path.read_bytes()} if path.is_file() else {}
