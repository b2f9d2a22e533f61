"""Look at what would be handed in as the grader will: versions, files, stubs, imports, the quiz."""

import ast
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from autograder.environment import IMPORTABLE, PYTHON, python_name
from autograder.errors import InputError, is_unwritten
from autograder.publish.student_files.overview import quiz_state
from autograder.publish.student_files.work import missing, untouched
from autograder.sandbox.libraries import packages_of
from autograder.submission.notebook_code import cells_of

REFUSED = {
    "socket": "the grader has no network", "urllib": "the grader has no network",
    "http": "the grader has no network", "requests": "the grader has no network",
    "subprocess": "the grader starts no programs", "multiprocessing": "the grader starts no processes",
}  # fmt: skip
DEFINITION = ast.FunctionDef | ast.ClassDef
ENDS = {"input": "nobody answers there", "exit": "it ends the program", "quit": "it ends the program"}
PreflightLine = tuple[bool, str]  # whether all is well, and what to say


def preflight(folder: Path, facts: Mapping[str, Any]) -> Iterator[PreflightLine]:
    """Yield what was looked at, the gravest kinds first."""
    yield from python_and_libraries(folder)
    path = handed_in(folder, facts["stem"])
    yield from file_names(folder, facts["stem"], path)
    if path is not None:
        yield from contents(folder, path, facts)
    if facts.get("quiz"):
        yield from quiz_sheet(folder)


def python_and_libraries(folder: Path) -> Iterator[PreflightLine]:
    """Yield whether this Python and its libraries will do."""
    version = ".".join(map(str, sys.version_info[:2]))
    enough = sys.version_info >= PYTHON
    yield enough, f"Python {version}" + ("" if enough else f": the grader's is {python_name()}")
    lines = (folder / "requirements.txt").read_text("utf-8").splitlines()
    names = (re.split(r"[^\w.-]", line.strip(), maxsplit=1)[0] for line in lines)  # "" of a comment
    for name in filter(None, dict.fromkeys(names)):
        try:
            yield True, f"{name} {metadata.version(name)}"
        except metadata.PackageNotFoundError:
            yield False, f"{name} is not installed: python -m pip install -r requirements.txt"


def handed_in(folder: Path, stem: str) -> Path | None:
    """Return the file with the functions: the notebook if only that has something written."""
    script, notebook = folder / f"{stem}.py", folder / f"{stem}.ipynb"
    if notebook.is_file() and untouched(script) and not untouched(notebook):
        return notebook
    return script if script.is_file() else None


def file_names(folder: Path, stem: str, path: Path | None) -> Iterator[PreflightLine]:
    """Yield what is handed in, and which files look as if they were meant to be."""
    if path is None:
        yield False, missing(folder, stem)
        return
    yield True, f"{path.name} is handed in"
    both = path.suffix == ".py" and not untouched(folder / f"{stem}.ipynb")
    if both:
        yield False, f"{stem}.ipynb holds work too, and is not looked at: hand in one of the two"
    for other in sorted(folder.iterdir()):
        if re.fullmatch(rf"{re.escape(stem)}[\W_].*\.(py|ipynb|txt)", other.name, re.IGNORECASE):
            yield False, f"{other.name} is not looked at: only {path.name} counts"


def contents(folder: Path, path: Path, facts: Mapping[str, Any]) -> Iterator[PreflightLine]:
    """Yield what the grader would stumble over in what is handed in."""
    texts, trees = dict[str, str](), dict[str, ast.Module]()
    for one in (path, *(folder / name for name in facts["beside"] if name.endswith(".py"))):
        try:
            texts[one.name] = "\n".join(cells_of(one.read_bytes(), one.name))
            trees[one.name] = ast.parse(texts[one.name])
        except OSError:
            yield False, f"{one.name} is missing: it is handed in beside {path.name}"
        except InputError as wrong:
            yield False, str(wrong)
        except SyntaxError as wrong:
            yield False, f"{one.name}, line {wrong.lineno}: Python cannot read this: {wrong.msg}"
    defined = {
        node.name: node for tree in trees.values() for node in ast.walk(tree) if isinstance(node, DEFINITION)
    }
    for name in facts["questions"]:
        if name in defined:
            if is_unwritten("NotImplementedError", ast.unparse(defined[name])):
                yield False, f"{name} is not written yet"
        elif len(trees) > len(facts["beside"]):
            yield False, f"{' and '.join(trees)} has no {name}: keep the names as they were handed out"
    for file, tree in trees.items():
        yield from imports(
            folder, file, texts[file], {"__future__", *IMPORTABLE, *facts["provided"], facts["stem"]}
        )
        for node in ast.walk(tree):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id
            if called and called in ENDS and called not in defined:
                yield False, f"{file}, line {node.lineno}: {called}(): {ENDS[called]}"  # type: ignore[attr-defined]


def imports(folder: Path, file: str, text: str, ours: set[str]) -> Iterator[PreflightLine]:
    """Yield what a program imports that the grader does not have."""
    for name in packages_of([text]):
        if name in REFUSED:
            yield False, f"import {name}: {REFUSED[name]}"
        elif (folder / f"{name}.py").is_file() and name not in ours:
            yield False, f"import {name}: {name}.py is not handed in: put its functions into {file}"
        elif name not in ours:
            yield False, f"import {name}: the grader does not have it"


def quiz_sheet(folder: Path) -> Iterator[PreflightLine]:
    """Yield what is missing in quiz.yml or would be misread."""
    sheet = folder / "quiz.yml"
    if not sheet.is_file():
        yield False, "quiz.yml is missing: its questions earn nothing"
        return
    quiz = quiz_state(folder)
    if quiz is None:
        return
    if not quiz.student:
        yield False, "quiz.yml: write your name or student number after student:"
    yield quiz.answered == quiz.total, f"quiz: {quiz.answered} of {quiz.total} answered"
    for trouble in quiz.troubles:
        yield False, f"quiz.yml, {trouble}"


def write_zip(folder: Path, facts: Mapping[str, Any]) -> tuple[Path, list[str]]:
    """Write what is to be handed in as one zip, and return where it is and what is in it."""
    stem = facts["stem"]
    path = handed_in(folder, stem)
    if path is None:
        raise InputError(f"{missing(folder, stem)}. Nothing was packed")
    asked = ("quiz.yml", "examples.py", *facts.get("beside", ()))
    names = [path.name, *(name for name in asked if (folder / name).is_file())]
    target = folder / f"{stem}_to_hand_in.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.write(folder / name, name)
    return target, names
