"""Frames: what goes over the wall. Typed, length-limited, made of plain data only.

A frame is two lengths (head, body), a msgpack head and a raw body. The head is one of the messages
below; arrays name their place in the body. Whatever does not fit is a `ProtocolError`.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

LENGTHS = struct.Struct("!II")
MAX_HEAD = 1 << 20
MAX_BODY = 64 << 20
MAX_REQUEST = 512 << 20  # the body of a call: its arguments are the grader's own
MAX_FRAME = MAX_HEAD + MAX_BODY
MAX_NAMES, MAX_PROBLEMS, MAX_CHANGED = 5000, 100, 100
MAX_TRACE = 4000
MAX_DIGITS = 1100  # of an integer beyond 64 bits, hexadecimal

Name = Annotated[str, Meta(max_length=250)]
ShortText = Annotated[str, Meta(max_length=1000)]


class ProtocolError(Exception):
    """The other side sent something that is no frame: it is not to be trusted any more."""


class TooManyPieces(ProtocolError):
    """An answer of far more pieces than the right one."""


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
    kind: Literal["list", "tuple", "set", "frozenset", "iterator"]
    items: "list[Value]"


class WireFloats(Wire, tag="f", frozen=True):
    array: WireArray


class WireDict(Wire, tag="d", frozen=True):
    keys: "list[Value]"
    items: "list[Value]"


class WireHandle(Wire, tag="h", frozen=True):
    id: int
    type_name: Name
    fields: WireDict | None = None


class WireInt(Wire, tag="n", frozen=True):
    """An integer beyond 64 bits, hexadecimal."""

    digits: Annotated[str, Meta(max_length=MAX_DIGITS, pattern="^-?[0-9a-f]+$")]


class WireBytes(Wire, tag="b", frozen=True):
    data: bytes


class WireCallback(Wire, tag="c", frozen=True):
    at: int


class WireNamed(Wire, tag="m", frozen=True):
    name: Name


class WireRecord(Wire, tag="r", frozen=True):
    path: Name
    fields: WireDict


class WireOpaque(Wire, tag="o", frozen=True):
    type_name: Name
    why: Name


class WireFigure(Wire, tag="p", frozen=True):
    axes: "list[Value]"
    png: bytes


Value = (
    None | bool | int | float | str
    | WireInt | WireBytes | WireArray | WireTensor | WireItems | WireFloats | WireDict | WireHandle
    | WireOpaque | WireFigure | WireCallback | WireNamed | WireRecord
)  # fmt: skip


class ProgramText(Wire, tag="source", frozen=True):
    """A program as text: a .py file is one cell, a notebook many. Errors are kept per cell."""

    name: str
    cells: list[str]


class LoadRequest(Wire, tag="load", frozen=True):
    """Load a submission; `modules` can be imported by it; `bind` replaces names from a module; calls of
    the names in `lent` are answered by the grader. It may take `seconds`, leaves out the statements in
    `skip`, and if it is `careful` says which statement it is about to run. `files` lie beside it."""

    source: ProgramText
    modules: dict[str, str]
    bind: dict[str, tuple[str, str]]
    lent: list[str] = []
    seconds: float = 20
    skip: list[tuple[str, int]] = []
    careful: bool = False
    files: dict[str, bytes] = {}


class Go(Wire, tag="go", frozen=True):
    """The reply to `Running`."""


class Forget(Wire, tag="forget", frozen=True):
    """Let go of the objects held for earlier calls; there is no reply."""


class CallRequest(Wire, tag="call", frozen=True):
    """A `Call`, with its data encoded."""

    action: Literal["call", "make", "invoke", "read", "callback"]
    name: Name
    args: "list[Value]"
    kwargs: WireDict
    handle: WireHandle | None
    wrt: list[str]
    of: int | None
    cotangent: "Value"
    once: bool = False


# what the place where code is graded has not got, as far as that is why something failed
Lacks = Literal["", "graphics card", "network", "files", "processes", "library", "python", "input", "hash"]


class Problem(Wire, tag="problem", frozen=True):
    """What the student's code raised, and where in their file."""

    type_name: Name
    message: ShortText
    line: int
    cell: int
    trace: Annotated[str, Meta(max_length=MAX_TRACE)]
    bases: Annotated[list[Name], Meta(max_length=10)] = []
    lacks: Lacks = ""


WirePlace = tuple[Name, int]  # of a statement: the name of its text and its number in it


class StoppedStatement(Wire, tag="stopped", frozen=True):
    """A statement that did not run to its end: why, which one, and what is missing for it.

    `seconds` is how long it ran, if that was too long.
    """

    problem: Problem
    place: WirePlace
    names: Annotated[list[Name], Meta(max_length=MAX_NAMES)]
    seconds: float = 0


class Running(Wire, tag="running", frozen=True):
    """A statement is about to be run."""

    place: WirePlace
    line: int


class Loaded(Wire, tag="loaded", frozen=True):
    names: Annotated[list[Name], Meta(max_length=MAX_NAMES)]
    stops: Annotated[list[StoppedStatement], Meta(max_length=MAX_PROBLEMS)]


class Answered(Wire, tag="answered", frozen=True):
    value: "Value"
    changed: Annotated[list[Name], Meta(max_length=MAX_CHANGED)]
    grads: WireDict


class Raised(Wire, tag="raised", frozen=True):
    problem: Problem


REQUEST = msgspec.msgpack.Decoder(LoadRequest | CallRequest | Forget | Go)
REPLY = msgspec.msgpack.Decoder(Loaded | Answered | Raised | CallRequest | Running)
ENCODER = msgspec.msgpack.Encoder()


class Frames:
    """Cuts a stream of bytes into frames, refusing what is too large before it has arrived."""

    def __init__(self, max_head: int = MAX_HEAD, rooms: Iterable[int] = (), max_body: int = MAX_BODY) -> None:
        """Begin with an empty stream; head, body and, one after another, frames may have so many bytes."""
        self._buffer = bytearray()
        self._max_head, self._max_body = max_head, max_body
        self._rooms: Iterator[int] = iter(rooms)
        self._room = next(self._rooms, None)
        self.has_too_large = False  # whether a frame has come that is larger than its room

    def feed(self, data: bytes) -> list[bytes]:
        """Take what arrived and return the frames that it completes, lengths and all."""
        buffer = self._buffer
        buffer += data
        done, at = [], 0
        while len(buffer) - at >= LENGTHS.size:
            head_length, body_length = LENGTHS.unpack_from(buffer, at)
            room = self._room
            too_large = head_length > self._max_head or body_length > self._max_body
            if too_large or (room is not None and head_length + body_length > room):
                if room is None:
                    raise ProtocolError("a frame that is too large")
                self.has_too_large = True
                break
            end = at + LENGTHS.size + head_length + body_length
            if len(buffer) < end:
                break
            done.append(bytes(buffer[at:end]))
            self._room = next(self._rooms, None)
            at = end
        del buffer[:at]
        return done


def loaded(names: Iterable[str], stops: Sequence[StoppedStatement]) -> Loaded:
    """Return what a worker says of a program that it has loaded, as much of it as may be said."""
    short = [name for name in names if len(name) <= 200]
    return Loaded(short[:MAX_NAMES], list(stops[:MAX_PROBLEMS]))


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
