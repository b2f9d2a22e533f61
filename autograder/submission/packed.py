"""Archives of a submission, listed without trust and never unpacked: .zip, a .zip in it, .tar, .tar.gz."""

import contextlib
import gzip
import io
import stat
import struct
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import IO

from autograder.errors import InputError
from autograder.submission.archive import (
    CHUNK,
    HAND_IN_LESS,
    BoundedBytes,
    Item,
    check_count,
    clean,
    is_junk,
    listing,
    note_odd,
    open_regular,
    read_capped,
    safe_path,
)
from autograder.submission.tar import members

ZIP, TAR = (".zip",), (".tar.gz", ".tgz", ".tar")
CLOSED = (".rar", ".7z", ".tar.bz2", ".tar.xz", ".bz2", ".xz", ".gz", ".zipx", ".cab", ".arj")
MAX_INSIDE = 20_000_000  # bytes of a zip in a zip
MAX_UNPACKED = 60_000_000  # bytes of a tar file, which can only be read from its beginning
PLAIN_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others unpack without a bound
BROKEN: tuple[type[Exception], ...] = (  # what zipfile and tarfile raise on nonsense
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, struct.error, OSError, EOFError),
    *(ValueError, RuntimeError, OverflowError, IndexError, KeyError),
)
MAGIC = {b"Rar!": "RAR", b"7z\xbc\xaf": "7-Zip", b"\x1f\x8b": "gzip", b"%PDF": "PDF"}


def is_packed(item: Item) -> bool:
    """Whether a file is an archive that can be opened, by its name."""
    return item.name.lower().endswith(ZIP + TAR)


def is_closed(item: Item) -> bool:
    """Whether a file is an archive of a kind that is not opened, by its name."""
    return item.name.lower().endswith(CLOSED) and not is_packed(item)


@contextlib.contextmanager
def packed_items(item: Item, notes: list[str]) -> Iterator[list[Item]]:
    """List an archive's regular files as if unpacked beside it; they can be read inside.

    Junk and hidden files are left out; `notes` takes a line on what else was.
    """
    prefix = item.path[: -len(item.name)]
    with opened(item) as file:
        unpack = tar_items if item.name.lower().endswith(TAR) else zip_items
        with unpack(file, item, notes) as inside:
            yield [Item(prefix + one.path, one.read, None, one.modified) for one in inside]


def opened(item: Item) -> IO[bytes]:
    """Open an archive on the disk, or read one that is inside another."""
    return open_regular(item.disk, item.name) if item.disk else BoundedBytes(item.read(MAX_INSIDE))


@contextlib.contextmanager
def zip_items(file: IO[bytes], item: Item, notes: list[str]) -> Iterator[list[Item]]:
    """List what is in a zip."""
    shown = clean(item.name)
    try:
        archive = zipfile.ZipFile(file)
    except BROKEN as error:
        raise InputError(f"{shown} is not a whole zip file{looks_like(item)}") from error
    with archive:
        infos = [info for info in archive.infolist() if not is_junk(info.filename.replace("\\", "/"))]
        check_count(len(infos), len(archive.infolist()))
        odd: list[str] = []
        items: list[Item] = []
        for info in infos:
            kind = stat.S_IFMT(info.external_attr >> 16)
            path = safe_path(info.filename)
            if path is None or kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                odd.append(info.filename)
            elif path and not info.filename.endswith(("/", "\\")):
                items.append(Item(path, zip_reader(archive, info, path), None, zip_time(info)))
        note_odd(odd, notes)
        refuse_twins(shown, items)
        if not items:
            raise InputError(nothing_in(shown, odd, archive.namelist()))
        yield items


def zip_time(info: zipfile.ZipInfo) -> float:
    """Return a number that orders the entries of a zip by when they were changed.

    Some programs write a month or a day 0, which no calendar has.
    """
    year, month, day, hour, minute, second = info.date_time
    return float(((((year * 16 + month) * 32 + day) * 32 + hour) * 64 + minute) * 64 + second)


def zip_reader(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str) -> Callable[[int], bytes]:
    """Return what reads an entry of a zip, decompressing no more than asked."""

    def read(limit: int) -> bytes:
        if info.flag_bits & 0x1:
            raise InputError(f"{clean(path)} is locked with a password: zip it without one")
        if info.compress_type not in PLAIN_METHODS:
            raise InputError(f"{clean(path)} is compressed in an unusual way: use an ordinary zip")
        try:
            with archive.open(info) as stream:
                return read_capped(stream, limit, path)
        except BROKEN as error:
            raise InputError(f"{clean(path)} is damaged in the zip: zip it again") from error

    return read


@contextlib.contextmanager
def tar_items(file: IO[bytes], item: Item, notes: list[str]) -> Iterator[list[Item]]:
    """List what is in a .tar or .tar.gz, which is read once, within a bound."""
    shown = clean(item.name)
    packed = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    odd: list[str] = []
    items: list[Item] = []
    try:
        for member in members(unpacked(gzip.GzipFile(fileobj=file) if packed else file, shown)):
            path = safe_path(member.name)
            if member.is_folder or is_junk(member.name):
                continue
            if path is None or not member.is_file:
                odd.append(member.name)
            elif path:
                items.append(Item(path, reader_of(member.data, path), None, member.modified))
            check_count(len(items), 0)
    except BROKEN as error:
        raise InputError(f"{shown} is not a whole tar file{looks_like(item)}: use a .zip") from error
    note_odd(odd, notes)
    refuse_twins(shown, items)
    if not items:
        raise InputError(nothing_in(shown, odd, odd))
    yield items


def unpacked(stream: io.RawIOBase | IO[bytes] | gzip.GzipFile, shown: str) -> bytearray:
    """Return a stream's contents, or raise an `InputError` if it is more than any honest archive holds."""
    found = bytearray()
    while part := stream.read(min(CHUNK, MAX_UNPACKED + 1 - len(found))):
        found += part
        if len(found) > MAX_UNPACKED:
            raise InputError(f"{shown} unpacks to more than {MAX_UNPACKED / 1e6:g} MB: {HAND_IN_LESS}")
    return found


def reader_of(data: memoryview, path: str) -> Callable[[int], bytes]:
    """Return what reads bytes that are in memory."""
    return lambda limit: read_capped(io.BytesIO(data), limit, path)


def refuse_twins(shown: str, items: list[Item]) -> None:
    """Raise an `InputError` if two files of an archive have the same path."""
    for path, times in Counter(item.path for item in items).items():
        if times > 1:
            raise InputError(f"{shown} holds {clean(path)} {times} times: zip it again")


def nothing_in(shown: str, odd: list[str], names: list[str]) -> str:
    """Return why no file comes out of an archive: it is empty only if there is none in it."""
    files = [name for name in names if not name.endswith(("/", "\\"))]
    if not files:
        return f"{shown} is empty"
    what = "links or unsafe names" if odd else "hidden files or a tool's own"
    only = f"only {what}: {listing(odd or files)}; zip the files themselves again"
    return f"{shown} holds nothing that can be graded, {only}"


def looks_like(item: Item) -> str:
    """Return a hint on what a file is that was named .zip."""
    with contextlib.suppress(InputError), opened(item) as file:
        head = file.read(4)
        for magic, kind in MAGIC.items():
            if head.startswith(magic):
                return f": it is a {kind} file, renamed"
    return ""
