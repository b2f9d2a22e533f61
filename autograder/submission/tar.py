"""The files in a .tar, read from its blocks: no more is taken in than is there.

`tarfile` believes what a header says: of a sparse file's size, of a list of attributes without end.
"""

import re
import tarfile
from collections.abc import Iterator
from typing import NamedTuple

from autograder.submission.archive import MAX_PATH, check_count

LONGEST_HEADER = 1 << 16  # of a long name, or of attributes, which honest programs keep short
ATTRIBUTES = (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE)
NAMING = (*ATTRIBUTES, tarfile.GNUTYPE_LONGNAME)  # tell of the entry after them
OTHER = (tarfile.XGLTYPE, tarfile.GNUTYPE_LONGLINK)
PATH = re.compile(rb"\d{1,9} path=([^\n]*)")


class TarEntry(NamedTuple):
    """One entry, and where its contents are."""

    name: str
    is_file: bool
    is_folder: bool
    data: memoryview
    modified: float


def members(data: bytes | bytearray) -> Iterator[TarEntry]:
    """Yield what a tar file holds, or raise a `tarfile.TarError`."""
    view, at, told, visited = memoryview(data), 0, "", 0
    while at + tarfile.BLOCKSIZE <= len(view):
        block = bytes(view[at : at + tarfile.BLOCKSIZE])
        at += tarfile.BLOCKSIZE
        if not any(block):
            return
        visited += 1
        check_count(0, visited)
        found = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        bare = found.type in tarfile.SUPPORTED_TYPES and not found.isreg()  # a link, a folder, a device
        size = 0 if bare and found.type not in (*NAMING, *OTHER) else found.size
        if not 0 <= size <= len(view) - at:
            raise tarfile.ReadError("an entry that is not all there")
        body = view[at : at + size]
        at += -(-size // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE
        if found.type in NAMING:
            told = long_name(found, body) or told
        elif found.type not in OTHER:
            is_file = found.isreg() and found.type != tarfile.GNUTYPE_SPARSE
            yield TarEntry(told or found.name, is_file, found.isdir(), body, float(found.mtime))
            told = ""
    if any(view[at:]):
        raise tarfile.ReadError("a header that is not all there")


def long_name(found: tarfile.TarInfo, body: memoryview) -> str:
    """Return the name that an entry of its own tells of the next one, "" if it tells something else."""
    if len(body) > LONGEST_HEADER:
        raise tarfile.ReadError("a header that is longer than any")
    if found.type == tarfile.GNUTYPE_LONGNAME:
        name = bytes(body).partition(b"\0")[0]
    else:
        path = PATH.search(body)
        name = path[1] if path else b""
    return name[: MAX_PATH + 1].decode("utf-8", "surrogateescape")
