"""A generated folder: write it, and tell how it differs from what would be generated now."""

import contextlib
from collections.abc import Mapping
from pathlib import Path

from autograder.data.files import write_whole
from autograder.errors import KitError

CACHES = ("__pycache__", ".pytest_cache", ".ruff_cache", ".ipynb_checkpoints")


def write_tree(files: Mapping[str, bytes], folder: Path) -> None:
    """Make `folder` hold exactly these files. A file is replaced in one step; what is stale goes.

    A folder that holds something else altogether is left alone.
    """
    there = present(folder)
    if there and not there & files.keys():
        raise KitError(f"{folder} is not a generated folder: choose another or empty it yourself")
    for path, content in files.items():
        target = folder / path
        if path in there and target.read_bytes() == content:
            continue
        write_whole(target, content)
    for path in sorted(there - files.keys(), reverse=True):
        (folder / path).unlink()
        with contextlib.suppress(OSError):  # still holds something
            (folder / path).parent.rmdir()


def differences(files: Mapping[str, bytes], folder: Path) -> list[str]:
    """Return a line for every file that is not what would be generated now."""
    there = present(folder)
    told = []
    for path in sorted(files.keys() | there):
        shown = f"student_template/{folder.name}/{path}"
        if path not in there:
            told.append(f"{shown} is missing. Run: autograder build")
        elif path not in files:
            told.append(f"{shown} is not generated any more. Run: autograder build")
        elif (folder / path).read_bytes() != files[path]:
            told.append(f"{shown} differs from what its sources give. Run: autograder build")
    return told


def present(folder: Path) -> set[str]:
    """Return the files in a folder, caches aside, as relative paths with forward slashes."""
    found = [path.relative_to(folder) for path in folder.rglob("*") if not path.is_dir()]
    return {path.as_posix() for path in found if not set(path.parts) & set(CACHES)}
