"""expect_equal, expect_text and expect_raises: what they accept, what they refuse, and what they say."""

import collections
import dataclasses

import numpy as np
import pytest

from autograder.checks import CheckFailed, expect_equal, expect_raises, expect_text
from autograder.checks.describe import written
from autograder.checks.spelling import spell_call, spell_last
from autograder.data.values import Callback, Stream
from autograder.diagnosis.facts import comparable
from autograder.sandbox.calls import Call, StudentRaised
from autograder.sandbox.student import here


@dataclasses.dataclass
class Token:
    text: str
    at: int


def reason(expectation, *args, **kwargs):
    with pytest.raises(CheckFailed) as failed:
        expectation(*args, **kwargs)
    return failed.value.reason


@pytest.mark.parametrize(
    ("got", "want"),
    [
        ("a b", "a b"),
        (np.str_("a"), "a"),
        (np.array(["a", "b"]), ["a", "b"]),
        (("a", ["b"]), ["a", ("b",)]),
        (np.array([1, 2]), [1, 2]),
        (2.0, 2),
        ({"a": {1, 2}, (1, 2): None}, {(1, 2): None, "a": {2, 1}}),
        (collections.Counter("aab"), {"a": 2, "b": 1}),
        (frozenset("ab"), {"a", "b"}),
        (b"\0x", b"\0x"),
        (float("nan"), float("nan")),
        (10**30, 10**30),
        ([], []),
        ({"mean": 0.1 + 0.2}, {"mean": 0.3}),
        ([1e-17, 2], [0.0, 2]),
        ((1, np.float32(0.1)), [1.0, 0.1]),
        ({(0.1 + 0.2, "a"), (1, "b")}, {(0.3, "a"), (1.0, "b")}),
        (0.1 + 0.2 + 1j, 0.3 + 1j),
    ],
)
def test_the_same_data_is_equal_in_another_dress(got, want):
    expect_equal(got, want)


@pytest.mark.parametrize(
    ("got", "want", "told"),
    [
        ("A", "a", "the result is another text: only upper and lower case differ"),
        ("a  b", "a b", "the result is another text: only spaces or line breaks differ"),
        (1, "1", "the result is a number; expected text"),
        (True, 1, "the result is True; expected a number"),
        (1, True, "the result is a number; expected True"),
        (None, [1], "the result is None; expected a list"),
        ([1, 2], [2, 1], "the result is in another order"),
        ([1, 2, 3], [1, 2], "the result has 3 items; expected 2"),
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}, "the value of the 1st key of the value of the 1st key"),
        ({"a": 1}, {"b": 1}, "the result lacks 1 key and has 1 too many"),
        ({1, 2}, {1, 2, 3}, "the result lacks 1 element"),
        ([1, 2], {1, 2}, "the result is a list of 2; expected a set"),
        (2.5, 2, "the result is not the right number"),
        (2 + 1e-9, 2, "the result is not the right number"),
        (10**400, 0.5, "the result is not the right number"),
        (float("inf"), 1e308, "the result is not the right number"),
        ({"mean": 0.301}, {"mean": 0.3}, "the value of the 1st key of the result is not the right number"),
        ([0.2, 0.1 + 0.2], [0.3, 0.2], "the result is in another order"),
        ({0.3, 2}, {0.3, 3}, "the result lacks 1 element and has 1 too many"),
        ([{1}], [{True}], "the result[0] lacks 1 element and has 1 too many"),
    ],
)
def test_what_differs_is_said_without_the_contents(got, want, told):
    assert reason(expect_equal, got, want)[: len(told)].startswith(told[:40])


@pytest.mark.parametrize(
    ("got", "want"),
    [
        *(([2, 1], [1, 2]), ((1, 2), [1, 2]), ({1, 2}, [1, 2]), (np.array([2, 1]), [1, 2])),
        ([2.0, 1], [2, 1.0]),
        ([{"b": 1, "a": 2}, {}], [{}, {"a": 2, "b": 1}]),
        ({(1, 2)}, [(1, 2)]),
        ([[1, 2]], {(1, 2)}),
        ([0.1 + 0.2, "x", None], ["x", None, 0.3]),
        ([1.00016, 1.0 + 1e-15, 1.00008 + 1e-15], [1.00008, 1.00016, 1.0]),
        (["b", b"a", float("nan"), True, 1], [1, True, float("nan"), b"a", "b"]),
        (list(np.arange(2000) * (0.1 + 1e-12)), list(np.arange(2000)[::-1] * 0.1)),
    ],
)
def test_without_order_items_are_matched_one_by_one(got, want):
    expect_equal(got, want, ordered=False)


@pytest.mark.parametrize(
    ("got", "want", "told"),
    [
        ([1, 1, 2], [1, 2], "the result has 1 item too many"),
        ([1, True], [1, 1], "the result lacks 1 item and has 1 too many"),
        ([0.301, 1], [0.3, 1], "the result lacks 1 item and has 1 too many"),
        ([[1, 2]], [[2, 1]], "the result lacks 1 item and has 1 too many"),
        (3, [3], "the result is a number; expected a list"),
    ],
)
def test_without_order_what_lacks_is_counted(got, want, told):
    assert reason(expect_equal, got, want, ordered=False) == told


def test_the_tolerance_for_floats_can_be_chosen():
    expect_equal([0.31], [0.3], rtol=0.1)
    for got, want in ((0.1 + 0.2, 0.3), (1e-17, 0.0)):
        assert reason(expect_equal, got, want, rtol=0) == "the result is not the right number"


def test_a_dataclass_is_compared_by_its_fields_and_printed_as_what_it_is():
    module = here({"token": lambda: Token("a", 1)})
    expect_equal(module.token(), {"text": "a", "at": 1})
    assert repr(module.token()).endswith("Token(text='a', at=1)")


def test_texts_forgive_case_and_spaces_unless_told_otherwise():
    for got in ("Hello World", " hello  world\n", np.str_("HELLO WORLD")):
        expect_text(got, "hello world")
    expect_text("b", ["a", "B"])
    assert "case" in reason(expect_text, "Hello", "hello", case=True)
    assert "spaces" in reason(expect_text, "a  b", "a b", spaces=True)
    assert "punctuation" in reason(expect_text, "hello, world!", "hello world")
    assert "order" in reason(expect_text, "world hello", "hello world")
    assert "and more" in reason(expect_text, "the answer is 4.", "4")
    assert reason(expect_text, 4, "4") == "the result is a number; expected text"
    assert reason(expect_text, "", "a") == "the result is another text: it is empty"


def raising(error):
    def function(*_):
        raise error

    return here({"f": function}).f


def test_an_exception_of_the_class_or_below_it_is_right():
    expect_raises(ValueError, raising(ValueError("no")), 1)
    expect_raises(ValueError, raising(UnicodeError("no")))
    expect_raises(LookupError, raising(KeyError("k")))


def test_no_exception_another_one_and_an_unwritten_stub_are_not():
    told = "an answer came back where ValueError must be raised"
    assert reason(expect_raises, ValueError, here({"f": lambda: 1}).f) == told
    with pytest.raises(TypeError):
        expect_raises(ValueError, raising(TypeError("no")))
    with pytest.raises(NotImplementedError):
        expect_raises(NotImplementedError, raising(NotImplementedError("f: write your code here")))


def test_a_class_of_the_same_name_is_another_one_over_the_wall(behind):
    source = (
        "class ValueError(Exception):\n    pass\n"
        "def own():\n    raise ValueError('no')\n"
        "def real():\n    raise __builtins__['ValueError']('no') if isinstance(__builtins__, dict)"
        " else __builtins__.ValueError('no')\n"
        "def posing():\n    ValueError.__module__ = 'builtins'\n    raise ValueError('no')\n"
    )
    student, _ = behind(source)
    expect_raises(ValueError, student.real)
    for function in (student.own, student.posing):
        with pytest.raises(StudentRaised):
            expect_raises(ValueError, function)


def test_sets_are_told_in_order():
    some = {"b", "a", "c"}
    assert written({"x": some, (1,): [frozenset({10, 9.5}), set(), ("y",)]}) == (
        "{'x': {'a', 'b', 'c'}, (1,): [frozenset({9.5, 10}), set(), ('y',)]}"
    )
    assert spell_call(Call("call", "f", (some, Callback(0), Stream([1])))) == (
        "f({'a', 'b', 'c'}, <a function>, iter([1]))"
    )
    assert comparable(some) == comparable(frozenset(some))


def test_what_is_gone_through_is_told_by_the_call_that_made_it():
    calls = []
    student = here({"letters": lambda text: iter(text)}, calls.append)
    list(student.letters("ab"))
    assert (calls[-1].name, spell_last(calls), spell_last([])) == ("__next__", "letters('ab')", "")


@pytest.mark.parametrize(
    ("array", "spelled"),
    [
        (np.array([1, None], dtype=object), "array([1, None])"),
        (np.array(["a", "bc"]), "array(['a', 'bc'])"),
        (np.zeros((0, 3)), "array([])"), (np.array([[1.5, 2.0]]).T, "array([[1.5], [2.]])"),
    ],
)  # fmt: skip
def test_arrays_of_every_kind_are_spelled(array, spelled):
    for _ in range(2):  # as found out, and as remembered
        assert spell_call(Call("call", "f", (array,))) == f"f({spelled})"
