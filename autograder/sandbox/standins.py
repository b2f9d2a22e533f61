"""Stand-ins for libraries that are not there: what only shows things does nothing, others give no values."""

import importlib.abc
import importlib.machinery
import types
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

from autograder.sandbox.notebook_names import display, get_ipython


class Nothing:
    """An object whose every method takes anything and does nothing."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_, **__: None

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class Bar(Nothing):
    """A progress bar that yields what it is given and shows nothing."""

    def __init__(self, iterable: Iterable[Any] = (), *_: object, **__: object) -> None:
        super().__init__()
        self._iterable, self.n = iterable, 0

    def __iter__(self) -> Iterator[Any]:
        for item in self._iterable:
            yield item
            self.n += 1

    def __len__(self) -> int:
        return len(self._iterable)  # type: ignore[arg-type]

    def update(self, n: int = 1) -> None:
        """Count."""
        self.n += n

    @staticmethod
    def write(*_: object, **__: object) -> None:
        """Show nothing."""


def without_values(kind: Any) -> Any:
    """Let every operation on an instance, as of a number or a list, raise why it cannot be had."""
    own = {name for one in (int, complex, list, dict) for name in dir(one) if name.startswith("__")}
    others = "eq lt le gt ge format next matmul rmatmul array mro_entries instancecheck await aiter"
    for operation in own.difference(dir(object)).union(f"__{one}__" for one in others.split()):
        setattr(kind, operation, kind._needed)
    return kind


@without_values
class NotInstalled:
    """What an import that failed would have bound. It and its attributes can be called: `wandb.log(loss)`.

    Whoever needs a value of it gets the error of the import. So does what would change a function or a class,
    as a decorator does: the definition without it is worth more.
    """

    def __init__(self, error: ModuleNotFoundError) -> None:
        self._import_error = error

    def __getattr__(self, name: str) -> "NotInstalled":
        if name.startswith("__"):
            raise AttributeError(name)
        return NotInstalled(self._import_error)

    def __call__(self, *arguments: object, **_: object) -> "NotInstalled":
        if any(isinstance(one, type | types.FunctionType) for one in arguments):
            self._needed()
        return NotInstalled(self._import_error)

    def __enter__(self) -> "NotInstalled":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def _needed(self, *_: object) -> NoReturn:
        """Raise what the import raised."""
        raise ModuleNotFoundError(*self._import_error.args, name=self._import_error.name)


def import_error(value: object) -> ModuleNotFoundError | None:
    """Return why there is no value, if this stands for a library that is not there."""
    return value._import_error if isinstance(value, NotInstalled) else None


def range_bar(*args: int, **_: object) -> Bar:
    """Return a bar over `range`."""
    return Bar(range(*args))


def anything(name: str) -> Any:
    """Return a class that takes anything, for a name that a display library may have."""
    if name.startswith("__"):
        raise AttributeError(name)
    return Nothing


def show_nothing(*_: object, **__: object) -> None:
    """Go on."""


BARS = {"tqdm": Bar, "trange": range_bar, "tqdm_notebook": Bar, "tnrange": range_bar}
DEBUGGER: dict[str, Any] = {"set_trace": show_nothing, "__getattr__": anything}
WRITERS = {"SummaryWriter": Nothing}
MODULES: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("tqdm", "tqdm.auto", "tqdm.notebook", "tqdm.std", "tqdm.autonotebook"), BARS),
    **dict.fromkeys(("tensorboardX", "torch.utils.tensorboard", "torch.utils.tensorboard.writer"), WRITERS),
    **dict.fromkeys(("pdb", "ipdb", "pudb", "IPython.core.debugger"), DEBUGGER),
    "rich": {"print": show_nothing, "__getattr__": anything},
    "rich.progress": {"track": Bar, "__getattr__": anything},
    "IPython": {"get_ipython": get_ipython, "display": display},
    "IPython.core": {},
    "IPython.display": {"display": display, "__getattr__": anything},
}


class StandIns(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the stand-ins."""

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> Any:
        """Return a spec for a library that has a stand-in."""
        if name not in MODULES:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def exec_module(self, module: types.ModuleType) -> None:
        """Fill a stand-in."""
        vars(module).update(MODULES[module.__name__])
