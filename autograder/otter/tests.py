"""otter's test files: the same checks, one exception-based file for each question."""

import ast
from collections.abc import Mapping, Sequence
from pathlib import Path

from autograder.config import Assignment
from autograder.grading.scoring import point_shares
from autograder.judging.bank import Check
from autograder.publish.source import CourseModule, free_names
from autograder.publish.visible import ENGINE_IMPORT, KIT_IMPORT, find_helpers, visible_checks, whole

TEST_HEAD = '''"""{told}"""

{imports}
OK_FORMAT = False
name = "{question}"
case = Cases({arguments})
'''
STUDENT_TOLD = "The visible checks of `{}` for otter: those in checks/. Leave this file as it is."
STUDENT_IMPORT = "from checks.for_otter import Cases\n"
GRADING_TOLD = "All checks of `{}` for otter. Not for students."
GRADING_START = """import sys
from pathlib import Path

ROOT = Path("../source").resolve()  # where otter unpacks this
sys.path.insert(0, str(ROOT))

"""
GRADING_IMPORT = "from autograder.otter.for_otter import Cases\n"


def student_tests(checks: CourseModule, stem: str, call_s: float) -> dict[str, str]:
    """Return a test file for each question that has visible checks, by question."""
    questions: dict[str, dict[ast.stmt, str]] = {}
    for node, question in visible_checks(checks).items():
        questions.setdefault(question, {})[node] = "@case()"
    arguments = f'"{stem}", name, {call_s:g}'
    return {
        question: test_file(checks, marks, STUDENT_TOLD.format(question), question, arguments, STUDENT_IMPORT)
        for question, marks in questions.items()
    }


def grading_tests(
    source: CourseModule, checks: Sequence[Check], assignment: Assignment, seed: int
) -> dict[str, str]:
    """Return a test file for each question, hidden checks included, with the inputs of `autograder grade`."""
    stem, call_s = assignment.stem, assignment.limits.call_s
    arguments = f'"{stem}", name, {call_s:g}, {seed}, ROOT / "course/solutions/{stem}.py"'
    tests = {}
    for question, worth in assignment.questions.items():
        own = [check for check in checks if check.question == question]
        mine = {check.name: (check, part * worth) for check, part in zip(own, point_shares(own), strict=True)}
        marks: dict[ast.stmt, str] = {
            node: mark(*mine[node.name])
            for node in source.tree.body
            if isinstance(node, ast.FunctionDef) and node.name in mine
        }
        told = GRADING_TOLD.format(question)
        tests[question] = test_file(source, marks, told, question, arguments, GRADING_IMPORT)
    return tests


def mark(check: Check, points: float) -> str:
    """Return the decorator of a check, with its points."""
    words = [repr(points)]
    words += [] if check.visible else ["hidden=True"]
    words += [f"requires={check.requires!r}"] if check.requires else []
    return f"@case({', '.join(words)})"


def test_file(
    source: CourseModule, marks: Mapping[ast.stmt, str], told: str, question: str, arguments: str, last: str
) -> str:
    """Return a test file: the checks to the letter, and of the rest only what they refer to.

    `marks` are the checks with their decorators; `last`, the import of `Cases`, also says whose file this is.
    """
    helpers = find_helpers(source, list(marks))
    needed = free_names([*helpers, *marks]) - {"check"}
    imports, _ = source.imports(lambda name, _: name in needed)
    if last == STUDENT_IMPORT:
        imports = ENGINE_IMPORT.sub(KIT_IMPORT, imports) + last
    else:
        imports = GRADING_START + imports + last
    head = TEST_HEAD.format(told=told, imports=imports, question=question, arguments=arguments)
    parts = [f"{marks[node]}\n{whole(source, node)}" if node in marks else whole(source, node)
             for node in [*helpers, *marks]]  # fmt: skip
    return "\n\n\n".join([head.rstrip("\n"), *parts]) + "\n"


def case_module() -> str:
    """Return checks/for_otter.py, which the student's test files import."""
    text = (Path(__file__).parent / "for_otter.py").read_text("utf-8")
    return ENGINE_IMPORT.sub(KIT_IMPORT, text)
