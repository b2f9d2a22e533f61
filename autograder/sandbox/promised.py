"""What graded programs can import: what is promised, and nothing else that this machine happens to hold."""

import importlib.abc
import sys
from collections.abc import Callable, Iterable
from importlib.machinery import BuiltinImporter, FrozenImporter, PathFinder
from typing import Any

from autograder.environment import IMPORTABLE
from autograder.sandbox.standins import MODULES, StandIns


class Promised(importlib.abc.MetaPathFinder):
    """Finds installed modules, of packages that are promised."""

    def __init__(self) -> None:
        self.names = set(IMPORTABLE)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Return the spec of a promised module."""
        if path is None and name not in self.names:
            return None
        return PathFinder.find_spec(name, path, target)

    def find_distributions(self, *args: Any, **kwargs: Any) -> Any:
        """Return what is known of installed packages: some look up their own version."""
        return PathFinder.find_distributions(*args, **kwargs)

    def invalidate_caches(self) -> None:
        """Look at folders anew."""
        PathFinder.invalidate_caches()


class Absent(importlib.abc.MetaPathFinder):
    """Refuses a program, in its author's own folder, what there is not where it is graded."""

    def __init__(self, is_own: Callable[[str], bool], beside: Callable[[str], bool]) -> None:
        self._is_own, self._beside = is_own, beside

    def find_spec(self, name: str, path: Any = None, _target: Any = None) -> Any:
        """Raise if the program itself asks for a package that is not promised."""
        known = name in IMPORTABLE or name in MODULES or self._beside(name)
        if path is None and not known and self._is_own(importing_file()):
            raise ModuleNotFoundError(f"{name} is not available where this is graded", name=name)


def importing_file() -> str:
    """Return the file whose import statement is being carried out."""
    frame = sys._getframe(2)
    while frame.f_back is not None and frame.f_code.co_filename.startswith("<frozen importlib"):
        frame = frame.f_back
    return frame.f_code.co_filename


PROMISED = Promised()


def import_only_promised(also: Iterable[str]) -> None:
    """From now on import nothing but that, and `also`, in this process and those forked from it."""
    PROMISED.names.update(also)
    sys.meta_path[:] = [BuiltinImporter, FrozenImporter, StandIns(), PROMISED]
