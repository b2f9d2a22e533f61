"""Functions of the grader's that a submission was passed: it asks, and the grader calls them."""

from collections.abc import Callable, Sequence
from typing import Any

from autograder.data.plain import plain
from autograder.data.values import Opaque, leaves
from autograder.sandbox import protocol
from autograder.sandbox.calls import Answer
from autograder.sandbox.codec import decode_call, encode_answer


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
