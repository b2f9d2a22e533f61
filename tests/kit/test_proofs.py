"""What doctor need not ask about: mutants that answer thousands of inputs as the reference does."""

import ast

import numpy as np
import pytest

from autograder.config import load_config
from autograder.doctor import proofs
from autograder.doctor.audits import OF_QUESTIONS
from autograder.doctor.edits import call
from autograder.doctor.examination import Examination, open_subject
from autograder.doctor.findings import Finding
from autograder.doctor.inputs import varied
from autograder.doctor.proofs import Prover
from autograder.doctor.report import to_text
from autograder.sandbox.calls import Call
from autograder.sandbox.program import Program
from autograder.sandbox.protocol import ProgramText

REFERENCE = "def above(values, limit=0.0):\n    return sum(value > limit for value in values)\n"
CALLS = {
    "above": [
        Call("call", "above", (np.array([1.5, 2.0, -3.0]), 2.0)),
        Call("call", "above", ([4.0, 5.0], 1.0)),
    ]
}


def program(text: str) -> Program:
    return Program(ProgramText("count.py", [text]))


MUTANTS = {  # what is changed, and whether the answers stay the same
    "turned round": (("value > limit", "limit < value"), True),
    "a difference": (("value > limit", "value - limit > 0"), True),
    "one condition more": (("value > limit", "value > limit and value < 1e9"), True),
    "an import more": (("def above", "import random\n\n\ndef above"), True),
    "wrong where two numbers are equal": (("value > limit", "value >= limit"), False),
    "wrong where the limit is negative": (("value > limit", "value > abs(limit)"), False),
    "wrong where there is one value": (("return sum", "return 0 if len(values) == 1 else sum"), False),
    "cannot be run": (("for value in values", "for value in values if random.random() < 2"), False),
}


@pytest.fixture(autouse=True)
def few_inputs(monkeypatch):
    monkeypatch.setattr(proofs, "INPUTS", 300)
    monkeypatch.setattr(proofs, "LEAST", 100)


def test_a_mutant_is_proven_only_if_it_answers_every_input_alike(wall):
    mutants = {
        name: (program(REFERENCE.replace(*changed)), ["above"]) for name, (changed, _) in MUTANTS.items()
    }
    found = Prover(wall, program(REFERENCE), CALLS).prove_all(mutants)
    assert set(found) == {name for name, (_, proven) in MUTANTS.items() if proven}
    assert set(found.values()) == {"answers 300 inputs as the reference does"}


@pytest.mark.parametrize(
    "call",
    [
        Call("call", "above", functions=(len,)),
        Call("make", "numpy.zeros", (3,)),
    ],
)
def test_what_a_call_of_data_does_not_tell_is_never_proven(wall, call):
    calls = {"above": [*CALLS["above"], call]}
    assert Prover(wall, program(REFERENCE), calls).prove_all({"m": (program(REFERENCE), ["above"])}) == {}


def test_inputs_keep_their_kinds_and_meet_equal_numbers():
    rng = np.random.default_rng(1)
    call = Call("call", "f", (np.array([1.0, 2.0]), 7.25, 3, "two words", [1.0, 2.0], {"a": 1}, None, True))
    found = [varied(call, rng) for _ in range(500)]
    for at, kind in enumerate((np.ndarray, float, int, str, list, dict, type(None), bool)):
        assert all(isinstance(one.args[at], kind) for one in found)
    assert any((one.args[0] == 7.25).any() for one in found)
    assert {"", "TWO WORDS", "words two"} <= {one.args[3] for one in found}


def test_of_a_question_only_its_own_findings_are_told(tmp_path):
    from autograder.authoring.course import write_course
    from autograder.authoring.question import add_question

    write_course(tmp_path / "course", "strings", "Strings")
    for name in ("first", "second"):
        add_question(load_config(tmp_path / "course"), f"strings.{name}", 1)
    path = tmp_path / "course/tests/questions/test_strings.py"
    text = path.read_text()
    own = text[text.index('@check("count_above"') : text.index("# first")]
    path.write_text(text + own.replace("test_", "test_again_"))
    course = load_config(tmp_path / "course")
    subject = open_subject(course, course.assignment("strings"))

    def told(*questions: str) -> list[str]:
        return [one.what for audit in OF_QUESTIONS for one in audit(subject.about(questions))]

    assert told("first")
    assert not [one for one in told("first") if "second" in one or "count_above" in one]
    doubled = [one for one in told("count_above") if " does what " in one]
    assert doubled[0] == "test_again_two_of_four_are_above does what test_two_of_four_are_above does"


def test_the_first_three_things_to_do_come_first():
    found = Examination("strings", [Finding(f"thing {number}", "do it") for number in range(9)])
    lines = [line.strip() for line in to_text(found).splitlines() if line]
    assert lines[1] == "9 to fix; some may go when others are fixed. First:"
    assert lines[2::2][:3] == ["x thing 0", "x thing 1", "x thing 2"]
    assert "Then:" in lines


def test_no_mutant_answers_with_whatever_stood_in_memory():
    whole = ast.parse("np.divide(a, b, out=c, where=d)", mode="eval").body
    changes = [edit.label for edit in call(whole)]
    assert "drop where= of divide" in changes
    assert "drop out= of divide" not in changes
