"""The student's folder: generated from the course, to the same bytes every time."""

import ast
import contextlib
import json
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2

from autograder import beside
from autograder.config import Assignment, Course
from autograder.environment import AT_HOME, LIBRARIES, VERSION, promised, python_name
from autograder.errors import KitError, nearest
from autograder.publish.facts import Rules, files_of, hint_faults, rules_of, study_facts
from autograder.publish.kit import kit_text
from autograder.publish.leaks import faults, leaks
from autograder.publish.notebook import lab_notebook, work_notebook
from autograder.publish.publishers import publishers
from autograder.publish.quiz_paper import render_paper, render_script
from autograder.publish.source import DEFINITION, CourseModule, read_source
from autograder.publish.stubs import make_stubs
from autograder.publish.student_files.foresight import parameters_of
from autograder.publish.student_files.limit import HOME_FACTOR
from autograder.publish.visible import count_visible, make_visible_checks
from autograder.quiz.figures import term_salt
from autograder.quiz.questions import load_questions
from autograder.sandbox.libraries import packages_of

STUDENT_FILES = Path(__file__).parent / "student_files"
LARGE_PACKAGE = "torch"  # gigabytes, for some: only where an assignment is about it


def build_template(course: Course, stem: str) -> dict[str, bytes]:
    """Return the files of a student's folder: path relative to it -> content."""
    assignment, rules, folder = course.assignment(stem), rules_of(course, stem), sources(course, stem)
    texts = quiz_files(course, assignment) if assignment.quiz else {}
    with contextlib.suppress(FileNotFoundError):
        texts["handout.md"] = (folder / "handout.md").read_text("utf-8")
    worth = f"{assignment.quiz:g}" if assignment.quiz else ""
    facts = {"title": assignment.heading, "quiz_points": worth, "rules": rules, "python": python_name()}
    facts["handout"] = "handout.md" in texts
    if not assignment.questions:
        texts["README.md"] = render(student_file("README_quiz.md.j2"), **facts)
        return encoded(texts)
    names = (stem, *beside.modules(assignment.hand_in))
    parts = [read_source(course.root, f"solutions/{name}.py") for name in names]
    checks = read_source(course.root, f"tests/questions/test_{stem}.py")
    modules = provided_files(folder, beside.modules(assignment.provided))
    texts |= work_files(course, assignment, rules, parts, checks)
    insist_on_secrecy(texts, assignment, parts, rules)
    texts["requirements.txt"] = home_requirements([*(part.text for part in parts), *modules.values()])
    facts["asked"] = asked("\n".join(texts[Path(part.where).name] for part in parts))
    texts["README.md"] = readme(assignment, checks, texts, facts | {"files": files_of(assignment, rules)})
    stubs = [ast.parse(texts[Path(part.where).name]) for part in parts]
    parameters = {name: found for tree in stubs for name, found in parameters_of(tree).items()}
    texts |= modules | kit_files(assignment, rules, study_facts(assignment, rules, parameters))
    handed_out = plain_files(folder, beside.files(assignment.provided), needed=True)
    handed_out |= {f"pictures/{one.name}": one.read_bytes() for one in sorted(folder.glob("pictures/*.png"))}
    return encoded(texts) | handed_out | plain_files(folder, beside.files(assignment.hand_in), needed=False)


def sources(course: Course, stem: str) -> Path:
    """Return the folder of what students may see of an assignment."""
    return course.root / "assignments" / stem


def encoded(texts: Mapping[str, str]) -> dict[str, bytes]:
    """Return texts as files, in the order of their paths."""
    return {path: texts[path].encode() for path in sorted(texts)}


def work_files(
    course: Course, assignment: Assignment, rules: Rules, parts: Sequence[CourseModule], checks: CourseModule
) -> dict[str, str]:
    """Return what students write in and what checks it: stubs, notebooks, visible checks."""
    stem = assignment.stem
    around = [*beside.modules(assignment.provided), *beside.modules(assignment.hand_in)]
    texts = stubs_of(parts, list(assignment.questions), around)
    texts[f"checks/test_{stem}.py"] = make_visible_checks(checks)
    for door in publishers():
        texts |= door.student_files(checks, stem, assignment.limits.call_s)
    stubs = texts[f"{stem}.py"]
    texts[f"{stem}.ipynb"] = work_notebook(stubs, stem, assignment.heading, files_of(assignment, rules)[1:])
    with contextlib.suppress(FileNotFoundError):
        texts["lab.ipynb"] = lab_notebook((sources(course, stem) / "lab.py").read_text("utf-8"), stem)
    return texts


def kit_files(assignment: Assignment, rules: Rules, facts: Mapping[str, Any]) -> dict[str, str]:
    """Return what runs the checks and looks after a folder: the same for all but for names and facts."""
    texts = {name: student_file(name) for name in ("requirements-notebook.txt", "pytest.ini")}
    for path, name in (("conftest.py", "student_conftest.py"), ("study.py", "study.py")):
        texts[path] = student_file(name).replace('"STEM"', f'"{assignment.stem}"')
    texts["checks/assignment.json"] = json.dumps(facts, indent=1, ensure_ascii=False) + "\n"
    texts["checks/kit.py"], texts["checks/ready.py"] = kit_text(), student_file("ready.py")
    texts[".github/workflows/checks.yml"] = student_file("checks.yml").replace("PYTHON", VERSION, 1)
    if rules.examples:
        none_yet = "\n".join(f'    "{name}": [],' for name in assignment.questions)
        sheet = student_file("examples.txt").replace("QUESTIONS", none_yet)
        texts["examples.py"] = sheet.replace("EARN", textwrap.fill(rules.examples, 110))
    return texts


def stubs_of(
    parts: Sequence[CourseModule], questions: Sequence[str], around: Sequence[str]
) -> dict[str, str]:
    """Return the modules that students fill in, the main one first; what lies `around` may be imported.

    A question is in the module that defines it, else in the first.
    """
    inside = {part.where: defined_in(part, questions) for part in parts}
    elsewhere = {name for part in parts[1:] for name in inside[part.where]}
    inside[parts[0].where] = [name for name in questions if name not in elsewhere]
    return {Path(part.where).name: make_stubs(part, inside[part.where], around) for part in parts}


def defined_in(part: CourseModule, questions: Iterable[str]) -> list[str]:
    """Return the questions that a module defines."""
    there = {node.name for node in part.tree.body if isinstance(node, DEFINITION)}
    return [name for name in questions if name in there]


def plain_files(folder: Path, names: Sequence[str], *, needed: bool) -> dict[str, bytes]:
    """Return files that are handed out as they are; of those to be handed in there may be a beginning."""
    found = {}
    for name in names:
        if (folder / name).is_file():
            found[name] = (folder / name).read_bytes()
        elif needed:
            raise KitError(f"provided file {name} is missing in {folder}")
    return found


def insist_on_secrecy(
    texts: Mapping[str, str], assignment: Assignment, parts: Sequence[CourseModule], rules: Rules
) -> None:
    """Raise if students would be given a line of the solution, a stub that is none, or odd hints."""
    for part in parts:
        refuse_leaks(texts, part, defined_in(part, assignment.questions))
    for fault in hint_faults(rules.hints, list(assignment.questions), [part.text for part in parts]):
        raise KitError(f"assignments/{assignment.stem}/hints.yml: {fault}")


def refuse_leaks(texts: Mapping[str, str], solution: CourseModule, questions: Sequence[str]) -> None:
    """Raise if a line of the solution is handed out, or a stub is none."""
    for path, text in texts.items():
        for line in leaks(text, solution.text):
            raise KitError(f"{path} for students would hold a line of {solution.where}: {line}")
    stem = Path(solution.where).name
    for fault in faults(texts[stem], questions):
        raise KitError(f"{stem} for students: {fault}")


def provided_files(folder: Path, provided: Sequence[str]) -> dict[str, str]:
    """Return the modules that are handed out whole."""
    found = {}
    for entry in provided:
        name = entry if entry.endswith(".py") else f"{entry}.py"
        try:
            found[name] = (folder / name).read_text("utf-8")
        except FileNotFoundError:
            near = nearest(name, [path.name for path in folder.glob("*.py")])
            raise KitError(f"provided module {name} is missing in {folder}{near}") from None
    return found


def quiz_files(course: Course, assignment: Assignment) -> dict[str, str]:
    """Return quiz.yml, paper and answer sheet in one, and quiz.py that draws the figures."""
    stem = assignment.stem
    where = f"assignments/{stem}/quiz.yml"
    try:
        text = (course.root / where).read_text("utf-8")
    except FileNotFoundError:
        raise KitError(
            f"{where} is missing: write it, or set the quiz's points to 0 in grading.yml"
        ) from None
    questions, term = load_questions(text, stem), term_salt(course.settings.seed)
    return {
        "quiz.yml": render_paper(questions, assignment.heading),
        "quiz.py": render_script(questions, stem, assignment.heading, term),
    }


def asked(stub: str) -> str:
    """Return what is asked for: "3 functions", "a class and 2 functions"."""
    kinds = [isinstance(node, ast.ClassDef) for node in ast.parse(stub).body if isinstance(node, DEFINITION)]
    counts = ((sum(kinds), "class", "classes"), (len(kinds) - sum(kinds), "function", "functions"))
    return " and ".join(f"{n} {many}" if n > 1 else f"one {one}" for n, one, many in counts if n)


def readme(
    assignment: Assignment, checks: CourseModule, texts: Mapping[str, str], facts: Mapping[str, Any]
) -> str:
    """Return the README of a folder with these files."""
    visible = count_visible(checks)
    questions = [
        {"name": name, "points": f"{worth:g}", "checks": visible.get(name, 0)}
        for name, worth in assignment.questions.items()
    ]
    torch = next((line for line in texts["requirements.txt"].split() if line.startswith("torch")), "")
    filled = render(
        student_file("README.md.j2"), **facts, stem=assignment.stem, questions=questions, torch=torch,
        beside=beside.file_names(assignment.hand_in),
        examples_points=f"{assignment.examples_points:g}" if assignment.examples_points else "",
        data=beside.files(assignment.provided), lab="lab.ipynb" in texts, libraries=promised(),
        import_s=f"{assignment.limits.import_s:g}", call_s=f"{assignment.limits.call_s:g}",
        times=HOME_FACTOR,
    )  # fmt: skip
    return re.sub(r"\n{3,}", "\n\n", filled)


def render(template: str, **values: Any) -> str:
    """Return a Markdown template filled in; a name that it does not get is an error."""
    environment = jinja2.Environment(keep_trailing_newline=True, undefined=jinja2.StrictUndefined)  # noqa: S701
    return environment.from_string(template).render(values)


def home_requirements(modules: Sequence[str]) -> str:
    """Return requirements.txt: what every assignment promises, torch only if it needs it, what checks it."""
    wanted = {*LIBRARIES, "pytest"} - ({LARGE_PACKAGE} - set(packages_of(modules)))
    lines = (line for name, lines in AT_HOME.items() if name in wanted for line in lines)
    return "\n".join(lines) + "\n"


def student_file(name: str) -> str:
    """Return a file that goes to students as it is, or nearly so."""
    return (STUDENT_FILES / name).read_text("utf-8")
