"""What is asked about a program: questions made from what its functions look like and what they did.

Everything here is a function of plain data; which questions are picked follows from the course's seed.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec

LEAST, MOST, MOST_OF_A_KIND = 3, 5, 2  # questions on a sheet; of a kind more only if there are few
CHOICES = 4
TURNS = 2
T = TypeVar("T")


class LineChange(msgspec.Struct, frozen=True):
    """A line of a cell, and what could stand there instead."""

    kind: str
    line: int
    text: str


class Branch(msgspec.Struct, frozen=True):
    """An `if`, and the lines with which the program may go on."""

    line: int
    choices: list[int]


class Outline(msgspec.Struct, frozen=True):
    """What there is to ask about in a function; lines are those of its cell."""

    name: str
    cell: int
    first: int
    last: int
    recursive: bool
    unset: list[str]  # variables that hold anything until they are filled
    loops: list[int]
    branches: list[Branch]
    edits: list[LineChange]


class Step(msgspec.Struct, frozen=True):
    """A line that was about to be run, and the variables if they were wanted."""

    line: int
    values: dict[str, str]


class TracedCall(msgspec.Struct, frozen=True):
    """What one call went through."""

    call: str
    steps: list[Step]
    returned: str
    raised: str
    calls: int
    ended: bool

    @property
    def can_be_told(self) -> bool:
        """Whether the call is short enough to be quoted, and returned."""
        return bool(self.call) and self.ended and not self.raised

    @property
    def outcome(self) -> str:
        """What the call returns or raises, "" if that cannot be told in a few characters."""
        return self.returned or self.raised


class VivaQuestion(msgspec.Struct, frozen=True):
    """One question on a sheet. Without choices the answer is written on a line."""

    kind: str
    function: str
    text: str
    answer: str
    how: str
    choices: list[str] = []


class VivaSheet(msgspec.Struct, frozen=True):
    """What one student is asked, with the functions that it is about, as numbered lines."""

    submission: str
    student: str
    questions: list[VivaQuestion] = []
    code: list[list[tuple[int, str]]] = []
    why: str = ""  # there are no questions


def about_run(function: Outline, run: TracedCall, offset: int) -> Iterator[VivaQuestion]:
    """Yield the questions that one call answers; `offset` lines come before its cell."""
    yield from about_loops(function, run, offset)
    for branch in function.branches:
        at = [place for place, step in enumerate(run.steps[:-1]) if step.line == branch.line]
        if not at:
            continue
        following = run.steps[at[0] + 1].line
        lines = sorted({*branch.choices, following})
        if following != branch.line and len(lines) > 1:
            yield VivaQuestion(
                "branch", function.name,
                f"In {run.call}, with which line does the program go on when it has come to the `if` of line"
                f" {branch.line + offset} for the first time?",
                f"line {following + offset}", f"followed {run.call} line by line",
                [f"line {line + offset}" for line in lines],
            )  # fmt: skip
    if function.recursive and 1 < run.calls <= 20:
        yield VivaQuestion(
            "calls", function.name,
            f"How many times is {function.name} called in all when {run.call} is worked out, this call"
            " included?",
            str(run.calls), f"counted the calls in {run.call}",
        )  # fmt: skip


def about_loops(function: Outline, run: TracedCall, offset: int) -> Iterator[VivaQuestion]:
    """Yield a question on each variable that the second turn of a loop changes."""
    for loop in function.loops:
        heads = [step.values for step in run.steps if step.line == loop]
        if len(heads) <= TURNS:
            continue
        for name, value in heads[TURNS].items():
            if value != heads[TURNS - 1].get(name) and name not in function.unset:
                yield VivaQuestion(
                    "loop", function.name,
                    f"In {run.call}, what is the value of `{name}` when the loop of line {loop + offset} has"
                    " finished its second turn?",
                    value, f"looked at `{name}` where line {loop + offset} is reached for the third time",
                )  # fmt: skip


def about_edit(
    function: Outline, edit: LineChange, before: TracedCall, after: TracedCall, offset: int
) -> Iterator[VivaQuestion]:
    """Yield the question what a call returns when a line is left out or reads otherwise, if that differs."""
    if after.ended and after.outcome and after.outcome != before.outcome:
        line = edit.line + offset
        kind, told, done = "changed", f"changed to `{edit.text.strip()}`", f"changed line {line}"
        if edit.kind == "leave out":
            kind, told, done = "left out", "left out", f"left line {line} out"
        yield VivaQuestion(
            kind, function.name,
            f"Line {line} is {told}. What does {before.call} return then?"
            " (If it raises an error, write the error's name.)",
            after.outcome, f"{done} and ran {before.call}",
        )  # fmt: skip


def about_mistake(
    function: Outline, edit: LineChange, mistake: str, hints: Mapping[str, str], offset: int, key: bytes
) -> Iterator[VivaQuestion]:
    """Yield the question what would be said of a changed program, which is taken for a known mistake.

    `hints` is what is said of each known mistake of this function; `offset` lines come before its cell.
    """
    others = [text for name, text in hints.items() if name != mistake and text != hints[mistake]]
    others = shuffled(list(dict.fromkeys(others)), key, str)[: CHOICES - 1]
    if others:
        line = edit.line + offset
        yield VivaQuestion(
            "known mistake", function.name,
            f"Line {line} is changed to `{edit.text.strip()}`. Which remark would the changed function get?",
            hints[mistake], f"graded it with that line: {mistake}",
            shuffled([hints[mistake], *others], key, lambda hint: f"place {hint}"),
        )  # fmt: skip


def picked(found: Sequence[VivaQuestion], key: bytes) -> list[VivaQuestion]:
    """Return the questions of a sheet: of many kinds and functions, in the order of the program."""
    left = shuffled(list(dict.fromkeys((one.kind, one.function, one.text) for one in found)), key, repr)
    chosen: list[tuple[str, str, str]] = []
    for most in range(1, MOST_OF_A_KIND + 1):
        for one in left:
            alike = [other for other in chosen if other[0] == one[0]]
            again = any(other[1] == one[1] for other in alike)
            if len(chosen) < MOST and len(alike) < most and not again and one not in chosen:
                chosen.append(one)
    chosen += [one for one in left if one not in chosen][: max(0, LEAST - len(chosen))]
    by_place = {(one.kind, one.function, one.text): one for one in reversed(found)}
    return [by_place[one] for one in sorted(chosen, key=list(by_place)[::-1].index)]


def key_of(seed: int, name: str) -> bytes:
    """Return what a student's questions are drawn with; nobody can tell without the seed."""
    return hmac.new(str(seed).encode(), f"viva {name}".encode("utf-8", "replace"), hashlib.sha256).digest()


def shuffled(items: Sequence[T], key: bytes, text: Callable[[T], str]) -> list[T]:
    """Return items in an order that follows from a key."""

    def place(item: T) -> bytes:
        return hmac.new(key, text(item).encode("utf-8", "replace"), hashlib.sha256).digest()

    return sorted(items, key=place)
