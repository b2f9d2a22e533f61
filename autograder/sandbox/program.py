"""A program as it is loaded into a worker."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autograder.sandbox.protocol import ProgramText

if TYPE_CHECKING:
    from autograder.sandbox.lender import Lender


@dataclass(frozen=True)
class Program:
    """A program: with modules to import, names to replace, each by (module, attribute), files beside it."""

    source: ProgramText
    modules: Mapping[str, str] = field(default_factory=dict)
    bind: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    lender: "Lender | None" = None  # of functions that replace those of the same names
    files: Mapping[str, bytes] = field(default_factory=dict)
