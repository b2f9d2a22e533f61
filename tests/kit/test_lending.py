"""An earlier slip costs once: what builds on a wrong function is judged with a right one as well."""

import contextlib
from pathlib import Path

import pytest

from autograder.checks import tensor
from autograder.config import load_config
from autograder.grading.lending import functions_used, judge_again
from autograder.grading.opening import open_grader
from autograder.judging.cache import Kept
from autograder.judging.session import Session
from autograder.results import Outcome
from autograder.sandbox.calls import Call, StudentRaised
from autograder.sandbox.codec import encode_call
from autograder.sandbox.lender import Lender
from autograder.sandbox.program import Program
from autograder.sandbox.protocol import ProgramText
from autograder.sandbox.remote import WorkerDied
from autograder.sandbox.student import Student
from autograder.submission.reading import Submission

TINY = Path(__file__).parent / "tiny"
EARLIER = ["running_mean"]
WRONG = "def running_mean(values, window):\n    return [2.0 * v for v in values]\n"
UNWRITTEN = (
    'def running_mean(values, window):\n    raise NotImplementedError("running_mean: write your code here")\n'
)
THROUGH_A_HELPER = """
import numpy as np
def same(values):
    return np.asarray(running_mean(values, 1), dtype=float)
def clip_to_range(values, low=0.0, high=1.0):
    return np.minimum(np.maximum(same(values), low), high)
"""


@pytest.fixture(scope="module")
def grader():
    made = open_grader(load_config(TINY), "warmup")
    yield made
    made.close()


@pytest.fixture
def grade(grader):
    def run(text):
        return grader.grade(Submission("work", "work", {"warmup.py": text.encode()}, main="warmup.py"))

    return run


def scores(report):
    return [question.score for question in report.questions]


@pytest.mark.parametrize("earlier", [WRONG, UNWRITTEN, "", "def running_mean(values, window):\n    1 / 0\n"])
def test_a_slip_in_an_earlier_function_costs_once(grade, earlier):
    report = grade(earlier + THROUGH_A_HELPER)
    assert scores(report) == [0, 5]
    assert (
        report.questions[1].hint == "Judged with a right running_mean, so that a slip there costs you once."
    )
    assert all(one.feedback == "" for one in report.checks if one.outcome is Outcome.PASSED)


def test_what_earns_all_with_a_right_part_is_not_judged_alone_as_well(grade, grader, monkeypatch):
    alone, asked = grader.judge_alone, []
    monkeypatch.setattr(
        grader, "judge_alone", lambda name, session: asked.append(name) or alone(name, session)
    )
    grade(WRONG + THROUGH_A_HELPER)
    grade(THROUGH_A_HELPER.replace("np.minimum", "np.maximum") + WRONG)
    assert asked.count("clip_to_range") == 1


def test_the_own_earlier_function_counts_where_that_is_better(grade):
    pair = "def running_mean(values, window=1):\n    return values\n" + THROUGH_A_HELPER
    assert scores(grade(pair)) == [0, 5]


def test_a_later_function_that_is_wrong_itself_gains_nothing(grade):
    report = grade(WRONG + THROUGH_A_HELPER.replace("np.minimum", "np.maximum"))
    assert scores(report) == [0, 0]
    assert "Judged with" not in report.questions[1].hint


@pytest.mark.parametrize("earlier", [WRONG, "def running_mean(values, window):\n    return values\n"])
def test_a_later_mistake_gets_its_hint_beside_an_earlier_slip(grade, earlier):
    without_low = THROUGH_A_HELPER.replace("np.maximum(same(values), low)", "same(values)")
    assert grade(earlier + without_low).questions[1].misconceptions == ["forgets_the_lower_end"]


def test_functions_that_only_call_each_other_gain_nothing(grade):
    circle = "def running_mean(values, window):\n    return clip_to_range(values)\n"
    circle += "def clip_to_range(values, low=0.0, high=1.0):\n    return running_mean(values, 1)\n"
    assert scores(grade(circle)) == [0, 0]


def test_a_later_function_is_never_lent(grade):
    borrows = "def running_mean(values, window):\n    return clip_to_range(values, -9, 9)\n"
    assert scores(grade(borrows)) == [0, 0]


def test_what_a_lent_function_answered_is_not_told(grade):
    tells = (
        WRONG
        + "def clip_to_range(values, low=0.0, high=1.0):\n    raise ValueError(running_mean(values, 1))\n"
    )
    report = grade(tells)
    assert scores(report) == [0, 0]
    assert not any("2.5" in check.feedback for check in report.checks if not check.visible)


def test_parts_are_the_earlier_questions_that_the_program_reaches():
    assert functions_used("clip_to_range", EARLIER, [WRONG, THROUGH_A_HELPER]) == ["running_mean"]
    assert functions_used("clip_to_range", EARLIER, ["def clip_to_range(v):\n    return v"]) == []
    assert functions_used(
        "clip_to_range", EARLIER, ["clip = running_mean", "def clip_to_range(v): return clip(v)"]
    ) == ["running_mean"]
    assert functions_used("clip_to_range", EARLIER, ["def broken(:"]) == []


@contextlib.contextmanager
def lending(wall, text, right=""):
    """A program that is lent the functions g and square of another one."""
    worker, lender = wall.worker(), wall.worker()
    lender.load(Program(ProgramText("right.py", [right])))
    lent = Lender(["g", "square"], lambda: lender) if right else None
    worker.load(Program(ProgramText("work.py", [text]), lender=lent))
    yield Student(lambda call: worker.ask(encode_call(call), 5))
    worker.close()
    lender.close()


def test_gradients_flow_through_a_lent_function(torch_wall):
    with lending(
        torch_wall, "def f(x):\n    return 3 * square(x + 1)\n", "def square(x):\n    return x * x\n"
    ) as it:
        found = it.f.with_grad(x=tensor([1.0, 2.0]), wrt=["x"])
    assert found.value.array.tolist() == [12.0, 27.0]
    assert found.grads["x"].array.tolist() == [12.0, 18.0]


def test_an_exception_of_a_lent_function_keeps_its_kind(wall):
    text = "def f(x):\n    try:\n        return g(x)\n    except ValueError:\n        return -1\n"
    with lending(wall, text, "def g(x):\n    raise ValueError('no')\n") as it:
        assert it.f(1.0) == -1


def test_of_an_error_of_a_lent_function_nothing_but_a_type_of_pythons_comes(wall):
    text = (
        "def f(x):\n"
        "    try:\n        return g(x)\n"
        "    except Exception as e:\n"
        "        return [type(e).__name__, str(e), repr(e.__context__), repr(e.__cause__),\n"
        "                str(vars(e)), e.__traceback__.tb_next.tb_next is None]\n"
    )
    right = "class Secret(Exception): pass\ndef g(x):\n    raise Secret('reference')\n"
    with lending(wall, text, right) as it:
        assert it.f(1.0)[:5] == ["RuntimeError", "", "None", "None", "{}"]
    with lending(wall, text, "def g(x):\n    return [][1]  # reference\n") as it:
        assert it.f(1.0)[:5] == ["IndexError", "", "None", "None", "{}"]


def test_lent_functions_answer_only_so_many_calls(wall):
    worker, lender = wall.worker(), wall.worker()
    lender.load(Program(ProgramText("right.py", ["def g(x):\n    return x\n"])))
    asks = "def f(n):\n    return sum(g(1.0) for _ in range(n))\n"
    worker.load(Program(ProgramText("work.py", [asks]), lender=Lender(["g"], lambda: lender, calls=5)))
    assert worker.ask(encode_call(Call("call", "f", (5,))), 5).value == 5.0
    with pytest.raises(WorkerDied):
        worker.ask(encode_call(Call("call", "f", (1,))), 5)
    worker.close()
    lender.close()


def test_what_a_lent_function_answered_it_need_not_answer_again(wall):
    right = "asked = []\ndef g(x):\n    asked.append(x)\n    return len(asked)\n"
    text = "def f(x):\n    try:\n        return g(x)\n    except TypeError:\n        return -1\n"
    worker, lender, known = wall.worker(), wall.worker(), Kept(10, 10_000)
    lender.load(Program(ProgramText("right.py", [right + "def bad(x):\n    raise TypeError\n"])))
    for names, asked, answer in (("g", 1.0, 1), ("g", 2.0, 2), ("g", 1.0, 1), ("bad", 3.0, -1)):
        worker.load(
            Program(
                ProgramText("work.py", [text.replace("g(", f"{names}(")]),
                lender=Lender([names], lambda: lender, known=known),
            )
        )
        assert worker.ask(encode_call(Call("call", "f", (asked,))), 5).value == answer
    worker.close()
    lender.close()


@pytest.mark.parametrize(
    "sent", ["Named('secret')", "Record('types.FunctionType', {})", "[{'f': Named('secret')}]", "Callback(0)"]
)
def test_a_lent_function_is_called_with_data_and_not_with_functions_or_objects(wall, sent):
    text = "import sys\nvars().update(vars(sys.modules['autograder.data.values']))\n"
    text += f"def f(x):\n    return g({sent})\n"
    right = "def secret():\n    return 7.0\ndef g(f):\n    return f() if callable(f) else 0.0\n"
    with lending(wall, text, right) as it, pytest.raises(WorkerDied):
        it.f(1.0)


def test_what_a_program_uses_is_found_in_linear_time():
    names = ", ".join(f"n{at}" for at in range(6000))
    text = f"{names} = running_mean, *[{names}]\nclip_to_range = n1\n"
    assert functions_used("clip_to_range", EARLIER, [text]) == ["running_mean"]  # it took minutes


def test_a_submission_that_has_used_its_time_is_lent_nothing(grader):
    program = Program(ProgramText("warmup.py", [WRONG + THROUGH_A_HELPER]))
    for used, better in ((0.0, True), (grader.wall.bounds.submission_s, False)):
        session = Session(grader.wall, program)
        found = grader.judge_checks(grader.bank.checks, session)
        session.seconds = used
        own = [found[check.id][1] for check in grader.bank.of("clip_to_range")]
        again = judge_again(grader.lending, "clip_to_range", session, own)
        assert bool(again and again.told) is better
        session.close()


def test_what_is_not_lent_cannot_be_asked_for(wall):
    asks = (
        "import gc\n"
        "def f(x):\n"
        "    ask = next(c.cell_contents for c in g.__closure__ if callable(c.cell_contents))\n"
        "    from autograder.sandbox.calls import Call\n"
        "    return ask(Call('call', 'secret', (x,))).value\n"
    )
    right = "def g(x):\n    return x\ndef secret(x):\n    return x\n"
    with lending(wall, asks, right) as it, pytest.raises(WorkerDied):
        it.f(1.0)


def test_a_program_that_was_lent_nothing_cannot_ask(wall):
    forged = (
        "import gc, socket\n"
        "from autograder.sandbox.codec import encode_call\n"
        "from autograder.sandbox.calls import Call\n"
        "def f(x):\n"
        "    sock = next(o for o in gc.get_objects() if isinstance(o, socket.socket))\n"
        "    sock.sendall(encode_call(Call('call', 'f', (x,))))\n"
    )
    with lending(wall, forged) as it, pytest.raises((WorkerDied, StudentRaised)):
        it.f(1.0)


ORDERED = """
class Scale:
    \"\"\"Multiplies.

    Args:
        by: the factor.
    \"\"\"

    def __init__(self, by):
        self.by = by

    def apply(self, value):
        \"\"\"Return the product.\"\"\"
        return self.by * value


def double(value):
    \"\"\"Return twice the value.\"\"\"
    return 2 * value


def scaled(value):
    \"\"\"Return six times the value.\"\"\"
    return Scale(3).apply(double(value))
"""
ASKED = """
from autograder.checks import check, expect_close

@check("Scale")
def test_its_factor(student):
    \"\"\"The factor is kept.\"\"\"
    expect_close(student.Scale(4.5).by, 4.5)

@check("double")
def test_double(student):
    \"\"\"Twice a number.\"\"\"
    expect_close(student.double(4.5), 9.0)

@check("scaled")
def test_scaled(student):
    \"\"\"Six times a number.\"\"\"
    expect_close(student.scaled(4.5), 27.0)
"""


def test_a_class_stays_the_students_own_where_a_function_is_lent(tmp_path):
    files = {
        "grading.yml": "course: C\nassignments: {work: {questions: {Scale: 1, double: 1, scaled: 1}}}\n",
        "solutions/work.py": ORDERED,
        "tests/questions/test_work.py": ASKED,
    }
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    text = ORDERED.replace("self.by = by", "self._by = by").replace("self.by *", "self._by *")
    grader = open_grader(load_config(tmp_path), "work")
    try:
        found = [
            scores(grader.grade(Submission("work", "work", {"work.py": one.encode()}, main="work.py")))
            for one in (text, text.replace("2 * value", "value"))
        ]
    finally:
        grader.close()
    assert found == [[0, 1, 1], [0, 0, 1]]
