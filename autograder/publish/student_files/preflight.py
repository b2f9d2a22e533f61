"""Look at what would be handed in as the grader will: files, stubs, imports, calls, examples, the quiz."""

import ast
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.environment import IMPORTABLE
from autograder.errors import InputError
from autograder.publish.student_files.foresight import (
    ANY_DEFINITION,
    HandedProgram,
    bound_names,
    call_troubles,
    data_troubles,
    double_definitions,
    example_troubles,
    import_troubles,
    read_program,
    remarks,
    renamed_parameters,
    stub_line,
)
from autograder.publish.student_files.overview import quiz_state
from autograder.publish.student_files.work import misnamed, missing, untouched

FILE_OF_EXAMPLES = "examples.py"
WITH_ZIP = 5  # told when a zip is written
PreflightLine = tuple[bool, str]  # whether all is well, and what to say


def preflight(folder: Path, facts: Mapping[str, Any]) -> Iterator[PreflightLine]:
    """Yield what was looked at, the gravest kinds first."""
    path = handed_in(folder, facts["stem"])
    yield from name_lines(folder, facts, path)
    if path is not None:
        yield from contents(folder, path, facts)
    if FILE_OF_EXAMPLES in facts["files"]:
        yield from examples_sheet(folder, facts["questions"])
    if facts.get("quiz"):
        yield from quiz_sheet(folder)


def handed_in(folder: Path, stem: str) -> Path | None:
    """Return the file with the functions: the notebook if only that has something written."""
    script, notebook = folder / f"{stem}.py", folder / f"{stem}.ipynb"
    if notebook.is_file() and untouched(script) and not untouched(notebook):
        return notebook
    return script if script.is_file() else None


def name_lines(folder: Path, facts: Mapping[str, Any], path: Path | None) -> Iterator[PreflightLine]:
    """Yield what is handed in, and which files look as if they were meant to be."""
    stem = facts["stem"]
    if path is None:
        yield False, missing(folder, stem)
        return
    yield True, f"{path.name} is handed in"
    both = path.suffix == ".py" and not untouched(folder / f"{stem}.ipynb")
    if both:
        yield False, f"{stem}.ipynb holds work too, and is not looked at: hand in one of the two"
    alike = re.compile(rf"{re.escape(stem)}[\W_].*\.(py|ipynb|txt)", re.IGNORECASE)
    for other in sorted(one.name for one in folder.iterdir() if one.name not in facts["given"]):
        if alike.fullmatch(other):
            yield False, f"{other} is not looked at: only {path.name} counts"


def contents(folder: Path, path: Path, facts: Mapping[str, Any]) -> Iterator[PreflightLine]:
    """Yield what the grader would stumble over in what is handed in."""
    paths = [path, *(folder / name for name in facts["beside"] if name.endswith(".py"))]
    programs = list[HandedProgram]()
    for one in paths:
        try:
            programs.append(read_program(one))
        except OSError:
            yield False, f"{one.name} is missing: it is handed in beside {path.name}"
        except InputError as wrong:
            yield False, str(wrong)
    defined = {
        node.name: node
        for program in programs
        for node in ast.walk(program.tree)
        if isinstance(node, ANY_DEFINITION)
    }
    names, given = " and ".join(program.name for program in programs), bound_names(programs)
    for program in programs:
        yield from ((False, told) for told in double_definitions(program, facts["questions"]))
    told = {name: why for one in programs for name, why in remarks(one, facts["questions"]).items()}
    for name in facts["questions"]:
        if name in told:
            yield False, told[name]
        elif name in defined:
            if any(stub_line(one, name) for one in ast.walk(defined[name])):
                yield False, f"{name} is not written yet"
        elif len(programs) == len(paths) and name not in given:
            yield False, f"there is no {name} in {names}: keep the names as they were handed out"
    ours = {"__future__", *IMPORTABLE, *facts["provided"], facts["stem"]}
    for program in programs:
        yield from ((False, told) for told in renamed_parameters(program.tree, facts["parameters"]))
        yield from ((False, told) for told in import_troubles(folder, program, ours))
        yield from ((False, told) for told in call_troubles(program, defined))
        yield from ((False, told) for told in data_troubles(folder, program, facts["given"]))


def examples_sheet(folder: Path, questions: Collection[str]) -> Iterator[PreflightLine]:
    """Yield what would keep examples.py from being read."""
    try:
        program = read_program(folder / FILE_OF_EXAMPLES)
        yield from ((False, told) for told in example_troubles(program, questions))
    except OSError:
        yield False, f"{FILE_OF_EXAMPLES} is missing: it comes back with which of your examples are right"
    except InputError as wrong:
        yield False, str(wrong)


def quiz_sheet(folder: Path) -> Iterator[PreflightLine]:
    """Yield what is missing in quiz.yml or would be misread."""
    sheet = folder / "quiz.yml"
    if not sheet.is_file():
        told = misnamed(folder, sheet.name) or "its questions earn nothing"
        yield False, f"{sheet.name} is missing: {told}"
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
    names = [path.name, *(name for name in facts["files"][1:] if (folder / name).is_file())]
    target = folder / f"{stem}_to_hand_in.zip"
    try:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
            for name in names:
                archive.write(folder / name, name)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise InputError(f"{target.name} cannot be written here ({why}): copy the folder elsewhere") from None
    return target, names


def zip_report(folder: Path, facts: Mapping[str, Any]) -> str:
    """Write the zip; say what is to be looked at in it, what it holds and where it goes."""
    looks = [f"LOOK  {told}" for fine, told in preflight(folder, facts) if not fine]
    more = [f"... {len(looks) - WITH_ZIP} more: python study.py --check"] if len(looks) > WITH_ZIP else []
    return "\n".join([*looks[:WITH_ZIP], *more, zip_line(*write_zip(folder, facts), facts)])


def zip_line(target: Path, names: Sequence[str], facts: Mapping[str, Any]) -> str:
    """Say what the zip holds and where it goes."""
    listed = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    return f"{target.name} holds {listed}. {facts['hand_in']}".rstrip()
