"""The table of bounds in docs/security.md: each number is the engine's, and each bound is tried."""

import io
import json
import re
import tarfile
import threading
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from autograder.data import figures, plain
from autograder.diagnosis import facts
from autograder.grading import examples
from autograder.judging import answer_room as room
from autograder.judging import answers, judge
from autograder.judging.session import TIME_PARTS, Script, Session
from autograder.quiz import sheet
from autograder.sandbox import codec, libraries, limits, packing, patience, protocol, remote, wall, warm
from autograder.sandbox.calls import Answer, Call
from autograder.sandbox.codec import encode_call
from autograder.sandbox.program import Program
from autograder.sandbox.protocol import ProgramText, ProtocolError
from autograder.sandbox.remote import AnswerTooLarge
from autograder.sandbox.student import Student
from autograder.submission import (
    archive,
    beside,
    large_notebook,
    notebook_code,
    packed,
    parsing,
    reading,
    tar,
    work,
)

DOC = Path(__file__).resolve().parents[2] / "docs" / "security.md"
MB = 1 << 20
ROWS = {
    "a call": [patience.FACTOR],
    "threads of a worker": [limits.THREADS],
    "descriptors of a worker": [limits.DESCRIPTORS],
    "an answer": [
        codec.ROOM >> 10, codec.ROOM_TIMES, codec.FIGURE_ROOM // MB, remote.LIVE_BYTES // MB,
        codec.ROOM_TIMES,
    ],
    "all answers of a submission": [room.SUBMISSION_BYTES // MB],
    "a frame": [protocol.MAX_HEAD // MB, packing.MAX_NODES, packing.MAX_LIST_DEPTH, packing.MAX_ROWS],
    "answering the examples of a submission": [examples.CALL_TIMES],
    "a dict or a set": [plain.MAX_KEYED, packing.MAX_ALIKE],
    "what is compared with known mistakes": [facts.MOST_FACTS],
    "names, problems, changed arguments": [
        protocol.MAX_NAMES, protocol.MAX_PROBLEMS, protocol.MAX_CHANGED, 250, 1000, protocol.MAX_TRACE,
    ],
    "a picture": [packing.MAX_SIDE, packing.MAX_SIDE],
    "texts of a figure that are compared": [figures.MAX_TEXTS, figures.MAX_PAIRS],
    "an answer sheet": [sheet.MAX_SHEET >> 10, 6, sheet.MAX_ANSWER],
    "an archive": [
        reading.MAX_NESTED, archive.MAX_ENTRIES, archive.MAX_VISITED,
        packed.MAX_INSIDE // 10**6, packed.MAX_UNPACKED // 10**6,
        tar.LONGEST_HEADER >> 10,
    ],
    "a notebook": [
        work.MAX_NOTEBOOK // 10**6, large_notebook.LARGE_NOTEBOOK // 10**6, notebook_code.MAX_CODE // 1000,
    ],
    "looking for the file that is meant": [work.MOST_READ, notebook_code.MAX_CODE // 1000],
    "notes on what was handed in": [
        archive.MOST_NOTES, beside.MAX_HELPERS, beside.MAX_DATA_FILES, work.MAX_TEXT // 10**6,
    ],
    "a program that is looked through for what it uses": [
        libraries.MOST_SEARCHED // MB, parsing.MOST_TEXT // 1000, parsing.MOST_WORK // 10**6,
    ],
    "a class: answers in the grader at once": [
        room.SUBMISSION_BYTES // MB, room.MOST_LARGE, room.SMALL_BYTES // MB, 1, room.PIECE_BYTES,
    ],
    "a class: what is remembered": [judge.KEPT_ROOM // MB, answers.KEPT_ROOM // MB],
    "a class: the warm process": [warm.START_S, wall.FORK_S, wall.IMPORT_S],
}  # fmt: skip
NUMBER = re.compile(r"\d[\d,]*")


def table() -> dict[str, str]:
    """Return the bounds that are documented."""
    text = DOC.read_text("utf-8").partition("## Limits")[2].partition("\n\nWhatever")[0]
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return {row[0]: row[1] for row in rows[1:]}


@pytest.mark.parametrize("row", ROWS)
def test_the_documented_number_is_the_engines(row):
    assert [int(found.replace(",", "")) for found in NUMBER.findall(table()[row])] == ROWS[row]


def test_the_kernel_bounds_a_worker(behind, wall):
    student, _ = behind(
        "import os, resource\n"
        "def f(name):\n    return resource.getrlimit(getattr(resource, name))\n"
        "def g():\n    kept = []\n    try:\n        while True:\n            kept.append(os.pipe())\n"
        "    except OSError:\n        return 2 * len(kept)\n"
    )
    assert student.f("RLIMIT_CPU") == (wall.bounds.submission_s + 5,) * 2
    assert student.f("RLIMIT_FSIZE") == (wall.bounds.output_kb * 1024,) * 2
    assert student.f("RLIMIT_CORE") == (0, 0)
    assert limits.DESCRIPTORS - 8 <= student.g() < limits.DESCRIPTORS


def test_all_answers_of_a_submission_have_a_bound(wall, monkeypatch):
    monkeypatch.setattr(room, "SUBMISSION_BYTES", 100_000)
    program = Program(ProgramText("work.py", ["import numpy as np\ndef f():\n    return np.zeros(9_000)\n"]))
    one = Session(wall, program)
    try:
        assert one.send(Call("call", "f")).value.shape == (9_000,)
        assert one.send(Call("call", "f")).value.shape == (9_000,)
        with pytest.raises(AnswerTooLarge, match="far more than a right one"):
            one.send(Call("call", "f"))
    finally:
        one.close()


def test_after_timeouts_a_question_gets_a_fifth_of_the_time_then_a_twentieth(wall):
    one = Session(wall, Program(ProgramText("work.py", [""])))
    allowed = []
    for _ in range(4):
        allowed.append(one._allowed_s())
        one._timeouts[""] += 1
    assert (
        allowed
        == [wall.bounds.call_s / part for part in (*TIME_PARTS, TIME_PARTS[-1])]
        == [1, 0.2, 0.05, 0.05]
    )


def alike(count: int) -> list[protocol.WireItems]:
    """Return pairs whose tuples have one hash: the second number is solved for the first."""
    mask, one, two, five = 2**64 - 1, 11400714785074694791, 14029467366897019727, 2870177450012600261

    def mixed(first: int) -> int:
        lane = (five + first * two) & mask
        return (lane << 31 | lane >> 33) * one & mask

    target, found, first = mixed(77) + 5 * two, [], 0
    while len(found) < count:
        first += 1
        second = (target - mixed(first)) * pow(two, -1, 2**64) & mask
        found += [(first, second)] if second < 2**61 - 1 else []
    assert len({hash(pair) for pair in found}) == 1
    return [protocol.WireItems("tuple", list(pair)) for pair in found]


def test_keys_that_were_made_to_be_slow_are_refused():
    decode = packing.Decoder(memoryview(b"")).value
    few, many = alike(packing.MAX_ALIKE), alike(packing.MAX_ALIKE + 1)
    assert len(decode(protocol.WireDict(few, [0] * len(few)))) == len(few)
    for wire in (protocol.WireDict(many, [0] * len(many)), protocol.WireItems("set", many)):
        with pytest.raises(ProtocolError, match="made to be slow"):
            decode(wire)
    grid = [protocol.WireItems("tuple", [row, column]) for row in range(-9, 30) for column in range(-9, 30)]
    assert len(decode(protocol.WireItems("set", grid))) == len(grid)


def test_rows_without_entries_count():
    decode = packing.Decoder(memoryview(b"")).array
    assert decode(protocol.WireArray("<f8", [packing.MAX_ROWS, 0], 0)).shape == (packing.MAX_ROWS, 0)
    for shape in ([0, 2**29], [2**29, 0], [2**15, 0, 2**15]):
        with pytest.raises(ProtocolError):
            decode(protocol.WireArray("<f8", shape, 0))


def test_pieces_of_an_answer_count_like_bytes():
    room = codec.room_for(Answer([1, 2, 3]))
    few, many = (codec.encode_answer(Answer([None] * count)) for count in (4_000, 50_000))
    assert len(many) < room
    assert codec.read_reply(few, room).value == [None] * 4_000
    with pytest.raises(protocol.TooManyPieces):
        codec.read_reply(many, room)


def test_of_an_iterator_that_stays_only_so_much_is_drawn(behind, monkeypatch):
    monkeypatch.setattr("autograder.sandbox.student.MOST_DRAWN", 20)
    student, _ = behind("import itertools\ndef f():\n    return itertools.count()\n")
    assert isinstance(student, Student)
    assert list(student.f()) == list(range(20))


def test_what_is_as_large_as_it_says_and_not_as_its_memory_is_too_large(behind):
    student, _ = behind(
        "import numpy as np\ndef f():\n    return np.broadcast_to(np.float64(1), (10**9,))\n"
        "def g():\n    return np.lib.stride_tricks.as_strided(np.zeros(1), (10**6, 10**6), (0, 0))\n"
        "def h():\n    return np.empty((10**9, 0))\n"
    )
    assert (student.f().why, student.g().why, student.h().why) == (plain.TOO_LARGE,) * 3
    assert np.shape(student.f()) == ()


def test_all_answers_have_a_bound_where_they_are_asked_for_at_once(wall, monkeypatch):
    monkeypatch.setattr(room, "SUBMISSION_BYTES", 100_000)
    text = "import numpy as np\ndef f():\n    return np.zeros(9_000)\n"
    one = Session(wall, Program(ProgramText("work.py", [text])))
    frame = encode_call(Call("call", "f"))
    first, second = one.play([Script((frame,) * 3), Script((frame,))])
    one.close()
    assert [type(reply.ended) for reply in first] == [type(None), type(None), AnswerTooLarge]
    assert [type(reply.ended) for reply in second] == [AnswerTooLarge]


def test_what_is_kept_unpacked_counts_as_it_is(wall, monkeypatch):
    monkeypatch.setattr(room, "SUBMISSION_BYTES", 100_000)
    one = Session(
        wall, Program(ProgramText("work.py", ["def f():\n    return [['ab'] * 500, ['ab'] * 500]\n"]))
    )
    assert [len(one.send(Call("call", "f")).value) for _ in range(2)] == [2, 2]
    with pytest.raises(AnswerTooLarge):
        one.send(Call("call", "f"))
    one.close()


def test_only_a_few_submissions_answer_much_at_once():
    places = threading.Semaphore(1)
    small, large, next_one = (room.Held(places) for _ in range(3))
    small.bytes, large.bytes, next_one.bytes = (room.SMALL_BYTES, room.SMALL_BYTES + 1, room.SMALL_BYTES + 1)
    large.wait()
    large.wait()  # it has its place
    small.wait()  # it needs none
    assert not places.acquire(blocking=False)
    large.release()
    next_one.wait()
    for one in (small, large, next_one):
        one.release()
    assert places.acquire(blocking=False)
    assert not places.acquire(blocking=False)


def test_one_submission_is_read_at_a_time(tmp_path, monkeypatch):
    alone, read_on = [], reading.cells_of

    def cells_of(*told):
        alone.append(not reading.READING.acquire(blocking=False))
        return read_on(*told)

    monkeypatch.setattr(reading, "cells_of", cells_of)
    (tmp_path / "warmup.py").write_text("x = 1\n")
    handed_in = reading.read_submission(tmp_path / "warmup.py", "warmup")
    assert alone == [True]
    assert reading.source_of(handed_in, "warmup").cells == ("x = 1\n",)  # as it is graded
    assert alone == [True, True]
    assert not reading.READING.locked()


def notebook(*cells):
    return json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells]}).encode()


def attributes(text):
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for _ in range(30):
            info = tarfile.TarInfo("a")
            info.type, info.size = tarfile.XHDTYPE, len(text)
            archive.addfile(info, io.BytesIO(text))
    return made.getvalue()


READ_FAST = {
    "attributes of digits": {"work.tar": attributes(b"1" * 65_000)},
    "attributes that do not end": {"work.tar": attributes(b"11 path=" * 8_000)},
    "a name of a file without end": {"warmup.ipynb": notebook("%%writefile a" + " " * 300_000 + "b\nx = 1")},
    "a cell without end": {"warmup.ipynb": notebook("%%time\nx = [" + "[]," * 1_500_000 + "]")},
    "a cell that no editor shows": {"warmup.ipynb": notebook("%%time\nx = [" + "[]," * 290_000 + "]")},
    "many notebooks": dict.fromkeys((f"v{at}.ipynb" for at in range(300)), notebook(*["%%x\na+"] * 3_000)),
    "many copies": dict.fromkeys((f"v{at}/warmup.py" for at in range(20)), b"%x\n" + b"a\n" * 440_000),
    "names that are nearly named": {
        "warmup.py": b"# " + b"a" * 800_000,
        **dict.fromkeys(("a" * 45 + chr(0x4E00 + at) + "a" * 45 for at in range(1_500)), b""),
    },
    "names with endings": {"warmup.py": b"x"}
    | dict.fromkeys((f"{at}{'.py' * 150}x" for at in range(1_500)), b""),
    "letters of Windows": {"warmup.ipynb": b'{"cells": []} #' + b"\xff(" * 2_400_000},
}


@pytest.mark.parametrize("files", READ_FAST.values(), ids=READ_FAST)
def test_whatever_is_handed_in_is_read_in_a_few_seconds(tmp_path, files):
    with zipfile.ZipFile(tmp_path / "ada.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as zipped:
        for name, data in files.items():
            zipped.writestr(name, data)
    began = time.process_time()
    handed_in = reading.read_submission(tmp_path / "ada.zip", work.Task("warmup", frozenset({"f"})))
    if not handed_in.problem:
        reading.source_of(handed_in, "warmup")
    assert time.process_time() - began < 6  # without the bounds minutes to hours
