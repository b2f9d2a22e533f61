"""Files in memory: what a program writes lands here, is read back from here, and goes with the process.

The real file system stays as closed as it is. What the program does not find here it looks for there.
"""

import errno
import io
import os
import re
import stat
import time
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

SUBMISSION_FOLDER = "/submission"  # where the program finds itself


class MemoryFile(io.RawIOBase):
    """An open file of the scratch; those of one path share its contents."""

    def __init__(self, content: bytearray, mode: str, name: str) -> None:
        super().__init__()
        self._content, self.mode, self.name = content, mode, name
        self._at = len(content) if "a" in mode else 0

    def readable(self) -> bool:
        """Whether it can be read."""
        return "r" in self.mode or "+" in self.mode

    def writable(self) -> bool:
        """Whether it can be written."""
        return self.mode != "r"

    def seekable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer with what comes next."""
        view = memoryview(buffer).cast("B")
        data = self._content[self._at : self._at + len(view)]
        view[: len(data)] = data
        self._at += len(data)
        return len(data)

    def write(self, data: Any) -> int:
        """Write at the current place, or at the end if the file was opened to be added to."""
        given = bytes(data)
        at = len(self._content) if "a" in self.mode else self._at
        if at > len(self._content):
            self._content.extend(bytes(at - len(self._content)))
        self._content[at : at + len(given)] = given
        self._at = at + len(given)
        return len(given)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        self._at = max(0, offset + (0, self._at, len(self._content))[whence])
        return self._at

    def truncate(self, size: int | None = None) -> int:
        """Cut or lengthen the contents."""
        size = self._at if size is None else size
        del self._content[size:]
        self._content.extend(bytes(size - len(self._content)))
        return size


class ScratchEntry:
    """What `os.scandir` yields."""

    def __init__(self, scratch: "Scratch", folder: str, name: str) -> None:
        self.name, self.path, self._scratch = name, os.path.join(folder, name), scratch

    def __fspath__(self) -> str:
        return self.path

    def is_dir(self, **_: bool) -> bool:
        """Whether it is a folder."""
        return self._scratch.path(self.path) in self._scratch.folders

    def is_file(self, **_: bool) -> bool:
        """Whether it is a file."""
        return not self.is_dir()

    def is_symlink(self) -> bool:
        """Say no."""
        return False

    def stat(self, **_: bool) -> os.stat_result:
        """Return what `os.stat` returns."""
        return os.stat(self.path)


class Entries:
    """What `os.scandir` returns."""

    def __init__(self, entries: list[ScratchEntry]) -> None:
        self._entries = iter(entries)

    def __iter__(self) -> Iterator[ScratchEntry]:
        return self._entries

    def __next__(self) -> ScratchEntry:
        return next(self._entries)

    def __enter__(self) -> "Entries":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing was opened."""

    def close(self) -> None:
        """Nothing was opened."""


class Scratch:
    """A small file system: files by path, and folders."""

    def __init__(self) -> None:
        self.files: dict[str, bytearray] = {}
        self.folders = {"/", "/tmp", SUBMISSION_FOLDER}  # noqa: S108 no real folder
        self.folder = SUBMISSION_FOLDER
        self.descriptors: dict[int, MemoryFile] = {}
        self._given: dict[str, str] = {}  # what was handed in: where it is, by its name alone

    def fill(self, files: Mapping[str, bytes]) -> None:
        """Put files into it, by their path."""
        for name, data in files.items():
            path = self.path(name)
            self._add(path, bytearray(data))
            self._given.setdefault(os.path.basename(path), path)

    def found(self, path: Any) -> str:
        """Return where a file is that is to be read: on its author's machine it may have been elsewhere."""
        known = self.path(path)
        return known if known in self.files else self._given.get(re.split(r"[/\\]", known)[-1], known)

    def path(self, path: Any) -> str:
        """Return a path as it is known here."""
        return os.path.normpath(os.path.join(self.folder, os.fsdecode(path)))

    def has(self, path: Any) -> bool:
        """Whether a path is here."""
        known = self.path(path)
        return known in self.files or known in self.folders

    def is_ours(self, path: Any) -> bool:
        """Whether a path is here, or would be: a relative one is never looked for elsewhere."""
        return self.has(path) or not os.path.isabs(os.fsdecode(path))

    def _add(self, path: str, content: bytearray) -> bytearray:
        self.add_folder(os.path.dirname(path))
        return self.files.setdefault(path, content)

    def add_folder(self, path: str) -> None:
        """Make a folder and those above it."""
        while path not in self.folders:
            self.folders.add(path)
            path = os.path.dirname(path)

    def children(self, path: Any) -> list[str]:
        """Return the names in a folder."""
        known = self.path(path)
        inside = {*self.files, *self.folders} - {known}
        return sorted(os.path.basename(one) for one in inside if os.path.dirname(one) == known)

    def raw(self, path: Any, mode: str) -> MemoryFile:
        """Open a file for reading or writing."""
        known = self.found(path) if mode == "r" else self.path(path)
        if known in self.folders:
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        if "x" in mode and known in self.files:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)
        if "r" in mode and known not in self.files:
            raise missing_error(path)
        content = self._add(known, bytearray())
        if "w" in mode:
            content.clear()
        return MemoryFile(content, mode, os.fsdecode(path))

    def describe(self, path: Any) -> os.stat_result:
        """Return what `os.stat` tells of a path that is here."""
        known = self.found(path)
        if known in self.files:
            kind, size = stat.S_IFREG | 0o644, len(self.files[known])
        elif known in self.folders:
            kind, size = stat.S_IFDIR | 0o755, 0
        else:
            raise missing_error(path)
        now = int(time.time())
        return os.stat_result(
            (kind, zlib.crc32(known.encode()), 0, 1, os.getuid(), os.getgid(), size, now, now, now)
        )

    def forget(self, path: Any) -> None:
        """Remove a file or a folder that is empty."""
        known = self.path(path)
        if known in self.folders:
            if self.children(path):
                raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY), path)
            self.folders.discard(known)
        elif self.files.pop(known, None) is None:
            raise missing_error(path)

    def link(self, source: Any, target: Any) -> None:
        """Give a file a second name."""
        known = self.path(source)
        if known not in self.files:
            raise missing_error(source)
        if self.has(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target)
        self._add(self.path(target), self.files[known])

    def move(self, source: Any, target: Any) -> None:
        """Rename a file, or a folder with what is in it."""
        old, new = self.path(source), self.path(target)
        if not self.has(source):
            raise missing_error(source)
        for path in [one for one in self.files if one == old or one.startswith(f"{old}/")]:
            self.files.pop(new + path[len(old) :], None)
            self._add(new + path[len(old) :], self.files.pop(path))
        for path in [one for one in self.folders if one == old or one.startswith(f"{old}/")]:
            self.folders.discard(path)
            self.add_folder(new + path[len(old) :])


def missing_error(path: Any) -> FileNotFoundError:
    """Return the error for a path that is not here."""
    return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
