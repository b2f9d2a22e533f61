"""A call and its answer as frames, and back: the same on both sides of the wall."""

from collections.abc import Callable, Sequence
from typing import Any

from autograder.data.plain import is_writable_text, plain
from autograder.data.sending import sendable
from autograder.data.values import Figure, Handle, Opaque, leaves
from autograder.sandbox import protocol
from autograder.sandbox.calls import Answer, Call, StudentRaised
from autograder.sandbox.packing import MAX_NODES, Decoder, Encoder

ROOM, ROOM_TIMES = 64 << 10, 16  # bytes that any reply may have; and so many times what a right one has
FIGURE_ROOM = 4 << 20  # a figure's data and picture differ in size from one program to the next


def encode_call(call: Call) -> bytes:
    """Return the frame for a call."""
    encoder = Encoder()
    held = call.handle
    handle = None if held is None else protocol.WireHandle(held.id, held.type_name)
    request = protocol.CallRequest(
        call.action,  # type: ignore[arg-type]
        call.name,
        [encoder.value(sent(arg, str(at))) for at, arg in enumerate(call.args, 1)],
        encoder.mapping({key: sent(value, key) for key, value in call.kwargs.items()}),
        handle,
        list(call.wrt),
        call.of,
        encoder.value(plain(call.cotangent)),
        call.once,
    )
    return protocol.frame_of(request, encoder.body)


def sent(value: Any, name: str) -> Any:
    """Return an argument as data, or raise a `TypeError` that names what cannot cross the wall."""
    if type(value) is float or (type(value) is str and is_writable_text(value)):
        return value
    data = sendable(value)
    odd = next((leaf for leaf in leaves(data) if isinstance(leaf, Opaque)), None)
    if odd is not None and not any(isinstance(leaf, Opaque) for leaf in leaves(value)):
        told = f"{odd.type_name} ({odd.why})" if odd.why else odd.type_name
        raise TypeError(f"argument {name} cannot be sent to the student's code: it holds {told}")
    return data


def decode_call(request: protocol.CallRequest, body: memoryview, *, is_ours: bool = False) -> Call:
    """Return the call that a request with this body stands for; `is_ours` if no submission asks."""
    held = request.handle
    handle = None if held is None else Handle(held.id, held.type_name)
    decoder = Decoder(body, is_ours=is_ours)
    return Call(
        request.action,
        request.name,
        tuple(decoder.all(request.args)),
        decoder.mapping(request.kwargs),
        handle,
        tuple(request.wrt),
        request.of,
        decoder.value(request.cotangent),
        request.once,
    )


def encode_answer(answer: Answer) -> bytes:
    """Return the frame for an answer."""
    encoder = Encoder()
    value, grads = encoder.value(answer.value), encoder.mapping(answer.grads)
    changed = [name[:80] for name in answer.changed[: protocol.MAX_CHANGED]]
    return protocol.frame_of(protocol.Answered(value, changed, grads), encoder.body)


def room_for(right: Answer) -> int:
    """Return the most bytes that a reply may have where `right` is the right answer: plenty, and no more."""
    figure = FIGURE_ROOM if isinstance(right.value, Figure) else 0
    return ROOM + ROOM_TIMES * len(encode_answer(right)) + figure


def read_reply(frame: bytes, room: int = protocol.MAX_FRAME) -> Answer:
    """Return the answer in a reply, or raise `StudentRaised`; whatever else it is, is refused."""
    return answer_in(*protocol.decode_frame(frame, protocol.REPLY), room)


def answer_in(reply: Any, body: memoryview, room: int = protocol.MAX_FRAME) -> Answer:
    """Return the answer that a message holds, or raise `StudentRaised`.

    Args:
        reply: the message.
        body: of it.
        room: the bytes that it may have; each piece of data counts as `ROOM_TIMES` of them.
    """
    if isinstance(reply, protocol.Raised):
        raise StudentRaised(reply.problem)
    if not isinstance(reply, protocol.Answered):
        raise protocol.ProtocolError("something that is no answer")
    decoder = Decoder(body, pieces=min(room // ROOM_TIMES, MAX_NODES))
    return Answer(decoder.value(reply.value), tuple(reply.changed), decoder.mapping(reply.grads))


def call_back(
    request: protocol.CallRequest, body: memoryview, functions: Sequence[Callable[..., Any]]
) -> bytes:
    """Call a function of the grader's for a submission and return the frame of its answer.

    Of an exception only its type goes over.
    """
    if not request.name.isdecimal() or int(request.name) >= len(functions):
        raise protocol.ProtocolError("a call of a function that was not passed")
    call = decode_call(request, body)
    try:
        value = plain(functions[int(request.name)](*call.args, **call.kwargs))
        if any(isinstance(leaf, Opaque) for leaf in leaves(value)):
            raise TypeError
        return encode_answer(Answer(value))
    except Exception as error:  # noqa: BLE001 the submission called it with what it cannot take
        return protocol.frame_of(protocol.Raised(protocol.Problem(type(error).__name__, "", 0, 0, "")))
