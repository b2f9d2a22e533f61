"""Everything that reads what a student controls, on made-up input: it answers or refuses, soon.

`make fuzz` runs this for minutes; AUTOGRADER_FUZZ sets how many inputs each reader gets.
"""

import contextlib
import io
import json
import os
import struct
import tarfile
import time
import warnings
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.data.figures import overlapping
from autograder.errors import InputError
from autograder.grading.lending import defining_statements, is_used
from autograder.quiz.numbers import read_numbers
from autograder.quiz.sheet import read_letters, read_sheet
from autograder.sandbox import protocol
from autograder.sandbox.codec import StudentRaised, read_reply
from autograder.sandbox.libraries import used_by
from autograder.submission.notebook_code import cells_of, is_untouched
from autograder.submission.packed import BROKEN
from autograder.submission.reading import read_submission
from autograder.submission.tar import members
from autograder.submission.work import work_in

pytestmark = pytest.mark.slow
FUZZ = int(os.environ.get("AUTOGRADER_FUZZ", "1000"))
LONG_S = 3.0  # of processor time, for 200 KB: what is quadratic takes minutes
LONG = 200_000
many = settings(
    max_examples=FUZZ, deadline=None, suppress_health_check=[*HealthCheck], derandomize=False, database=None
)

EMPTY = {"k": "d", "keys": [], "items": []}
ARRAYS = st.fixed_dictionaries(
    {
        "k": st.just("a"),
        "dtype": st.sampled_from(["<f8", "|b1", "<c16", "<U4", "|S3", "|O", "<f9"]),
        "shape": st.lists(st.integers(-1, 2**40) | st.integers(0, 4), max_size=4),
        "at": st.integers(-8, 64),
    }
)
TEXTS = st.text(max_size=6)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.binary(max_size=9) | ARRAYS


def wires(inner: st.SearchStrategy) -> st.SearchStrategy:
    """Return pieces of the protocol with others in them."""
    several = st.lists(inner, max_size=4)
    kinds = st.sampled_from(["list", "tuple", "set", "frozenset", "iterator", "heap"])
    return (
        st.fixed_dictionaries({"k": st.just("i"), "kind": kinds, "items": several})
        | st.fixed_dictionaries(
            {"k": st.just("d"), "keys": st.lists(inner | TEXTS, max_size=4), "items": several}
        )
        | st.fixed_dictionaries({"k": st.just("t"), "array": inner, "dtype": TEXTS})
        | st.fixed_dictionaries({"k": st.just("f"), "array": inner})
        | st.fixed_dictionaries({"k": st.just("p"), "axes": several, "png": st.binary(max_size=40)})
        | st.fixed_dictionaries(
            {"k": st.sampled_from("hobncrs"), "id": inner, "type_name": TEXTS, "why": TEXTS}
        )
        | several
    )


VALUES = st.recursive(LEAVES, wires, max_leaves=12)
ANSWERS = st.fixed_dictionaries(
    {
        "k": st.sampled_from(["answered", "raised", "loaded"]),
        "value": VALUES,
        "changed": st.lists(TEXTS, max_size=2),
    }
).map(lambda message: {**message, "grads": EMPTY})


@many
@given(ANSWERS, st.binary(max_size=64))
def test_frames(message, body):
    import msgspec

    try:
        head = msgspec.msgpack.encode(message)
    except OverflowError:  # a number that the format has no room for
        return
    for frame in protocol.Frames(rooms=[10_000]).feed(struct.pack("!II", len(head), len(body)) + head + body):
        try:
            read_reply(frame)
        except (protocol.ProtocolError, StudentRaised):
            continue


@many
@given(st.binary(max_size=300), st.integers(0, 300))
def test_streams(data, at):
    frames = protocol.Frames(rooms=[100, 200])
    try:
        found = frames.feed(data[:at]) + frames.feed(data[at:])
    except protocol.ProtocolError:
        return
    assert sum(map(len, found)) <= len(data)


BOXES = st.tuples(*[st.floats(-1e3, 1e3)] * 4)


@many
@given(st.lists(BOXES, max_size=30))
def test_figures(boxes):
    texts = [{"text": str(at), "box": box, "corners": []} for at, box in enumerate(boxes)]
    for one, other in overlapping(texts):
        assert int(one) < int(other)


@many
@given(
    st.text(max_size=400)
    | st.lists(
        st.sampled_from(
            [
                "- ",
                "a: ",
                "{",
                "}",
                "[",
                "\n",
                "  ",
                "'",
                "&x",
                "*x",
                "!!python/object",
                "---\n",
                "1,5",
                "|\n",
            ]
        )
    ).map("".join)
)
def test_sheets(text):
    sheet = read_sheet(text)
    for parts in sheet.answers.values():
        for part in parts:
            read_numbers(part)
        read_letters(parts, {"a": "x", "b": "y"})


CELLS = st.recursive(
    st.none() | st.integers() | st.text(max_size=20), lambda i: st.lists(i, max_size=3), max_leaves=5
)
BOOKS = st.fixed_dictionaries(
    {
        "cells": st.lists(
            st.fixed_dictionaries({"cell_type": st.just("code"), "source": CELLS}) | CELLS, max_size=4
        )
    }
)


@many
@given(
    BOOKS.map(lambda book: json.dumps(book).encode()) | st.binary(max_size=200),
    st.sampled_from(["a.ipynb", "a.py"]),
)
def test_notebooks_and_programs(data, name):
    try:
        cells = cells_of(data, name)
    except InputError:
        return
    for cell in cells:
        is_untouched(cell)


NAMES = st.sampled_from(
    ["work.py", "../work.py", "/etc/x.py", "a/b/work.py", "quiz.yml", "work.zip", "w\u202ek.py"]
)


@many
@given(
    st.lists(st.tuples(NAMES, st.binary(max_size=60)), max_size=5), st.integers(0, 400), st.binary(max_size=4)
)
def test_archives(tmp_path_factory, entries, at, junk):
    made = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(made, "w") as archive:
        for name, data in entries:
            archive.writestr(zipfile.ZipInfo(name), data)
    content = made.getvalue()
    path = tmp_path_factory.getbasetemp() / "handed_in.zip"
    path.write_bytes(content[:at] + junk + content[at + len(junk) :])
    found = read_submission(path, "work")
    assert "\n" not in found.problem
    assert not any(".." in name or name.startswith("/") for name in found.files)


@many
@given(
    st.lists(st.tuples(NAMES, st.sampled_from("0512xgLKS7"), st.binary(max_size=600)), max_size=5),
    st.integers(0, 3000),
    st.binary(max_size=4),
)
def test_tars(entries, at, junk):
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, kind, data in entries:
            info = tarfile.TarInfo(name)
            info.type, info.size = kind.encode(), len(data)
            archive.addfile(info, io.BytesIO(data))
    content = made.getvalue()
    content = content[:at] + junk + content[at + len(junk) :]
    with contextlib.suppress(*BROKEN, InputError):
        assert sum(len(member.data) for member in members(content)) <= len(content)


READERS = {
    "libraries": lambda text: used_by([text]),
    "program": lambda text: cells_of(text.encode(), "a.py"),
    "notebook": lambda text: cells_of(
        json.dumps({"cells": [{"cell_type": "code", "source": text}]}).encode(), "a.ipynb"
    ),
    "untouched": is_untouched,
    "definitions": lambda text: defining_statements((text,)),
    "work": lambda text: work_in(text, ["f", "discount"]),
    "uses": lambda text: is_used("discount", [text]),
    "sheet": read_sheet,
}
WORDS = st.sampled_from(
    ["from ", "import ", "(", ")", "[", "{", "#", "%", "%%", "!", "?", "=", "\\\n", "\n", " ", "\t", "'", '"',
     "'''", "a", "scipy", "torch", ".", ",", "def f():", "discount", "coding:", "- ", "a: ", "x=1;", "f'{",
     "0", "é", "\r"]
)  # fmt: skip


@pytest.mark.parametrize("reader", READERS)
@settings(
    max_examples=max(10, FUZZ // 20), deadline=None, suppress_health_check=[*HealthCheck], database=None
)
@given(st.lists(WORDS, min_size=1, max_size=5).map("".join), st.lists(WORDS, max_size=3).map("".join))
def test_nothing_takes_longer_than_in_proportion_to_what_is_handed_in(reader, repeated, end):
    text = repeated * (LONG // len(repeated)) + end
    began = time.process_time()
    with contextlib.suppress(InputError):
        READERS[reader](text)
    assert time.process_time() - began < LONG_S, (reader, repeated, end)
