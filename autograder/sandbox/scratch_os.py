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

from autograder.sandbox.scratch import Entries, Scratch, ScratchEntry, missing_error

FIRST_DESCRIPTOR = 1 << 20
REAL = ("/dev/", "/proc/", "/sys/")
BENEATH = ("posix", "_io")  # what imports read files with
FONTS = (".ttf", ".otf", ".ttc")


class ReadWhole(io.BytesIO):
    """A file that was read whole: FreeType reads a font again for each glyph, and forks can use it too."""

    def __init__(self, file: Any) -> None:
        with file:
            super().__init__(file.read())
        self.name = file.name


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
                found = real(file, mode, buffering, encoding, errors, newline, closefd, opener)
                return ReadWhole(found) if mode == "rb" and str(file).endswith(FONTS) else found
            except FileNotFoundError:
                if kind != "r":
                    raise
                raw = scratch.raw(file, kind)
        return layered(raw, mode, buffering, encoding, errors, newline)

    return open


def layered(
    raw: Any, mode: str, buffering: int, encoding: str | None, errors: str | None, newline: str | None
) -> Any:
    """Return a raw file with the layers that Python's own `open` puts on it."""
    if buffering == 0:
        return raw
    both = raw.readable() and raw.writable()
    buffer: Any = (
        io.BufferedRandom(raw) if both and "+" in mode
        else io.BufferedReader(raw) if "r" in mode and "+" not in mode else io.BufferedWriter(raw)
    )  # fmt: skip
    if "b" in mode:
        return buffer
    text = io.TextIOWrapper(buffer, encoding or "utf-8", errors, newline, line_buffering=buffering == 1)
    text.mode = mode  # type: ignore[misc]
    return text


class ScratchOs:
    """What takes the place of the functions of `os`: on the scratch where the path is there."""

    def __init__(self, scratch: Scratch) -> None:
        self.scratch = scratch
        self.replacements: dict[str, Callable[..., Any]] = {
            "open": self.open_descriptor,
            "link": scratch.link,
            "symlink": lambda source, target, *_: scratch.link(link_target(source, target), target),
            "getcwd": lambda: scratch.folder,
            **{name: self.on_descriptor(name, act) for name, act in self.of_descriptors().items()},
            **{name: self.on_path(name, act, scratch.is_ours) for name, act in self.of_paths().items()},
            **{name: self.on_path(name, act, scratch.has) for name, act in self.of_paths_here().items()},
            "mkdir": self.on_path("mkdir", self.make_folder, self.may_be_made),
            "chdir": self.on_path("chdir", self.go_to, lambda _: True),
        }
        self.real = {name: getattr(os, name) for name in self.replacements}

    def of_descriptors(self) -> dict[str, Callable[..., Any]]:
        """Return what is done with an open file."""
        return {
            "close": lambda _: None,
            "write": lambda file, data: file.write(data),
            "read": lambda file, count: file.read(count),
            "fsync": lambda _: None,
            "ftruncate": lambda file, size: file.truncate(size),
            "fstat": lambda file: self.scratch.describe(file.name),
            "lseek": lambda file, at, how: file.seek(at, how),
        }

    def of_paths(self) -> dict[str, Callable[..., Any]]:
        """Return what is done with a path of the scratch, also where nothing lies there."""
        scratch = self.scratch
        return {
            "stat": lambda path, *_: scratch.describe(path),
            "lstat": lambda path, *_: scratch.describe(path),
            "access": lambda path, *_: scratch.has(path),
            "listdir": self.listed,
            "scandir": self.entries,
            "remove": scratch.forget,
            "unlink": scratch.forget,
            "rmdir": scratch.forget,
            "rename": scratch.move,
            "replace": scratch.move,
            "truncate": lambda path, size: scratch.raw(path, "r+").truncate(size),
        }

    def of_paths_here(self) -> dict[str, Callable[..., Any]]:
        """Return what is done with a path at which the scratch has something."""
        return {"listxattr": lambda *_: [], "chmod": lambda *_: None, "utime": lambda *_: None}

    def open_descriptor(self, path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        """Open a file of the scratch, whose number is none of the system's, or a real one."""
        scratch, writes = self.scratch, flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if dir_fd is not None or os.fsdecode(path).startswith(REAL) or not (writes or scratch.has(path)):
            return self.real["open"](path, flags, mode, dir_fd=dir_fd)  # type: ignore[no-any-return]
        kind = "x" if flags & os.O_EXCL else "w" if flags & os.O_TRUNC else "a" if writes else "r"
        file = scratch.raw(path, kind)
        file.mode = "a" if flags & os.O_APPEND else "r+" if writes else "r"
        file.seek(0)
        number = FIRST_DESCRIPTOR + len(scratch.descriptors)
        scratch.descriptors[number] = file
        return number

    def on_descriptor(self, name: str, act: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function of `os` that acts on files of the scratch by their number."""

        def call(number: Any, *args: Any, **kwargs: Any) -> Any:
            file = self.scratch.descriptors.get(number) if isinstance(number, int) else None
            return act(file, *args) if file is not None else self.real[name](number, *args, **kwargs)

        return call

    def on_path(self, name: str, act: Callable[..., Any], ours: Callable[[Any], bool]) -> Callable[..., Any]:
        """Return a function of `os` that acts on the scratch where a path is `ours`."""

        def call(path: Any = ".", *args: Any, **kwargs: Any) -> Any:
            if isinstance(path, int) or kwargs.get("dir_fd") is not None or not ours(path):
                if isinstance(path, int) and path in self.scratch.descriptors and name == "stat":
                    return self.scratch.describe(self.scratch.descriptors[path].name)
                try:
                    return self.real[name](path, *args, **kwargs)
                except FileNotFoundError:
                    if name != "stat":
                        raise
            return act(path, *args)

        return call

    def make_folder(self, path: Any, *_: object) -> None:
        """Make a folder in the scratch."""
        if self.scratch.has(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)
        self.scratch.add_folder(self.scratch.path(path))

    def may_be_made(self, path: Any) -> bool:
        """Whether a folder is made in the scratch: there is no real one."""
        try:
            self.real["stat"](path)
        except OSError:
            return True
        return self.scratch.is_ours(path)

    def folder(self, path: Any) -> str:
        """Return the full path of a folder of the scratch; raise as `os` does if it is none."""
        found = self.scratch.path(path)
        if found not in self.scratch.folders:
            raise missing_error(path)
        return found

    def listed(self, path: Any) -> list[str]:
        """Return the names in a folder."""
        self.folder(path)
        return self.scratch.children(path)

    def entries(self, path: Any) -> Entries:
        """Return what `os.scandir` finds in a folder."""
        return Entries([ScratchEntry(self.scratch, os.fsdecode(path), name) for name in self.listed(path)])

    def go_to(self, path: Any) -> None:
        """Make a folder the present one."""
        self.scratch.folder = self.folder(path)


def link_target(source: Any, target: Any) -> str:
    """Return what a symbolic link leads to, which it says as seen from where it lies."""
    return os.path.join(os.path.dirname(os.fsdecode(target)), os.fsdecode(source))


def install_scratch(scratch: Scratch) -> None:
    """Give this process a scratch in place of a folder that can be written to.

    Wherever a module keeps one of the functions under a name of its own, that one is replaced as well.
    """
    opened = opener(scratch)
    new = {id(getattr(os, name)): function for name, function in ScratchOs(scratch).replacements.items()}
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
