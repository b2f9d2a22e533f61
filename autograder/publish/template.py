"""The student's folder: generated from the course, to the same bytes every time."""

import ast
import contextlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2

from autograder import beside
from autograder.environment import AT_HOME, LIBRARIES, PYTHON, listed, python_name
from autograder.errors import KitError, nearest
from autograder.publish.facts import Rules, facts_of, hint_faults
from autograder.publish.kit import kit_text
from autograder.publish.leaks import faults, leaks
from autograder.publish.notebook import lab_notebook, work_notebook
from autograder.publish.publishers import publishers
from autograder.publish.quiz_paper import render_paper, render_script
from autograder.publish.source import DEFINITION, CourseModule, read_source
from autograder.publish.stubs import make_stubs
from autograder.publish.tree import differences, write_tree
from autograder.publish.visible import count_visible, make_visible_checks
from autograder.quiz.questions import load_questions

STUDENT_FILES = Path(__file__).parent / "student_files"
LARGE = "torch"  # gigabytes, for some: only where an assignment is about it


def build_template(
    course_root: Path,
    stem: str,
    title: str,
    points: Mapping[str, float],
    quiz_points: float,
    provided: Sequence[str] = (),
    minutes: int | None = None,
    rules: Rules | None = None,
    term: str = "",
    import_s: float = 20,
    call_s: float = 5,
    hand_in: Sequence[str] = (),
) -> dict[str, bytes]:
    """Return the files of a student's folder: path relative to it -> content.

    Args:
        course_root: the folder that holds solutions/, tests/questions/ and assignments/.
        stem: the assignment.
        title: what the README calls it.
        points: what each question is worth, in the order of the README; only these become stubs.
        quiz_points: what the quiz is worth; 0 if there is none.
        provided: modules and files in assignments/<stem>/ that are handed out whole.
        minutes: how long the assignment takes, for the README.
        rules: when and where it is handed in, and the hints.
        term: the salt of the quiz's figures.
        import_s: the seconds that loading may take where it is graded.
        call_s: the seconds that a call may take there.
        hand_in: modules and files that are handed in beside the module; stubs of the modules are handed out.
    """
    rules = rules or Rules()
    if not points:
        return quiz_folder(course_root, stem, title, quiz_points, rules, term)
    solution = read_source(course_root, f"solutions/{stem}.py")
    checks = read_source(course_root, f"tests/questions/test_{stem}.py")
    modules = provided_files(course_root / "assignments" / stem, beside.modules(provided))
    own = [read_source(course_root, f"solutions/{name}.py") for name in beside.modules(hand_in)]
    around = [*beside.modules(provided), *beside.modules(hand_in)]
    texts = stubs_of([solution, *own], list(points), around)
    texts[f"checks/test_{stem}.py"] = make_visible_checks(checks)
    with contextlib.suppress(FileNotFoundError):
        texts["handout.md"] = (course_root / "assignments" / stem / "handout.md").read_text("utf-8")
    for door in publishers():
        texts |= door.student_files(checks, stem)
    folder = course_root / "assignments" / stem
    texts |= notebooks(folder, stem, title, texts[f"{stem}.py"], quiz=bool(quiz_points))
    quiz = quiz_files(course_root, stem, title, term) if quiz_points else {}
    texts |= quiz
    for part in (solution, *own):
        refuse_leaks(texts, part, defined_in(part, points))
    for fault in hint_faults(rules.hints, list(points), solution.text):
        raise KitError(f"assignments/{stem}/hints.yml: {fault}")
    programs = [solution.text, *(part.text for part in own), *modules.values()]
    texts["requirements.txt"] = requirements(programs)
    texts["README.md"] = readme(
        stem=stem,
        title=title,
        questions=table(points, count_visible(checks)),
        asked=asked("\n".join(texts[Path(part.where).name] for part in (solution, *own))),
        beside=[f"{name}.py" for name in beside.modules(hand_in)] + beside.files(hand_in),
        data=beside.files(provided),
        quiz_points=f"{quiz_points:g}" if quiz_points else "",
        handout="handout.md" in texts,
        minutes=minutes,
        rules=rules,
        lab="lab.ipynb" in texts,
        python=python_name(),
        libraries=listed(),
        import_s=f"{import_s:g}",
        call_s=f"{call_s:g}",
        torch=next((line for line in texts["requirements.txt"].split() if line.startswith("torch")), ""),
    )
    texts["requirements-notebook.txt"] = student_file("requirements-notebook.txt")
    texts["conftest.py"] = student_file("student_conftest.py").replace('"STEM"', f'"{stem}"')
    texts["study.py"] = student_file("study.py").replace('"STEM"', f'"{stem}"')
    facts = facts_of(stem, title, points, quiz_points, provided, hand_in, rules)
    texts["checks/assignment.json"] = json.dumps(facts, indent=1, ensure_ascii=False) + "\n"
    texts["pytest.ini"] = student_file("pytest.ini")
    version = ".".join(map(str, PYTHON))
    texts[".github/workflows/checks.yml"] = student_file("checks.yml").replace("PYTHON", version, 1)
    if rules.examples:
        texts["examples.py"] = student_file("examples.txt").replace("QUESTIONS", stubs_of_examples(points))
    texts |= modules | {"checks/kit.py": kit_text()}
    found = {path: text.encode() for path, text in texts.items()}
    found |= data_files(course_root / "assignments" / stem, beside.files(provided), needed=True)
    found |= data_files(course_root / "assignments" / stem, beside.files(hand_in), needed=False)
    return dict(sorted(found.items()))


def stubs_of(
    parts: Sequence[CourseModule], questions: Sequence[str], around: Sequence[str]
) -> dict[str, str]:
    """Return the modules that students fill in; a question is in the one that defines it, else in the first.

    Args:
        parts: the solution's modules, the main one first.
        questions: what is asked for.
        around: modules that lie beside them, so that importing them stays.
    """
    inside = {part.where: defined_in(part, questions) for part in parts}
    elsewhere = {name for part in parts[1:] for name in inside[part.where]}
    inside[parts[0].where] = [name for name in questions if name not in elsewhere]
    return {Path(part.where).name: make_stubs(part, inside[part.where], around) for part in parts}


def defined_in(part: CourseModule, questions: Iterable[str]) -> list[str]:
    """Return the questions that a module defines."""
    there = {node.name for node in part.tree.body if isinstance(node, DEFINITION)}
    return [name for name in questions if name in there]


def data_files(folder: Path, names: Sequence[str], *, needed: bool) -> dict[str, bytes]:
    """Return files that are handed out as they are; of those to be handed in there may be a beginning."""
    found = {}
    for name in names:
        if (folder / name).is_file():
            found[name] = (folder / name).read_bytes()
        elif needed:
            raise KitError(f"provided file {name} is missing in {folder}")
    return found


def quiz_folder(
    course_root: Path, stem: str, title: str, points: float, rules: Rules, term: str
) -> dict[str, bytes]:
    """Return the files of a student's folder where the assignment is only a quiz."""
    texts = quiz_files(course_root, stem, title, term)
    with contextlib.suppress(FileNotFoundError):
        texts["handout.md"] = (course_root / "assignments" / stem / "handout.md").read_text("utf-8")
    texts["README.md"] = render(
        student_file("README_quiz.md.j2"), title=title, quiz_points=f"{points:g}", rules=rules,
        handout="handout.md" in texts, python=python_name(),
    )  # fmt: skip
    return {path: texts[path].encode() for path in sorted(texts)}


def stubs_of_examples(questions: Iterable[str]) -> str:
    """Return the entries of examples.py, each without an example."""
    return "\n".join(f'    "{name}": [],' for name in questions)


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


def notebooks(folder: Path, stem: str, title: str, stubs: str, *, quiz: bool) -> dict[str, str]:
    """Return the stubs as a notebook, and the lab if there is one."""
    found = {f"{stem}.ipynb": work_notebook(stubs, stem, title, quiz=quiz)}
    with contextlib.suppress(FileNotFoundError):
        found["lab.ipynb"] = lab_notebook((folder / "lab.py").read_text("utf-8"))
    return found


def quiz_files(course_root: Path, stem: str, title: str, term: str) -> dict[str, str]:
    """Return quiz.yml, paper and answer sheet in one, and quiz.py that draws the figures."""
    where = f"assignments/{stem}/quiz.yml"
    try:
        text = (course_root / where).read_text("utf-8")
    except FileNotFoundError:
        raise KitError(
            f"{where} is missing: write it, or set the quiz's points to 0 in grading.yml"
        ) from None
    questions = load_questions(text, stem)
    return {
        "quiz.yml": render_paper(questions, title),
        "quiz.py": render_script(questions, stem, title, term),
    }


def table(points: Mapping[str, float], visible: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the rows of the README's table."""
    return [
        {"name": name, "points": f"{worth:g}", "checks": visible.get(name, 0)}
        for name, worth in points.items()
    ]


def asked(stub: str) -> str:
    """Return what is asked for: "3 functions", "a class and 2 functions"."""
    kinds = [isinstance(node, ast.ClassDef) for node in ast.parse(stub).body if isinstance(node, DEFINITION)]
    counts = ((sum(kinds), "class", "classes"), (len(kinds) - sum(kinds), "function", "functions"))
    return " and ".join(f"{n} {many}" if n > 1 else f"one {one}" for n, one, many in counts if n)


def readme(**values: Any) -> str:
    """Return the README."""
    return re.sub(r"\n{3,}", "\n\n", render(student_file("README.md.j2"), **values))


def render(template: str, **values: Any) -> str:
    """Return a Markdown template filled in; a name that it does not get is an error."""
    environment = jinja2.Environment(keep_trailing_newline=True, undefined=jinja2.StrictUndefined)  # noqa: S701
    return environment.from_string(template).render(values)


def requirements(modules: Sequence[str]) -> str:
    """Return requirements.txt: what every assignment promises, torch only if it needs it, what checks it."""
    trees = [ast.parse(text) for text in modules]
    roots = {
        path.split(".")[0]
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for path in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    wanted = {*LIBRARIES, "pytest"} - ({LARGE} - roots)
    lines = (line for name, lines in AT_HOME.items() if name in wanted for line in lines)
    return "\n".join(lines) + "\n"


def student_file(name: str) -> str:
    """Return a file that goes to students as it is, or nearly so."""
    return (STUDENT_FILES / name).read_text("utf-8")


__all__ = ["build_template", "differences", "write_tree"]
