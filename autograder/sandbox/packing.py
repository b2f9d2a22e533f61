"""Data as wire structs and array bytes, and back: nothing that comes in is believed before it is checked."""

import math
import re
import struct
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import numpy as np

from autograder.data.plain import ITEM_BYTES, MAX_BYTES, MAX_KEYED, rows
from autograder.data.values import Callback, Figure, Handle, Named, Opaque, Record, Stream, Tensor
from autograder.sandbox import protocol
from autograder.sandbox.protocol import ProtocolError, TooManyPieces

PLAIN = frozenset([bool, int, float, str])
ContainerKind = Literal["list", "tuple", "set", "frozenset", "iterator"]
DTYPES = frozenset(
    ["|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16"]
)
TEXT_DTYPE = re.compile(r"<U[0-9]{1,6}|\|S[0-9]{1,6}")
LAST_CHARACTER, SURROGATES = 0x10FFFF, (0xD800, 0xDFFF)
PACK_FROM = 8  # a list of at least this many floats travels as one array
MAX_DIMENSIONS = 32
MAX_LIST_DEPTH = 20  # of lists in lists: more than a worker ever sends
MAX_NODES = 300_000  # pieces of data in one message
MAX_ROWS = MAX_BYTES // ITEM_BYTES  # of an array without entries
MAX_ALIKE = 64  # different keys of one hash, each compared with all others: honest ones are few
MAX_AXES = 500  # of a figure
MAX_SIDE = 1700  # pixels of a picture; figures are drawn at most 1600 wide and high
PNG_SIZE = struct.Struct(">8s4x4sII")  # signature, "IHDR", width, height
PNG_START = (b"\x89PNG\r\n\x1a\n", b"IHDR")


class Encoder:
    """Turns data into wire structs and collects the arrays' bytes."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    @property
    def body(self) -> bytes:
        """The bytes of every array encoded so far."""
        return b"".join(self._parts)

    def array(self, value: np.ndarray) -> protocol.WireArray:
        """Encode one array."""
        wire = protocol.WireArray(value.dtype.str, list(value.shape), self._size)
        self._parts.append(value.tobytes())
        self._size += value.nbytes
        return wire

    def value(self, value: Any) -> Any:
        """Encode one piece of data."""
        if value is None or type(value) in (bool, float, str):
            return value
        if type(value) is int:
            return value if -(2**63) <= value < 2**63 else protocol.WireInt(format(value, "x"))
        if isinstance(value, np.ndarray):
            return self.array(value)
        if isinstance(value, Tensor):
            return protocol.WireTensor(self.array(value.array), value.dtype)
        if isinstance(value, list | tuple):
            if type(value) is list and len(value) >= PACK_FROM and {*map(type, value)} == {float}:
                return protocol.WireFloats(self.array(np.array(value)))
            return self.items("tuple" if isinstance(value, tuple) else "list", value)
        if isinstance(value, dict):
            return self.mapping(value)
        if isinstance(value, set | frozenset):
            return self.items("set" if isinstance(value, set) else "frozenset", value)
        return self.stand_in(value)

    def items(self, kind: ContainerKind, values: Iterable[Any]) -> protocol.WireItems:
        """Encode the entries of a list or of another container."""
        return protocol.WireItems(kind, [self.value(item) for item in values])

    def stand_in(self, value: Any) -> Any:
        """Encode bytes, and what stands for something that is not data."""
        if isinstance(value, bytes):
            return protocol.WireBytes(value)
        if isinstance(value, Handle):
            fields = None if value.fields is None else self.mapping(value.fields)
            return protocol.WireHandle(value.id, value.type_name, fields)
        if isinstance(value, Figure):
            return protocol.WireFigure([self.value(axes) for axes in value.axes], value.png)
        if isinstance(value, Opaque):
            return protocol.WireOpaque(value.type_name, value.why)
        if isinstance(value, Stream):
            return self.items("iterator", value.items)
        if isinstance(value, Callback):
            return protocol.WireCallback(value.at)
        if isinstance(value, Named):
            return protocol.WireNamed(value.name)
        if isinstance(value, Record):
            return protocol.WireRecord(value.path, self.mapping(value.fields))
        raise TypeError(f"{type(value).__name__} is not plain data")

    def mapping(self, value: dict[Any, Any]) -> protocol.WireDict:
        """Encode a dict."""
        keys = [key if type(key) is str else self.value(key) for key in value]
        return protocol.WireDict(keys, [self.value(item) for item in value.values()])


class Decoder:
    """Turns wire structs into data. Each array has bytes of the body of its own, one after another."""

    def __init__(self, body: memoryview, *, is_ours: bool = False, pieces: int = MAX_NODES) -> None:
        """Begin with the body of a message, which may have so many `pieces` of data.

        `is_ours`: the grader wrote it, so that things in it may stand for the program's functions and for any
        class: whoever can send those runs what they like on the other side.
        """
        self._body, self._is_ours, self._left = body, is_ours, pieces
        self._at = 0

    def value(self, wire: Any, depth: int = 0) -> Any:
        """Return the data behind a wire struct."""
        kind = type(wire)
        if wire is None or kind in PLAIN:
            return wire
        if kind is protocol.WireArray:
            return self.array(wire)
        if kind is protocol.WireTensor:
            return Tensor(self.array(wire.array), wire.dtype)
        if kind is protocol.WireFloats:
            return self.array(wire.array).ravel().tolist()
        if kind is protocol.WireItems:
            return container(wire.kind, self.all(wire.items, depth))
        if kind is protocol.WireDict:
            return self.mapping(wire, depth)
        return self.stand_in(wire, depth)

    def stand_in(self, wire: Any, depth: int) -> Any:
        """Return what stands for something that is not data, or is rare."""
        match wire:
            case protocol.WireInt():
                return int(wire.digits, 16)
            case protocol.WireBytes():
                return wire.data
            case protocol.WireHandle(fields=fields):
                held = None if fields is None else self.mapping(fields, depth)
                return Handle(wire.id, wire.type_name, held)
            case protocol.WireOpaque():
                return Opaque(wire.type_name, wire.why)
            case protocol.WireFigure():
                return self.figure(wire, depth)
        return self.ours(wire, depth)

    def ours(self, wire: Any, depth: int) -> Callback | Named | Record:
        """Return what only the grader may send."""
        if not self._is_ours:
            raise ProtocolError("what stands for a function or an object of a class")
        if isinstance(wire, protocol.WireCallback):
            return Callback(wire.at)
        if isinstance(wire, protocol.WireNamed):
            return Named(wire.name)
        return Record(wire.path, self.mapping(wire.fields, depth))

    def all(self, wires: Sequence[Any], depth: int = 0) -> list[Any]:
        """Return the data behind several wire structs."""
        self._left -= len(wires)
        if self._left < 0:
            raise TooManyPieces("data in too many pieces")
        if depth > MAX_LIST_DEPTH:
            raise ProtocolError("data that is nested too deeply")
        return [self.value(item, depth + 1) for item in wires]

    def mapping(self, wire: protocol.WireDict, depth: int = 0) -> dict[Any, Any]:
        """Return the dict behind a wire struct."""
        if len(wire.keys) != len(wire.items):
            raise ProtocolError("a dict with unequal numbers of keys and items")
        if len(wire.keys) > MAX_KEYED:
            raise ProtocolError("a dict with too many entries")
        keys = wire.keys if set(map(type, wire.keys)) <= {str} else self.all(wire.keys, depth)
        try:
            refuse_crafted(keys)
            return dict(zip(keys, self.all(wire.items, depth), strict=True))
        except TypeError:
            raise ProtocolError("a dict whose keys cannot be keys") from None

    def figure(self, wire: protocol.WireFigure, depth: int) -> Figure:
        """Return the figure behind a wire struct."""
        if len(wire.axes) > MAX_AXES or (wire.png and not is_small_png(wire.png)):
            raise ProtocolError("a figure that is larger than one can be")
        axes = self.all(wire.axes, depth)
        return Figure([item for item in axes if isinstance(item, dict)], wire.png)

    def array(self, wire: protocol.WireArray) -> np.ndarray:
        """Return a fresh array, after checking that its claims fit what is left of the body."""
        text = wire.dtype not in DTYPES
        if text and TEXT_DTYPE.fullmatch(wire.dtype) is None:
            raise ProtocolError("an array of an impossible kind")
        if len(wire.shape) > MAX_DIMENSIONS or min(wire.shape, default=0) < 0:
            raise ProtocolError("an array of an impossible shape")
        dtype = np.dtype(wire.dtype)
        count = math.prod(wire.shape)
        end = self._at + count * dtype.itemsize
        if wire.at != self._at or end > len(self._body) or (not count and rows(wire.shape) > MAX_ROWS):
            raise ProtocolError("an array that is not where it should be, or larger than its frame")
        flat = np.frombuffer(self._body, dtype, count, self._at) if count else np.empty(0, dtype)
        self._at = end
        if text and wire.dtype[1] == "U":
            refuse_bad_text(flat)
        return flat.reshape(wire.shape).copy()


def container(kind: ContainerKind, items: list[Any]) -> Any:
    """Return a container of decoded items."""
    if kind == "list":
        return items
    if kind == "tuple":
        return tuple(items)
    if kind == "iterator":
        return Stream(items)
    if len(items) > MAX_KEYED:
        raise ProtocolError("a set with too many entries")
    try:
        refuse_crafted(items)
        return set(items) if kind == "set" else frozenset(items)
    except TypeError:
        raise ProtocolError("a set of what cannot be in one") from None


def refuse_crafted(keys: Sequence[Any]) -> None:
    """Raise if keys were made to have one hash."""
    if len(keys) > MAX_ALIKE and max(Counter(map(hash, keys)).values()) > MAX_ALIKE:
        raise ProtocolError("keys that were made to be slow")


def refuse_bad_text(flat: np.ndarray) -> None:
    """Raise unless an array of text holds only characters that a string may hold."""
    codes = flat.view(np.uint32) if flat.size else np.empty(0, np.uint32)
    if ((codes > LAST_CHARACTER) | ((codes >= SURROGATES[0]) & (codes <= SURROGATES[1]))).any():
        raise ProtocolError("an array of text with characters that there are not")


def is_small_png(png: bytes) -> bool:
    """Whether a picture says that it is a PNG of a size that a browser can show."""
    if len(png) < PNG_SIZE.size:
        return False
    signature, chunk, width, height = PNG_SIZE.unpack_from(png)
    return (signature, chunk) == PNG_START and 0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE
