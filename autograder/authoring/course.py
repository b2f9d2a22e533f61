"""A new course, and a new assignment in one: a healthy one with one question, to be replaced by your own."""

import json
import keyword
import secrets
from collections.abc import Callable
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import yaml

from autograder.authoring.question import SCAFFOLDS
from autograder.beside import hidden_by
from autograder.config import FILE, SEEDS, Course, load_config, parse_config
from autograder.data.files import write_whole
from autograder.errors import InputError, KitError
from autograder.publish.template import build_template
from autograder.publish.tree import write_tree

SHARED = (FILE, "README.md", ".gitignore", ".github/")  # of the course; all else is an assignment's
AFTER_COURSE = """{where} is a healthy course with one question.

Next:
  cd {where}
  autograder doctor                               # says: {stem}: healthy
  autograder new-question {stem}.my_function      # adds a question; --kind class, text, plot, training
  autograder guide                                # how to write questions
"""


def write_course(folder: Path, stem: str, title: str) -> str:
    """Write a course with one assignment into a folder that holds none, and return what to do next."""
    refuse_stem(stem)
    if (folder / FILE).exists():
        raise InputError(f"{folder} holds a course already: autograder --course {folder} new-assignment STEM")
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file: give a folder")
    texts = filled(stem, title, lambda _: True)
    if taken := [path for path in texts if (folder / path).exists()]:
        raise InputError(f"{folder} holds {taken[0]} already: give an empty folder")
    for path, text in texts.items():
        write_whole(folder / path, text.encode())
    publish(load_config(folder), stem)
    return AFTER_COURSE.format(where=folder, stem=stem)


def write_assignment(course: Course, stem: str, title: str) -> str:
    """Add an assignment to a course and return what to do next."""
    refuse_stem(stem)
    if stem in course.settings.assignments:
        raise InputError(f"{FILE} has an assignment {stem} already: choose another name")
    texts = filled(stem, title or stem, lambda path: not path.startswith(SHARED))
    if taken := [path for path in texts if (course.root / path).exists()]:
        raise InputError(f"{taken[0]} is there already: choose another name, or list it in {FILE}")
    config = with_assignment((course.root / FILE).read_text("utf-8"), stem, title or stem)
    for path, text in {**texts, FILE: config}.items():
        write_whole(course.root / path, text.encode())
    publish(load_config(course.root), stem)
    files = "\n".join(f"  {path}" for path in texts)
    told = f"{stem} is a healthy assignment with one question:\n\n{files}"
    return f"{told}\n\nNext: autograder new-question {stem}.NAME\n"


def publish(course: Course, stem: str) -> None:
    """Write the student's folder of an assignment, without which a course is not healthy."""
    write_tree(build_template(course, stem), course.root / "student_template" / stem)


def filled(stem: str, title: str, wanted: Callable[[str], bool]) -> dict[str, str]:
    """Return the files of a new course by their path in it."""
    root, texts = SCAFFOLDS / "course", {}
    seed = str(secrets.randbelow(SEEDS))
    torch = next(line for line in metadata.requires("autograder") or () if line.startswith("torch"))
    for file in sorted(root.rglob("*.txt")):
        path = file.relative_to(root).as_posix().removesuffix(".txt").replace("STEM", stem)
        text = file.read_text("utf-8")
        quoted = json.dumps(title, ensure_ascii=False) if path.endswith(".yml") else title
        for mark, value in {"STEM": stem, "TITLE": quoted, "SEED": seed, "TORCH_PIN": torch}.items():
            text = text.replace(mark, value)
        if wanted(path):
            texts[path] = text
    return texts


def refuse_stem(stem: str) -> None:
    """Raise unless an assignment may be called so: its module must hide no other."""
    if not stem.isidentifier() or keyword.iskeyword(stem) or stem.startswith("_") or stem != stem.lower():
        raise InputError(f"{stem!r} cannot be an assignment: use small letters, digits and _")
    hidden = hidden_by(stem)
    if not hidden and find_spec(stem) is not None:
        hidden = "a Python module of that name exists already"
    if hidden:
        raise InputError(f"{stem!r} cannot be an assignment: {hidden}")


def with_assignment(text: str, stem: str, title: str) -> str:
    """Return grading.yml with an assignment more; comments and layout stay as they are."""
    entry = {stem: {"title": title, "questions": {"count_above": 10}}}
    lines = yaml.safe_dump(entry, sort_keys=False, allow_unicode=True).splitlines()
    node = yaml.compose(text)
    try:
        assert node is not None  # noqa: S101 it has been read before
        group = next(value for key, value in node.value if key.value == "assignments")
        indent = " " * group.value[0][0].start_mark.column
        before = text.splitlines(keepends=True)
        at = group.end_mark.line if group.end_mark.column == 0 else group.end_mark.line + 1
        head = "".join(before[:at]).rstrip("\n") + "\n"
        changed = head + "".join(f"{indent}{line}\n" for line in lines) + "".join(before[at:])
        parse_config(changed)
    except (KitError, StopIteration, AttributeError, IndexError, TypeError):
        raise KitError(f"{FILE} could not be extended: add the assignment {stem} yourself") from None
    return changed
