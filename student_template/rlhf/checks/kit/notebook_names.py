"""Names that only a notebook has, for programs that use them: they show nothing and change nothing."""

from collections.abc import Sequence
from typing import Any


class Shell:
    """What `get_ipython()` gives: every magic is taken and does nothing."""

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


SHELL = Shell()


def get_ipython() -> Shell:
    """Return the stand-in for a notebook's shell."""
    return SHELL


def display(*_: object, **__: object) -> None:
    """Show nothing."""


NAMES = {"get_ipython": get_ipython, "display": display}


def notebook_names(cells: Sequence[str], name: str) -> dict[str, Any]:
    """Return what a program finds defined: in a notebook, or in a script that was exported from one."""
    notebook = name.endswith(".ipynb")
    return {
        one: value for one, value in NAMES.items() if notebook or any(f"{one}(" in text for text in cells)
    }
