"""Which of a student's files is meant: names as students, browsers and LMSs really make them."""

import contextlib
import difflib
import re
from collections.abc import Sequence
from dataclasses import replace

from autograder.errors import InputError
from autograder.submission.archive import Item, clean, listing, natural
from autograder.submission.notebook_code import cells_of, is_untouched

MAX_NOTEBOOK = 20_000_000  # bytes: its pictures are in it
SUFFIXES = (".py", ".ipynb")
QUIZ = "quiz.yml"
CODE_NAME = re.compile(r"(.+?)(\.py|\.ipynb)(?:\.(?:txt|json|py|ipynb))*", re.IGNORECASE | re.DOTALL)
QUIZ_NAME = re.compile(r"(?:.*[-_ ])?quiz[-_ ]?\(?\d*\)?\.ya?ml(?:\.txt)?", re.IGNORECASE)
COPY = re.compile(r"(?:copy of )?(.+?)((?:[ _]?\(\d+\)|[-_ ]\d+|[-_ ]+copy)*)", re.IGNORECASE)
NOT_WORK = re.compile(r"(?:test_.*|.*_test|conftest|setup|lab)\.\w+|quiz\.py", re.IGNORECASE)
LONGEST_NAME = 120
COURSE_FOLDERS = frozenset({"checks", "tests"})


def choose(items: Sequence[Item], stem: str, notes: list[str]) -> Item | None:
    """Return the file to grade: the .py, unless it is still the template beside a notebook."""
    script, notebook = (first(items, stem, suffix, notes) for suffix in SUFFIXES)
    if not script and not notebook:
        return as_text(items, stem, notes)
    if not script or not notebook:
        return script or notebook
    if notebook.depth < script.depth:
        return notebook
    if untouched(script):
        notes.append(f"{clean(script.name)} is still the template, so the notebook is graded")
        return notebook
    if not untouched(notebook):
        notes.append(f"there is a .py and a notebook: {clean(script.name)} is graded")
    return script


def as_text(items: Sequence[Item], stem: str, notes: list[str]) -> Item | None:
    """Return the code that was saved as STEM.txt, as some editors and browsers do."""
    for item in items:
        if fold(item.name) == f"{stem.casefold()}.txt":
            notes.append(f"{clean(item.path)} was taken for {stem}.py")
            return replace(item, path=f"{item.path[:-4]}.py")
    return None


def untouched(item: Item) -> bool:
    """Whether code is still the template; False if it cannot be read."""
    with contextlib.suppress(InputError):
        return is_untouched("\n".join(cells_of(item.read(MAX_NOTEBOOK), item.name)))
    return False


def first(items: Sequence[Item], stem: str, suffix: str, notes: list[str]) -> Item | None:
    """Return the file with this suffix that is meant, and note what may be doubted."""
    found = candidates(items, stem, suffix)
    if not found and not any(candidates(items, stem, other) for other in SUFFIXES):
        work = [item for item in items if suffix_of(item) == suffix and is_work(item)]
        close = difflib.get_close_matches(f"{stem}{suffix}", [i.name for i in work], 1, 0.8)
        found = work if len(work) == 1 else [item for item in work if item.name in close]
    if not found:
        return None
    likeness = likeness_of(found[0], stem)
    if not likeness or likeness[0] == 2:
        notes.append(f"{clean(found[0].path)} was taken for {stem}{suffix}")
    beside = [item.path for item in found[1:] if item.depth == found[0].depth]
    if beside:
        notes.append(f"{clean(found[0].path)} is graded, not {listing(beside)}")
    return found[0]


def candidates(items: Sequence[Item], stem: str, suffix: str) -> list[Item]:
    """Return the files named after the stem, the one that is meant first: nearest to the top."""
    found = []
    for item in items:
        likeness = likeness_of(item, stem)
        if likeness and suffix_of(item) == suffix and is_work(item, stem):
            kind, copy = likeness
            found.append(((kind == 2, item.depth, kind, -copy, natural(item.path)), item))
    return [item for _, item in sorted(found, key=lambda pair: pair[0])]


def likeness_of(item: Item, stem: str) -> tuple[int, int] | None:
    """Return how a file is named after the stem: 0 exactly, 1 as a copy, 2 in part; which copy."""
    base = CODE_NAME.sub(r"\1", item.name)
    if base == stem:
        return 0, 0
    folded = fold(base)
    if stem.casefold() not in folded:
        return None
    copy = COPY.fullmatch(base.strip()[:LONGEST_NAME])
    if copy and stem.casefold() in (folded, fold(copy[1])):
        return 1, max([0, *(int(digits[:9]) for digits in re.findall(r"[0-9]+", copy[2]))])
    return 2, 0


def is_copy(item: Item, stem: str) -> bool:
    """Whether a file is the assignment's, by its name: perhaps an older one."""
    likeness = likeness_of(item, stem)
    return likeness is not None and likeness[0] < 2


def fold(name: str) -> str:
    """Return a name without the differences that do not count: case, and what parts words."""
    return re.sub(r"[\s-]+", "_", name.strip().casefold())


def is_work(item: Item, stem: str = "") -> bool:
    """Whether a file can be a student's own work: no test, no lab, nothing that was handed out."""
    named = CODE_NAME.sub(r"\1", item.name) == stem or not NOT_WORK.fullmatch(item.name)
    return named and not COURSE_FOLDERS & set(item.path.split("/"))


def suffix_of(item: Item) -> str:
    """Return ".py" or ".ipynb" for code, else ""."""
    found = CODE_NAME.fullmatch(item.name)
    return found[2].lower() if found else ""


def quiz_beside(items: Sequence[Item], code: Item | None) -> Item | None:
    """Return the answers to the quiz: beside the code, else nearest to the top."""
    found = [item for item in items if QUIZ_NAME.fullmatch(item.name) and is_work(item)]
    folder = code.folder if code else ""
    order = [(item.folder != folder, item.depth, item.name != QUIZ, natural(item.path)) for item in found]
    return found[order.index(min(order))] if found else None
