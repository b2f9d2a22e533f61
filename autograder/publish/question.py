"""A new question: the fragments to fill in, each in the file where it belongs.

What is to be filled in is marked TODO(name); as long as one is left, doctor says where.
"""

import ast
import keyword
import os
from collections.abc import Mapping
from pathlib import Path

import yaml

from autograder.config import FILE, Assignment, Course, parse_config
from autograder.errors import InputError, KitError

SOLUTION = '''

def NAME(values: list[float]) -> list[float]:
    """TODO(NAME): Return what, in one line.

    TODO(NAME): the equation in the names of the code, with the index range of each array.

    Args:
        values: TODO(NAME): shape and meaning. Not modified.

    Returns:
        TODO(NAME): shape and meaning.
    """
    raise NotImplementedError("TODO(NAME): write the reference, every line of it on a line of its own")
'''
CHECKS = '''

# NAME


@check("NAME", visible=True)
def test_NAME_by_hand(student):
    """TODO(NAME): what is special about this case; students read it."""
    # Numbers that a pencil can follow, written out: students have no reference.
    expect_close(student.NAME([1.0, 2.0, 4.0]), [1.0, 2.0, 4.0])  # TODO(NAME): the right numbers


@check("NAME")
def test_NAME_agrees_on_random_inputs(student, reference, rng):
    """TODO(NAME): what these inputs have in common."""
    # One check for each thing that can go wrong: empty, one entry, integers, both ends of a range,
    # calls in a row, arguments by name, inputs left as they were (expect_unchanged).
    for count in (1, 2, 7):  # TODO(NAME): inputs on which no wrong answer is right
        values = rng.uniform(1.0, 3.0, count)
        expect_close(student.NAME(values), reference.NAME(values))
'''
MISTAKES = '''

# NAME


@misconception("NAME")
def hands_NAME_its_input_back(values):
    """TODO(NAME): the hint, kind and concrete; better a question than the answer."""
    # TODO(NAME): call it after what the student did, and write a wrong answer that students give.
    return values
'''
ALTERNATIVES = '''

# NAME


@alternative("NAME")
def NAME_another_way(values):
    """TODO(NAME): what is unusual about this right answer."""
    # TODO(NAME): a loop, a list, single precision, ...: none of it may lose a point.
    return values
'''
HANDOUT = """
## `NAME`

TODO(NAME): what it is for, and an example with numbers.
"""
HEADS = {
    "mistakes": '"""Wrong answers to STEM that students really write. The docstring is the hint."""\n',
    "alternatives": '"""Right answers to STEM, written in unusual ways. None of them may lose a point."""\n',
    "handout": "# STEM\n",
}
NEXT = """NAME is in these files now:

{files}

Next:
  1. Fill in what is marked TODO(NAME): `autograder doctor -a STEM` says where.
  2. Take the marks away. Doctor then says which mistake no check catches, and which check catches none.
  3. `autograder build` writes the student's folder again.
  4. `autograder doctor -a STEM` once more: it ends with `healthy`.
"""


def add_question(course: Course, path: str, points: float) -> str:
    """Write a question's fragments and return what to do next.

    Args:
        course: the course folder and its settings.
        path: the new question, as STEM.NAME.
        points: what it is worth.
    """
    stem, _, name = path.partition(".")
    if not name:
        raise InputError(f"{path!r} names no question: write STEM.NAME, such as {stem or 'STEM'}.softmax")
    assignment = course.assignment(stem)
    refuse_name(name, assignment)
    files = fragments(course.root, stem)
    texts: dict[Path, str] = {}
    for where, (fragment, head, imports) in files.items():
        before = old_text(course.root / where, head)
        refuse_taken(before, name, str(where))
        texts[where] = extended(before, fragment.replace("NAME", name).replace("STEM", stem), imports)
    config = old_text(course.root / FILE, None)
    texts[Path(FILE)] = with_points(config, stem, name, points)
    for where, text in texts.items():
        write(course.root / where, text)
    listing = "\n".join(f"  {where}" for where in texts)
    return NEXT.replace("NAME", name).replace("STEM", stem).format(files=listing)


def fragments(root: Path, stem: str) -> Mapping[Path, tuple[str, str | None, tuple[str, ...]]]:
    """Return each file with its fragment, how it begins if it is new, and what must be imported."""
    solution, checks = Path("solutions", f"{stem}.py"), Path("tests/questions", f"test_{stem}.py")
    for needed in (solution, checks):
        if not (root / needed).exists():
            raise KitError(f"{needed} is missing: every assignment needs it")
    head = {part: text.replace("STEM", stem) for part, text in HEADS.items()}
    return {
        solution: (SOLUTION, None, ()),
        checks: (CHECKS, None, ("check", "expect_close")),
        Path("tests/questions/mistakes", f"{stem}.py"): (MISTAKES, head["mistakes"], ("misconception",)),
        Path("tests/questions/alternatives", f"{stem}.py"):
            (ALTERNATIVES, head["alternatives"], ("alternative",)),
        Path("assignments", stem, "handout.md"): (HANDOUT, head["handout"], ()),
    }  # fmt: skip


def refuse_name(name: str, assignment: Assignment) -> None:
    """Raise unless a question may be called so."""
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        raise InputError(f"{name!r} cannot be a question: use a Python name that begins with a letter")
    if name in assignment.questions:
        raise InputError(f"{assignment.stem} has a question {name} already: choose another name")


def refuse_taken(text: str, name: str, where: str) -> None:
    """Raise if a file of Python defines a name already."""
    if not where.endswith(".py"):
        return
    try:
        nodes = ast.parse(text).body
    except SyntaxError as error:
        raise KitError(f"{where}, line {error.lineno}: Python cannot read this: {error.msg}") from error
    for node in nodes:
        taken = {getattr(node, "name", "")} | {
            part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(node, ast.Assign)
            and isinstance(part.ctx, ast.Store)
        }  # fmt: skip
        if taken & {name, f"test_{name}_by_hand", f"test_{name}_agrees_on_random_inputs"}:
            raise InputError(f"{where}:{node.lineno} defines {name} already: choose another name")


def old_text(path: Path, head: str | None) -> str:
    """Return a file's text, newlines as they are; `head` stands for one that is not there."""
    if head is not None and not path.exists():
        return head
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise KitError(f"{path} is not UTF-8 text: save it as UTF-8") from None


def extended(text: str, fragment: str, imports: tuple[str, ...]) -> str:
    """Return a file with a fragment at its end, and with what the fragment needs imported."""
    newline = "\r\n" if "\r\n" in text else "\n"
    missing = [name for name in imports if name not in imported_names(text)]
    if missing:
        lines = text.splitlines(keepends=True)
        at = import_line(text)
        line = f"{newline if at else ''}from autograder.checks import {', '.join(missing)}{newline}"
        text = "".join([*lines[:at], line, *lines[at:]])
    return text.rstrip() + newline + fragment.replace("\n", newline)


def imported_names(text: str) -> set[str]:
    """Return the names that a module imports at its top."""
    found = [node for node in ast.parse(text).body if isinstance(node, ast.ImportFrom | ast.Import)]
    return {alias.asname or alias.name for node in found for alias in node.names}


def import_line(text: str) -> int:
    """Return after which line an import can be added: the last import, or the docstring."""
    nodes = [node for number, node in enumerate(ast.parse(text).body)
             if isinstance(node, ast.ImportFrom | ast.Import)
             or (number == 0 and isinstance(node, ast.Expr))]  # fmt: skip
    return max((node.end_lineno or 0 for node in nodes), default=0)


def with_points(text: str, stem: str, name: str, points: float) -> str:
    """Return grading.yml with a question's points; comments and layout stay as they are."""
    entry = f"{name}: {points:g}"
    try:
        questions = child(child(child(yaml.compose(text), "assignments"), stem), "questions")
        last = questions.value[-1]
        if questions.flow_style:
            at = last[1].end_mark.index
            changed = f"{text[:at]}, {entry}{text[at:]}"
        else:
            newline = "\r\n" if "\r\n" in text else "\n"
            lines = text.splitlines(keepends=True)
            row = last[1].end_mark.line
            lines[row] = lines[row].rstrip("\r\n") + newline
            lines.insert(row + 1, " " * last[0].start_mark.column + entry + newline)
            changed = "".join(lines)
        if list(parse_config(changed).assignments[stem].questions)[-1] != name:
            raise KeyError(name)
    except (KeyError, KitError, AttributeError, IndexError):
        where = f"under {stem}.questions"
        raise KitError(f"{FILE} could not be extended: add `{entry}` {where} yourself") from None
    return changed


def child(node: yaml.Node | None, key: str) -> yaml.MappingNode:
    """Return the mapping that is a key's value in a mapping, or raise a `KeyError`."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    for name, value in pairs:
        if name.value == key and isinstance(value, yaml.MappingNode):
            return value
    raise KeyError(key)


def write(path: Path, text: str) -> None:
    """Write a file in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(text.encode())
    os.replace(part, path)
