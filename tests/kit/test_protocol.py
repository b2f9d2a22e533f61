"""Frames: what goes in comes out, and no bytes whatever do anything but decode or be refused."""

import struct

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.data.values import (
    Callback,
    Figure,
    Handle,
    Named,
    Opaque,
    Record,
    Tensor,
    same,
)
from autograder.sandbox import protocol
from autograder.sandbox.packing import DTYPES, MAX_SIDE, Decoder, Encoder

DATA = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=12)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=20,
)


def through(value):
    """Encode a value as an answer, decode it again."""
    encoder = Encoder()
    message = protocol.Answered(encoder.value(value), [], encoder.mapping({}))
    reply = protocol.REPLY.decode(protocol.ENCODER.encode(message))
    return Decoder(memoryview(encoder.body)).value(reply.value)


@given(DATA)
def test_data_comes_out_as_it_went_in(value):
    assert same(through(value), value)


@pytest.mark.parametrize("dtype", sorted(DTYPES))
def test_arrays_of_every_kind(dtype):
    for shape in [(), (0,), (3,), (2, 0), (2, 3, 4)]:
        array = np.ones(shape, dtype)
        assert same(through(array), array)
    assert same(through(Tensor(np.ones(2), "float64")), Tensor(np.ones(2), "float64"))


def test_stand_ins():
    assert through([Handle(3, "Env"), Opaque("set", "")]) == [Handle(3, "Env"), Opaque("set", "")]
    figure = through(Figure([{"title": "t", "images": [np.eye(2)]}], png(640, 480)))
    assert (figure.axes[0]["title"], figure.png) == ("t", png(640, 480))


@pytest.mark.parametrize(
    "stand_in", [Named("solve"), Callback(0), Record("os.system", {}), [(Record("a.B", {"c": Named("d")}),)]]
)
def test_what_stands_for_functions_and_classes_comes_from_the_grader_alone(stand_in):
    encoder = Encoder()
    wire = encoder.value(stand_in)
    assert Decoder(memoryview(encoder.body), is_ours=True).value(wire) is not None
    with pytest.raises(protocol.ProtocolError):
        Decoder(memoryview(encoder.body)).value(wire)


def png(width: int, height: int) -> bytes:
    """Return the beginning of a picture."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height)


@pytest.mark.parametrize(
    "picture", [png(16_000, 16_000), png(1, MAX_SIDE + 1), png(0, 1), b"GIF89a", b"x" * 90]
)
def test_a_picture_that_a_browser_could_not_show_is_refused(picture):
    with pytest.raises(protocol.ProtocolError, match="larger than one can be"):
        through(Figure([], picture))


def answer(value: object) -> bytes:
    """Return the head of an answer that claims `value`."""
    empty = {"k": "d", "keys": [], "items": []}
    return msgspec.msgpack.encode({"k": "answered", "value": value, "changed": [], "grads": empty})


FIRST = {"k": "a", "dtype": "|u1", "shape": [4], "at": 0}
LIES = {
    "larger than its frame": {"k": "a", "dtype": "<f8", "shape": [9], "at": 0},
    "huge": {"k": "a", "dtype": "|u1", "shape": [2**62], "at": 0},
    "huge by overflow": {"k": "a", "dtype": "<f8", "shape": [2**40, 2**40], "at": 0},
    "huge beside nothing": {"k": "a", "dtype": "<f8", "shape": [0, 2**60], "at": 0},
    "negative": {"k": "a", "dtype": "<f8", "shape": [-1], "at": 0},
    "before the body": {"k": "a", "dtype": "<f8", "shape": [1], "at": -8},
    "objects": {"k": "a", "dtype": "|O", "shape": [1], "at": 0},
    "structured": {"k": "a", "dtype": "i4,i4", "shape": [1], "at": 0},
    "too many axes": {"k": "a", "dtype": "|u1", "shape": [1] * 65, "at": 0},
    "twice the same bytes": {"k": "i", "kind": "list", "items": [FIRST, FIRST]},
    "overlapping": {"k": "i", "kind": "list", "items": [FIRST, {**FIRST, "at": 3}]},
    "a picture of another kind": {"k": "p", "axes": [], "png": b"GIF89a"},
    "unequal dict": {"k": "d", "keys": ["a"], "items": []},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_lies_are_refused(lie):
    reply = protocol.REPLY.decode(answer(lie))
    with pytest.raises(protocol.ProtocolError):
        Decoder(memoryview(bytes(8))).value(reply.value)


@settings(max_examples=300)
@given(st.binary(max_size=200), st.data())
def test_mutated_frames_are_refused_or_are_plain_data(junk, data):
    good = answer([1, {"k": "a", "dtype": "<f8", "shape": [1], "at": 0}])
    place = data.draw(st.integers(0, len(good)))
    receive(good[:place] + junk + good[place + data.draw(st.integers(0, 9)) :])


def test_deep_nesting_is_refused():
    empty = {"k": "d", "keys": [], "items": []}
    head = msgspec.msgpack.encode({"k": "answered", "changed": [], "grads": empty})
    item = msgspec.msgpack.encode({"k": "i", "kind": "list"})
    opened = bytes([item[0] + 1]) + item[1:] + msgspec.msgpack.encode("items") + b"\x91"
    start = bytes([head[0] + 1]) + head[1:] + msgspec.msgpack.encode("value")
    receive(start + opened * 20_000 + b"\xc0")


def receive(head: bytes) -> None:
    """Decode a frame with this head; anything but data and the one exception is a failure."""
    frames = protocol.Frames().feed(protocol.LENGTHS.pack(len(head), 8) + head + bytes(8))
    assert len(frames) == 1
    try:
        reply, body = protocol.decode_frame(frames[0], protocol.REPLY)
        if isinstance(reply, protocol.Answered):
            Decoder(body).value(reply.value)
    except protocol.ProtocolError:
        pass


def test_frames_that_are_too_large_are_refused_before_they_arrive():
    for lengths in ((0xFFFFFFFF, 0), (0, 0xFFFFFFFF), (protocol.MAX_HEAD + 1, 0)):
        with pytest.raises(protocol.ProtocolError):
            protocol.Frames().feed(struct.pack("!II", *lengths))


@given(st.lists(st.binary(max_size=30), max_size=6), st.integers(1, 9))
def test_frames_are_cut_wherever_the_stream_is(bodies, step):
    whole = [protocol.LENGTHS.pack(0, len(body)) + body for body in bodies]
    stream, frames, found = b"".join(whole), protocol.Frames(), []
    for at in range(0, len(stream), step):
        found += frames.feed(stream[at : at + step])
    assert found == whole


def test_a_frame_beyond_its_room_is_seen_before_it_arrives_and_those_before_it_are_kept():
    frames = protocol.Frames(rooms=[10, 3, 10])
    whole = protocol.LENGTHS.pack(0, 9) + bytes(9)
    assert frames.feed(whole + protocol.LENGTHS.pack(0, 60_000_000)) == [whole]
    assert frames.has_too_large


def test_what_a_worker_says_of_itself_is_bounded():
    nothing = {"k": "d", "keys": [], "items": []}
    problem = {"type_name": "E", "message": "m", "line": 1, "cell": 0, "trace": ""}
    stop = {"problem": problem, "place": ["f.py", 0], "names": []}
    for lie in (
        {"k": "loaded", "names": ["x"] * (protocol.MAX_NAMES + 1), "stops": []},
        {"k": "loaded", "names": ["x" * 300], "stops": []},
        {"k": "loaded", "names": [], "stops": [stop] * (protocol.MAX_PROBLEMS + 1)},
        {"k": "raised", "problem": {**problem, "message": "m" * 5000}},
        {"k": "raised", "problem": {**problem, "bases": ["B"] * 50}},
        {"k": "answered", "value": None, "changed": ["a"] * 200, "grads": nothing},
    ):
        head = msgspec.msgpack.encode(lie)
        with pytest.raises(protocol.ProtocolError):
            protocol.decode_frame(protocol.LENGTHS.pack(len(head), 0) + head, protocol.REPLY)
    kept = protocol.loaded(["n" * 300, *map(str, range(10_000))], [])
    assert len(kept.names) == protocol.MAX_NAMES
    assert all(len(name) < 300 for name in kept.names)
