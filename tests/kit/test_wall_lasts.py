"""The wall outlives what happens to its processes, and charges a worker for its own time only."""

import os
import signal
import textwrap
import threading
import time

import numpy as np
import pytest

from autograder.data.limits import Limits
from autograder.sandbox import patience
from autograder.sandbox.calls import Answer, Call
from autograder.sandbox.codec import ROOM, encode_answer, encode_call, room_for
from autograder.sandbox.lender import Lender, LenderFailed
from autograder.sandbox.libraries import used_by
from autograder.sandbox.patience import FACTOR, Excused, Usage, WorkerWatch
from autograder.sandbox.program import Program
from autograder.sandbox.protocol import REQUEST, ProgramText, decode_frame
from autograder.sandbox.remote import AnswerTooLarge, CallTimeout, WorkerDied
from autograder.sandbox.wall import STARTS, Wall
from autograder.sandbox.warm import CannotStart, WallLost, WarmProcess


@pytest.fixture
def mortal():
    """A wall of one test's own."""
    with Wall(Limits(call_s=2), ("numpy",)) as wall:
        yield wall


def one(wall: Wall, text: str = "def f():\n    return 1") -> object:
    """Load a program, call its `f` and return the value."""
    worker = wall.worker()
    try:
        worker.load(Program(ProgramText("work.py", [text])))
        return worker.ask(encode_call(Call("call", "f")), 5).value
    finally:
        worker.close()


def test_sets_of_texts_have_one_order_in_every_run(mortal):
    with Wall(Limits(call_s=2), ("numpy",)) as other:
        text = "def f():\n    return hash('a')"
        assert one(mortal, text) == one(other, text)


def test_a_dead_warm_process_is_replaced(mortal):
    before = mortal.pid
    os.kill(before, signal.SIGKILL)
    assert one(mortal) == 1
    assert mortal.pid != before


def test_a_stopped_warm_process_is_replaced_and_its_workers_can_be_ended(mortal, monkeypatch):
    monkeypatch.setattr("autograder.sandbox.wall.FORK_S", 0.2)
    worker = mortal.worker()
    os.kill(mortal.pid, signal.SIGSTOP)
    worker.close()
    assert one(mortal) == 1


def test_a_worker_that_dies_with_the_warm_process_is_not_told_to_have_crashed(mortal):
    worker = mortal.worker()
    worker.load(Program(ProgramText("work.py", ["import time\ndef f():\n    time.sleep(60)"])))
    threading.Timer(0.1, os.kill, (mortal.pid, signal.SIGKILL)).start()
    with pytest.raises(WallLost):
        worker.ask(encode_call(Call("call", "f")), 30)
    worker.close()


def test_a_fork_that_fails_is_tried_again(mortal, monkeypatch):
    ask, failures = WarmProcess.ask, iter([True, True, False])

    def failing(self, request, descriptors=(), **more):
        if request["do"] == "fork" and next(failures, False):
            return {"error": "no worker could be started: Resource temporarily unavailable"}, []
        return ask(self, request, descriptors, **more)

    monkeypatch.setattr(WarmProcess, "ask", failing)
    assert one(mortal) == 1


def test_a_library_is_imported_once_whoever_asks_for_it_at_the_same_time():
    with Wall(Limits(), ("numpy",)) as wall:
        wanted = (["torch", "torch._dynamo"],)
        threads = [threading.Thread(target=wall.preload, args=wanted) for _ in range(6)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert one(wall, "import sys\ndef f():\n    return 'torch' in sys.modules") is True


def test_a_library_that_cannot_be_imported_ahead_is_no_end(mortal):
    mortal.preload(["no_such_library", "scipy.linalg"])
    assert one(mortal, "import sys\ndef f():\n    return 'scipy.linalg' in sys.modules") is True


def test_an_answer_much_larger_than_the_right_one_is_not_taken_in(mortal):
    worker = mortal.worker()
    worker.load(
        Program(
            ProgramText("work.py", ["import numpy as np\ndef f():\n    return np.zeros(60_000_000, 'u1')"])
        )
    )
    with pytest.raises(AnswerTooLarge):
        worker.ask(encode_call(Call("call", "f")), 20, room=room_for(Answer(np.zeros(100))))
    assert worker.received < 1 << 20
    assert not worker.alive
    worker.close()


def test_answers_before_one_that_is_too_large_are_kept(mortal):
    worker = mortal.worker()
    worker.load(Program(ProgramText("work.py", ["import numpy as np\ndef f(n):\n    return np.zeros(n)"])))
    frames = b"".join(encode_call(Call("call", "f", (n,))) for n in (1, 2, 90_000, 3))
    coming, got = worker.stream(frames, 4, 20, rooms=[ROOM] * 4), []
    with pytest.raises(AnswerTooLarge):
        got.extend(coming)
    with pytest.raises((AnswerTooLarge, WorkerDied, ValueError, StopIteration)):
        next(coming)
    worker.close()


class Kernel:
    """What a kernel says of a worker, second by second."""

    def __init__(self, monkeypatch, used: float, starved: float | None, runnable: bool = False) -> None:
        self.now, self._used, self._starved = 100.0, used, starved
        monkeypatch.setattr(patience, "usage", self.usage)
        monkeypatch.setattr(patience, "is_runnable", lambda pid: runnable)
        monkeypatch.setattr(time, "monotonic", lambda: self.now)

    def usage(self, pid: int) -> Usage:
        passed = self.now - 100
        return Usage(self._used * passed, None if self._starved is None else self._starved * passed)

    def waits(self, watch: WorkerWatch) -> float:
        """Return how long a watch waits for a worker that never answers."""
        began = self.now
        while True:
            self.now += watch.wait_s()
            watch.back()
            if watch.is_over():
                return self.now - began


@pytest.mark.parametrize(
    ("used", "starved", "runnable", "waited"),
    [
        (1, 0, True, 2),  # busy
        (0, 0, False, 2),  # asleep
        (0.5, 0.5, True, 4),  # has every other second
        (0, 1, True, 2 * FACTOR),  # never gets to run: there is an end to patience
        (4, 100, True, 2),  # many threads that starve each other have used enough between them
        (0.5, None, True, 4),  # a kernel that does not say how long it waited for a processor
        (0, None, False, 2),
    ],
)
def test_a_worker_is_charged_for_time_that_it_had(monkeypatch, used, starved, runnable, waited):
    kernel = Kernel(monkeypatch, used, starved, runnable)
    watch = WorkerWatch(1, 2.0, None, Excused())
    assert kernel.waits(watch) == pytest.approx(waited, abs=0.2)
    watch.begin()
    assert 0 <= watch.excused.all_s <= waited


@pytest.mark.parametrize("after", [0.0, 1.0])
def test_nobody_is_charged_for_a_grader_that_was_stopped(monkeypatch, after):
    kernel = Kernel(monkeypatch, 1, 0)
    watch = WorkerWatch(1, 2.0, 102.0, Excused())
    while kernel.now < 100 + after:
        kernel.now += watch.wait_s()
        watch.back()
        assert not watch.is_over()
    kernel.now += watch.wait_s() + 600
    watch.back()
    assert kernel.waits(watch) == pytest.approx(2 - after, abs=0.5)
    assert watch.excused.held_up_s == pytest.approx(600)
    watch.begin()
    assert watch.excused.all_s == pytest.approx(600, abs=0.1)


def test_the_kernel_tells_what_a_process_has_used():
    before = patience.usage(os.getpid())
    while time.process_time() < before.used + 0.02:
        pass
    after = patience.usage(os.getpid())
    assert after.used >= before.used + 0.01
    assert after.starved is None or after.starved >= (before.starved or 0)


PROGRAMS = {
    "import numpy as np": ["numpy"],
    "# import torch": [],
    "'torch.optim is no import'": ["torch._dynamo"],
    "from scipy import (\n    linalg,  # first\n    signal as s,\n)": ["scipy.linalg", "scipy.signal"],
    "from scipy import stats, fft": ["scipy.fft", "scipy.stats"],
    "import scipy.optimize": ["scipy.optimize"],
    "    import torch": ["torch"],
    "import os, torch": ["torch"],
    "x = scipy.special.gamma(2)": ["scipy.special"],
    "from scipy import (\nimport torch\nlinalg": ["torch"],
    "torch = 1": [],
}


@pytest.mark.parametrize(("text", "found"), PROGRAMS.items())
def test_libraries_that_a_program_names_are_imported_ahead(text, found):
    assert used_by([text]) == found


@pytest.mark.parametrize(
    "text",
    ["# from scipy import (\n" * 25_000, "from scipy import (" * 25_000, "torch." * 90_000, "a" * 500_000],
)
def test_looking_for_libraries_takes_time_in_proportion_to_the_text(text):
    began = time.process_time()
    used_by([text])
    once = time.process_time() - began
    began = time.process_time()
    used_by([text[: len(text) // 4]])
    assert once < 12 * (time.process_time() - began) + 0.5  # quadratic: 16 times, and minutes


def test_what_a_worker_left_behind_is_ended_with_it():
    with Wall(Limits(), ("numpy",), without=("seccomp", "uid")) as wall:
        worker = wall.worker()
        program = textwrap.dedent("""
            import os, time
            child = os.fork()
            if child == 0:
                os.setsid()
                time.sleep(60)
            def f():
                return child
        """)
        worker.load(Program(ProgramText("work.py", [program])))
        child = worker.ask(encode_call(Call("call", "f")), 5).value
        worker.close()
        until = time.monotonic() + 20
        while os.path.exists(f"/proc/{child}"):
            assert time.monotonic() < until, "a child outlived its worker"
            wall.worker().close()


def test_a_warm_process_that_cannot_start_is_tried_twice_and_says_why(monkeypatch):
    starts = []

    def start(*args):
        starts.append(WarmProcess(*args))
        return starts[-1]

    monkeypatch.setattr("autograder.sandbox.wall.WarmProcess", start)
    told = "^the warm process of the wall cannot start: ValueError: no_such_library"
    with Wall(Limits(), ("no_such_library",)) as wall, pytest.raises(CannotStart, match=told):
        wall.worker()
    assert len(starts) == STARTS


class Lent:
    """A worker that answers, or does not, as it is told to."""

    def __init__(self, *ways) -> None:
        self.ways, self.excused, self.asked_until = list(ways), Excused(), []

    def reply(self, frame, allowed_s, until) -> bytes:
        self.asked_until.append(until)
        self.excused.all_s += 3
        way = self.ways.pop(0)
        if isinstance(way, Exception):
            raise way
        return way

    def close(self) -> None:
        pass


ANSWER = encode_answer(Answer(1.0))


def test_a_program_is_not_charged_for_a_lender_that_starves():
    worker = Lent(CallTimeout("late"), ANSWER)
    lender = Lender(["g"], lambda: worker)
    frame = encode_call(Call("call", "g"))
    assert lender.answer(decode_frame(frame, REQUEST)[0], frame, 5, 100.0) == ANSWER
    assert lender.excused_s == pytest.approx(6, abs=0.1)
    assert worker.asked_until == pytest.approx([100, 103], abs=0.1)


def test_a_lender_that_never_answers_is_nobodys_verdict():
    lender = Lender(["g"], lambda: Lent(CallTimeout("late")))
    frame = encode_call(Call("call", "g"))
    with pytest.raises(LenderFailed, match="g could not be lent: late"):
        lender.answer(decode_frame(frame, REQUEST)[0], frame, 5, 100.0)
