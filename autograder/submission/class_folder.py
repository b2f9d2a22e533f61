"""Where the submissions of a class are: in the folder that was given, or deeper in it."""

import os
import re
from pathlib import Path

from autograder.errors import InputError
from autograder.submission.archive import is_junk, listing, scan
from autograder.submission.gradescope_export import METADATA
from autograder.submission.pick import CODE_NAME, COURSE_FOLDERS, fold
from autograder.submission.platforms import seen_in
from autograder.submission.versions import is_version

DEEPEST = 3
SUBMISSION = re.compile(r"submission_\d+")
# what people call a folder of many, as the folder's name begins or ends
CONTAINER = re.compile(
    r"(?:.*[-_ ])?(?:submissions?|students?|class|course|all|export|exported|download(?:ed|s)?|homeworks?|hw|"
    r"assignments?|gradebook|hand-?ins?|handed[-_ ]in|abgaben?|entregas?|rendus?|section|group|repos?)"
    r"(?:[-_ ]?(?:\d+|[a-z]))?(?:[-_ ].*)?",
    re.IGNORECASE,
)


def class_root(folder: Path, stem: str) -> Path:
    """Return the folder in which the submissions are.

    Where the folder would come out as one student, but holds what looks like a class under a name
    that might be a student's, an `InputError` asks.
    """
    root = folder
    for _ in range(DEEPEST):
        found = [entry for entry in scan(root) if not is_junk(entry.name)]
        folders = [entry for entry in found if entry.is_dir(follow_symlinks=False)]
        files = [entry.name for entry in found if not entry.is_dir(follow_symlinks=False)]
        if METADATA in files or any(is_submission(name, stem) for name in files):
            return root
        if len(folders) != 1:
            refuse_several_classes(root, folders, stem)
            return root
        (only,) = folders
        inside = Path(only.path)
        if not (many := submissions_in(inside, stem)):
            deeper = [one for one in scan(inside) if not is_junk(one.name)]
            if (
                len(deeper) != 1
                or not deeper[0].is_dir(follow_symlinks=False)
                or not CONTAINER.fullmatch(only.name)
            ):
                return folder if root == folder else root
        elif not (is_exported(inside) or CONTAINER.fullmatch(only.name) or fold(only.name) == fold(stem)):
            raise InputError(
                f"{root} holds only {only.name}, with what looks like {many} submissions: grade {inside}"
                f" (or, if it is one student's work, use autograder check {inside})"
            )
        root = inside
    return root


def refuse_several_classes(root: Path, folders: list[os.DirEntry[str]], stem: str) -> None:
    """Raise an `InputError` if each of several folders looks like a class: sections, years."""
    if len(folders) > 1 and all(submissions_in(Path(one.path), stem) > 1 for one in folders):
        raise InputError(
            f"{root} holds {listing(one.name for one in folders)}, each with what looks like a class:"
            " grade them one by one, or put all students into one folder"
        )


def submissions_in(folder: Path, stem: str) -> int:
    """Return how many submissions a folder seems to hold, 0 if it is more like one student's."""
    found = [entry for entry in scan(folder) if not is_junk(entry.name)]
    folders = [entry for entry in found if entry.is_dir(follow_symlinks=False)]
    files = [entry.name for entry in found if entry.is_file(follow_symlinks=False)]
    if METADATA in files:
        return sum(bool(SUBMISSION.fullmatch(entry.name)) for entry in folders)
    platform = [entry.name for entry in found if seen_in(entry.name, is_folder=entry in folders)]
    if platform:
        return len(platform)
    if any(is_submission(name, stem) or fold(name).startswith(fold(stem)) for name in files):
        return 0
    owners = [one.name for one in folders if not is_version(one.name) and one.name not in COURSE_FOLDERS]
    many = [name for name in owners if holds_code(folder / name)]
    many += [name for name in files if fold(stem) in fold(name) and CODE_NAME.fullmatch(name)]
    return len(many) if len(many) > 1 else 0


def is_exported(folder: Path) -> bool:
    """Whether a platform made what is in a folder."""
    found = [entry for entry in scan(folder) if not is_junk(entry.name)]
    return any(
        entry.name == METADATA or seen_in(entry.name, is_folder=entry.is_dir(follow_symlinks=False))
        for entry in found
    )


def is_submission(name: str, stem: str) -> bool:
    """Whether a file is the assignment itself, by its name."""
    return name in (f"{stem}.py", f"{stem}.ipynb")


def holds_code(folder: Path) -> bool:
    """Whether there is code or an archive right in a folder."""
    return any(
        CODE_NAME.fullmatch(entry.name) or entry.name.lower().endswith(".zip")
        for entry in scan(folder)
        if not is_junk(entry.name) and entry.is_file(follow_symlinks=False)
    )
