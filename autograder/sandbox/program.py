"""A program as it is loaded into a worker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from autograder.sandbox.protocol import CallRequest, ProgramText


class Lends(Protocol):
    """What answers a program's calls of lent functions: `lender.Lender`."""

    names: Sequence[str]
    excused_s: float

    def answer(self, call: CallRequest, frame: bytes, allowed_s: float, until: float) -> bytes:
        """Return the reply to a call."""


@dataclass(frozen=True)
class Program:
    """A program: with modules to import, names to replace, each by (module, attribute), files beside it."""

    source: ProgramText
    modules: Mapping[str, str] = field(default_factory=dict)
    bind: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    lender: Lends | None = None  # of functions that replace those of the same names
    files: Mapping[str, bytes] = field(default_factory=dict)
