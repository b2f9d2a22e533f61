"""Where the submissions of a class are: in the folder that was given, or deeper in it."""

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
        files, folders = entries_in(root)
        if METADATA in files or any(is_submission(name, stem) for name in files):
            return root
        if len(folders) != 1:
            refuse_several_classes(root, folders, stem)
            return root
        inside, many = first_of_many(folders[0], stem)
        if many and not is_named_like_many(inside, stem):
            raise InputError(
                f"{root} holds only {inside.relative_to(root)}, with what looks like {many} submissions:"
                f" grade {inside} (or, if it is one student's work, use autograder check {inside})"
            )
        if not many and not (CONTAINER.fullmatch(inside.name) and is_wrapper(inside)):
            return root
        root = inside
    return root


def entries_in(folder: Path) -> tuple[list[str], list[Path]]:
    """Return the names of the files and the folders in a folder."""
    found = [entry for entry in scan(folder) if not is_junk(entry.name)]
    folders = [Path(entry.path) for entry in found if entry.is_dir(follow_symlinks=False)]
    return [entry.name for entry in found if not entry.is_dir(follow_symlinks=False)], folders


def first_of_many(folder: Path, stem: str) -> tuple[Path, int]:
    """Return the folder that holds several submissions, and how many: this one, or the only one in it.

    If none does, it is this one and 0.
    """
    inside = folder
    for _ in range(DEEPEST):
        if many := submissions_in(inside, stem):
            return inside, many
        if not is_wrapper(inside):
            break
        (inside,) = entries_in(inside)[1]
    return folder, 0


def is_wrapper(folder: Path) -> bool:
    """Whether a folder holds nothing but one other folder."""
    files, folders = entries_in(folder)
    return len(folders) == 1 and not files


def is_named_like_many(folder: Path, stem: str) -> bool:
    """Whether a folder that may hold a class is called so, or was made by a platform."""
    return bool(is_exported(folder) or CONTAINER.fullmatch(folder.name) or fold(folder.name) == fold(stem))


def refuse_several_classes(root: Path, folders: list[Path], stem: str) -> None:
    """Raise an `InputError` if each of several folders looks like a class: sections, years."""
    if len(folders) > 1 and all(submissions_in(one, stem) > 1 for one in folders):
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
    many += [name for name in files if is_archive(name)]
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


def holds_code(folder: Path, depth: int = DEEPEST) -> bool:
    """Whether there is code or an archive in a folder, or a few levels below."""
    files, folders = entries_in(folder)
    if any(CODE_NAME.fullmatch(name) or is_archive(name) for name in files):
        return True
    return depth > 0 and any(holds_code(one, depth - 1) for one in folders)


def is_archive(name: str) -> bool:
    """Whether a file is a zip, by its name."""
    return name.lower().endswith(".zip")
