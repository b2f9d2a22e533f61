"""What the grader remembers of a class has a bound, and what it does not remember goes back to the system."""

import contextlib
import re
from pathlib import Path

from autograder.config import load_config
from autograder.grading.opening import open_grader
from autograder.judging.cache import Kept
from autograder.sandbox.pages import hand_back
from autograder.submission.reading import Submission


def test_the_oldest_go_when_there_is_no_more_room():
    kept: Kept[str] = Kept(entries=3, room=100)
    for name in "abcd":
        kept.put(name, name.upper(), 10)
    assert [kept.get(name) for name in "abcd"] == [None, "B", "C", "D"]
    kept.put("e", "E", 85)
    assert [name for name in "abcde" if name in kept] == ["d", "e"]


def test_what_is_larger_than_the_room_is_not_kept_and_costs_nothing_else_its_place():
    kept: Kept[int] = Kept(entries=3, room=100)
    kept.put("small", 1, 10)
    kept.put("large", 2, 101)
    assert (kept.get("small"), kept.get("large")) == (1, None)


def test_a_value_put_twice_counts_once():
    kept: Kept[int] = Kept(entries=3, room=100)
    for value in range(50):
        kept.put("one", value, 60)
    kept.put("two", 2, 40)
    assert (kept.get("one"), kept.get("two")) == (49, 2)


def held_mb() -> float:
    """Return how much memory this process has that is no file's."""
    found = re.search(r"RssAnon:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024


def test_memory_that_is_free_goes_back_though_some_behind_it_is_not():
    many = [bytes(2_000) for _ in range(40_000)]
    last = many[-1]
    del many
    free = held_mb()
    hand_back()
    assert held_mb() < free - 60
    assert len(last) == 2_000


def test_after_each_submission_memory_goes_back(monkeypatch):
    calls = []
    monkeypatch.setattr("autograder.grading.grader.hand_back", lambda: calls.append("back"))
    with contextlib.closing(open_grader(load_config(Path(__file__).parent / "tiny"), "warmup")) as grader:
        grader.grade(Submission("ada", "ada", {}, problem="no file"))
        grader.grade(Submission("bob", "bob", {"warmup.py": b"x = 1"}, main="warmup.py"))
    assert calls == ["back", "back"]
