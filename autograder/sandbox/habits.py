"""Make what students' files do besides the task harmless: saving, plotting, settings of their own machine."""

import builtins
import functools
import locale
import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from autograder.sandbox.scratch import Scratch
from autograder.sandbox.scratch_os import install_scratch, open_in_scratch

ENVIRONMENT = {"USER": "student", "LOGNAME": "student"}
OF_PROCESSES = {"num_workers", "prefetch_factor", "persistent_workers", "multiprocessing_context", "timeout"}

SCRATCH = Scratch()
DONE: set[str] = set()  # the modules whose functions have been replaced


def make_harmless() -> None:
    """Prepare this process, and those forked from it, for programs; again after further imports."""
    if not DONE:
        install_scratch(SCRATCH)
        for name, value in ENVIRONMENT.items():
            os.environ.setdefault(name, value)
        builtins.input = no_input
        os.getlogin = lambda: ENVIRONMENT["USER"]
        os._exit = os.abort = leave  # type: ignore[assignment]
        locale.setlocale = keep_locale
        sys.breakpointhook = nothing
        DONE.add("os")
    fresh = [name for name in CHANGED if name in sys.modules and name not in DONE]
    for name in fresh:
        CHANGED[name](sys.modules[name])
        DONE.add(name)


def change_matplotlib(module: Any) -> None:
    """Let every choice of a backend stay without effect, and draw without LaTeX."""
    module.use = nothing
    module.RcParams.validate["text.usetex"] = lambda _: False


def change_pyplot(module: Any) -> None:
    """Draw in memory only: it picks a backend by this function when it first draws."""
    module.show = nothing
    module.switch_backend = functools.partial(draw_in_memory, module.switch_backend)


def change_fonts(module: Any) -> None:
    """Let forks use the fonts that are open, which are read whole; matplotlib has each open them anew."""
    if hasattr(module, "_get_font"):
        module._get_font = functools.cache(module._get_font.__wrapped__)


def change_torch(module: Any) -> None:
    """Compile nothing, keep the number of threads, read and write where Python's `open` does."""
    module.compile, module.set_num_interop_threads = eager, nothing
    module.use_deterministic_algorithms = deterministic
    for one in (module, module.jit):
        one.save, one.load = at(1, one.save, "wb"), at(0, one.load, "rb")
    module.jit.RecursiveScriptModule.save = module.jit.save


def change_data(module: Any) -> None:
    """Let data be loaded where it is used: no other process can be started for it."""
    start = module.DataLoader.__init__

    @functools.wraps(start)
    def start_alone(*args: Any, **kwargs: Any) -> None:
        start(*args, **{name: value for name, value in kwargs.items() if name not in OF_PROCESSES})

    module.DataLoader.__init__ = start_alone


def nothing(*_: object, **__: object) -> None:
    """Take anything and do nothing."""


class NobodyAnswers(EOFError):
    """What `input()` raises."""


def no_input(*_: object) -> str:
    """Raise: nobody sits at a keyboard."""
    raise NobodyAnswers("input() was called")


def leave(*_: object) -> NoReturn:
    """End what runs, and not the process: every check would need another one, and nobody could say where."""
    raise SystemExit


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
    """Return a function, such as `torch.save`, that is given an open file in place of the path at `place`."""

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


CHANGED: dict[str, Callable[[Any], None]] = {
    "matplotlib": change_matplotlib,
    "matplotlib.font_manager": change_fonts,
    "matplotlib.pyplot": change_pyplot,
    "numpy.lib._datasource": open_in_scratch,
    "torch": change_torch,
    "torch.utils.data.dataloader": change_data,
}
