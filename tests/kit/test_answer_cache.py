"""Right answers are kept between runs, in a place that only the grading user can write to."""

import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from autograder.config import load_config
from autograder.diagnosis.diagnosis import Diagnostician
from autograder.grading.opening import open_grader
from autograder.judging.answer_cache import AnswerCache, cache_of, own_folder, program_hash
from autograder.judging.answers import Answers
from autograder.judging.bank import Check
from autograder.judging.judge import Judge
from autograder.judging.session import Session
from autograder.results import Outcome, Report
from autograder.sandbox.program import Program
from autograder.sandbox.protocol import ProgramText
from autograder.sandbox.student import Student
from autograder.submission.reading import Submission

TINY = Path(__file__).parent / "tiny"
TEXT = (
    "class Box:\n    def __init__(self, n):\n        self.n = n\n    def add(self, k):\n        self.n += k\n"
    "        return self.n\n\ndef f(x):\n    return x * 2\n\ndef bad(x):\n    raise ValueError('no')\n"
)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "autograder"


def program(text: str = TEXT) -> Program:
    return Program(ProgramText("work.py", [text]))


def talk(answers: Answers) -> list[object]:
    module = Student(answers.conversation().send)
    box = module.Box(3)
    found: list[object] = [module.f(2), box.add(1), box.add(2), module.f([1.5, 2.5])]
    with pytest.raises(Exception, match="ValueError"):
        module.bad(1)
    return found


def test_a_second_run_asks_no_worker_and_answers_the_same(wall, home):
    first = Answers(wall, program(), cache_of(program()))
    told = talk(first)
    first.close()
    second = Answers(wall, program(), cache_of(program()))
    assert talk(second) == told == [4, 4, 6, [1.5, 2.5, 1.5, 2.5]]
    assert second._worker is None
    assert len(list(home.iterdir())) == 1


def test_another_program_has_another_file():
    assert program_hash(program()) == program_hash(program())
    assert program_hash(program()) != program_hash(program(TEXT + "\n"))


def test_what_somebody_else_could_have_written_is_not_read(home):
    path = home / "x.answers"
    assert own_folder() == home
    cache = AnswerCache(path)
    cache.keep([b"call"], b"reply")
    cache.save()
    assert AnswerCache(path).find([b"call"]) == b"reply"
    path.chmod(0o622)
    assert AnswerCache(path).find([b"call"]) is None
    path.chmod(0o600)
    home.chmod(0o770)
    assert own_folder() is None
    home.chmod(0o700)
    link = home / "link.answers"
    link.symlink_to(path)
    assert AnswerCache(link).find([b"call"]) is None


@pytest.mark.parametrize("damage", [b"", b"\xc1", b"x" * 1000, os.urandom(500)])
def test_a_damaged_file_is_as_good_as_none(home, damage):
    own_folder()
    path = home / "x.answers"
    path.write_bytes(damage)
    path.chmod(0o600)
    cache = AnswerCache(path)
    assert cache.find([b"call"]) is None
    cache.keep([b"call"], b"reply")
    cache.save()
    assert AnswerCache(path).find([b"call"]) == b"reply"


def test_a_large_reply_is_not_kept(home):
    cache = AnswerCache(own_folder() / "x.answers")
    cache.keep([b"call"], bytes(5 << 20))
    assert cache.find([b"call"]) is None


def test_known_mistakes_are_asked_once_on_a_machine_and_explain_the_same(home, monkeypatch):
    wrong = "def running_mean(values, window):\n    return [0.0] * (len(values) - window + 1)\n"
    work = Submission("work", "work", {"warmup.py": wrong.encode()}, main="warmup.py")

    def hints() -> list[tuple[str, str]]:
        grader = open_grader(load_config(TINY), "warmup")
        try:
            if grader.isolation.verdict != "full":
                pytest.skip("kept only where submissions are held back in full")
            return [(one.id, one.hint) for one in grader.grade(work).questions]
        finally:
            grader.close()

    told = hints()
    assert len(list(home.iterdir())) > 1
    play = Session.play

    def playing(session: Session, *args: object) -> object:
        assert not session.program.bind, "a known mistake is asked again"
        return play(session, *args)

    monkeypatch.setattr(Session, "play", playing)
    assert hints() == told


def test_replies_of_an_earlier_run_are_judged_and_explained_without_running_a_check(home, monkeypatch):
    wrong = "def clip_to_range(values, low=0.0, high=1.0):\n    return values\n"
    work = Submission("work", "work", {"warmup.py": wrong.encode()}, main="warmup.py")

    def graded() -> Report:
        grader = open_grader(load_config(TINY), "warmup")
        try:
            if grader.isolation.verdict != "full":
                pytest.skip("kept only where submissions are held back in full")
            return grader.grade(work)
        finally:
            grader.close()

    first = graded()
    clipped = next(one for one in first.questions if one.id == "warmup.clip_to_range")
    assert (clipped.outcome, bool(clipped.hint)) == (Outcome.FAILED, True)

    judge, judged = Judge.verdict, []

    def judging(self: Judge, check: Check, *args: object) -> object:
        judged.append(check.question)
        return judge(self, check, *args)

    def no_more(*_: object) -> object:
        raise AssertionError("it is explained again")

    monkeypatch.setattr(Judge, "verdict", judging)
    monkeypatch.setattr(Diagnostician, "_diagnose", no_more)
    assert replace(graded(), seconds=0.0) == replace(first, seconds=0.0)
    assert "clip_to_range" not in judged, "only what is missing is judged again"


def test_what_several_processes_found_out_is_kept_together(home):
    one, other = (AnswerCache(own_folder() / "x.answers") for _ in range(2))
    one.keep([b"call"], b"reply")
    other.keep([b"other call"], b"other reply")
    one.save()
    other.save()
    both = AnswerCache(home / "x.answers")
    assert (both.find([b"call"]), both.find([b"other call"])) == (b"reply", b"other reply")


def test_programs_that_differ_in_what_is_bound_or_lies_beside_have_files_of_their_own():
    plain = program()
    bound = Program(plain.source, bind={"f": ("variants", "g")})
    beside = Program(plain.source, files={"data.csv": b"1"})
    assert len({program_hash(one) for one in (plain, bound, beside)}) == 3
