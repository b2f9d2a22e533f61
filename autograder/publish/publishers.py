"""What else a course is handed out for: packages of their own, found by name, that the engine never imports.

Such a package has a module `door` with `student_files`, which returns files for the student's folder, and
`BUNDLES`, which names zips and makes them. It is left out where it is not there.
"""

import importlib
import importlib.util
from collections.abc import Callable, Mapping
from typing import Protocol, cast

from autograder.config import Course
from autograder.publish.source import CourseModule

DOORS = ("autograder.otter.door",)
MakeBundle = Callable[[Course, str], dict[str, bytes]]


class Door(Protocol):
    """What such a package offers."""

    BUNDLES: Mapping[str, MakeBundle]  # by the name of the zip, with {stem} in it

    def student_files(self, checks: CourseModule, stem: str, call_s: float) -> dict[str, str]:
        """Return files for the student's folder, by their path in it."""


def publishers() -> list[Door]:
    """Return the doors of the packages that are there."""
    there = [name for name in DOORS if importlib.util.find_spec(name.rpartition(".")[0])]
    return [cast(Door, importlib.import_module(name)) for name in there]
