"""The files of OUT: names that are safe anywhere, each written whole or not at all."""

import contextlib
import filecmp
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.errors import InputError

LONGEST_BYTES = 120  # bytes of a file's name without its ending
UNSAFE = re.compile(r'[/\\:*?"<>|]|^[.\- ]|[. ]$|-[0-9a-f]{12}$')
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def reports_folder(out: Path) -> Path:
    """Return the folder of the reports, without the half files of a grader that was killed."""
    folder = made(out / "reports")
    for half in folder.glob(".*.new"):
        owner = half.name.split(".")[-2]
        if owner.isdecimal() and not is_alive(int(owner)):
            half.unlink(missing_ok=True)
    return folder


def is_alive(pid: int) -> bool:
    """Whether there is a process with this number."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def file_name(submission: str) -> str:
    """Return a submission's name as that of a file: distinct for distinct names, and safe anywhere."""
    plain = "".join(char if char.isprintable() else "_" for char in submission)
    safe = UNSAFE.sub("_", plain)
    cut = safe.encode("utf-8", "replace")[: LONGEST_BYTES - 13].decode("utf-8", "ignore")
    fits = len(submission.encode("utf-8", "replace")) <= LONGEST_BYTES and not RESERVED.fullmatch(submission)
    if submission and safe == submission and fits:
        return submission
    digest = hashlib.sha256(submission.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{cut.strip('. ') or '_'}-{digest[:12]}"


def made(folder: Path) -> Path:
    """Return a folder that exists."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder} cannot be made: {error.strerror}") from error
    return folder


def remove(folder: Path, names: Iterable[str], endings: tuple[str, ...]) -> None:
    """Remove what earlier runs wrote on submissions that are gone; the gradebook keeps their reports."""
    for name in map(file_name, names):
        for ending in endings:
            (folder / f"{name}.{ending}").unlink(missing_ok=True)


def replace_parts(path: Path, parts: Iterable[str]) -> None:
    """Write a file in pieces beside its place, then move it there; leave an identical one alone."""
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    with writing(path, new):
        with new.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.writelines(parts)
        if path.exists() and filecmp.cmp(new, path, shallow=False):
            new.unlink()
        else:
            new.replace(path)


def replace_file(path: Path, content: str | bytes) -> None:
    """Write a file beside its place, then move it there; leave an identical one alone."""
    data = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
    with contextlib.suppress(OSError):
        if path.read_bytes() == data:
            return
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    with writing(path, new):
        new.write_bytes(data)
        new.replace(path)


@contextlib.contextmanager
def writing(path: Path, new: Path) -> Iterator[None]:
    """Tell in one line if a file cannot be written, and leave no half of it."""
    try:
        yield
    except OSError as error:
        with contextlib.suppress(OSError):
            new.unlink()
        safe = "what is graded is safe, the same command goes on"
        raise InputError(f"{path} cannot be written: {error.strerror}; {safe}") from error
