"""Turn an argument of the grader's own into data that arrives as what it is, or say that it cannot."""

import dataclasses
import sys
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from typing import Any

import numpy as np

from autograder.data.plain import Reader, handle_in
from autograder.data.values import Handle, Opaque, Record, Stream, Tensor, type_name

MAX_ARGUMENT = 256 << 20  # bytes: more than of an answer
MAX_DRAWN = 100_000  # items of an iterator
CHANGED_ON_THE_WAY = "it would arrive as something else: send a list, a dict or a number"
NOWHERE = "its class is in no module that the student's code can import"
# numbers that are made anew, each by the keywords of its class
NUMBERS_BY_KEYWORDS: Mapping[type, Callable[[Any], dict[str, Any]]] = {
    complex: lambda number: {"real": number.real, "imag": number.imag},
    Fraction: lambda number: {"numerator": number.numerator, "denominator": number.denominator},
    Decimal: lambda number: {"value": str(number)},
}


def sendable(value: Any) -> Any:
    """Return an argument of the grader's own as data, which may be larger than an answer."""
    return Sender(MAX_ARGUMENT).whole(value)


class Sender(Reader):
    """Reads an argument: iterators are drawn, dataclasses and named tuples taken apart, to be made anew."""

    def __init__(self, room: int) -> None:
        super().__init__(None, room)

    def read(self, value: Any, depth: int) -> Any:
        """Return one value, or one entry of a value; what would arrive as another type is `Opaque`."""
        kind = type(value)
        if kind is Stream:
            return Stream(self._all(value.items, depth))
        if kind is Record:
            fields = {name: self.read(part, depth + 1) for name, part in value.fields.items()}
            return Record(value.path, fields)
        data = super().read(value, depth)
        if type(data) is kind or isinstance(data, Handle | Opaque | Record | Stream | Tensor):
            return data
        if isinstance(value, np.generic) and not isinstance(value, np.complexfloating):
            return data
        if type(data) is tuple and hasattr(kind, "_fields"):
            return record(kind, dict(zip(kind._fields, data, strict=True)))
        number = complex(value) if isinstance(value, np.complexfloating) else value
        if type(number) in NUMBERS_BY_KEYWORDS:
            fields = NUMBERS_BY_KEYWORDS[type(number)](number)
            return record(type(number), {name: self.read(part, depth + 1) for name, part in fields.items()})
        return Opaque(type_name(value), CHANGED_ON_THE_WAY)

    def _object(self, value: Any, kind: type) -> Any:
        held = handle_in(value)
        if held is not None:
            return held
        if dataclasses.is_dataclass(kind):
            return record(kind, self._fields(value))
        if hasattr(kind, "__next__"):
            return Stream(self._all(islice(value, MAX_DRAWN), 0))
        return Opaque(type_name(value))


def record(kind: type, fields: dict[str, Any]) -> Record | Opaque:
    """Return an object as its class and fields, or `Opaque` if its class cannot be imported.

    That is a class inside a function or another class, or one of the file of checks itself.
    """
    if getattr(sys.modules.get(kind.__module__), kind.__name__, None) is not kind:
        return Opaque(f"{kind.__module__}.{kind.__qualname__}", NOWHERE)
    return Record(f"{kind.__module__}.{kind.__name__}", fields)
