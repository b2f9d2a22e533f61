"""Turn a live object into plain data: what is deceptive, endless or huge comes back as `Opaque`."""

import dataclasses
import math
import sys
from array import array as std_array
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from numbers import Number
from typing import Any

import numpy as np

from autograder.data.figures import describe_figure
from autograder.data.values import (
    ARRAY_SUBCLASS,
    NOT_DENSE,
    NOT_NUMBERS,
    NOT_TEXT,
    TENSOR_SUBCLASS,
    TOO_BIG,
    TOO_DEEP,
    TOO_LARGE,
    UNREADABLE,
    Callback,
    Figure,
    Handle,
    Named,
    Opaque,
    Record,
    Stream,
    Tensor,
    type_name,
)

MAX_DEPTH = 12
MAX_BYTES = 64 << 20  # of an answer
ITEM_BYTES = 128  # what an entry of a list counts for, so that a list within itself ends
MAX_CHARACTERS = 200_000
MAX_BITS = 4096  # of an integer
MAX_KEYED = 10_000  # entries of a set or a dict: hashing crafted keys is slow
NUMERIC_KINDS, TEXT_KINDS = "biufc", "US"


def these(*kinds: type) -> frozenset[int]:
    """Return types by identity, so that `id(kind) in them` asks no metaclass, which may be the student's."""
    return frozenset(map(id, kinds))


SEQUENCES = these(list, tuple, deque, std_array)
SETS = these(set, frozenset)
KEYED = SETS | these(dict, Counter, OrderedDict, defaultdict)
BYTES = these(bytes, bytearray)
KEYS = these(str, int, float, bool, bytes)
NUMPY_SCALARS = these(*np.sctypeDict.values())
ALREADY_PLAIN = these(Tensor, Handle, Opaque, Figure, Callback, Named, Record, Stream)


def plain(value: Any, hold: Callable[[Any], Any] | None = None) -> Any:
    """Return a live object as data, arrays and lists as fresh copies.

    Never raises and never runs on: what is deceptive, endless or huge comes back as `Opaque`.

    Args:
        value: anything.
        hold: keeps what is not data and returns its stand-in; without it that is `Opaque`.
    """
    if value is None or type(value) is float or type(value) is bool:
        return value
    return Reader(hold).whole(value)


class LargerThanAllowed(Exception):
    """The data of one value takes more room than it may."""


class Reader:
    """Reads one value. Types are compared by identity and read by their own C code, because a
    class may lie about everything else: its name, its length, its equality, its `__class__`."""

    def __init__(self, hold: Callable[[Any], Any] | None, room: int = MAX_BYTES) -> None:
        self._hold = hold
        self._room = room

    def whole(self, value: Any) -> Any:
        """Return a value as data."""
        try:
            return self.read(value, 0)
        except LargerThanAllowed:
            return Opaque(type_name(value), TOO_LARGE)

    def read(self, value: Any, depth: int) -> Any:
        """Return one value, or one entry of a value, as data."""
        kind = type(value)
        self._spend(ITEM_BYTES)
        if value is None or kind is float or kind is bool:
            return value
        if kind is int and value.bit_length() <= MAX_BITS:
            return value
        if kind is np.ndarray and value.dtype.kind in "fiu" and value.dtype.isnative and value.itemsize <= 8:
            self._spend_array(value.shape, value.nbytes)
            return np.array(value, order="C")
        if depth > MAX_DEPTH:
            return Opaque(type_name(value), TOO_DEEP)
        try:
            if id(kind) in SEQUENCES or issubclass(kind, tuple):
                return self._sequence(value, kind, depth)
            if id(kind) in KEYED:
                return self._keyed(value, kind, depth)
            return self._single(value, kind, depth)
        except (LargerThanAllowed, KeyboardInterrupt):
            raise
        except BaseException:  # noqa: BLE001 an object that fights back is not data
            return Opaque(type_name(value), UNREADABLE)

    def _spend(self, size: int) -> None:
        self._room -= size
        if self._room < 0:
            raise LargerThanAllowed

    def _spend_array(self, shape: Sequence[int], size: int) -> None:
        """Count an array: a broadcast view as large as it says, one without entries by its rows."""
        self._spend(size or ITEM_BYTES * rows(shape))

    def _sequence(self, value: Any, kind: type, depth: int) -> Any:
        if issubclass(kind, tuple):
            return tuple(self._all(tuple.__iter__(value), depth))
        return self._all(value, depth)

    def _keyed(self, value: Any, kind: type, depth: int) -> Any:
        if len(value) > MAX_KEYED:
            raise LargerThanAllowed
        keys = self._all(value, depth)
        if not all(map(is_key, keys)):
            return self._object(value, kind)
        if id(kind) in SETS:
            return kind(keys)
        return dict(zip(keys, self._all(dict.values(value), depth), strict=True))

    def _all(self, items: Iterable[Any], depth: int) -> list[Any]:
        return [self.read(item, depth + 1) for item in items]

    def _single(self, value: Any, kind: type, depth: int) -> Any:
        if kind is int:
            return Opaque("int", TOO_BIG)
        if kind is str:
            self._spend(len(value))
            return value if is_writable_text(value) else Opaque("str", NOT_TEXT)
        if id(kind) in BYTES:
            self._spend(len(value))
            return bytes(value)
        if kind is np.ndarray:
            return self._array(value, depth)
        if id(kind) in NUMPY_SCALARS:
            return self._scalar(value, depth)
        if kind is complex:
            return np.array(value)
        if kind is Fraction or kind is Decimal:
            return float(value)
        if id(kind) in ALREADY_PLAIN:
            return value
        return self._of_library(value, kind)

    def _scalar(self, value: Any, depth: int) -> Any:
        if isinstance(value, np.bool_):
            return bool(value)
        if isinstance(value, np.integer):
            return self.read(int(value), depth)
        if isinstance(value, np.floating):
            return float(value)
        if isinstance(value, np.str_):
            return self.read(str(value), depth)
        if isinstance(value, np.bytes_):
            return self.read(bytes(value), depth)
        return self._array(np.asarray(value), depth)

    def _array(self, value: np.ndarray, depth: int) -> Any:
        if value.dtype.kind == "O" and value.size:  # boxes: the list of what is in them
            self._spend(value.size * ITEM_BYTES)
            return self.read(value.tolist(), depth + 1)
        if value.dtype.kind not in NUMERIC_KINDS + TEXT_KINDS:
            return Opaque("numpy.ndarray", NOT_NUMBERS)
        self._spend_array(value.shape, value.nbytes)
        with np.errstate(all="ignore"):
            return np.array(value, dtype=wire_dtype(value.dtype), order="C")

    def _of_library(self, value: Any, kind: type) -> Any:
        torch = sys.modules.get("torch")
        if torch is not None and issubclass(kind, torch.Tensor):
            return self._tensor(torch, value, kind)
        pictures = sys.modules.get("matplotlib.figure")
        if pictures is not None and issubclass(kind, pictures.Figure):
            return describe_figure(value, plain)
        if issubclass(kind, np.ndarray):
            return Opaque(type_name(value), ARRAY_SUBCLASS)
        if issubclass(kind, Number | np.generic):
            return Opaque(type_name(value))
        return self._object(value, kind)

    def _object(self, value: Any, kind: type) -> Any:
        """Keep what is not data, with the fields of a dataclass; what is not kept is `Opaque`."""
        if self._hold is None:
            return handle_in(value) or Opaque(type_name(value))
        fields = self._fields(value) if dataclasses.is_dataclass(kind) else None
        held = self._hold(value)
        return held if fields is None else dataclasses.replace(held, fields=fields)

    def _fields(self, value: Any) -> dict[str, Any]:
        names = [one.name for one in dataclasses.fields(value)]
        return dict(
            zip(names, self._all((getattr(value, name) for name in names), MAX_DEPTH - 3), strict=True)
        )

    def _tensor(self, torch: Any, value: Any, kind: type) -> Tensor | Opaque:
        if kind is not torch.Tensor and kind is not torch.nn.Parameter:
            return Opaque(type_name(value), TENSOR_SUBCLASS)
        if value.layout is not torch.strided:
            return Opaque("torch.Tensor", NOT_DENSE)
        base = torch.Tensor  # an instance may carry methods of its own
        self._spend_array(value.shape, base.nelement(value) * base.element_size(value))
        dense = base.detach(value).cpu().resolve_conj().resolve_neg()
        if dense.dtype is torch.bfloat16:
            dense = dense.float()
        numbers = base.numpy(dense)
        return Tensor(np.array(numbers, order="C"), str(value.dtype).removeprefix("torch."))


def rows(shape: Sequence[int]) -> int:
    """Return how many empty lists an array without entries is, at most, when it is taken apart."""
    return math.prod(side for side in shape if side)


def is_writable_text(value: str) -> bool:
    """Whether a string can be written down (no lone surrogates), within reason."""
    if len(value) > MAX_CHARACTERS:
        raise LargerThanAllowed
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


def is_key(value: Any) -> bool:
    """Whether data can be a key of a dict: it can be hashed, and means the same on both sides."""
    if type(value) is tuple or type(value) is frozenset:
        return all(map(is_key, value))
    return value is None or id(type(value)) in KEYS


def handle_in(value: Any) -> Handle | None:
    """Return the handle inside a check's stand-in for an object that stayed on the other side."""
    try:
        held = object.__getattribute__(value, "_handle")
    except AttributeError:
        return None
    return held if type(held) is Handle else None


def wire_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the native dtype that an array is copied to; longer doubles are shortened."""
    if dtype.kind == "f" and dtype.itemsize > 8:
        return np.dtype("float64")
    if dtype.kind == "c" and dtype.itemsize > 16:
        return np.dtype("complex128")
    return dtype.newbyteorder("=")
