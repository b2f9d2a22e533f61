"""How far a batch is: a bar on a terminal, lines elsewhere, JSON for programs; and Ctrl-C."""

import contextlib
import json
import os
import signal
import sys
import threading

import pytest

from autograder.batch.tasks import Progress
from autograder.cli import progress as module
from autograder.cli.progress import Pace, duration, progress, stoppable
from autograder.results import Isolation, Outcome, Report


def now(done: int, *, total: int = 30, reused: int = 0) -> Progress:
    report = Report(
        kit_version="1", assignment="warmup", title="", student="Zoë", submission=f"s{done}", score=5.0,
        max_score=10.0, outcome=Outcome.PASSED, questions=[], checks=[], quiz=[], quiz_score=0.0,
        quiz_max_score=0.0, isolation=Isolation("full", [], []),
    )  # fmt: skip
    return Progress(done, total, reused, report, reused > 0)


def test_off_a_terminal_there_is_a_line_every_few_seconds(capsys, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: clock[0])
    with progress(30, quiet=False) as tell:
        for seconds, done in ((2, 1), (6, 12), (7, 13), (8, 30)):
            clock[0] = seconds
            tell(now(done, reused=2))
    told = capsys.readouterr().err.splitlines()
    assert told == [
        "graded 12 of 30 (2.0/s, 2 known already, about 9 s left)",
        "graded 30 of 30 (3.8/s, 2 known already)",
    ]  # fmt: skip


def test_the_rate_is_the_present_one(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: clock[0])
    pace = Pace()
    for seconds, done in ((1, 200), (20, 201), (40, 220), (60, 240)):  # 200 were known already
        clock[0] = seconds
        pace.note(done)
    assert pace.told() == "1.0/s"


def test_times_are_told_as_one_says_them():
    assert [duration(seconds) for seconds in (45.4, 130, 3600 * 2 + 300)] == ["45 s", "2 min", "2 h 5 min"]


def test_quiet_is_quiet_and_json_goes_to_standard_output(capsys):
    with progress(2, quiet=True, as_json=True) as tell:
        tell(now(1, total=2))
        tell(now(2, total=2, reused=1))
    told = capsys.readouterr()
    first, second = map(json.loads, told.out.splitlines())
    assert told.err == ""
    assert first == {
        "submission": "s1", "student": "Zoë", "score": 5.0, "max_score": 10.0, "late_days": 0,
        "outcome": "passed", "known": False, "done": 1, "total": 2,
    }  # fmt: skip
    assert second["known"]


def test_on_a_terminal_there_is_a_bar_with_rate_and_time_left(monkeypatch):
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        monkeypatch.setenv("TERM", "xterm")
        with progress(2, quiet=False) as tell:
            tell(now(1, total=2))
            tell(now(2, total=2))
        os.set_blocking(ours, False)
        parts = []
        with contextlib.suppress(BlockingIOError):  # until nothing is left
            while part := os.read(ours, 1 << 16):
                parts.append(part)
        shown = b"".join(parts).decode()
        monkeypatch.undo()
    os.close(ours)
    assert "grading" in shown
    assert "2/2" in shown
    assert "/s" in shown


def test_ctrl_c_is_heard_once_and_twice_it_ends_everything():
    before = signal.getsignal(signal.SIGINT)
    with stoppable() as stop:
        assert not stop()
        signal.raise_signal(signal.SIGINT)
        assert stop()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_outside_the_main_thread_signals_are_left_alone():
    heard = []

    def work() -> None:
        with stoppable() as stop:
            heard.append(stop())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert heard == [False]
