"""Make what students' files do besides the task harmless: saving, plotting, settings of their own machine."""

import builtins
import functools
import locale
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

from autograder.sandbox.scratch import Scratch
from autograder.sandbox.scratch_os import install

ENVIRONMENT = {"USER": "student", "LOGNAME": "student"}


def make_harmless(files: Mapping[str, bytes]) -> Scratch:
    """Prepare this process for a program that was handed in with some files beside it; return its scratch."""
    found = install(files)
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    builtins.input = no_input
    os.getlogin = lambda: ENVIRONMENT["USER"]
    locale.setlocale = keep_locale
    for module, attributes in REPLACED.items():
        for attribute, value in attributes.items() if module in sys.modules else ():
            setattr(sys.modules[module], attribute, value)
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:  # it picks one by this function when it first draws
        pyplot.switch_backend = functools.partial(draw_in_memory, pyplot.switch_backend)
    torch: Any = sys.modules.get("torch")
    if torch is not None:
        torch.save, torch.load = at(1, torch.save, "wb"), at(0, torch.load, "rb")
    return found


def nothing(*_: object, **__: object) -> None:
    """Take anything and do nothing."""


class NobodyAnswers(EOFError):
    """What `input()` raises."""


def no_input(*_: object) -> str:
    """Raise: nobody sits at a keyboard."""
    raise NobodyAnswers("input() was called")


def keep_locale(*_: object, **__: object) -> str:
    """Say that the locale is set: this machine has one only."""
    return "C.UTF-8"


def draw_in_memory(switch: Callable[[str], None], *_: object) -> None:
    """Choose the backend that needs no screen, whichever is asked for."""
    switch("agg")


def eager(model: Any = None, *_: object, **__: object) -> Any:
    """Return a function or model as it is: compiled, it would give the same."""
    return model if model is not None else lambda one: one


def deterministic(mode: bool, *, warn_only: bool = False) -> None:
    """Choose deterministic algorithms without the compiler, whose import takes seconds."""
    sys.modules["torch"]._C._set_deterministic_algorithms(mode, warn_only=warn_only)


def at(place: int, function: Callable[..., Any], mode: str) -> Callable[..., Any]:
    """Return a function that is given an open file in place of a path.

    Args:
        place: which of its arguments that is.
        function: such as `torch.save`, which opens a path by itself.
        mode: to open it in.
    """

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        path = args[place] if len(args) > place else kwargs.get("f")
        if not isinstance(path, str | os.PathLike):
            return function(*args, **kwargs)
        kwargs.pop("mmap", None)
        with open(path, mode) as file:
            if len(args) > place:
                return function(*args[:place], file, *args[place + 1 :], **kwargs)
            return function(*args, **{**kwargs, "f": file})

    return call


REPLACED: dict[str, dict[str, Any]] = {
    "matplotlib": {"use": nothing},
    "matplotlib.pyplot": {"show": nothing},
    "torch": {
        "compile": eager,
        "set_num_interop_threads": nothing,
        "use_deterministic_algorithms": deterministic,
    },
}
