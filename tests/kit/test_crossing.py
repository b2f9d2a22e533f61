"""What crosses the wall, both ways, through a real worker: the rows of the table in docs/authors.md."""

import array
import collections
import dataclasses
import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from autograder.checks import expect_equal
from autograder.data.values import Handle, Record, Stream
from autograder.judging.answers import Answers
from autograder.sandbox.calls import Call, StudentRaised
from autograder.sandbox.codec import encode_call
from autograder.sandbox.program import Program
from autograder.sandbox.protocol import ProgramText
from autograder.sandbox.student import Student, here

ECHO = "def echo(value):\n    return value\n\ndef kind(value):\n    return type(value).__name__\n"


@pytest.mark.parametrize(
    "value",
    [
        {1, 2, 3},
        frozenset({("a", 1)}),
        {("a", 1): [1.5], None: b"\0\xff", 2.5: "x"},
        b"bytes",
        10**40,
        -(2**100),
        "text with \u00e4 and \U0001f600",
        [set(), {}, (), []],
    ],
)
def test_a_value_comes_back_as_it_went(behind, value):
    student, _ = behind(ECHO)
    found = student.echo(value)
    assert found == value
    assert student.kind(value) == type(value).__name__


def test_arrays_of_text_come_back(behind):
    student, _ = behind(ECHO)
    for value in (np.array(["ab", "c\u00e4"]), np.array([[b"x", b"yz"]]), np.array([], dtype="U3")):
        found = student.echo(value)
        assert (found.dtype, found.tolist()) == (value.dtype, value.tolist())


def test_an_array_of_80_megabytes_goes_over(behind, torch_wall):
    student, _ = behind("def total(values):\n    return float(values.sum())\n", over=torch_wall)
    assert student.total(np.ones(10_000_000)) == 10_000_000.0


def test_generators_arrive_as_iterators_and_are_drawn_to_a_bound(behind):
    student, _ = behind(
        "import itertools\n\ndef f(it):\n    return next(it), list(it)\n\n"
        "def count():\n    yield from itertools.count()\n\ndef three():\n    yield from 'abc'\n"
    )
    assert student.f(n * n for n in range(4)) == (0, [1, 4, 9])
    assert list(student.three()) == ["a", "b", "c"]
    assert len(list(student.count())) == 10_000


@dataclass
class Order:
    """What somebody wants: an iterator of numbers."""

    numbers: Iterator[float]


def test_a_call_with_an_iterator_may_be_sent_to_several_programs():
    calls = []
    student = here(
        {"f": lambda *values: [list(getattr(one, "numbers", one)) for one in values]}, calls.append
    )
    student.f((Fraction(n, 2) for n in range(2)), Order(n * 2 for n in range(3)))
    sent = [encode_call(calls[0]) for _ in range(2)]
    assert sent[0] == sent[1] == encode_call(Call("call", "f", (Stream([Fraction(0), Fraction(1, 2)]),
        Record(f"{__name__}.Order", {"numbers": Stream([0, 2, 4])}))))  # fmt: skip


def test_in_the_students_folder_generators_are_gone_through_as_well():
    student = here({"three": lambda: (letter for letter in "abc"), "f": lambda *_: None})
    assert (list(student.three()), tuple(student.three())) == (["a", "b", "c"], ("a", "b", "c"))
    with pytest.raises(TypeError, match="a generator> has no length"):
        len(student.three())


def test_a_text_that_is_none_is_refused_like_all_that_cannot_cross():
    with pytest.raises(TypeError, match=r"argument 1 cannot be sent .* str \(not valid text\)"):
        encode_call(Call("call", "f", ("\ud800",)))


def test_operators_and_text_are_asked_for_by_name(behind):
    student, _ = behind(
        "class Money:\n    def __init__(self, cents):\n        self.cents = cents\n"
        "    def __eq__(self, other):\n        return self.cents == other.cents\n"
        "    def __add__(self, other):\n        return Money(self.cents + other.cents)\n"
        "    def __str__(self):\n        return f'{self.cents} cents'\n"
    )
    one, same = student.Money(3), student.Money(3)
    assert student.make("operator.eq", one, same) is True
    assert one != same  # an object's own opinion of itself is never taken by the way
    assert student.make("builtins.str", student.make("operator.add", one, same)) == "6 cents"
    with pytest.raises(AttributeError, match=r'student\.make\("operator\.add", a, b\)'):
        one.__add__(same)


def test_a_function_of_the_graders_is_called_back(behind):
    student, _ = behind(
        "def root(f, low, high):\n    for _ in range(40):\n        middle = (low + high) / 2\n"
        "        low, high = (middle, high) if f(middle) < 0 else (low, middle)\n    return low\n"
        "def twice(f, g):\n    return g(f(3)), f(x=1)\n"
        "def wrong(f):\n    try:\n        f(1, 2)\n    except TypeError as e:\n        return str(e)\n"
    )
    assert student.root(lambda x: x * x - 2, 0.0, 2.0) == pytest.approx(2**0.5)
    assert student.twice(lambda x: x + 1, lambda x: [x] * 2) == ([4, 4], 2)
    assert student.wrong(lambda x: x) == ""  # of our exceptions only the type goes over
    with pytest.raises(StudentRaised, match="TypeError"):  # never an object that stands for nothing
        student.twice(lambda x: (n for n in range(x)), lambda x: x)
    with pytest.raises(StudentRaised, match="ZeroDivisionError"):
        student.root(lambda x: 1 / 0, 0.0, 1.0)


KEEPS = """
def repeated(f, times):
    def run(value):
        for _ in range(times):
            value = f(value)
        return value
    return run

def mapped(f, items):
    return (f(item) for item in items)

class Counter:
    def __init__(self, key):
        self.key, self.seen = key, []

    def add(self, item):
        self.seen.append(self.key(item))
        return self.seen

    @property
    def of_nine(self):
        return self.key(9)
"""


def asks_what_keeps_functions(student):
    assert student.repeated(lambda x: 2 * x, 3)(1.5) == 12.0
    assert list(student.mapped(str.upper, ["a", "b"])) == ["A", "B"]
    ones, tens = student.Counter(lambda x: x % 10), student.Counter(lambda x: x // 10)
    assert ones.add(57) == [7]
    assert tens.add(57) == [5]
    assert ones.add(31) == [7, 1]
    assert tens.of_nine == 0
    assert student.repeated(lambda f: f + 1, 2)(student.repeated(lambda x: -x, 1)(4)) == -2


def test_a_function_of_the_graders_may_be_kept(behind):
    asks_what_keeps_functions(behind(KEEPS)[0])


def test_the_reference_may_keep_functions_too(wall):
    answers = Answers(wall, Program(ProgramText("right.py", [KEEPS])))
    for _ in range(2):
        asks_what_keeps_functions(Student(answers.conversation().send))
    answers.close()


def test_a_function_of_the_students_is_passed_by_name(behind):
    student, _ = behind("def f(x):\n    return x + 1\n\ndef apply(g, x):\n    return g(x)\n")
    assert student.apply(student.f, 1) == 2


def test_what_cannot_cross_is_an_error_where_it_is_sent(behind):
    student, _ = behind(ECHO)
    for value, told in (
        (object(), "argument 1 cannot be sent to the student's code: it holds object"),
        ([np.ma.array([1])], "it holds numpy.MaskedArray"),
        (10**5000, "an integer of too many digits"),
        (range(3), "it holds range"),
    ):
        with pytest.raises(TypeError, match="cannot be sent") as failed:
            student.echo(value)
        assert told in str(failed.value)


def test_objects_of_two_programs_are_not_confused(behind):
    source = "class Box:\n    size = 1\n\ndef open(box):\n    return box.size\n"
    (student, _), (reference, _) = behind(source), behind(source)
    with pytest.raises(TypeError, match="student or reference"):
        reference.open(student.Box())
    with pytest.raises(TypeError, match="student or reference"):
        here({"f": lambda x: x}).f(student.open)


def test_setting_an_attribute_changes_the_object_itself(behind):
    student, _ = behind("class Box:\n    size = 1\n\ndef open(box):\n    return box.size\n")
    box = student.Box()
    box.size = 5
    assert student.open(box) == box.size == 5
    assert repr(box) == repr(Handle(3, "work.Box")) == "<a work.Box>"


def test_a_dataclass_tells_its_fields_and_keeps_its_methods(behind):
    student, _ = behind(
        "import dataclasses\n\n@dataclasses.dataclass\nclass Span:\n    start: int\n    stop: int\n"
        "    def length(self):\n        return self.stop - self.start\n\ndef span():\n    return Span(1, 5)\n"
    )
    span = student.span()
    assert repr(span) == "work.Span(start=1, stop=5)"
    assert (span.start, span.length()) == (1, 4)


Pair = collections.namedtuple("Pair", "x y")
GRID = (
    "import dataclasses\nimport typing\n\n@dataclasses.dataclass(frozen=True)\nclass Cell:\n    at: tuple\n"
    "    mark: str = '.'\n\nclass Step(typing.NamedTuple):\n    by: list\n    cost: float = 1.0\n"
)


@pytest.fixture
def grid(tmp_path, monkeypatch):
    """A module that is handed out, as a file of checks imports it."""
    (tmp_path / "grid_of_cells.py").write_text(GRID)
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("grid_of_cells")
    del sys.modules["grid_of_cells"]


def test_a_dataclass_and_a_named_tuple_of_a_provided_module_arrive_as_what_they_are(behind, grid):
    source = (
        "import grid_of_cells as g\n\ndef cell(value):\n    return type(value) is g.Cell, value.at, value\n"
        "def step(steps):\n    return [(type(one) is g.Step, one.by, one.cost, len(one)) for one in steps]\n"
    )
    student, _ = behind(source, modules={"grid_of_cells": GRID})
    there, at, back = student.cell(grid.Cell((1, 2), "x"))
    assert (there, at, repr(back)) == (True, (1, 2), "grid_of_cells.Cell(at=(1, 2), mark='x')")
    expect_equal(back, {"at": (1, 2), "mark": "x"})
    assert student.step([grid.Step([3]), grid.Step([4], 2.5)]) == [(True, [3], 1.0, 2), (True, [4], 2.5, 2)]


def test_a_class_that_cannot_be_imported_is_an_error_where_it_is_sent(behind):
    @dataclasses.dataclass
    class Unknown:
        size: int

    Point = collections.namedtuple("Point", "x y")
    Point.__module__ = "checks_of_warmup"
    student, _ = behind(ECHO)
    for value in (Unknown(3), [Point(1, 2)], Unknown(lambda: 3)):
        with pytest.raises(TypeError, match=r"it holds .*(Unknown|Point) \(its class is in no module"):
            student.echo(value)


def test_numbers_of_the_standard_library_arrive_as_what_they_are(behind):
    student, _ = behind("def f(value):\n    return type(value).__name__, str(value)\n")
    for value in (1.5 - 2j, Fraction(1, 3), Decimal("0.10")):
        assert student.f(value) == (type(value).__name__, str(value))
    assert student.f(np.complex64(1j)) == ("complex", "1j")
    assert student.f(np.float32(0.5)) == ("float", "0.5")


@pytest.mark.parametrize(
    "value",
    [
        *(collections.Counter("aab"), collections.OrderedDict(a=1), collections.defaultdict(list)),
        *(collections.deque([1]), array.array("d", [1.0]), bytearray(b"x"), np.array([None]), {Pair(1, 2)}),
    ],
)
def test_what_would_arrive_as_another_type_is_refused(value):
    with pytest.raises(TypeError, match="argument 1 cannot be sent"):
        encode_call(Call("call", "f", ([value],)))


def test_mappings_of_the_standard_library_are_dicts_and_named_tuples_tuples(behind):
    student, _ = behind(
        "from collections import *\nP = namedtuple('P', 'x y')\n"
        "def f():\n    d = defaultdict(list)\n    d['a'].append(1)\n"
        "    return Counter('aab'), d, OrderedDict(b=1), P(1, 2)\n"
    )
    assert student.f() == ({"a": 2, "b": 1}, {"a": [1]}, {"b": 1}, (1, 2))
    assert collections.Counter(student.f()[0]) == collections.Counter("aab")
