"""Does the hand-out hold an answer? Every function that students are given is tried as one."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from autograder.doctor.findings import Finding, Subject
from autograder.doctor.trials import Ran, Trial
from autograder.publish.source import DEFINITION, FUNCTION
from autograder.publish.template import build_template
from autograder.results import Outcome
from autograder.sandbox.program import Program
from autograder.sandbox.protocol import ProgramText
from autograder.submission.notebook_code import cells_of

KIT_FILES = (
    "checks/kit.py",
    "checks/for_otter.py",
    "conftest.py",
    "study.py",
    "quiz.py",
)  # knows no course content
FENCE = re.compile(r"^```(?:python|py)?[ \t]*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def handed_out_trials(subject: Subject) -> list[Trial]:
    """Return, for each function of the student's folder, a submission that answers everything with it.

    The file that it is from is there too, as far as it can be: its imports and all of its definitions.
    """
    ready = tuple(subject.ready())
    trials, seen = [], set()
    for path, text in programs(build_template(subject.course, subject.stem)):
        nodes = statements_of(text)
        around = surroundings(nodes)
        for name, function in all_functions(nodes):
            if (key := ast.dump(function)) not in seen:
                seen.add(key)
                answers = "\n".join(f"{question} = {name}" for question in ready)
                source = ProgramText(f"{subject.stem}.py", [*around, ast.unparse(function), answers])
                program = Program(source, subject.bank.provided, files=subject.bank.files)
                trials.append(Trial("handed out", f"{name} of {path}", ready, program))
    return trials


def programs(folder: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of everything in a folder that is a program, or has one in it."""
    for path, data in sorted(folder.items()):
        if path.endswith(".py") and not path.startswith(KIT_FILES):
            yield path, data.decode()
        elif path.endswith(".ipynb"):
            yield path, "\n\n".join(cells_of(data, path))
        elif path.endswith(".md"):
            yield path, "\n\n".join(FENCE.findall(data.decode()))


def statements_of(text: str) -> list[ast.stmt]:
    """Return the statements of a text, none where it is no program."""
    try:
        return ast.parse(text).body
    except SyntaxError:
        return []


def surroundings(nodes: Sequence[ast.stmt]) -> list[str]:
    """Return imports, names and definitions at the top of a file, each as a cell of its own."""
    kept = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, *DEFINITION)
    return [ast.unparse(undecorated(node)) for node in nodes if isinstance(node, kept)]


def undecorated(node: ast.stmt) -> ast.stmt:
    """Return a statement; a function without its decorators, which might call it or need the kit."""
    if isinstance(node, FUNCTION):
        node.decorator_list = []
    return node


def all_functions(nodes: Sequence[ast.stmt]) -> Iterator[tuple[str, ast.stmt]]:
    """Yield all functions and classes with their names, however deep inside others they are."""
    for top in nodes:
        for node in ast.walk(top):
            if isinstance(node, DEFINITION):
                yield node.name, undecorated(node)


def judge_handed_out(subject: Subject, results: Mapping[Trial, list[Ran]]) -> Iterator[Finding]:
    """Nothing that is handed out may earn a point."""
    for trial, ran in results.items():
        if trial.kind != "handed out":
            continue
        for one in ran:
            if one.outcome is Outcome.PASSED:
                yield Finding(
                    f"{trial.name}, which students are given, passes {one.check.name}"
                    f" as {one.check.question}",
                    f"write {subject.at('checks', one.check.name)} without it, or let the lab call the"
                    " student's function",
                )
