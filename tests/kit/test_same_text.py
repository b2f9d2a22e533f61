"""What a function consists of is read off its text, or nothing is said of it."""

from pathlib import Path

import pytest

from autograder.config import load_config
from autograder.grading.opening import open_grader
from autograder.judging.same_text import RightAnswers, SameText
from autograder.judging.session import Session
from autograder.results import Outcome, Report
from autograder.sandbox.program import Program
from autograder.sandbox.protocol import ProgramText
from autograder.submission.reading import Submission

TINY = Path(__file__).parent / "tiny"
PLAIN = """
import numpy as np
from numpy.linalg import norm

FACTOR = 2.0
Numbers = list[float]


def helper(x: Numbers) -> Numbers:
    return [FACTOR * one for one in x]


def f(x, scale=1.0):
    total = 0.0
    for one in helper(x):
        total += one
    return np.asarray(total) / norm([scale])
"""
MORE = "import torch\nfrom numpy import linalg\nx.append(1), x.sum(), rng.random(), x.add_(1), np.ndarray"
USED = RightAnswers.of([PLAIN, MORE])


def text_of(text: str, given: dict[str, str] | None = None, **more: object) -> SameText:
    cells = text if isinstance(text, list) else [text]
    return SameText(Program(ProgramText("work.py", cells), **more), USED, given or {})


def digest(text: str, name: str = "f", given: dict[str, str] | None = None, **more: object) -> bytes:
    return text_of(text, given, **more).digest([name])


@pytest.mark.parametrize(
    "text",
    [
        f'"""Mine."""\n{PLAIN}', PLAIN.replace("    total = 0.0\n", "    # begin\n    total = 0.0\n"),
        f"{PLAIN}\ndef other(y):\n    return y.sum()\n", f"{PLAIN}\nOTHER = 'x'\n",
        f'{PLAIN}\nif __name__ == "__main__":\n    print(f([1.0]))\n', PLAIN.split("\n\n\n"),
        f"import numpy as np\n{PLAIN}", f"import torch\n{PLAIN}",
        f"from __future__ import annotations\n{PLAIN}",
    ],
)  # fmt: skip
def test_what_makes_no_difference_makes_none(text):
    assert digest(PLAIN) == digest(text) != b""


@pytest.mark.parametrize(
    "text",
    [
        PLAIN.replace("FACTOR = 2.0", "FACTOR = 3.0"), PLAIN.replace("for one in x]", "for one in x[1:]]"),
        PLAIN.replace("total = 0.0", "total = 1.0"), PLAIN.replace("scale=1.0", "scale=2.0"),
        f"from numpy import linalg\n{PLAIN}",
    ],
)  # fmt: skip
def test_what_makes_a_difference_makes_one(text):
    assert digest(text) not in (digest(PLAIN), b"")


@pytest.mark.parametrize(
    "more",
    [
        # what is done, or given a name again, when the program is loaded
        "print(f([1.0]))", "f = helper", "helper = f", "FACTOR = 3.0", "FACTOR += 1",
        "np.seterr(all='raise')",
        "def f(x):\n    return 0", "if FACTOR:\n    def f(x):\n        return 0", "del f",
        "for helper in [max]:\n    pass", "try:\n    f(1)\nexcept TypeError as helper:\n    pass",
        "with open('x') as f:\n    pass", "exec('def f(x): return 0')", "max = min", "__name__ = '__main__'",
        "def g(x: (f := 1)):\n    pass", "def g(x=(f := 1)):\n    pass", "def g(x=f([1.0])):\n    pass",
        "def g() -> print():\n    pass", "class f:\n    pass", "import f", "from os import path as f",
        "class A:\n    print(f([1.0]))", "class A(f([1.0])):\n    pass", "class A(metaclass=f):\n    pass",
        "class A:\n    def g(self, x=(f := 1)):\n        pass", "class A(f):\n    pass",
        "class A:\n    np.pi = 3", "class A:\n    x: f([1.0]) = 3",
        "class A:\n    x = f([1.0])", "class A:\n    f([1.0])", "class A(f.__globals__):\n    pass",
        "class A:\n    @f\n    def g(self):\n        pass", "@f\nclass A:\n    pass",
        "T = np.ctypeslib.x", "def g(x: f.__globals__):\n    pass",
        "@cache\ndef g():\n    pass", "def g(:", "C = np.r_[0]; C.put(0, 1)",
        "from helpers import *", "import numpy as __builtins__", "import torch as np", "import torch as max",
        "import numpy.lib.recfunctions as np", "from __future__ import division",
        f"def g(x):\n    return {'+'.join(['x'] * 3000)}", f"def g(x):\n    return 0x{'f' * 5000}",
    ],
)  # fmt: skip
def test_of_a_program_that_does_more_than_define_nothing_is_said(more):
    assert digest(f"{PLAIN}\n{more}\n") == b""


@pytest.mark.parametrize(
    "more",
    [
        # what right answers do not import; a class; defaults that are more than numbers
        "import os as g", "from torch import sys as g", "import scipy as g",
        "from matplotlib import pyplot as g", "class g(ValueError):\n    pass",
        "import numpy.lib.recfunctions as g", "class g:\n    pass",
        "class g(np.ndarray):\n    def h(self):\n        print(1)",
        "def g(x, seen=[]):\n    pass", "def g(x, m=max):\n    pass", "def g(x, m=np.sum):\n    pass",
        # functions that may do more than their text says
        "def g(x):\n    global f\n    f = x", "def g(x):\n    return eval(x)", "def g(x):\n    np.sum = max",
        "def g(x):\n    x.data = 0", "def g(x):\n    np.pi[0] = 3", "def g(x):\n    np.asarray[0] = 3",
        "def g(x):\n    import numpy\n    return numpy.sum(x)", "def g(x):\n    return '{0.x}'.format(x)",
        "def g():\n    return (0 for _ in ()).gi_frame", "def g():\n    return np.sys",
        "def g():\n    yield 1",
        "def g():\n    return f.__globals__", "def g():\n    return np.load('x')", "def g(f):\n    return f",
        "def g():\n    return helper(np)", "def g():\n    m = np\n    return m", "def g():\n    print(1)",
        "def g():\n    return np.random.random()", "def g(x):\n    x = np\n    return x.random()",
        "def g(x):\n    x.add_(1)", "def g(x):\n    for FACTOR in x:\n        pass",
        "def g(x):\n    try:\n        pass\n    except KeyError as f:\n        pass",
        "def g(x):\n    def f():\n        pass\n    return x",
        "def g(x):\n    @f\n    def h():\n        pass",
        "def g(x):\n    def h(x):\n        return x.random()\n    return h(np)",
        "def g(x):\n    def h():\n        global f\n        f = x\n    return h()",
        "class h:\n    pass\ndef g(x):\n    return h()", "import os as h\ndef g(x):\n    return h.getpid()",
    ],
)  # fmt: skip
def test_what_may_do_more_than_its_text_says_is_called_and_what_does_not_use_it_need_not_be(more):
    read = text_of(f"{PLAIN}\n{more}\n")
    assert (read.digest(["g"]), read.digest(["f", "g"]), read.is_plain) == (b"", b"", False)
    assert read.digest(["f"]) == digest(PLAIN) != b""
    using = f"{PLAIN}\n{more}\n".replace("    total = 0.0\n", "    total = g\n")
    assert digest(using) == b""


def test_a_function_within_a_function_is_read():
    text = "\ndef g(x):\n    total = 0.0\n    def add(one: float) -> None:\n        nonlocal total\n"
    text += "        total += FACTOR * one\n    for one in x:\n        add(one)\n    return total\n"
    assert text_of(PLAIN + text).is_plain
    assert digest(PLAIN + text, "g") != digest((PLAIN + text).replace("FACTOR = 2.0", "FACTOR = 3.0"), "g")


def test_a_generator_that_is_given_may_be_drawn_from():
    assert digest(f"{PLAIN}\ndef g(rng, x):\n    return rng.random() + x\n", "g")


def test_what_lies_beside_a_program_counts():
    files = [{}, {"a.csv": b"1"}, {"a.csv": b"2"}]
    assert len({digest(PLAIN, files=one) for one in files}) == 3
    assert digest(PLAIN, modules={"helpers": "x = 1"}) == b""
    assert digest(PLAIN, modules={"helpers": "x = 1"}, given={"helpers": "x = 1"})


def test_a_text_is_read_in_time_that_its_length_decides():
    many = "\n".join(f"def g{at}(x):\n    return g{at + 1}(x)" for at in range(300))
    assert digest(f"{PLAIN}{many}\ndef g300(x):\n    return x\ndef h(x):\n    return g0(x)\n", "h")
    assert digest(PLAIN + "\n" * 100_000) == b""


RIGHT = """
import numpy as np


def clip_to_range(values, low=0.0, high=1.0):
    return np.minimum(np.maximum(np.asarray(values, dtype=float), low), high)
"""


@pytest.fixture
def grade(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    grader = open_grader(load_config(TINY), "warmup")
    grader.judge.passed.is_believed = True

    def graded(text: str) -> Report:
        return grader.grade(Submission("work", "work", {"warmup.py": text.encode()}, main="warmup.py"))

    yield graded
    grader.close()


def outcomes(report: Report) -> set[Outcome]:
    return {one.outcome for one in report.checks if one.question == "warmup.clip_to_range" and one.visible}


def test_a_function_that_passed_is_not_called_again_and_one_that_differs_is(grade, monkeypatch):
    assert outcomes(grade(RIGHT)) == {Outcome.PASSED}
    play, played = Session.play, []

    def playing(session: Session, scripts: object, questions: list[str]) -> object:
        played.append(list(questions))
        return play(session, scripts, questions)

    monkeypatch.setattr(Session, "play", playing)
    assert outcomes(grade(f"{RIGHT}\n# mine\n")) == {Outcome.PASSED}
    assert "clip_to_range" not in played[0]
    played.clear()
    assert outcomes(grade(RIGHT.replace("high)", "low)"))) == {Outcome.FAILED}
    assert "clip_to_range" in played[0]


@pytest.mark.parametrize(
    "spoilt",
    [
        "raise ValueError",
        "def clip_to_range(values, low=0.0, high=1.0):\n    return values",
        "clip_to_range = None",
        "1 / 0\nclip_to_range = 3",
        "np.minimum = np.maximum",
    ],
)
def test_a_program_that_spoils_a_right_function_gets_nothing_for_it(grade, spoilt):
    alone = outcomes(grade(f"{RIGHT}\n{spoilt}\n"))
    assert outcomes(grade(RIGHT)) == {Outcome.PASSED}
    assert outcomes(grade(f"{RIGHT}\n{spoilt}\n# again\n")) == alone
