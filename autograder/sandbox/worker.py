"""The student's side of the wall: load a program, answer calls until the grader hangs up.

Nothing here is trusted by the grader: student code shares this process and may do to it what it likes.
"""

import builtins
import io
import os
import random
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

from msgspec.structs import replace

from autograder.sandbox import protocol
from autograder.sandbox.calls import Answer, Ask, Call, Objects, StudentRaised, perform
from autograder.sandbox.codec import decode_call, encode_answer, encode_call, read_reply
from autograder.sandbox.complaints import cannot_be_kept, problem_of
from autograder.sandbox.lent import lent
from autograder.sandbox.loading import load
from autograder.sandbox.statements import Place


class CappedBytes(io.RawIOBase):
    """The bytes behind standard output."""

    def __init__(self, text: "CappedText") -> None:
        super().__init__()
        self._text = text

    def writable(self) -> bool:
        """Say yes."""
        return True

    def write(self, data: Any) -> int:
        """Write what still fits, and claim to have written all of it."""
        return self._text.put(bytes(data))


class CappedText(io.TextIOBase):
    """Standard output that swallows what is past its limit, so that printing never fails a call."""

    encoding = "utf-8"

    def __init__(self, descriptor: int, limit: int) -> None:
        self._descriptor, self._left = descriptor, limit

    def writable(self) -> bool:
        """Say yes, as a text stream that can be printed to does."""
        return True

    def fileno(self) -> int:
        """Return the descriptor behind the stream."""
        return self._descriptor

    def write(self, text: str) -> int:
        """Write what still fits, and claim to have written all of it."""
        self.put(text.encode("utf-8", "replace"))
        return len(text)

    @property
    def buffer(self) -> CappedBytes:
        """What bytes can be written to."""
        return CappedBytes(self)

    def reconfigure(self, **_: object) -> None:
        """Stay as it is: UTF-8."""

    def put(self, given: bytes) -> int:
        """Write what still fits of some bytes, and claim to have written all."""
        data = given[: self._left]
        self._left -= len(data)
        if data:
            try:
                os.write(self._descriptor, data)
            except OSError:
                self._left = 0
        return len(given)


def serve_requests(sock: Any, output: int, output_bytes: int) -> None:
    """Answer requests on `sock`, in order, until the grader hangs up."""
    sys.stdout = sys.stderr = CappedText(output, output_bytes)
    random.seed(0)  # it seeds itself anew in every fork
    module = types.ModuleType("submission")
    objects = Objects()
    names: list[str] = []
    kept: dict[bytes, bytes] = {}  # replies to what is asked once, by the frame that asked
    stream = incoming(sock)
    for frame in stream:
        request, body = protocol.decode_frame(frame, protocol.REQUEST)
        if isinstance(request, protocol.CallRequest):
            reply = kept.get(frame) if request.once else None
            reply = reply or answer(request, body, module, objects, names, asking(sock, stream))
            if request.once:
                kept[frame] = reply
            sock.sendall(reply)
        elif isinstance(request, protocol.Forget):
            objects = Objects()
        elif isinstance(request, protocol.LoadRequest):
            names = [request.source.name, *(f"{name}.py" for name in request.modules)]
            module, loaded = load(request, teller(sock, stream))
            vars(module).update({name: lent(name, asking(sock, stream)) for name in request.lent})
            sock.sendall(protocol.frame_of(loaded))


def asking(sock: Any, stream: Iterator[bytes]) -> Ask:
    """Return what asks the grader, in the middle of a call, for the answer of a lent function."""

    def ask(call: Call) -> Answer:
        sock.sendall(encode_call(call))
        try:
            return read_reply(next(stream))
        except StudentRaised as error:
            kind = getattr(builtins, error.type_name, RuntimeError)
        raise kind

    return ask


def teller(sock: Any, stream: Iterator[bytes]) -> Callable[[Place, int], None]:
    """Return what tells the grader which statement is about to be run, and waits for its word."""

    def tell(place: Place, line: int) -> None:
        sock.sendall(protocol.frame_of(protocol.Running(place, line)))
        next(stream)

    return tell


def incoming(sock: Any) -> Iterator[bytes]:
    """Yield requests as they arrive, many at a time where many are there."""
    frames = protocol.Frames(max_head=protocol.MAX_BODY, max_body=protocol.MAX_REQUEST)
    while data := sock.recv(1 << 18):
        yield from frames.feed(data)


def answer(
    request: protocol.CallRequest,
    body: memoryview,
    module: types.ModuleType,
    objects: Objects,
    names: list[str],
    ask: Ask | None = None,
) -> bytes:
    """Carry out a call and return the frame that answers it."""
    try:
        return encode_answer(perform(decode_call(request, body, is_ours=True), vars(module), objects, ask))
    except BaseException as error:  # noqa: BLE001 whatever it is, it is the answer
        problem = problem_of(error, names)
        if cannot_be_kept(error, vars(module).get(request.name)):
            problem = replace(problem, lacks="hash")
        return protocol.frame_of(protocol.Raised(problem))
