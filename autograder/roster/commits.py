"""When the newest commit of a clone was made, read from the files in `.git`.

Git itself is not run: it would obey settings that came with the folder, which may be the student's. The time
is what the committer's computer said.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import IO

from autograder.errors import InputError
from autograder.submission.archive import open_regular, read_capped

SHORT = 4096  # bytes of HEAD or of a reference
PACKED_REFS = 4_000_000
OBJECT = 50_000  # bytes of a commit, and of each delta on the way to it
PACKS = 20
DEPTH = 50  # of deltas, as git makes them
COMMIT, OFFSET_DELTA, NAMED_DELTA = 1, 6, 7
REF = re.compile(r"ref: (refs(?:/(?!\.)[\w.@+-]+)+)")
NAME = re.compile(r"[0-9a-f]{40}")
BROKEN_GIT = (
    InputError,
    OSError,
    ValueError,
    zlib.error,
    struct.error,
    StopIteration,
    RuntimeError,
    MemoryError,
)
COMMIT_TIME = re.compile(rb"^committer [^\n]*> (\d{1,11}) ([+-])(\d\d)(\d\d)$", re.MULTILINE)


def committed_at(folder: Path) -> datetime | None:
    """Return when the commit was made that a clone stands at, None if that cannot be read."""
    git = folder / ".git"
    try:
        name = head_of(git)
        commit = loose(git, name) or packed_commit(git, name) if name else b""
    except BROKEN_GIT:
        return None
    found = COMMIT_TIME.search(commit.partition(b"\n\n")[0])
    if not found:
        return None
    east = timedelta(hours=int(found[3]), minutes=int(found[4]))
    zone = timezone(east if found[2] == b"+" else -east) if east < timedelta(hours=24) else UTC
    try:
        return datetime.fromtimestamp(int(found[1]), zone)
    except (OverflowError, OSError, ValueError):
        return None


def head_of(git: Path) -> str:
    """Return the name of the commit that HEAD means, "" if there is none."""
    said = small_text(git / "HEAD", SHORT)
    if NAME.fullmatch(said):
        return said
    ref = REF.fullmatch(said)
    if not ref:
        return ""
    try:
        name = small_text(git / ref[1], SHORT)
    except InputError:
        lines = small_text(git / "packed-refs", PACKED_REFS).splitlines()
        name = next((line[:40] for line in lines if line[40:] == f" {ref[1]}"), "")
    return name if NAME.fullmatch(name) else ""


def small_text(path: Path, limit: int) -> str:
    """Return the text of a small file, without the end of its last line."""
    with open_regular(path, path.name) as file:
        return read_capped(file, limit, path.name).decode("ascii", "replace").strip()


def loose(git: Path, name: str) -> bytes:
    """Return a commit that is a file of its own, b"" if it is not."""
    try:
        with open_regular(git / "objects" / name[:2] / name[2:], name) as file:
            data = inflated(file)
    except InputError:
        return b""
    head, _, body = data.partition(b"\0")
    return body if head.startswith(b"commit ") else b""


def packed_commit(git: Path, name: str) -> bytes:
    """Return a commit out of a pack, b"" if none has it."""
    wanted = bytes.fromhex(name)
    for index in sorted((git / "objects" / "pack").glob("*.idx"))[:PACKS]:
        with open_regular(index, index.name) as file:
            offset = offset_in(file, wanted)
        if offset is not None:
            with open_regular(index.with_suffix(".pack"), index.name) as pack:
                kind, data = entry_at(pack, offset, DEPTH)
            return data if kind == COMMIT else b""
    return b""


def offset_in(index: IO[bytes], wanted: bytes) -> int | None:
    """Return where in its pack an object begins, by an index of version 2; None if it is not there."""
    if read_at(index, 0, 8) != b"\xfftOc\0\0\0\2":
        return None
    fan = struct.unpack(">256I", read_at(index, 8, 1024))
    low, high, total = fan[wanted[0] - 1] if wanted[0] else 0, fan[wanted[0]], fan[255]
    names = 8 + 1024
    while low < high:
        middle = (low + high) // 2
        found = read_at(index, names + 20 * middle, 20)
        if found == wanted:
            break
        low, high = (middle + 1, high) if found < wanted else (low, middle)
    else:
        return None
    offsets = names + 24 * total
    (offset,) = struct.unpack(">I", read_at(index, offsets + 4 * middle, 4))
    if offset & 0x80000000:
        large = offsets + 4 * total + 8 * (offset & 0x7FFFFFFF)
        (offset,) = struct.unpack(">Q", read_at(index, large, 8))
    return int(offset)


def entry_at(pack: IO[bytes], offset: int, depth: int) -> tuple[int, bytes]:
    """Return the kind and the data of the object at a place in a pack."""
    head = iter(read_at(pack, offset, 64))
    byte, used = next(head), 1
    kind = byte >> 4 & 7
    while byte & 0x80:
        byte, used = next(head), used + 1
    if kind == OFFSET_DELTA:
        back, length = delta_distance(head)
        base = entry_at(pack, offset - back, depth - 1) if depth else (0, b"")
        pack.seek(offset + used + length)
        return base[0], patched(base[1], inflated(pack))
    if kind == NAMED_DELTA:  # only in packs under way
        return 0, b""
    pack.seek(offset + used)
    return kind, inflated(pack)


def delta_distance(head: Iterator[int]) -> tuple[int, int]:
    """Return how far back a delta's base begins, and how many bytes that takes to say."""
    byte = next(head)
    back, length = byte & 0x7F, 1
    while byte & 0x80:
        byte, length = next(head), length + 1
        back = (back + 1 << 7) | (byte & 0x7F)
    return back, length


def patched(base: bytes, delta: bytes) -> bytes:
    """Return what a delta makes of its base: pieces copied from it, and new ones."""
    steps = iter(delta)
    for _ in range(2):  # the two sizes
        while next(steps) & 0x80:
            pass
    out = bytearray()
    for step in steps:
        if step & 0x80:
            start = sum(next(steps) << 8 * at for at in range(4) if step & 1 << at)
            size = sum(next(steps) << 8 * at for at in range(3) if step & 0x10 << at) or 0x10000
            out += base[start : start + size]
        else:
            out += bytes(next(steps) for _ in range(step))
        if len(out) > OBJECT:
            raise ValueError("too large")
    return bytes(out)


def read_at(file: IO[bytes], offset: int, size: int) -> bytes:
    """Return so many bytes from a place in a file."""
    file.seek(offset)
    return file.read(size)


def inflated(file: IO[bytes]) -> bytes:
    """Return what a compressed stream holds from here on, up to a bound."""
    return zlib.decompressobj().decompress(file.read(OBJECT), OBJECT)
