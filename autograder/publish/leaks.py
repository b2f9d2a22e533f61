"""Is anything handed out that should not be? Looks at the result, whatever made it."""

import ast
from collections.abc import Sequence

from autograder.errors import STUB
from autograder.publish.source import DEFINITION, FUNCTION, CourseModule, is_private

LEAK_LENGTH = 20


def leaks(template_text: str, solution_text: str) -> list[str]:
    """Return the lines out of the bodies of a solution's functions that occur in a handed-out text.

    Docstrings, comments and lines of up to 20 characters are not looked for, nor are lines that
    the solution also holds outside its bodies, such as a parameter on a line of its own.
    """
    source = CourseModule(solution_text, "the solution")
    inside, outside = body_lines(source)
    spaced = " ".join(template_text.split())
    secrets = sorted(line for line in inside - outside if len(line) > LEAK_LENGTH)
    return [line for line in secrets if line in spaced]


def body_lines(source: CourseModule) -> tuple[set[str], set[str]]:
    """Return the code lines in function bodies and in private definitions, and all the others."""
    hidden: set[int] = set()
    spoken: set[int] = set()
    for node in ast.walk(source.tree):
        if isinstance(node, DEFINITION):
            private = is_private(node.name)
            if private or isinstance(node, FUNCTION):
                first = node if private else node.body[0]
                hidden |= set(range(first.lineno, (node.end_lineno or 0) + 1))
        if isinstance(node, (*DEFINITION, ast.Module)) and ast.get_docstring(node) is not None:
            spoken |= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    inside: set[str] = set()
    outside: set[str] = set()
    bare = blank_comments(source)
    for number, line in enumerate(bare, 1):
        if number not in spoken:
            (inside if number in hidden else outside).add(" ".join(line.split()))
    return inside, outside


def blank_comments(source: CourseModule) -> list[str]:
    """Return the lines of a module, comments taken away, none removed."""
    lines = list(source.lines)
    for token in source.tokens:
        if token.string.startswith("#"):
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    return lines


def faults(stub_text: str, questions: Sequence[str]) -> list[str]:
    """Return what is wrong with generated stubs: one is missing, or does not raise its name."""
    tree = ast.parse(stub_text)
    found = [node for node in tree.body if isinstance(node, DEFINITION)]
    missing = [f"no stub for {name}" for name in questions if name not in [node.name for node in found]]
    for node in found:
        for function in [inner for inner in ast.walk(node) if isinstance(inner, FUNCTION)]:
            body = function.body[ast.get_docstring(function) is not None :]
            want = f"raise NotImplementedError('{node.name}: {STUB}')"
            if [ast.unparse(item) for item in body] != [want]:
                missing.append(f"{node.name}: {function.name} has a body")
    return missing
