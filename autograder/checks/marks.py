"""The decorators that a file of checks is written with: they only attach what they say."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Marked = TypeVar("Marked", bound=Callable[..., Any])


@dataclass(frozen=True)
class CheckMark:
    """What `@check` attaches to a test function."""

    question: str
    visible: bool
    weight: float
    requires: tuple[str, ...]


def check(
    question: str, *, visible: bool = False, weight: float = 1.0, requires: tuple[str, ...] = ()
) -> Callable[[Marked], Marked]:
    """Mark a pytest test as a check of `question`; its docstring is the title students read.

    Args:
        question: the function or class that is judged.
        visible: whether students get the check; hidden unless said otherwise.
        weight: this check's share of the question's points, relative to its siblings.
        requires: names of checks that must pass first; otherwise this one is skipped.
    """

    def mark(function: Marked) -> Marked:
        function.check = CheckMark(question, visible, weight, requires)  # type: ignore[attr-defined]
        return function

    return mark


def misconception(
    question: str,  # noqa: ARG001 read by `bank`, as are the tags
    *,
    tags: tuple[str, ...] = (),  # noqa: ARG001
) -> Callable[[Marked], Marked]:
    """Mark a wrong answer to `question` that students really write; its docstring is the hint they get.

    Args:
        question: the function or class that it answers.
        tags: what an input must have for the mistake to show, as in "an empty list".
    """
    return unchanged


def changed(question: str, **mistakes: tuple[str, str, str] | tuple[str, str, str, tuple[str, ...]]) -> None:
    """Say which mistakes are the reference of `question` with one piece of its code replaced.

    Args:
        question: the function or class that is answered wrongly.
        mistakes: by name: what stands once in the reference, what students write in its place, the hint,
            and the tags, if it has any (see `misconception`).
    """


def alternative(question: str) -> Callable[[Marked], Marked]:  # noqa: ARG001 read by `bank`
    """Mark an unusual right answer to `question`; its docstring says what is unusual about it."""
    return unchanged


def unchanged(function: Marked) -> Marked:
    """Return a function as it is: known mistakes and alternatives are found by their decorator."""
    return function
