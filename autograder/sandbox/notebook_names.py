"""Names that only a notebook has, for programs that use them: what shows things does nothing."""

import contextlib
import os
import shlex
import sys
from collections.abc import Sequence
from typing import Any

from autograder.data.cell_commands import CELLS_NOT_RUN

PYLAB = """from pylab import *
import matplotlib, numpy, numpy as np
from matplotlib import pyplot, pyplot as plt
"""


class Shell:
    """What `get_ipython()` gives. It carries out magics that define names; every other does nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._nothing

    def __bool__(self) -> bool:
        """Say no: where this asks whether it is in a notebook, it is not."""
        return False

    def _nothing(self, *_: object, **__: object) -> None:
        """Take a magic."""

    def getoutput(self, *_: object, **__: object) -> list[str]:
        """Return what a command of the system printed: nothing, since none is run."""
        return []

    system = getoutput

    def run_line_magic(self, name: str, line: str = "", *_: object, **__: object) -> object:
        """Carry out `%name line` for whoever calls this."""
        return line_magic(name, line, sys._getframe(1).f_globals)

    def magic(self, command: str) -> object:
        """Carry out a magic that is written as one text."""
        name, _, line = command.lstrip("%").partition(" ")
        return line_magic(name, line, sys._getframe(1).f_globals)

    def run_cell_magic(self, name: str, line: str, cell: str) -> None:
        """Carry out `%%name line` above a cell, as scripts that were exported from a notebook have it."""
        if name in ("writefile", "file"):
            *options, path = words_of(line)
            with open(path, "a" if "-a" in options else "w", encoding="utf-8") as file:
                file.write(cell)
        elif name not in CELLS_NOT_RUN:
            if not cell:
                raise NotCarriedOut(f"%%{name} is not carried out here: its cell was left out")
            execute_text(cell, f"%%{name}", sys._getframe(1).f_globals)


class NotCarriedOut(RuntimeError):
    """What a notebook command raises that has an effect there and none here."""


def line_magic(name: str, line: str, namespace: dict[str, Any]) -> object:
    """Carry out a line magic: return its value, define in `namespace` what it defines."""
    words = words_of(line)
    if name in ("run", "load", "loadpy"):
        run_file_text(name, [word for word in words if not word.startswith("-")], namespace)
    elif name == "pylab":
        execute_text(PYLAB, "%pylab", namespace)
    elif name == "store" and "-r" in words:
        raise NotCarriedOut("%store -r is not carried out here: nothing was stored")
    elif name == "cd" and words:
        with contextlib.suppress(OSError):  # a notebook goes on, too
            os.chdir(words[-1])
    elif name in ("env", "set_env") and words:
        variable, given, value = line.strip().partition("=" if "=" in line else " ")
        if not given:
            return os.environ.get(variable)
        os.environ[variable.strip()] = value.strip()
    return os.getcwd() if name == "pwd" else None


def run_file_text(name: str, words: Sequence[str], namespace: dict[str, Any]) -> None:
    """Run a file that was handed in, as `%run` does, and `%load` once its cell runs."""
    path = words[0] if name == "run" and words else (words or [""])[-1]
    if path.endswith(".ipynb") or "://" in path or not path:
        told = "of a notebook " if path.endswith(".ipynb") else ""
        raise NotCarriedOut(f"%{name} {told}is not carried out here")
    path = path if path.endswith(".py") else f"{path}.py"
    with open(path, encoding="utf-8") as file:
        execute_text(file.read(), path, namespace)


def execute_text(text: str, name: str, namespace: dict[str, Any]) -> None:
    """Run a text in a program's namespace."""
    exec(compile(text, name, "exec"), namespace)  # noqa: S102 a program's own text, in its own process


def words_of(line: str) -> list[str]:
    """Return the words of a command's line, without the quotes around them."""
    try:
        return shlex.split(line)
    except ValueError:  # a quote is open
        return line.split()


SHELL = Shell()


def get_ipython() -> Shell:
    """Return the stand-in for a notebook's shell."""
    return SHELL


def display(*_: object, **__: object) -> None:
    """Show nothing."""


IPYTHON = {"get_ipython": get_ipython, "display": display}


def notebook_names(cells: Sequence[str], name: str) -> dict[str, Any]:
    """Return what a program finds defined: in a notebook, or in a script that was exported from one."""
    notebook = name.endswith(".ipynb")
    return {
        one: value for one, value in IPYTHON.items() if notebook or any(f"{one}(" in text for text in cells)
    }
