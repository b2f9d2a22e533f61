"""expect_equal, expect_text and expect_raises: what they accept, what they refuse, and what they say."""

import collections
import dataclasses

import numpy as np
import pytest

from autograder.checks import CheckFailed, expect_equal, expect_raises, expect_text
from autograder.sandbox.calls import StudentRaised
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
        ({1, 2}, {1, 2, 3}, "the result lacks 1 element and has 0 too many"),
        ([1, 2], {1, 2}, "the result is a list of 2; expected a set"),
        (2.5, 2, "the result is not the right number"),
    ],
)
def test_what_differs_is_said_without_the_contents(got, want, told):
    assert reason(expect_equal, got, want)[: len(told)].startswith(told[:40])


def test_without_order_a_list_a_set_and_another_order_are_the_same():
    for got in ([2, 1], (1, 2), {1, 2}, np.array([2, 1])):
        expect_equal(got, [1, 2], ordered=False)
    assert reason(expect_equal, [1, 1, 2], [1, 2], ordered=False)


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
