"""Which of a student's files is meant: by what is in them first, then by their names and dates.

The file that holds most of the assignment is graded. Where that leaves a tie, the name decides: in
the student's last version, near to the top, named as the assignment is, the newest copy.
"""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from autograder.submission.archive import Item, clean, listing, natural
from autograder.submission.disguises import what_it_is
from autograder.submission.versions import Version, version_of
from autograder.submission.work import NO_WORK, Task, Work, squeezed, texts_of, work_in

SUFFIXES = (".py", ".ipynb")
QUIZ_YML = "quiz.yml"
CODE_NAME = re.compile(r"(.+?)(\.py|\.ipynb)(?:\.(?:txt|json|py|ipynb)){0,4}", re.IGNORECASE | re.DOTALL)
QUIZ_NAME = re.compile(r"(?:.*[-_ ])?quiz[-_ ]?\(?\d*\)?\.ya?ml(?:\.txt)?", re.IGNORECASE)
COPY = re.compile(r"(?:copy of )?(.+?)((?:[ _]?\(\d+\)|[-_ ]\d+|[-_ ]+copy\d*)*)", re.IGNORECASE)
NOT_WORK = re.compile(r"(?:test_.*|.*_test|conftest|setup|lab)\.\w+|quiz\.py", re.IGNORECASE)
LONGEST_NAME = 120
COURSE_FOLDERS = frozenset({"checks", "tests"})


@dataclass(frozen=True)
class Candidate:
    """A file that may be meant, and what speaks for it."""

    item: Item
    likeness: tuple[int, int]
    text: str = ""
    work: Work = NO_WORK

    def rank(self) -> tuple[object, ...]:
        """Return what to sort by: the file that is meant comes first."""
        folder, name = version_of(self.item.folder), version_of(self.item.name)
        kind, copy = self.likeness
        return (
            -self.work.done, bool(self.work.stubs), kind > 1, newest(folder), self.item.depth, kind, -copy,
            newest(name), -self.item.modified, self.item.name.lower().endswith(".ipynb"),
            natural(self.item.path),
        )  # fmt: skip


def newest(version: Version) -> tuple[int, list[tuple[int, list[int]]]]:
    """Return a version as a key that sorts the newest first."""
    age, numbers = version
    return -age, [(-length, [-ord(sign) for sign in text]) for length, text in numbers]


def choose(items: Sequence[Item], task: Task, notes: list[str]) -> Item | None:
    """Return the file to grade, and note what may be doubted."""
    found = sorted(looked_into(candidates(items, task), task), key=Candidate.rank)
    if not found:
        return only_work(items, task, notes) or as_text(items, task, notes)
    best, others = found[0], found[1:]
    stem = task.stem
    if best.likeness[0] > 1:
        notes.append(f"{clean(best.item.path)} was taken for {stem}{suffix_of(best.item)}")
    notes += passed_over(best, others)
    return best.item


def passed_over(best: Candidate, others: Sequence[Candidate]) -> list[str]:
    """Return a note on the files that might have been meant as well."""
    shown, notes = clean(best.item.path), list[str]()
    if any(one.item.path == best.item.path for one in others):
        shown += " in the archive" if best.item.disk is None else " beside the archive"
    templates = [one for one in others if one.work.untouched]
    doubtful = [
        one for one in templates
        if one.item.folder != best.item.folder or one.likeness < best.likeness
        or suffix_of(best.item) == ".ipynb"  # the handed-out pair: the notebook is taken, not the .py
    ]  # fmt: skip
    if doubtful and not best.work.untouched:
        named, verb = listing(one.item.path for one in doubtful), "is" if len(doubtful) == 1 else "are"
        notes.append(f"{named} {verb} still the template, so {shown} is graded")
    beside = [one for one in others if one not in templates and (one.likeness[0] < 3 or one.work.done)]
    if beside:
        fuller = any(best.work.done > one.work.done and one.likeness[0] < 2 for one in beside)
        why = ": more of its questions are filled in" if fuller else ""
        notes.append(f"{shown} is graded, not {listing(one.item.path for one in beside)}{why}")
    more = sorted(set().union(*(one.work.questions for one in beside)) - best.work.questions)
    if more and best.work.questions:
        notes.append(f"{listing(more)}: only in a file that is not graded; hand in one file with all of it")
    return notes


def candidates(items: Sequence[Item], task: Task) -> list[Candidate]:
    """Return the files that are named after the assignment, or may hold it under another name."""
    found = []
    for item in items:
        if suffix_of(item) and is_work(item, task):
            found.append(Candidate(item, likeness_of(item, task.stem) or (3, 0)))
    return found


def looked_into(found: Sequence[Candidate], task: Task) -> list[Candidate]:
    """Return the candidates with what is in them, without what was handed out and what is something else."""
    named = [one for one in found if one.likeness[0] < 3]
    if len(found) == 1 and named and not task.handed_out:
        return named  # nothing to choose
    if not task.questions and named:
        found = named  # what else is in the folder cannot be told from helpers
    nearest = sorted(found, key=lambda one: (one.likeness[0], one.item.depth, natural(one.item.path)))
    texts = {item.path: text for item, text in texts_of([one.item for one in nearest])}
    own = [one for one in nearest[: len(texts)] if squeezed(texts[one.item.path]) not in task.handed_out]
    siblings = {}
    for one in own:
        module = CODE_NAME.sub(r"\1", one.item.name)
        siblings[module] = work_in(texts[one.item.path], task.questions).questions if task.questions else ()
    read = [
        replace(one, text=texts[one.item.path], work=work_in(texts[one.item.path], task.questions, siblings))
        for one in own
    ]
    return [one for one in read if one.likeness[0] < 3 or (task.questions and one.work.done)]


def only_work(items: Sequence[Item], task: Task, notes: list[str]) -> Item | None:
    """Return the one file that can be meant, under a name that says nothing."""
    for suffix in SUFFIXES:
        work = [item for item in items if suffix_of(item) == suffix and is_work(item, task)]
        work = [item for item, text in texts_of(work) if squeezed(text) not in task.handed_out]
        close = difflib.get_close_matches(f"{task.stem}{suffix}", [item.name for item in work], 1, 0.8)
        found = work if len(work) == 1 else [item for item in work if item.name in close]
        if found:
            notes.append(f"{clean(found[0].path)} was taken for {task.stem}{suffix}")
            return found[0]
    return None


def as_text(items: Sequence[Item], task: Task, notes: list[str]) -> Item | None:
    """Return the code that was saved under a name that is none of code, as some editors and browsers do."""
    unnamed = [item for item in items if not suffix_of(item) and not is_handed_out(item)]
    for item, text in texts_of([replace(item, path=f"{item.path}.py") for item in unnamed]):
        named = fold(item.name) == f"{task.stem.casefold()}.txt.py"
        if named or (task.questions and work_in(text, task.questions).done and not what_it_is(text)):
            notes.append(f"{clean(item.path.removesuffix('.py'))} was taken for {task.stem}.py")
            return item
    return None


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


def is_assignments_file(item: Item, stem: str) -> bool:
    """Whether a file is the assignment's, by its name: perhaps an older one."""
    likeness = likeness_of(item, stem)
    return likeness is not None and likeness[0] < 2


def fold(name: str) -> str:
    """Return a name without the differences that do not count: case, and what parts words."""
    return re.sub(r"[\s-]+", "_", name.strip().casefold())


def is_handed_out(item: Item) -> bool:
    """Whether a file lies in a folder of the course's."""
    return not COURSE_FOLDERS.isdisjoint(item.path.split("/"))


def is_work(item: Item, task: Task | None = None) -> bool:
    """Whether a file can be the module that is asked for: no test, no lab, none that goes beside it."""
    if is_handed_out(item):
        return False
    base = CODE_NAME.sub(r"\1", item.name)
    others = (*task.provided, *(name.removesuffix(".py") for name in task.hand_in)) if task else ()
    if any(base == name or is_assignments_file(item, name) for name in others):
        return False
    return (task is not None and base == task.stem) or not NOT_WORK.fullmatch(item.name)


def suffix_of(item: Item) -> str:
    """Return ".py" or ".ipynb" for code, else ""."""
    found = CODE_NAME.fullmatch(item.name)
    return found[2].lower() if found else ""


def quiz_beside(items: Sequence[Item], code: Item | None, notes: list[str] | None = None) -> Item | None:
    """Return the answers to the quiz: beside the code, else nearest to the top; note what else there is."""
    found = [item for item in items if QUIZ_NAME.fullmatch(item.name) and is_work(item)]
    folder = code.folder if code else ""

    def rank(item: Item) -> tuple[object, ...]:
        numbers = [int(digits[:9]) for digits in re.findall(r"[0-9]+", item.name)]
        return (
            item.folder != folder, newest(version_of(item.folder)), item.depth,
            item.name != QUIZ_YML, [-number for number in numbers], natural(item.path),
        )  # fmt: skip

    found.sort(key=rank)
    if len(found) > 1 and notes is not None:
        notes.append(f"{clean(found[0].path)} is graded, not {listing(item.path for item in found[1:])}")
    return found[0] if found else None
