"""Plain data: the only thing that crosses the wall between grader and student code.

Data is None, bool, int, float, str, bytes, list, tuple, dict, set, frozenset, exact `np.ndarray` of numbers
or text, `Tensor`, `Figure`, or a stand-in for what is not data: `Handle` (an object that stays where it is),
`Callback` (a function of the grader's), `Named` (a function of the program's), `Stream` (an iterator),
`Record` (an object by its class and fields) and `Opaque` (nothing a check can use); docs/authors.md has
the table.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

# Why something is `Opaque`. A message quotes only these, never a text that a worker made up.
TOO_DEEP = "nested too deeply"
TOO_LARGE = "too large"
TOO_BIG = "an integer of too many digits"
NOT_NUMBERS = "not of numbers"
NOT_DENSE = "not dense"
NOT_TEXT = "not valid text"
UNREADABLE = "it cannot be read"
ARRAY_SUBCLASS = "a subclass of numpy.ndarray"
TENSOR_SUBCLASS = "a subclass of torch.Tensor"
REASONS = {TOO_DEEP, TOO_LARGE, TOO_BIG, NOT_NUMBERS, NOT_DENSE, NOT_TEXT, UNREADABLE}
REASONS |= {ARRAY_SUBCLASS, TENSOR_SUBCLASS}


@dataclass(frozen=True, eq=False)
class Tensor:
    """A torch tensor as data: its numbers and the name of its dtype ("float64", "bfloat16")."""

    array: np.ndarray
    dtype: str


@dataclass(frozen=True)
class Handle:
    """A name for an object that stays on the other side; of a dataclass, what its fields held."""

    id: int
    type_name: str
    fields: dict[str, Any] | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        if self.fields is None:
            return f"<a {self.type_name}>"
        return f"{self.type_name}({', '.join(f'{key}={value!r}' for key, value in self.fields.items())})"


@dataclass(frozen=True)
class Callback:
    """A function of the grader's, by its place among the functions of one call."""

    at: int

    def __repr__(self) -> str:
        return "<a function>"


@dataclass(frozen=True)
class Named:
    """A function or class of the program that is called, by its name."""

    name: str

    def __repr__(self) -> str:
        return self.name


@dataclass(frozen=True, eq=False)
class Stream:
    """What an iterator gave; it arrives as an iterator again."""

    items: list[Any]

    def __repr__(self) -> str:
        return f"iter({self.items!r})"


@dataclass(frozen=True, eq=False)
class Record:
    """An object of the grader's, such as a dataclass: where its class can be imported, and its fields."""

    path: str
    fields: dict[str, Any]


@dataclass(frozen=True)
class Opaque:
    """Something that is not data, by the name of its type, with a word on why it is refused."""

    type_name: str
    why: str = ""


@dataclass(frozen=True)
class Figure:
    """What a matplotlib figure shows, axes by axes (see `describe_figure`), and its picture."""

    axes: list[dict[str, Any]] = field(default_factory=list)
    png: bytes = field(default=b"", repr=False)


def tensor(data: Any, dtype: str = "float64") -> Tensor:
    """Return `data` as an argument that reaches the student as a torch tensor."""
    numpy_dtype = {"bfloat16": "float32"}.get(dtype, dtype)
    return Tensor(np.array(data, dtype=numpy_dtype), dtype)


def rebuilt(value: Any, leaf: Callable[[Any], Any]) -> Any:
    """Return data with everything in it that is no container replaced by what `leaf` makes of it.

    Streams and records go through `leaf` as well, after what is in them.
    """
    kind = type(value)
    if kind is list:
        return [rebuilt(item, leaf) for item in value]
    if kind is tuple:
        return tuple([rebuilt(item, leaf) for item in value])
    if kind is dict:
        return {key: rebuilt(item, leaf) for key, item in value.items()}
    if kind is set or kind is frozenset:
        return kind([rebuilt(item, leaf) for item in value])
    if kind is Stream:
        return leaf(Stream(rebuilt(value.items, leaf)))
    if kind is Record:
        return leaf(Record(value.path, rebuilt(value.fields, leaf)))
    return leaf(value)


def leaves(value: Any) -> Iterator[Any]:
    """Yield everything in data that is no container, the values of dicts but not their keys."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        kind = type(item)
        if kind is Stream:
            waiting.extend(item.items)
        elif kind is dict or kind is Record:
            waiting.extend((item if kind is dict else item.fields).values())
        elif kind in (list, tuple, set, frozenset):
            waiting.extend(item)
        else:
            yield item


def pieces(value: Any) -> int:
    """Return of how many pieces data consists, containers too: each takes memory."""
    if isinstance(value, Stream):
        value = value.items
    elif isinstance(value, Figure):
        value = value.axes
    elif isinstance(value, Handle):
        value = value.fields
    if isinstance(value, dict):
        return 1 + sum(map(pieces, value)) + sum(map(pieces, value.values()))
    return 1 + sum(map(pieces, value)) if isinstance(value, list | tuple | set | frozenset) else 1


def live(value: Any, resolve: Callable[[Any], Any] | None = None) -> Any:
    """Return data as fresh live objects; `resolve` finds what a stand-in stands for."""
    kind = type(value)
    if kind is np.ndarray:
        return value.copy()
    if kind is float or kind is int:
        return value
    if kind is Tensor:
        return live_leaf(value, resolve)
    return rebuilt(value, lambda item: live_leaf(item, resolve))


def live_leaf(value: Any, resolve: Callable[[Any], Any] | None) -> Any:
    """Return what is no container as a live object."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, Tensor):
        import torch

        return torch.tensor(value.array, dtype=getattr(torch, value.dtype))
    if isinstance(value, Stream):
        return iter(value.items)
    if isinstance(value, Handle | Callback | Named | Record) and resolve is not None:
        return resolve(value)
    return value


def same(left: Any, right: Any) -> bool:
    """Whether two pieces of data are equal to the bit."""
    if type(left) is not type(right):
        return False
    if isinstance(left, Tensor):
        return left.dtype == right.dtype and same(left.array, right.array)
    if isinstance(left, np.ndarray):
        alike = (left.dtype, left.shape) == (right.dtype, right.shape)
        return alike and left.tobytes() == right.tobytes()
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    return bool(left == right) or (left != left and right != right)


def type_name(value: Any) -> str:
    """Return the name of a value's type as a reader would say it."""
    kind = type(value)
    name = type.__dict__["__qualname__"].__get__(kind)  # a metaclass cannot answer in its place
    module = type.__dict__["__module__"].__get__(kind)
    if type(module) is not str or not is_short_text(module) or not is_short_text(name):
        return "an object"
    family = module.split(".")[0]
    return name if family in ("builtins", "__main__") else f"{family}.{name}"


def is_short_text(value: str) -> bool:
    """Whether a name is one that can be printed."""
    return len(value) <= 120 and value.isprintable()
