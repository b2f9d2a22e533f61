"""Put a scratch in the place of the file system, for this process and as far as Python's own functions go."""

import builtins
import errno
import functools
import importlib
import io
import os
import sys
import tempfile
from collections.abc import Callable
from typing import Any

from autograder.sandbox.scratch import Entries, Scratch, ScratchEntry, missing

FIRST_DESCRIPTOR = 1 << 20
REAL = ("/dev/", "/proc/", "/sys/")
BENEATH = ("posix", "_io")  # what imports read files with


def opener(scratch: Scratch) -> Callable[..., Any]:
    """Return what takes the place of `open`."""
    real = io.open

    def open(
        file: Any, mode: str = "r", buffering: int = -1, encoding: str | None = None,
        errors: str | None = None, newline: str | None = None, closefd: bool = True, opener: Any = None,
    ) -> Any:  # fmt: skip
        """Open a file of the scratch, or a real one to read it."""
        raw = None
        kind = "".join(letter for letter in mode if letter not in "bt")
        if opener is not None and not isinstance(file, int):
            file, opener = opener(file, os.O_RDWR | os.O_CREAT), None
        if isinstance(file, int):
            raw = scratch.descriptors.get(file)
        elif not os.fsdecode(file).startswith(REAL) and (kind != "r" or scratch.is_ours(file)):
            raw = scratch.raw(file, kind)
        if raw is None:
            try:
                return real(file, mode, buffering, encoding, errors, newline, closefd, opener)
            except FileNotFoundError:
                if kind != "r":
                    raise
                raw = scratch.raw(file, kind)
        if buffering == 0:
            return raw
        both = raw.readable() and raw.writable()
        buffer: Any = (
            io.BufferedRandom(raw) if both and "+" in kind
            else io.BufferedReader(raw) if kind == "r" else io.BufferedWriter(raw)
        )  # fmt: skip
        if "b" in mode:
            return buffer
        text = io.TextIOWrapper(buffer, encoding or "utf-8", errors, newline, line_buffering=buffering == 1)
        text.mode = mode  # type: ignore[misc]
        return text

    return open


def replacements(scratch: Scratch) -> dict[str, Callable[..., Any]]:
    """Return what takes the place of the functions of `os`: on the scratch where the path is there."""

    def open_descriptor(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if dir_fd is not None or os.fsdecode(path).startswith(REAL) or not (writes or scratch.has(path)):
            return real["open"](path, flags, mode, dir_fd=dir_fd)  # type: ignore[no-any-return]
        kind = "x" if flags & os.O_EXCL else "w" if flags & os.O_TRUNC else "a" if writes else "r"
        file = scratch.raw(path, kind)
        file.mode = "a" if flags & os.O_APPEND else "r+" if writes else "r"
        file.seek(0)
        number = FIRST_DESCRIPTOR + len(scratch.descriptors)
        scratch.descriptors[number] = file
        return number

    def on_descriptor(name: str, act: Callable[..., Any]) -> Callable[..., Any]:
        def call(number: Any, *args: Any, **kwargs: Any) -> Any:
            file = scratch.descriptors.get(number) if isinstance(number, int) else None
            return act(file, *args) if file is not None else real[name](number, *args, **kwargs)

        return call

    def on_path(name: str, act: Callable[..., Any], *, ours: Callable[[Any], bool]) -> Callable[..., Any]:
        def call(path: Any = ".", *args: Any, **kwargs: Any) -> Any:
            if isinstance(path, int) or kwargs.get("dir_fd") is not None or not ours(path):
                if isinstance(path, int) and path in scratch.descriptors and name == "stat":
                    return scratch.describe(scratch.descriptors[path].name)
                try:
                    return real[name](path, *args, **kwargs)
                except FileNotFoundError:
                    if name != "stat":
                        raise
            return act(path, *args)

        return call

    def make_folder(path: Any, *_: object) -> None:
        if scratch.has(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)
        scratch.add_folder(scratch.path(path))

    def listed(path: Any) -> list[str]:
        if scratch.path(path) not in scratch.folders:
            raise missing(path)
        return scratch.children(path)

    def go_to(path: Any) -> None:
        if scratch.path(path) not in scratch.folders:
            raise missing(path)
        scratch.folder = scratch.path(path)

    def always(_: Any) -> bool:
        return True

    ours, here = scratch.is_ours, scratch.has
    found: dict[str, Callable[..., Any]] = {
        "open": open_descriptor,
        "close": on_descriptor("close", lambda _: None),
        "write": on_descriptor("write", lambda file, data: file.write(data)),
        "read": on_descriptor("read", lambda file, count: file.read(count)),
        "fsync": on_descriptor("fsync", lambda _: None),
        "ftruncate": on_descriptor("ftruncate", lambda file, size: file.truncate(size)),
        "fstat": on_descriptor("fstat", lambda file: scratch.describe(file.name)),
        "lseek": on_descriptor("lseek", lambda file, at, how: file.seek(at, how)),
        "stat": on_path("stat", lambda path, *_: scratch.describe(path), ours=ours),
        "lstat": on_path("lstat", lambda path, *_: scratch.describe(path), ours=ours),
        "access": on_path("access", lambda path, *_: scratch.has(path), ours=ours),
        "listdir": on_path("listdir", listed, ours=ours),
        "scandir": on_path(
            "scandir",
            lambda path: Entries([ScratchEntry(scratch, os.fsdecode(path), name) for name in listed(path)]),
            ours=ours,
        ),
        "mkdir": on_path("mkdir", make_folder, ours=lambda path: ours(path) or not exists(path)),
        "remove": on_path("remove", scratch.forget, ours=ours),
        "unlink": on_path("unlink", scratch.forget, ours=ours),
        "rmdir": on_path("rmdir", scratch.forget, ours=ours),
        "rename": on_path("rename", scratch.move, ours=ours),
        "replace": on_path("replace", scratch.move, ours=ours),
        "truncate": on_path("truncate", lambda path, size: scratch.raw(path, "r+").truncate(size), ours=ours),
        "link": scratch.link,
        "symlink": lambda source, target, *_: scratch.link(beside(source, target), target),
        "listxattr": on_path("listxattr", lambda *_: [], ours=here),
        "chmod": on_path("chmod", lambda *_: None, ours=here),
        "utime": on_path("utime", lambda *_: None, ours=here),
        "chdir": on_path("chdir", go_to, ours=always),
        "getcwd": lambda: scratch.folder,
    }
    real = {name: getattr(os, name) for name in found}

    def exists(path: Any) -> bool:
        try:
            real["stat"](path)
        except OSError:
            return False
        return True

    return found


def beside(source: Any, target: Any) -> str:
    """Return what a symbolic link leads to, which it says as seen from where it lies."""
    return os.path.join(os.path.dirname(os.fsdecode(target)), os.fsdecode(source))


def install(scratch: Scratch) -> None:
    """Give this process a scratch in place of a folder that can be written to.

    Wherever a module keeps one of the functions under a name of its own, that one is replaced as well.
    """
    opened = opener(scratch)
    new = {id(getattr(os, name)): function for name, function in replacements(scratch).items()}
    new |= {id(io.open): opened, id(io.open_code): functools.partial(opened, mode="rb")}
    unlink = os.unlink
    for module in [module for name, module in sys.modules.items() if name not in BENEATH]:
        for name, value in list(getattr(module, "__dict__", {}).items()):
            if id(value) in new:
                setattr(module, name, new[id(value)])
    shutil: Any = importlib.import_module("shutil")
    shutil._use_fd_functions = False  # go by path, as here
    for function in vars(tempfile._TemporaryFileCloser).values():  # type: ignore[attr-defined]
        if getattr(function, "__defaults__", None):  # it keeps an `unlink` of its own
            function.__defaults__ = tuple(
                os.unlink if one is unlink else one for one in function.__defaults__
            )


def open_in_scratch(module: Any) -> None:
    """Let NumPy, which keeps an `open` of its own, use the present one."""
    module._file_openers._file_openers[None] = builtins.open
