"""The zip that Gradescope is given: the engine, one assignment, two programs at its root. It only reads."""

import json
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from autograder.config import Course, max_score
from autograder.environment import LIBRARIES, VERSION
from autograder.errors import KitError
from autograder.grading.adding_up import FAILED, blank_report
from autograder.judging.receipt import JUDGES, course_files, engine_files
from autograder.publish.pins import requirement_files
from autograder.reports.gradescope import to_gradescope
from autograder.sandbox.libraries import packages_of

ZIP_FILES = Path(__file__).parent / "gradescope_files"


def gradescope_zip(course: Course, stem: str) -> dict[str, bytes]:
    """Return the files of the zip for one assignment."""
    files = course_files(course, stem)
    engine = engine_files(("container.run", *JUDGES))
    libraries = libraries_of(files, engine)
    texts = {path.name: path.read_text("utf-8") for path in ZIP_FILES.iterdir() if path.is_file()}
    points = f"{max_score(course.assignment(stem)):g}"
    values = {"@STEM@": stem, "@IMPORTS@": " ".join(libraries), "@POINTS@": points, "@PYTHON@": VERSION}
    for mark, value in values.items():
        texts = {name: text.replace(mark, value) for name, text in texts.items()}
    texts |= requirement_files(libraries.values())
    fallback = to_gradescope(blank_report(course.assignment(stem), FAILED), course.settings)
    texts["fallback.json"] = json.dumps(fallback, indent=1) + "\n"
    return {
        **{f"course/{path}": content for path, content in files.items()},
        **{f"autograder/{path}": content for path, content in engine.items()},
        **{name: text.replace("\r\n", "\n").encode() for name, text in texts.items()},
        **own_pip_settings(course),
    }


def libraries_of(course: Mapping[str, bytes], engine: Mapping[str, bytes]) -> dict[str, str]:
    """Return what has to be installed: the name of each package by the name that is imported."""
    programs = [text.decode() for path, text in course.items() if path.endswith(".py")]
    used = set(packages_of([*programs, *(text.decode() for text in engine.values())]))
    own = {"autograder", "solutions", *(Path(path).stem for path in course)}
    wanted = (used | set(LIBRARIES)) - own - sys.stdlib_module_names
    packages = metadata.packages_distributions()
    missing = sorted(wanted - packages.keys())
    if missing:
        told = ", ".join(missing)
        raise KitError(f"{told} is imported by the course and not installed here: pip install it")
    return {name: min(packages[name]) for name in sorted(wanted)}


def own_pip_settings(course: Course) -> dict[str, bytes]:
    """Return the course's pip.conf, if it has one: it says where the CPU build of torch is."""
    path = course.root / "pip.conf"
    return {"pip.conf": path.read_bytes()} if path.is_file() else {}
