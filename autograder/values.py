"""Plain data: the only thing that crosses the wall.

`plain` turns a live object into data, `live` turns data back into an object. Data is None, bool,
int, float, str, list, tuple, dict, exact `np.ndarray`, `Tensor`, `Figure`, or a stand-in for what is not
data: `Handle` (an object that stays where it is) and `Opaque` (something no check can use).
"""

import collections
import contextlib
import numbers
import sys
from array import array as std_array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

MAX_DEPTH = 12
NUMERIC_KINDS = "biufc"


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
    """What a matplotlib figure shows, axes by axes, and its picture."""

    axes: list[dict[str, Any]] = field(default_factory=list)
    png: bytes = b""


def tensor(data: Any, dtype: str = "float64") -> Tensor:
    """Return `data` as an argument that reaches the student as a torch tensor."""
    numpy_dtype = {"bfloat16": "float32"}.get(dtype, dtype)
    return Tensor(np.array(data, dtype=numpy_dtype), dtype)


def plain(value: Any, hold: Callable[[Any], Any] | None = None, depth: int = 0) -> Any:
    """Return a live object as data; `hold` keeps what is not data and returns its stand-in."""
    if value is None or type(value) in (bool, float, str, Tensor, Handle, Opaque, Figure):
        return value
    if depth > MAX_DEPTH:
        return Opaque(type(value).__name__, "nested too deeply")
    if type(value) is int:
        return value if -(2**63) <= value < 2**63 else Opaque("int", "too large for a number here")
    if isinstance(value, complex | np.generic):
        return plain_array(np.asarray(value))
    if type(value) in (Fraction, Decimal):
        return float(value)
    if type(value) is np.ndarray:
        return plain_array(value)
    if type(value) in (list, collections.deque, std_array):
        return [plain(item, hold, depth + 1) for item in value]
    if isinstance(value, tuple):
        return tuple(plain(item, hold, depth + 1) for item in tuple.__iter__(value))
    if type(value) is dict and all(type(key) is str for key in value):
        return {key: plain(item, hold, depth + 1) for key, item in value.items()}
    torch = sys.modules.get("torch")
    if torch is not None and type(value) in (torch.Tensor, torch.nn.Parameter):
        return plain_tensor(torch, value)
    if type(value).__module__.startswith("matplotlib") and type(value).__name__ == "Figure":
        from autograder.figures import describe_figure

        return describe_figure(value)
    if isinstance(value, np.ndarray):
        return Opaque(type_name(value), "a subclass of numpy.ndarray")
    if isinstance(value, Mapping | numbers.Number) or hold is None:
        return Opaque(type_name(value))
    return hold(value)


def plain_array(value: np.ndarray) -> np.ndarray | Opaque:
    """Return a fresh, contiguous, native-endian copy of a numeric array."""
    if value.dtype.kind not in NUMERIC_KINDS:
        return Opaque("numpy.ndarray", f"of dtype {value.dtype}, not of numbers")
    dtype = np.dtype("float64") if value.dtype.itemsize > 16 else value.dtype.newbyteorder("=")
    if value.dtype.kind == "f" and value.dtype.itemsize > 8:
        dtype = np.dtype("float64")
    return np.array(value, dtype=dtype, order="C")


def plain_tensor(torch: Any, value: Any) -> Tensor | Opaque:
    """Return the numbers of a dense tensor, detached from its graph."""
    name = str(value.dtype).removeprefix("torch.")
    if value.layout is not torch.strided:
        return Opaque("torch.Tensor", f"with layout {value.layout}")
    dense = value.detach().cpu().resolve_conj().resolve_neg()
    if value.dtype is torch.bfloat16:
        dense = dense.float()
    try:
        return Tensor(np.array(dense.numpy(), order="C"), name)
    except TypeError:
        return Opaque("torch.Tensor", f"of dtype {name}")


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
        return (left.dtype, left.shape) == (right.dtype, right.shape) and left.tobytes() == right.tobytes()
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    return bool(left == right) or (left != left and right != right)


def type_name(value: Any) -> str:
    """Return the name of a value's type as a reader would say it."""
    kind = type(value)
    with contextlib.suppress(Exception):
        module = str(kind.__module__).split(".")[0]
        return kind.__qualname__ if module in ("builtins", "__main__") else f"{module}.{kind.__qualname__}"
    return "an object"
