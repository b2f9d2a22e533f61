"""What was found out in one run and is kept for the next: answers of the course's own programs, verdicts.

Kept in a folder of the grading user's own, by the hash of all that it follows from. A file that somebody
else could have written is not read.
"""

import contextlib
import functools
import hashlib
import os
import platform
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from autograder.judging.receipt import kit_hash, versions
from autograder.sandbox.program import Program

MAX_FILE, MAX_REPLY, MAX_FOLDER = 128 << 20, 4 << 20, 1 << 30  # bytes
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


class AnswerFile(msgspec.Struct, frozen=True):
    """A file: replies by the digest of the calls that led to them, and the calls that make objects."""

    replies: dict[bytes, bytes] = {}
    stateful: set[bytes] = set()


class AnswerCache:
    """The kept answers of one program, or verdicts; without a path it keeps nothing."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        kept = read_cache(path) if path else AnswerFile()
        self._replies, self.stateful = dict(kept.replies), set(kept.stateful)
        self._size = sum(map(len, self._replies.values()))
        self._changed = False

    def find(self, calls: Sequence[bytes]) -> bytes | None:
        """Return the reply to the last of several calls, if it is known."""
        return self._replies.get(hash_of_texts(calls)) if self._replies else None

    def keep(self, calls: Sequence[bytes], reply: bytes) -> None:
        """Remember the reply to the last of several calls."""
        if self._path and len(reply) <= MAX_REPLY and self._size + len(reply) <= MAX_FILE // 2:
            self._replies[hash_of_texts(calls)] = reply
            self._size += len(reply)
            self._changed = True

    def save(self) -> None:
        """Write what is new; a folder that cannot be written is no reason to stop."""
        if not self._changed or self._path is None:
            return
        part = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with open(descriptor, "wb") as file:
                others = read_cache(self._path)  # several processes grade a class
                replies, stateful = others.replies | self._replies, others.stateful | self.stateful
                file.write(msgspec.msgpack.encode(AnswerFile(replies, stateful)))
            part.replace(self._path)
            prune(self._path.parent)
        self._changed = False


def cache_of(program: Program | None) -> AnswerCache:
    """Return the cache of a program's answers on this machine; without a program one that keeps nothing."""
    return kept_under(f"{program_hash(program)}.answers") if program else AnswerCache(None)


def kept_under(name: str) -> AnswerCache:
    """Return what is kept in a file of that name on this machine; where nothing may be, nothing."""
    folder = own_folder()
    return AnswerCache(folder / name if folder else None)


def program_hash(program: Program) -> str:
    """Return a hash of all that a program's answers follow from, besides the calls."""
    machine = [platform.machine(), platform.system(), processor()]
    parts = [program.source.name, *program.source.cells, *machine, kit_hash()]
    parts += [text for pair in sorted({**program.modules, **versions()}.items()) for text in pair]
    parts += [repr(sorted(program.bind.items()))]
    data = [part.encode("utf-8", "replace") for part in parts]
    return hash_of_texts(
        [*data, *(part for name, body in sorted(program.files.items()) for part in (name.encode(), body))]
    ).hex()


@functools.cache
def prune(folder: Path) -> None:
    """Make room, once in a run: the files that were used least recently go."""
    files = sorted(((path.lstat(), path) for path in folder.iterdir()), key=lambda one: -one[0].st_mtime)
    size = 0
    for found, path in files:
        size += found.st_size
        if size > MAX_FOLDER:
            path.unlink(missing_ok=True)


@functools.cache
def processor() -> str:
    """Return which processor this is: another one may round differently."""
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next((line for line in lines if line.startswith(("flags", "Features"))), "")
    return platform.processor()


def own_folder() -> Path | None:
    """Return the folder of caches, made if need be; None if it is not this user's alone."""
    if not hasattr(os, "geteuid"):
        return None
    try:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        folder = base / "autograder"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder if is_ours(folder.lstat(), stat.S_ISDIR) else None
    except (OSError, RuntimeError):  # no home
        return None


def is_ours(found: os.stat_result, is_kind: Callable[[int], bool]) -> bool:
    """Whether a file or folder belongs to this user and nobody else can write to it."""
    return is_kind(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & OTHERS_WRITE


def read_cache(path: Path) -> AnswerFile:
    """Return what a file holds; nothing where it is not ours, too large or damaged."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return AnswerFile()
    with open(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not is_ours(found, stat.S_ISREG) or found.st_size > MAX_FILE:
            return AnswerFile()
        with contextlib.suppress(OSError):
            os.utime(descriptor)  # it is in use
        try:
            return msgspec.msgpack.decode(file.read(), type=AnswerFile)
        except msgspec.MsgspecError:
            return AnswerFile()


def hash_of_texts(parts: Sequence[bytes]) -> bytes:
    """Return a hash of several texts, one after another."""
    found = hashlib.blake2b(digest_size=20)
    for part in parts:
        found.update(len(part).to_bytes(8))
        found.update(part)
    return found.digest()
