"""What graded programs can import: what is promised, and nothing else that this machine happens to hold."""

import importlib.abc
import sys
from collections.abc import Iterable
from importlib.machinery import BuiltinImporter, FrozenImporter, PathFinder
from typing import Any

from autograder.environment import IMPORTABLE
from autograder.sandbox.standins import StandIns


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


PROMISED = Promised()


def import_only_promised(also: Iterable[str]) -> None:
    """From now on import nothing but that, and `also`, in this process and those forked from it."""
    PROMISED.names.update(also)
    sys.meta_path[:] = [BuiltinImporter, FrozenImporter, StandIns(), PROMISED]
