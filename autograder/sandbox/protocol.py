"""Frames: what goes over the wall. Typed, length-limited, made of plain data only.

A frame is two lengths (head, body), a msgpack head and a raw body. The head is one of the messages
below; arrays name their place in the body. Whatever does not fit is a `ProtocolError`.
"""

import math
import struct
from typing import Any, Literal

import msgspec
import numpy as np

from autograder.data.values import Figure, Handle, Opaque, Tensor

LENGTHS = struct.Struct("!II")
MAX_HEAD = 1 << 20
MAX_BODY = 64 << 20
MAX_DIMENSIONS = 32
DTYPES = frozenset(
    ["|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16"]
)
PACK_FROM = 8  # a list of at least this many floats travels as one array


class ProtocolError(Exception):
    """The other side sent something that is no frame: it is not to be trusted any more."""


class Wire(msgspec.Struct, tag_field="k", frozen=True):
    """One tagged piece of data or one message."""


class WireArray(Wire, tag="a", frozen=True):
    dtype: str
    shape: list[int]
    at: int


class WireTensor(Wire, tag="t", frozen=True):
    array: WireArray
    dtype: str


class WireItems(Wire, tag="i", frozen=True):
    kind: Literal["list", "tuple"]
    items: "list[Value]"


class WireFloats(Wire, tag="f", frozen=True):
    array: WireArray


class WireDict(Wire, tag="d", frozen=True):
    keys: list[str | int]
    items: "list[Value]"


class WireHandle(Wire, tag="h", frozen=True):
    id: int
    type_name: str


class WireOpaque(Wire, tag="o", frozen=True):
    type_name: str
    why: str


class WireFigure(Wire, tag="p", frozen=True):
    axes: "list[Value]"
    png: bytes


Value = (
    None | bool | int | float | str
    | WireArray | WireTensor | WireItems | WireFloats | WireDict | WireHandle | WireOpaque | WireFigure
)  # fmt: skip


class Source(Wire, tag="source", frozen=True):
    """A program as text: a .py file is one cell, a notebook many. Errors are kept per cell."""

    name: str
    cells: list[str]


class LoadRequest(Wire, tag="load", frozen=True):
    """Load a submission; `modules` can be imported by it; `bind` replaces names from a module; calls of
    the names in `lent` are answered by the grader."""

    source: Source
    modules: dict[str, str]
    bind: dict[str, tuple[str, str]]
    lent: list[str] = []


class Forget(Wire, tag="forget", frozen=True):
    """Let go of the objects held for earlier calls; there is no reply."""


class CallRequest(Wire, tag="call", frozen=True):
    """A `Call`, with its data encoded."""

    action: Literal["call", "make", "invoke", "read"]
    name: str
    args: "list[Value]"
    kwargs: WireDict
    handle: WireHandle | None
    wrt: list[str]
    of: int | None
    cotangent: "Value"
    once: bool = False


class Problem(Wire, tag="problem", frozen=True):
    """What the student's code raised, and where in their file."""

    type_name: str
    message: str
    line: int
    cell: int
    trace: str
    bases: list[str] = []


class Loaded(Wire, tag="loaded", frozen=True):
    names: list[str]
    problems: list[Problem]


class Answered(Wire, tag="answered", frozen=True):
    value: "Value"
    changed: list[str]
    grads: WireDict


class Raised(Wire, tag="raised", frozen=True):
    problem: Problem


REQUEST = msgspec.msgpack.Decoder(LoadRequest | CallRequest | Forget)
REPLY = msgspec.msgpack.Decoder(Loaded | Answered | Raised | CallRequest)
ENCODER = msgspec.msgpack.Encoder()


class Encoder:
    """Turns data into wire structs and collects the arrays' bytes."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    @property
    def body(self) -> bytes:
        """The bytes of every array encoded so far."""
        return b"".join(self._parts)

    def array(self, value: np.ndarray) -> WireArray:
        """Encode one array."""
        wire = WireArray(value.dtype.str, list(value.shape), self._size)
        self._parts.append(value.tobytes())
        self._size += value.nbytes
        return wire

    def value(self, value: Any) -> Any:
        """Encode one piece of data."""
        if value is None or type(value) in (bool, int, float, str):
            return value
        if isinstance(value, np.ndarray):
            return self.array(value)
        if isinstance(value, Tensor):
            return WireTensor(self.array(value.array), value.dtype)
        if isinstance(value, list | tuple):
            if type(value) is list and len(value) >= PACK_FROM and {*map(type, value)} == {float}:
                return WireFloats(self.array(np.array(value)))
            kind: Literal["list", "tuple"] = "tuple" if isinstance(value, tuple) else "list"
            return WireItems(kind, [self.value(item) for item in value])
        if isinstance(value, dict):
            return self.mapping(value)
        if isinstance(value, Handle):
            return WireHandle(value.id, value.type_name)
        if isinstance(value, Figure):
            return WireFigure([self.value(axes) for axes in value.axes], value.png)
        if isinstance(value, Opaque):
            return WireOpaque(value.type_name, value.why)
        raise TypeError(f"{type(value).__name__} is not plain data")

    def mapping(self, value: dict[Any, Any]) -> WireDict:
        """Encode a dict whose keys are texts or whole numbers."""
        return WireDict(list(value), [self.value(item) for item in value.values()])


def decode_value(wire: Any, body: memoryview) -> Any:
    """Return the data behind a wire struct; nothing is believed that is not checked here."""
    if isinstance(wire, WireArray):
        return decode_array(wire, body)
    if isinstance(wire, WireTensor):
        return Tensor(decode_array(wire.array, body), wire.dtype)
    if isinstance(wire, WireFloats):
        return decode_array(wire.array, body).ravel().tolist()
    if isinstance(wire, WireItems):
        items = [decode_value(item, body) for item in wire.items]
        return tuple(items) if wire.kind == "tuple" else items
    if isinstance(wire, WireDict):
        return decode_mapping(wire, body)
    if isinstance(wire, WireHandle):
        return Handle(wire.id, wire.type_name)
    if isinstance(wire, WireOpaque):
        return Opaque(wire.type_name, wire.why)
    if isinstance(wire, WireFigure):
        axes = [decode_value(item, body) for item in wire.axes]
        return Figure([item for item in axes if isinstance(item, dict)], wire.png)
    return wire


def decode_mapping(wire: WireDict, body: memoryview) -> dict[Any, Any]:
    """Return the dict behind a wire struct."""
    if len(wire.keys) != len(wire.items):
        raise ProtocolError("a dict with unequal numbers of keys and items")
    return {key: decode_value(item, body) for key, item in zip(wire.keys, wire.items, strict=True)}


def decode_array(wire: WireArray, body: memoryview) -> np.ndarray:
    """Return a fresh array, after checking that its claims fit the body."""
    if wire.dtype not in DTYPES or len(wire.shape) > MAX_DIMENSIONS or min(wire.shape, default=0) < 0:
        raise ProtocolError("an array of an impossible kind or shape")
    dtype = np.dtype(wire.dtype)
    count = math.prod(wire.shape)
    if wire.at < 0 or wire.at + count * dtype.itemsize > len(body) or max(wire.shape, default=0) > MAX_BODY:
        raise ProtocolError("an array that is larger than its frame")
    flat = np.frombuffer(body, dtype, count, wire.at) if count else np.empty(0, dtype)
    return flat.reshape(wire.shape).copy()


class Frames:
    """Cuts a stream of bytes into frames, refusing what is too large before it has arrived."""

    def __init__(self, max_head: int = MAX_HEAD) -> None:
        self._buffer = bytearray()
        self._max_head = max_head

    def feed(self, data: bytes) -> list[bytes]:
        """Take what arrived and return the frames that it completes, lengths and all."""
        buffer = self._buffer
        buffer += data
        done, at = [], 0
        while len(buffer) - at >= LENGTHS.size:
            head_length, body_length = LENGTHS.unpack_from(buffer, at)
            if head_length > self._max_head or body_length > MAX_BODY:
                raise ProtocolError("a frame that is too large")
            end = at + LENGTHS.size + head_length + body_length
            if len(buffer) < end:
                break
            done.append(bytes(buffer[at:end]))
            at = end
        del buffer[:at]
        return done


def frame_of(message: Wire, body: bytes = b"") -> bytes:
    """Return a message as the bytes of a frame."""
    head = ENCODER.encode(message)
    return LENGTHS.pack(len(head), len(body)) + head + body


def decode_frame(frame: bytes, decoder: Any) -> tuple[Any, memoryview]:
    """Return the message and the body of a whole frame."""
    head_length = LENGTHS.unpack_from(frame)[0]
    split = LENGTHS.size + head_length
    view = memoryview(frame)
    try:
        return decoder.decode(view[LENGTHS.size : split]), view[split:]
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise ProtocolError(f"a frame that is no message: {type(error).__name__}") from None
