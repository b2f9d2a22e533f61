"""Where this machine has no wall: the command that does the same in a container, which has one."""

import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from autograder.errors import InputError

IMAGE = "autograder"  # as docs/container.md builds it
INSIDE = "/work"


def insist_on_linux() -> None:
    """Raise on a system on which no student's code can be held back, and say what to run instead."""
    if platform.system() != "Linux":
        told = f"no sandbox for students' code on {platform.system() or 'this system'}"
        raise InputError(f"{told}; in a container there is: {in_a_container(sys.argv[1:], Path.cwd())}")


def in_a_container(arguments: Sequence[str], here: Path) -> str:
    """Return the command line that runs `autograder` with the same arguments in a container.

    What it mounts is the smallest folder that holds `here`, where the command was given, and all paths that
    lead out of it.
    """
    paths = [os.path.abspath(here / part) for one in arguments if leads_out(part := value_of(one))]
    mounted = os.path.commonpath([here, *paths])
    words = [moved(one, here, mounted) for one in arguments]
    where = [] if mounted == str(here) else ["-w", within(here, mounted)]
    command = ["docker", "run", "--rm", "-it", "-v", f"{mounted}:{INSIDE}", *where, IMAGE, *words]
    return subprocess.list2cmdline(command) if os.name == "nt" else shlex.join(command)


def value_of(argument: str) -> str:
    """Return what may be a path in an argument: all of it, or what `--option=` is followed by."""
    option, equals, value = argument.partition("=")
    return value if equals and option.startswith("--") else argument


def leads_out(value: str) -> bool:
    """Whether a value is a path that a folder mounted at another place would not have."""
    return Path(value).is_absolute() or ".." in Path(value).parts


def moved(argument: str, here: Path, mounted: str) -> str:
    """Return an argument as it is to be given inside."""
    value = value_of(argument)
    if not leads_out(value):
        return argument if os.sep == "/" else argument.replace(os.sep, "/")
    return argument.removesuffix(value) + within(here / value, mounted)


def within(path: Path, mounted: str) -> str:
    """Return where a path is inside."""
    inner = Path(os.path.relpath(os.path.abspath(path), mounted)).as_posix()
    return INSIDE if inner == "." else f"{INSIDE}/{inner}"
