"""A new question: the fragments to fill in, each in the file where it belongs.

What is to be filled in is marked TODO(name); as long as one is left, doctor says where.
"""

import ast
import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from autograder.config import FILE, Assignment, Course, parse_config
from autograder.data.files import write_whole
from autograder.errors import InputError, KitError

CHECKS, FIGURE = "from autograder.checks import", "from matplotlib.figure import Figure"
PROGRAMS = ("solution", "alternatives")
HEADS = {
    "mistakes": '"""Wrong answers to STEM that students really write, each with the hint that is read."""\n',
    "alternatives": '"""Right answers to STEM, written in unusual ways. None of them may lose a point."""\n',
    "handout": "# STEM\n",
}
SCAFFOLDS = Path(__file__).parent / "scaffolds"
# kind of question -> what its fragments import, file by file
QUESTION_KINDS: dict[str, dict[str, tuple[str, ...]]] = {
    "function": {"checks": (f"{CHECKS} check, expect_close",)},
    "class": {"checks": (f"{CHECKS} check, expect_close",)},
    "text": {"checks": (f"{CHECKS} check, expect_equal",)},
    "plot": {"checks": (f"{CHECKS} check, expect, expect_close",), **dict.fromkeys(PROGRAMS, (FIGURE,))},
    "training": {"checks": (f"{CHECKS} check, expect, expect_close, tensor",), "solution": ("import torch",)},
}
MARK_IMPORTS = {"mistakes": f"{CHECKS} changed", "alternatives": f"{CHECKS} alternative"}
NEXT = """NAME is in these files now:

{files}

Next:
  1. Fill in what is marked TODO(NAME): `autograder doctor -a STEM` says where.
  2. Take the marks away. Doctor then says which mistake no check catches, and which check catches none.
  3. `autograder build` writes the student's folder again.
  4. `autograder doctor -a STEM` once more: it ends with `healthy`.
"""


@dataclass(frozen=True)
class Fragment:
    """What is added to one file: the text, how the file begins if it is new, and what must be imported."""

    text: str
    head: str | None = None
    imports: tuple[str, ...] = ()


def add_question(course: Course, path: str, points: float, kind: str = "function") -> str:
    """Write the fragments of the question `path`, STEM.NAME, and return what to do next."""
    stem, _, name = path.partition(".")
    if not name:
        known = next((one for one in course.settings.assignments if one != stem), stem)
        example = f"{stem}.softmax" if stem in course.settings.assignments else f"{known}.{stem or 'softmax'}"
        raise InputError(f"{path!r} names no question: write STEM.NAME, such as {example}")
    assignment = course.assignment(stem)
    refuse_name(name, assignment)
    texts: dict[Path, str] = {}
    for where, fragment in fragments(course.root, stem, kind).items():
        before = old_text(course.root / where, fragment.head)
        refuse_taken(before, name, str(where))
        added = fragment.text.replace("NAME", name).replace("STEM", stem)
        texts[where] = extended(before, added, fragment.imports)
    config = old_text(course.root / FILE, None)
    texts[Path(FILE)] = with_points(config, stem, name, points)
    for where, text in texts.items():
        write_whole(course.root / where, text.encode())
    listing = "\n".join(f"  {where}" for where in texts)
    return NEXT.replace("NAME", name).replace("STEM", stem).format(files=listing)


def fragments(root: Path, stem: str, kind: str) -> Mapping[Path, Fragment]:
    """Return what is added to each file."""
    places = {
        "solution": Path("solutions", f"{stem}.py"),
        "checks": Path("tests/questions", f"test_{stem}.py"),
        "mistakes": Path("tests/questions/mistakes", f"{stem}.py"),
        "alternatives": Path("tests/questions/alternatives", f"{stem}.py"),
        "handout": Path("assignments", stem, "handout.md"),
    }
    for needed in ("solution", "checks"):
        if not (root / places[needed]).exists():
            raise KitError(f"{places[needed]} is missing: every assignment needs it")
    found = {}
    for part, place in places.items():
        file = f"{part}{place.suffix}.txt"  # one for all kinds, or for each its own
        there = [path for path in (SCAFFOLDS / kind / file, SCAFFOLDS / file) if path.exists()]
        if not there:  # doctor makes right answers in other writings itself
            continue
        text = there[0].read_text("utf-8")
        imports = (
            *([MARK_IMPORTS[part]] if part in MARK_IMPORTS else []),
            *QUESTION_KINDS[kind].get(part, ()),
        )
        blank = "\n" if place.suffix == ".md" else "\n\n"
        head = HEADS[part].replace("STEM", stem) if part in HEADS else None
        found[place] = Fragment(blank + text, head, imports)
    return found


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
    for line in imports:
        text = with_import(text, line, newline)
    return text.rstrip() + newline + fragment.replace("\n", newline)


def with_import(text: str, line: str, newline: str) -> str:
    """Return a module that imports what a line says: the names are added to a line for the same module."""
    start, _, names = line.rpartition("import ")
    known = names_imported(text)
    missing = [name for name in names.split(", ") if name not in known]
    if not missing:
        return text
    lines = text.splitlines(keepends=True)
    for at, old in enumerate(lines):
        if (
            start
            and old.startswith(f"{start}import ")
            and re.fullmatch(r"[\w, ]+", old[len(start) :].strip())
        ):
            both = sorted([*old.rpartition("import ")[2].strip().split(", "), *missing])
            lines[at] = f"{start}import {', '.join(both)}{newline}"
            return "".join(lines)
    at = import_line(text)
    blank = newline if at and not names_imported(text) else ""
    return "".join([*lines[:at], blank, f"{start}import {', '.join(missing)}{newline}", *lines[at:]])


def names_imported(text: str) -> set[str]:
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
