"""A call and its answer as frames, and back: the same on both sides of the wall."""

from typing import Any

from autograder.data.values import Handle, plain
from autograder.sandbox import protocol
from autograder.sandbox.calls import Answer, Call


class StudentRaised(Exception):
    """Student code raised an exception; `problem` describes it."""

    def __init__(self, problem: protocol.Problem) -> None:
        super().__init__(f"{problem.type_name}: {problem.message}")
        self.problem = problem
        self.type_name = problem.type_name
        self.type_names = (problem.type_name, *problem.bases)


def encode_call(call: Call) -> bytes:
    """Return the frame for a call."""
    encoder = protocol.Encoder()
    held = call.handle
    handle = None if held is None else protocol.WireHandle(held.id, held.type_name)
    request = protocol.CallRequest(
        call.action,  # type: ignore[arg-type]
        call.name,
        [encoder.value(plain(arg)) for arg in call.args],
        encoder.mapping({key: plain(value) for key, value in call.kwargs.items()}),
        handle,
        list(call.wrt),
        call.of,
        encoder.value(plain(call.cotangent)),
        call.once,
    )
    return protocol.frame_of(request, encoder.body)


def decode_call(request: protocol.CallRequest, body: memoryview) -> Call:
    """Return the call that a request stands for."""
    held = request.handle
    handle = None if held is None else Handle(held.id, held.type_name)
    return Call(
        request.action,
        request.name,
        tuple(protocol.decode_value(item, body) for item in request.args),
        protocol.decode_mapping(request.kwargs, body),
        handle,
        tuple(request.wrt),
        request.of,
        protocol.decode_value(request.cotangent, body),
        request.once,
    )


def encode_answer(answer: Answer) -> bytes:
    """Return the frame for an answer."""
    encoder = protocol.Encoder()
    value, grads = encoder.value(answer.value), encoder.mapping(answer.grads)
    return protocol.frame_of(protocol.Answered(value, list(answer.changed), grads), encoder.body)


def read_reply(frame: bytes) -> Answer:
    """Return the answer in a reply, or raise `StudentRaised`; whatever else it is, is refused."""
    return answer_in(*protocol.decode_frame(frame, protocol.REPLY))


def answer_in(reply: Any, body: memoryview) -> Answer:
    """Return the answer that a message holds, or raise `StudentRaised`."""
    if isinstance(reply, protocol.Raised):
        raise StudentRaised(reply.problem)
    if not isinstance(reply, protocol.Answered):
        raise protocol.ProtocolError("something that is no answer")
    value = protocol.decode_value(reply.value, body)
    return Answer(value, tuple(reply.changed), protocol.decode_mapping(reply.grads, body))
