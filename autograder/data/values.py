"""Plain data: the only thing that crosses the wall.

`plain` turns a live object into data, `live` turns data back into an object. Data is None, bool,
int, float, str, list, tuple, dict, exact `np.ndarray`, `Tensor`, `Figure`, or a stand-in for what
is not data: `Handle` (an object that stays where it is) and `Opaque` (nothing a check can use).
"""

import sys
from array import array as std_array
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from numbers import Number
from typing import Any

import numpy as np

MAX_DEPTH = 12
MAX_BYTES = 64 << 20  # what one frame over the wall may hold
ITEM_BYTES = 128  # what an entry of a list counts for, so that a list within itself ends
MAX_CHARACTERS = 200_000
NUMERIC_KINDS = "biufc"
NUMPY_SCALARS = tuple({*np.sctypeDict.values()})

# Why something is `Opaque`. A message quotes only these, never a text that a worker made up.
TOO_DEEP = "nested too deeply"
TOO_LARGE = "too large"
TOO_BIG = "beyond 64 bits"
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
    """A name for an object that stays on the other side."""

    id: int
    type_name: str


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


FigureReader = Callable[[Any], Figure]
FIGURE_READERS: list[FigureReader] = []  # `figures` adds itself: reading one needs `plain` in turn


def plain(value: Any, hold: Callable[[Any], Any] | None = None) -> Any:
    """Return a live object as data, arrays and lists as fresh copies.

    Never raises and never runs on: what is deceptive, endless or huge comes back as `Opaque`.

    Args:
        value: anything.
        hold: keeps what is not data and returns its stand-in; without it that is `Opaque`.
    """
    if value is None or type(value) is float or type(value) is bool:
        return value
    reader = Reader(hold)
    try:
        return reader.read(value, 0)
    except LargerThanAllowed:
        return Opaque(type_name(value), TOO_LARGE)


class LargerThanAllowed(Exception):
    """The data of one value exceeds `MAX_BYTES`."""


class Reader:
    """Reads one value. Types are compared by identity and read by their own C code, because a
    class may lie about everything else: its name, its length, its equality, its `__class__`."""

    def __init__(self, hold: Callable[[Any], Any] | None) -> None:
        self._hold = hold
        self._room = MAX_BYTES

    def read(self, value: Any, depth: int) -> Any:
        """Return one value, or one entry of a value, as data."""
        kind = type(value)
        self._spend(ITEM_BYTES)
        if value is None or kind is float or kind is bool:
            return value
        if kind is np.ndarray and value.dtype.kind in "fiu" and value.dtype.isnative and value.itemsize <= 8:
            self._spend(value.nbytes)  # a broadcast view is as large as it says, not as its memory
            return np.array(value, order="C")
        if depth > MAX_DEPTH:
            return Opaque(type_name(value), TOO_DEEP)
        try:
            if is_one_of(kind, list, tuple, dict, deque, std_array) or issubclass(kind, tuple):
                return self._container(value, kind, depth)
            return self._single(value, kind, depth)
        except (LargerThanAllowed, KeyboardInterrupt):
            raise
        except BaseException:  # noqa: BLE001 an object that fights back is not data
            return Opaque(type_name(value), UNREADABLE)

    def _spend(self, size: int) -> None:
        self._room -= size
        if self._room < 0:
            raise LargerThanAllowed

    def _container(self, value: Any, kind: type, depth: int) -> Any:
        if kind is dict:
            if not all(type(key) is int or (type(key) is str and is_text(key)) for key in value):
                return Opaque("dict")
            return dict(zip(value, self._all(value.values(), depth), strict=True))
        if issubclass(kind, tuple):
            return tuple(self._all(tuple.__iter__(value), depth))
        return self._all(value, depth)

    def _all(self, items: Iterable[Any], depth: int) -> list[Any]:
        return [self.read(item, depth + 1) for item in items]

    def _single(self, value: Any, kind: type, depth: int) -> Any:
        if kind is int:
            return value if -(2**63) <= value < 2**63 else Opaque("int", TOO_BIG)
        if kind is str:
            self._spend(len(value))
            return value if is_text(value) else Opaque("str", NOT_TEXT)
        if kind is np.ndarray:
            return self._array(value, depth)
        if is_one_of(kind, *NUMPY_SCALARS):
            return self._scalar(value, depth)
        if kind is complex:
            return np.array(value)
        if kind is Fraction or kind is Decimal:
            return float(value)
        if is_one_of(kind, Tensor, Handle, Opaque, Figure):
            return value
        return self._of_library(value, kind)

    def _scalar(self, value: Any, depth: int) -> Any:
        if isinstance(value, np.bool_):
            return bool(value)
        if isinstance(value, np.integer):
            return self.read(int(value), depth)
        if isinstance(value, np.floating):
            return float(value)
        return self._array(np.asarray(value), depth)

    def _array(self, value: np.ndarray, depth: int) -> Any:
        if value.dtype.kind == "O" and value.size:  # boxes: the list of what is in them
            self._spend(value.size * ITEM_BYTES)
            return self.read(value.tolist(), depth + 1)
        if value.dtype.kind not in NUMERIC_KINDS:
            return Opaque("numpy.ndarray", NOT_NUMBERS)
        self._spend(value.nbytes)  # a broadcast view is as large as it says, not as its memory
        with np.errstate(all="ignore"):
            return np.array(value, dtype=wire_dtype(value.dtype), order="C")

    def _of_library(self, value: Any, kind: type) -> Any:
        torch = sys.modules.get("torch")
        if torch is not None and issubclass(kind, torch.Tensor):
            return self._tensor(torch, value, kind)
        pictures = sys.modules.get("matplotlib.figure")
        if pictures is not None and issubclass(kind, pictures.Figure):
            return FIGURE_READERS[0](value) if FIGURE_READERS else Opaque(type_name(value))
        if issubclass(kind, np.ndarray):
            return Opaque(type_name(value), ARRAY_SUBCLASS)
        if issubclass(kind, Number | np.generic):
            return Opaque(type_name(value))
        if self._hold is not None:
            return self._hold(value)
        return handle_in(value) or Opaque(type_name(value))

    def _tensor(self, torch: Any, value: Any, kind: type) -> Tensor | Opaque:
        if kind is not torch.Tensor and kind is not torch.nn.Parameter:
            return Opaque(type_name(value), TENSOR_SUBCLASS)
        if value.layout is not torch.strided:
            return Opaque("torch.Tensor", NOT_DENSE)
        base = torch.Tensor  # an instance may carry methods of its own
        self._spend(base.nelement(value) * base.element_size(value))
        dense = base.detach(value).cpu().resolve_conj().resolve_neg()
        if dense.dtype is torch.bfloat16:
            dense = dense.float()
        numbers = base.numpy(dense)
        return Tensor(np.array(numbers, order="C"), str(value.dtype).removeprefix("torch."))


def is_one_of(kind: type, *known: type) -> bool:
    """Whether a type is one of the known ones, itself: `in` would ask a metaclass."""
    for one in known:  # noqa: SIM110 any() with a generator takes three times as long
        if kind is one:
            return True
    return False


def is_text(value: str) -> bool:
    """Whether a string can be written down (no lone surrogates), within reason."""
    if len(value) > MAX_CHARACTERS:
        raise LargerThanAllowed
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


def handle_in(value: Any) -> Handle | None:
    """Return the handle inside a check's stand-in for an object that stayed on the other side."""
    try:
        held = object.__getattribute__(value, "_handle")
    except AttributeError:
        return None
    return held if type(held) is Handle else None


def wire_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the native dtype that a numeric array is copied to; longer doubles are shortened."""
    if dtype.kind == "f" and dtype.itemsize > 8:
        return np.dtype("float64")
    if dtype.kind == "c" and dtype.itemsize > 16:
        return np.dtype("complex128")
    return dtype.newbyteorder("=")


def live(value: Any, resolve: Callable[[Handle], Any] | None = None) -> Any:
    """Return data as a fresh live object; `resolve` finds what a handle stands for."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, Tensor):
        import torch

        return torch.tensor(value.array, dtype=getattr(torch, value.dtype))
    if isinstance(value, list):
        return [live(item, resolve) for item in value]
    if isinstance(value, tuple):
        return tuple(live(item, resolve) for item in value)
    if isinstance(value, dict):
        return {key: live(item, resolve) for key, item in value.items()}
    if isinstance(value, Handle) and resolve is not None:
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
