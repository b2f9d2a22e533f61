"""Files of a submission, listed without trust: from a folder or one file, read on demand.

Nothing is ever unpacked. A name is only a name, a size is what was read, a link is never followed.
"""

import errno
import io
import os
import re
import stat
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from autograder.errors import InputError

MAX_ENTRIES = 2_000
MAX_VISITED = 60_000  # with what is ignored: a virtual environment, a git history
MAX_DIRECTORY = 8_000_000  # bytes of a zip's own list of its files
MAX_FOLDERS = 12
MAX_PATH = 500
MOST_NOTES = 30  # on a submission
CHUNK = 1 << 16
JUNK = frozenset({"__MACOSX", "__pycache__", "site-packages", "node_modules", "venv", "Thumbs.db"})
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
DRIVE = re.compile(r"[A-Za-z]:")
HAND_IN_LESS = "hand in only your own code and quiz.yml"


@dataclass(frozen=True)
class Item:
    """One file of a submission.

    `path` has forward slashes; `read(limit)` returns the contents or raises an `InputError` if they
    are larger; `disk` is where the file is, unless it is inside an archive; `modified` is the time
    that the archive tells, to be compared within it.
    """

    path: str
    read: Callable[[int], bytes]
    disk: Path | None = None
    modified: float = 0.0

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def folder(self) -> str:
        """The path without its last part, "" at the top."""
        return self.path.rpartition("/")[0]

    @property
    def depth(self) -> int:
        """How many folders it is in."""
        return self.path.count("/")


def folder_items(root: Path, notes: list[str]) -> list[Item]:
    """List the regular files below a folder, no junk or hidden files; `notes` says what else was left out."""
    items: list[Item] = []
    odd: list[str] = []
    waiting, visited = [""], 0
    while waiting:
        folder = waiting.pop()
        for entry in scan(root / folder):
            visited += 1
            path = f"{folder}/{entry.name}" if folder else entry.name
            if is_junk(path):
                continue
            if safe_path(path) is None or entry.is_symlink():
                odd.append(path)
            elif entry.is_dir(follow_symlinks=False):
                waiting.append(path)
            elif entry.is_file(follow_symlinks=False):
                items.append(file_item(root / path, path))
            else:
                odd.append(path)
        check_count(len(items), visited)
    note_odd(odd, notes)
    return items


def scan(folder: Path) -> list[os.DirEntry[str]]:
    """Return what stands in a folder, in the order of names."""
    try:
        with os.scandir(folder) as entries:
            return sorted(islice(entries, MAX_VISITED + 1), key=lambda entry: entry.name)
    except OSError as error:
        raise InputError(f"the folder {clean(folder.name)} cannot be read: {reason(error)}") from error


def file_item(path: Path, shown: str) -> Item:
    """Return one file of the disk as an item with the path `shown`."""

    def read(limit: int) -> bytes:
        with open_regular(path, shown) as file:
            return read_capped(file, limit, shown)

    return Item(shown, read, path)


class BoundedFile(io.FileIO):
    """A file of which no single read takes more memory than a zip's list of files may."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Read up to `size` bytes, or raise if that could be too much."""
        return super().read(bounded(size, os.fstat(self.fileno()).st_size - self.tell()))


class BoundedBytes(io.BytesIO):
    """The same of a file in the memory."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Read up to `size` bytes, or raise if that could be too much."""
        return super().read(bounded(size, self.getbuffer().nbytes - self.tell()))


def bounded(size: int | None, left: int) -> int:
    """Return how many bytes a read asks for where so many are left, or raise if that could be too much."""
    asked = max(left, 0) if size is None or size < 0 else size
    if asked > MAX_DIRECTORY:
        raise InputError(f"its list of files is too long: {HAND_IN_LESS}")
    return asked


def open_regular(path: Path, shown: str) -> BoundedFile:
    """Open a regular file for reading; a link, a pipe or a device is an `InputError`."""
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):  # where the system has them
        flags |= getattr(os, name, 0)
    try:
        handle = os.open(path, flags)
    except OSError as error:
        raise InputError(f"{clean(shown)} cannot be read: {reason(error)}") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise InputError(f"{clean(shown)} cannot be read: it is not a regular file")
    return BoundedFile(handle, "rb")


def read_capped(stream: io.RawIOBase | IO[bytes], limit: int, shown: str) -> bytes:
    """Return what a stream holds, or raise an `InputError` once it is more than `limit` bytes."""
    parts: list[bytes] = []
    size = 0
    while part := stream.read(min(CHUNK, limit + 1 - size)):
        parts.append(part)
        size += len(part)
        if size > limit:
            heavy = shown.lower().endswith(".ipynb")
            advice = "clear its outputs and hand it in again" if heavy else "it is not read"
            raise InputError(f"{clean(shown)} is larger than {limit / 1e6:g} MB: {advice}")
    return b"".join(parts)


def is_junk(path: str) -> bool:
    """Whether a path is hidden, or made by a system or a tool rather than by a student."""
    parts = path.split("/")
    return any((part.startswith(".") and part not in (".", "..")) or part in JUNK for part in parts)


def safe_path(raw: str) -> str | None:
    """Return a path as a/b/c, or None if it leads elsewhere or its name plays tricks."""
    path = raw.replace("\\", "/")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if path.startswith("/") or DRIVE.match(path) or ".." in parts:
        return None
    if len(parts) > MAX_FOLDERS or len(path) > MAX_PATH:
        return None
    return None if any(map(is_trick, path)) else "/".join(parts)


def is_trick(character: str) -> bool:
    """Whether a character is a control, half a character, or turns the direction of writing."""
    return character in BIDI or unicodedata.category(character) in ("Cc", "Cs")


def natural(text: str) -> list[tuple[int, str]]:
    """Return the key for sorting by names, with x2 before x10."""
    chunks = re.split(r"([0-9]+)", text.casefold())
    short = (chunk.lstrip("0") if at % 2 else chunk for at, chunk in enumerate(chunks))
    return [(len(chunk) if at % 2 else 0, chunk) for at, chunk in enumerate(short)]


def clean(text: str) -> str:
    """Return a name that is safe to print, cut to a reasonable length."""
    shown = harmless(text)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."


def harmless(text: str, allowed: str = "") -> str:
    """Return a text with a mark in place of what would change how it is shown, but for what is allowed."""
    return "".join("\ufffd" if is_trick(one) and one not in allowed else one for one in text)


def listing(names: Iterable[str], most: int = 5, between: str = ", ") -> str:
    """Return a few names for a message, and how many more there are."""
    all_names = list(names)
    shown = between.join(map(clean, all_names[:most]))
    return shown + (f" and {len(all_names) - most} more" if len(all_names) > most else "")


def note_odd(odd: list[str], notes: list[str]) -> None:
    """Note which entries were left out: links, pipes, paths that lead elsewhere."""
    if odd:
        notes.append(f"left out, a link or an unsafe name: {listing(odd)}")


def check_count(kept: int, visited: int) -> None:
    """Raise an `InputError` if there are more files than any honest submission has."""
    if kept > MAX_ENTRIES or visited > MAX_VISITED:
        raise InputError(f"it holds more than {MAX_ENTRIES:,} files: {HAND_IN_LESS}")


def reason(error: OSError) -> str:
    """Return why the system refused, without the path."""
    return "a link is not followed" if error.errno == errno.ELOOP else (error.strerror or "no reason given")
