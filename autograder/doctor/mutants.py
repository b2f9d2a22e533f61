"""Small changes to a reference, each of which turns it into a wrong answer that a check must catch.

`edits` says what is changed inside a function; this module turns each edit into a whole program with
a stable name. A mutant is called `function:line:change`, its line counted from the first statement
of the function without docstrings, comments and blank lines, so that the name outlives edits
elsewhere.
"""

import ast
import tokenize
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.doctor.edits import CodeEdit, edits
from autograder.publish.source import DEFINITION, CourseModule, Definition, used_names
from autograder.publish.stubs import is_alias

Owner = Definition | ast.Assign | ast.AnnAssign
NO_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
SNIPPET = 60


@dataclass(frozen=True)
class Mutant:
    """A reference with one change."""

    id: str
    questions: tuple[str, ...]  # whose checks should notice
    line: int
    change: str
    text: str  # of the module
    where: str  # the module's file


def mutants(source: CourseModule, questions: Sequence[str]) -> list[Mutant]:
    """Return every mutant of a solution's questions and of what only they use."""
    owners = find_owners(source)
    needed = {name: reach(name, owners, questions) for name in questions if name in owners}
    imported = source.imports(lambda *_: True)[1]
    found: dict[str, Mutant] = {}
    for name, owner in owners.items():
        concerned = tuple(question for question in needed if name in needed[question])
        if not concerned:
            continue
        lines = code_lines(source, owner)
        seen: Counter[str] = Counter()
        for edit in edits(owner, imported):
            text = splice(source, edit)
            label = f"{name}:{line_label(lines, edit.node.lineno)}:{edit.label}"
            if text == source.text or text in found:
                continue
            seen[label] += 1
            again = f"({seen[label]})" if seen[label] > 1 else ""
            change = f"`{shorten(source.cut(edit.node))}` -> `{shorten(edit.text)}`"
            found[text] = Mutant(label + again, concerned, edit.node.lineno, change, text, source.where)
    return list(found.values())


def find_owners(source: CourseModule) -> dict[str, Owner]:
    """Return what a module defines by name: functions, classes, and constants that are no types."""
    found: dict[str, Owner] = {}
    for node in source.tree.body:
        if isinstance(node, DEFINITION):
            found[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign) and not is_alias(node):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if len(targets) == 1 and isinstance(targets[0], ast.Name) and node.value is not None:
                found[targets[0].id] = node
    return found


def reach(name: str, owners: dict[str, Owner], questions: Sequence[str]) -> set[str]:
    """Return the names that a question rests on, itself included, but no other question."""
    found = [name]
    for one in found:  # grows while it is walked
        used = used_names(owners[one]) & owners.keys()
        found += sorted(used - set(found) - set(questions))
    return set(found)


def code_lines(source: CourseModule, owner: Owner) -> list[int]:
    """Return the numbers of the lines that hold an owner's code, signature and docstrings aside."""
    body: Sequence[ast.stmt] = owner.body if isinstance(owner, DEFINITION) else [owner]
    spoken: set[int] = set()
    for node in ast.walk(owner):
        if isinstance(node, DEFINITION) and ast.get_docstring(node) is not None:
            spoken |= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    first, last = body[0].lineno, owner.end_lineno or 0
    code = {token.start[0] for token in source.tokens if token.type not in NO_CODE}
    return sorted(line for line in code - spoken if first <= line <= last)


def line_label(lines: list[int], number: int) -> str:
    """Return the number of a line among those of the code, "def" for the signature."""
    return str(lines.index(number) + 1) if number in lines else "def"


def splice(source: CourseModule, edit: CodeEdit) -> str:
    """Return a module's text with one node replaced."""
    node, lines = edit.node, source.lines
    end = node.end_lineno or node.lineno
    # Offsets of the tree count bytes.
    before = lines[node.lineno - 1].encode()[: node.col_offset].decode()
    after = lines[end - 1].encode()[node.end_col_offset :].decode()
    return "\n".join([*lines[: node.lineno - 1], before + edit.text + after, *lines[end:]])


def shorten(text: str) -> str:
    """Return a piece of code on one line, cut to a glance."""
    line = " ".join(text.split())
    return line if len(line) <= SNIPPET else f"{line[:SNIPPET]}..."
