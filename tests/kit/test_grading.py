"""One submission, graded for real: scores, outcomes, feedback, diagnosis; no wrong attribution."""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec.structs import replace as replace_fields

from autograder.batch.update import Need, need_of
from autograder.checks import CheckFailed
from autograder.config import load_config
from autograder.errors import ReferenceFailed
from autograder.grading.grader import Grader
from autograder.grading.opening import open_grader
from autograder.grading.scoring import share
from autograder.judging import answer_room as room
from autograder.judging.answer_room import MOST_LARGE
from autograder.judging.programs import variant_program
from autograder.judging.receipt import receipt_of
from autograder.judging.sentences import Sentences
from autograder.judging.session import Script, Session
from autograder.results import (
    Cause,
    CheckResult,
    Outcome,
    QuestionResult,
    Report,
    from_json,
    to_json,
)
from autograder.sandbox.calls import Call
from autograder.sandbox.codec import encode_call
from autograder.sandbox.program import Program
from autograder.sandbox.protocol import ProgramText
from autograder.submission.reading import Submission

TINY = Path(__file__).parent / "tiny"
RIGHT = {
    "running_mean": """
def running_mean(values, window):
    return [sum(values[max(0, i - window + 1): i + 1]) / min(i + 1, window) for i in range(len(values))]
""",
    "clip_to_range": """
import numpy as np
def clip_to_range(values, low=0.0, high=1.0):
    return np.minimum(np.maximum(values, low), high)
""",
}


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    made = open_grader(load_config(TINY), "warmup")
    yield made
    made.close()


@pytest.fixture
def grade(grader: Grader) -> Callable[..., Report]:
    def run(**swap: str) -> Report:
        text = "\n".join({**RIGHT, **swap}.values())
        return grader.grade(Submission("work", "work", {"warmup.py": text.encode()}, main="warmup.py"))

    return run


def score(report: Report, question: str) -> float:
    return next(one.score for one in report.questions if one.id == f"warmup.{question}")


def results(report: Report, question: str) -> list[CheckResult]:
    return [one for one in report.checks if one.question == f"warmup.{question}"]


def test_right_code_scores_full(grade):
    report = grade()
    assert (score(report, "running_mean"), score(report, "clip_to_range")) == (10, 5)
    assert report.max_score == 20
    assert all(check.outcome is Outcome.PASSED and not check.feedback for check in report.checks)
    assert from_json(to_json(report)) == report


def test_the_reference_scores_full(grader):
    text = (TINY / "solutions" / "warmup.py").read_bytes()
    report = grader.grade(Submission("work", "work", {"warmup.py": text}, main="warmup.py"))
    assert report.score == 15


def test_a_wrong_function_costs_its_question_only(grade):
    report = grade(running_mean="def running_mean(values, window):\n    return values")
    assert (score(report, "running_mean"), score(report, "clip_to_range")) == (0, 5)


def test_an_unwritten_stub_says_so_in_one_line(grade):
    raises = 'raise NotImplementedError("running_mean: write your code here")'
    stub = f"def running_mean(values, window):\n    {raises}"
    ended = {(one.outcome, one.feedback) for one in results(grade(running_mean=stub), "running_mean")}
    assert ended == {
        (Outcome.UNWRITTEN, "Not written yet: the stub's line, raise NotImplementedError, still stands.")
    }


def test_a_missing_function_names_the_nearest(grade):
    report = grade(running_mean="def runing_mean(values, window):\n    return values")
    assert {one.cause for one in results(report, "running_mean")} == {Cause.MISSING}
    assert (
        "There is no function running_mean in the file. Is it runing_mean?"
        in results(report, "running_mean")[0].feedback
    )


def test_a_syntax_error_tells_its_line(grade):
    report = grade(running_mean="def running_mean(values, window)\n    return values")
    assert (score(report, "running_mean"), score(report, "clip_to_range")) == (0, 5)
    assert "cannot read line 1: expected ':'. `running_mean` is missing; the rest was run" in report.notes[0]
    told = {check.feedback for check in results(report, "running_mean")}
    assert told == {"running_mean is missing because line 1 stopped: see the note about that line."}


def test_an_error_below_keeps_what_stands_above(grade):
    report = grade(clip_to_range=RIGHT["clip_to_range"] + "\nprint(undefined)")
    assert report.score == 15
    assert "NameError" in report.notes[0]


def test_a_loop_costs_its_check_only(grade):
    loops = RIGHT["running_mean"].replace("    return", "    while len(values) == 0: pass\n    return")
    report = grade(running_mean=loops)
    outcomes = [check.outcome for check in results(report, "running_mean")]
    assert outcomes.count(Outcome.TIMEOUT) == 1
    assert outcomes.count(Outcome.PASSED) == len(outcomes) - 1
    assert score(report, "clip_to_range") == 5


def test_a_crash_costs_its_check_only(grade):
    report = grade(running_mean="import posix\ndef running_mean(values, window):\n    posix._exit(0)")
    assert {check.outcome for check in results(report, "running_mean")} == {Outcome.CRASHED}
    assert score(report, "clip_to_range") == 5


def test_how_one_work_ended_is_not_told_of_another_that_answered_as_little(grade):
    bodies = ("return [0.0] * 10**5", "import posix; posix._exit(0)", "return [0.0] * 10**5")
    for body, outcome in zip(bodies, (Outcome.FAILED, Outcome.CRASHED, Outcome.FAILED), strict=True):
        report = grade(running_mean=f"def running_mean(values, window):\n    {body}")
        assert results(report, "running_mean")[0].outcome is outcome


def test_what_one_function_spoils_does_not_cost_another(grade):
    spoils = """
import builtins
def running_mean(values, window):
    np.minimum = np.maximum = min = None
    global clip_to_range
    clip_to_range = None
    builtins.len = None
    return None
"""
    report = grade(running_mean=spoils)
    assert (score(report, "running_mean"), score(report, "clip_to_range")) == (0, 5)


HIDDEN_INPUT = re.compile(r"\d\.\d{3}")


@pytest.mark.parametrize(
    "body",
    [
        "raise ValueError(str(values))",
        "raise type(str(list(values)), (Exception,), {})('x')",
        "print(values); return str(list(values))",
        "return type(str(list(values)), (), {})()",
        "return {str(list(values)): 1}",
        "assert False, values",
        "raise type(str(list(values)), (Exception,), {'__module__': 'builtins'})",
        "raise type('NotDefined', (Exception,), {})(str(list(values)))",
        "raise type('NotDefined', (Exception,), {'__module__': 'autograder'})(str(list(values)))",
    ],
)
def test_hidden_feedback_carries_no_input(grade, body):
    report = grade(running_mean=f"def running_mean(values, window):\n    {body}")
    hidden = [check for check in results(report, "running_mean") if not check.visible]
    assert hidden
    assert all(check.feedback and not HIDDEN_INPUT.search(check.feedback) for check in hidden)


def test_what_all_wrong_answers_have_in_common_is_told_once_and_without_a_number(grade):
    flipped = grade(running_mean=RIGHT["running_mean"].replace("return [", "return [-1.0 * ")).questions[0]
    scaled = grade(running_mean=RIGHT["running_mean"].replace("return [", "return [1.75 * ")).questions[0]
    assert flipped.hint == "Everywhere it is wrong, the sign is flipped."
    assert scaled.hint == "Everywhere it is wrong, every entry is the right one times a constant."
    assert not HIDDEN_INPUT.search(scaled.hint)


def test_unexplained_answers_are_grouped_by_what_they_are(grade):
    def one(body: str) -> QuestionResult:
        found: QuestionResult = grade(
            running_mean=f"def running_mean(values, window):\n    {body}"
        ).questions[0]
        return found

    first, same, other = (
        one("return [v * v + window for v in values]"),
        one("import numpy as np\n    return window + np.asarray(values, dtype=float) ** 2"),
        one("return [v + 7.3 for v in values[:1]] * len(values)"),
    )
    assert not first.hint
    assert not other.hint
    assert first.behaviour == same.behaviour != ""
    assert other.behaviour not in ("", first.behaviour)


def test_visible_feedback_has_the_call_what_came_and_what_was_wanted(grade):
    report = grade(
        clip_to_range="def clip_to_range(values, low=0.0, high=1.0):\n    return [0.5] * len(values)"
    )
    told = results(report, "clip_to_range")[0].feedback
    assert "clip_to_range([-1.0, 0.25, 3.0])" in told
    assert "got" in told
    assert "expected" in told


def test_each_known_mistake_is_recognised_as_itself(grader):
    for mistake in grader.bank.misconceptions:
        program = variant_program(grader.bank, grader.bank.mistakes_source, mistake)
        session = Session(grader.wall, program)
        found = grader.judge_checks(grader.bank.checks, session)
        questions = grader.assignment.questions
        graded = {name: grader.grade_question(name, session, found)[0] for name in questions}
        session.close()
        question = graded.pop(mistake.question)
        assert mistake.name in question.misconceptions
        assert question.score < question.max_score
        assert all(one.score == one.max_score and not one.hint for one in graded.values())


def test_a_mistake_that_shows_nowhere_is_no_part_of_two_things_at_once(grade):
    shifted = (
        "def running_mean(values, window):\n"
        "    return [sum(values[max(0, n + 1 - window) : n + 1]) / min(n + 1, window) + 0.25"
        " for n in range(len(values))]"
    )
    told = grade(running_mean=shifted).questions[0]
    assert told.hint == "Everywhere it is wrong, every entry is off by the same amount."
    assert not told.misconceptions


def test_what_cannot_be_called_as_promised_is_told_so(grade):
    report = grade(clip_to_range="def clip_to_range(numbers, floor, ceiling):\n    return numbers")
    told = [result.feedback for result in results(report, "clip_to_range")]
    assert any("names and defaults, those of the stub" in text for text in told)


def test_a_check_that_stumbles_is_ours_only_if_the_reference_makes_it_stumble(grader, monkeypatch):
    check = grader.bank.checks[0]

    def stumbles(student, *_):
        return [][student.running_mean([1.0], 1) is None]

    def expects_a_list(student, *_):
        if not hasattr(student.running_mean([1.0], 1), "__len__"):
            raise TypeError("no length")

    for function, outcome in ((stumbles, Outcome.BROKEN), (expects_a_list, Outcome.FAILED)):
        changed = replace(check, function=function, id=f"x.{function.__name__}")
        wrong = Submission(
            "w", "w", {"warmup.py": b"def running_mean(values, window):\n    return 3"}, main="warmup.py"
        )
        monkeypatch.setattr(grader, "bank", replace(grader.bank, checks=(changed,)))
        result = grader.grade(wrong).checks[0]
        assert result.outcome is outcome
        monkeypatch.undo()


def test_a_reference_that_fails_gives_no_verdict_that_lasts(grader, monkeypatch):
    def asks(student, reference):
        reference.running_mean(student.running_mean([1.0, 2.0], 1), 2)

    def fails(*_, **__):
        raise ReferenceFailed("it took too long")

    check = replace(grader.bank.checks[0], function=asks, fixtures=("student", "reference"), id="x.asks")
    new = time.time_ns()  # which nobody asked about before, in no earlier run either: answers are kept
    text = f"def running_mean(values, window):\n    return [{new}.0, 6.5]".encode()
    monkeypatch.setattr(grader, "bank", replace(grader.bank, checks=(check,)))
    assert grader.judge.script(check)
    outcomes = []
    for reference_is_well in (False, True):
        with monkeypatch.context() as patch:
            if not reference_is_well:
                patch.setattr(grader.reference, "_ask", fails)
            report = grader.grade(Submission("w", "w", {"warmup.py": text}, main="warmup.py"))
        outcomes.append((report.checks[0].outcome, report.checks[0].cause))
        assert need_of({}, {}, report) is (Need.NOTHING if reference_is_well else Need.RUN)
    assert outcomes == [(Outcome.BROKEN, Cause.REFERENCE), (Outcome.PASSED, Cause.OTHER)]


def made(outcome: Outcome, weight: float = 1.0) -> CheckResult:
    return CheckResult(
        id="a", question="q", title="t", visible=False, visibility="hidden", weight=weight, outcome=outcome
    )


def test_points_are_shared_by_weight_and_broken_checks_cost_nothing():
    assert share(10, [made(Outcome.PASSED, 3), made(Outcome.FAILED)]) == 7.5
    assert share(10, [made(Outcome.PASSED), made(Outcome.BROKEN)]) == 10
    assert share(10, [made(Outcome.BROKEN)]) == 10
    assert share(10, [made(Outcome.PASSED), made(Outcome.NOT_RUN, 9)]) == 10
    assert share(10, [made(Outcome.UNWRITTEN), made(Outcome.NOT_RUN)]) == 0
    assert share(10, [made(Outcome.SKIPPED), made(Outcome.TIMEOUT), made(Outcome.CRASHED)]) == 0
    assert share(10, []) == 0


def test_visible_checks_carry_a_fifth_of_the_points_at_most():
    def seen(outcome: Outcome, weight: float = 1.0) -> CheckResult:
        return replace_fields(made(outcome, weight), visible=True)

    right, wrong = Outcome.PASSED, Outcome.FAILED
    assert share(10, [seen(right), seen(right), made(wrong)]) == 2
    assert share(10, [seen(right), seen(wrong), made(wrong)]) == 1
    assert share(10, [seen(wrong), seen(wrong), made(right)]) == 8
    assert share(10, [seen(right), *[made(wrong)] * 9]) == 1  # less where they weigh less
    assert share(10, [seen(right), made(Outcome.BROKEN)]) == 10  # where no hidden one could run
    assert share(10, [seen(right, 3), made(right)]) == 10


def test_what_a_later_worker_says_is_not_told(grade, grader):
    """The question is judged again in a fresh worker: its visible checks run in two processes."""
    report = grade(
        running_mean="import os\ndef running_mean(v, w):\n    raise ValueError(f'in {os.getpid()}')"
    )
    told = [one.feedback for one in results(report, "running_mean") if one.visible]
    assert len(set(re.findall(r"in (\d+)", " ".join(told)))) == 1
    assert [len(set(re.findall(r"in (\d+)", one.staff_note))) for one in report.checks if one.staff_note]
    hidden = [one.feedback for one in results(report, "running_mean") if not one.visible]
    assert not any(re.search(r"in \d+", text) for text in hidden)


def test_loading_is_told_of_as_the_first_worker_saw_it(grade):
    dies = "import os, posix\nraise RuntimeError(f'in {os.getpid()}')\ndef running_mean(v, w):\n"
    dies += "    posix._exit(1)\n"
    dies += "def clip_to_range(*_):\n    posix._exit(1)\n"
    report = grade(running_mean=dies, clip_to_range="")
    assert len(report.notes) == 1
    assert len(re.findall(r"in (\d+)", report.notes[0])) == 1


def test_a_line_that_the_file_does_not_have_is_not_told(grade):
    raises = "exec(compile('\\n' * {} + 'raise ValueError', 'warmup.py', 'exec'))"
    for line, place in ((1, "at line 2"), (9000, "The code raised ValueError.")):
        report = grade(running_mean=f"def running_mean(values, window):\n    {raises.format(line)}")
        hidden = [one.feedback for one in results(report, "running_mean") if not one.visible]
        assert all(place in text for text in hidden)


def test_the_seed_makes_no_difference_to_a_receipt(grader):
    other = replace(grader.course, settings=replace_fields(grader.course.settings, seed=8))
    assert receipt_of(other, "warmup", "full") == receipt_of(grader.course, "warmup", "full")


def test_a_reason_is_told_as_far_as_its_author_wrote_it():
    known = Sentences(
        'expect(x, "it is wrong")\nexpect(x, f"the cell {c} is wrong in {row}")\ny = f"{a}{b}"'
    ).known
    assert known("it is wrong") == "it is wrong"
    assert known("the cell 0.123 is wrong in [1]") == "the cell ... is wrong in ..."
    assert known("it is wrong 0.123") == ""
    assert known("0.123") == ""


def test_hidden_checks_do_not_run_where_they_could_be_read(grade):
    weak = open_grader(load_config(TINY), "warmup", without=["seccomp"])
    try:
        text = "\n".join(RIGHT.values()).encode()
        report = weak.grade(Submission("work", "work", {"warmup.py": text}, main="warmup.py"))
    finally:
        weak.close()
    assert report.isolation.verdict.startswith("weak")
    assert {check.outcome for check in report.checks if not check.visible} == {Outcome.NOT_RUN}
    assert score(report, "running_mean") == 10


def test_the_same_work_gets_the_same_report_to_the_bit(grade):
    def essence(report: Report) -> list[tuple[str, str, str]]:
        return [(check.id, check.outcome, check.feedback) for check in report.checks]

    wrong = {
        "running_mean": "import random\ndef running_mean(values, window):\n"
        "    return [random.random() for v in values]"
    }
    assert essence(grade(**wrong)) == essence(grade(**wrong))


def test_grading_numpy_never_imports_torch():
    code = (
        "import sys\nfrom pathlib import Path\nfrom autograder.config import load_config\n"
        "from autograder.grading.opening import open_grader\n"
        "from autograder.submission.reading import read_submission\n"
        f"g = open_grader(load_config(Path({str(TINY)!r})), 'warmup')\n"
        f"g.grade(read_submission(Path({str(TINY / 'solutions' / 'warmup.py')!r}), 'warmup'))\n"
        "print('torch' in sys.modules, g.wall._preloaded)\ng.close()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] == "False"
    assert "torch" not in done.stdout.partition(" ")[2]


def test_reasons_are_safe_and_details_are_not():
    wrong = CheckFailed("reversed", "expected 3")
    assert wrong.reason == "reversed"
    assert "3" in str(wrong)


def test_the_time_that_the_grader_takes_is_not_the_submissions(wall, monkeypatch):
    session = Session(wall, Program(ProgramText("work.py", ["def f(x):\n    return x\n"])))
    assert session.send(Call("call", "f", (1.0,))).value == 1.0
    real = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: real() + 1000)  # more than a submission may take
    assert session.send(Call("call", "f", (2.0,))).value == 2.0
    assert session.seconds < wall.bounds.submission_s
    session.close()


def test_what_two_checks_ask_alike_is_asked_once(grader, monkeypatch):
    """One conversation serves both, and each is judged by itself."""
    check = next(one for one in grader.bank.drawn(0).checks if one.visible)

    def refuses(student):
        check.function(student)
        raise CheckFailed("no")

    other = replace(check, id=f"{check.id}_too", function=refuses)
    play, played = Session.play, []

    def noted(session, scripts, *more):
        played.append(len(scripts))
        return play(session, scripts, *more)

    monkeypatch.setattr(Session, "play", noted)
    monkeypatch.setitem(grader.judge._scripts, other.key, grader.judge.script(check))
    session = Session(grader.wall, Program(ProgramText("work.py", ["\n".join(RIGHT.values())])))
    try:
        outcomes = [one.verdict.outcome for one in grader.judge.judge_all([check, other], session)]
    finally:
        session.close()
    assert (outcomes, played) == ([Outcome.PASSED, Outcome.FAILED], [1])


def test_the_time_that_the_grader_takes_between_replies_is_not_the_submissions(wall, monkeypatch):
    slow = "import time\ndef f(x):\n    time.sleep(x / 20)\n    return x\n"
    session = Session(wall, Program(ProgramText("work.py", [slow])))
    scripts = [Script((encode_call(Call("call", "f", (x,))),)) for x in (0.0, 1.0)]
    replies, real = session.play(scripts, ["q", "q"]), time.monotonic
    assert next(replies)[0].ended is None
    monkeypatch.setattr(time, "monotonic", lambda: real() + 1000)  # the second is not there yet
    assert next(replies)[0].ended is None
    assert session.seconds < wall.bounds.submission_s
    session.close()


def test_a_submission_that_has_ended_leaves_its_place_to_others(grader, monkeypatch):
    monkeypatch.setattr(room, "SMALL_BYTES", 0)  # every one answers much
    text = "\n".join(RIGHT.values()).encode()
    report = grader.grade(Submission("w", "w", {"warmup.py": text}, main="warmup.py"))
    assert report.questions[0].outcome is Outcome.PASSED
    assert [grader.large.acquire(blocking=False) for _ in range(MOST_LARGE + 1)] == [True] * MOST_LARGE + [
        False
    ]
    grader.large.release(MOST_LARGE)
