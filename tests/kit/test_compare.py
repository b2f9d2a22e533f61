"""The comparison: which answers are right, which are refused by name, and how close is close."""

import array
import collections
import contextlib
import itertools
import math
import types
import warnings
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checks.compare import (
    CheckFailed,
    expect_close,
    expect_gradient,
    expect_unchanged,
    expect_zero_gradient,
)
from autograder.data.values import Figure, Handle, Opaque, Tensor, tensor
from autograder.sandbox.student import Gradients, here

WANT = [1.75, 1.5, 1.0]
Pair = collections.namedtuple("Pair", "ratio clipped_ratio")


def reason(got, want=WANT, **options):
    """Return why an answer is refused."""
    with pytest.raises(CheckFailed) as failed:
        expect_close(got, want, **options)
    return failed.value.reason


def torched(**options):
    return torch.tensor(WANT, **options)


LEGIT = {
    "list": WANT,
    "tuple": (1.75, 1.5, 1.0),
    "array": np.array(WANT),
    "float16": np.array(WANT, np.float16),
    "float32": np.array(WANT, np.float32),
    "long double": np.array(WANT, np.longdouble),
    "big-endian": np.array(WANT, ">f8"),
    "negative stride": np.array(WANT[::-1])[::-1],
    "every other": np.repeat(WANT, 2)[::2],
    "Fortran column": np.asfortranarray(np.array(WANT)[:, None]),
    "column": [[1.75], [1.5], [1.0]],
    "read-only": np.broadcast_to(np.array(WANT), (3,)),
    "numpy scalars": [np.float64(1.75), np.float32(1.5), np.int64(1)],
    "0-d arrays": [np.array(1.75), np.array(1.5), np.array(1)],
    "lone numbers": [np.array([1.75]), np.array([1.5]), np.array([1])],
    "boxed numbers": np.array([1.75, Fraction(3, 2), 1], dtype=object),
    "deque": collections.deque(WANT),
    "array.array": array.array("d", WANT),
    "fractions": [Fraction(7, 4), Fraction(3, 2), Fraction(1)],
    "decimals": [Decimal("1.75"), Decimal("1.5"), Decimal(1)],
    "float32 tensor": torched(),
    "float64 tensor": torched(dtype=torch.float64),
    "bfloat16 tensor": torched(dtype=torch.bfloat16),  # these numbers have few digits
    "leaf": torched(requires_grad=True),
    "on a graph": torched(requires_grad=True) * 1,
    "Parameter": torch.nn.Parameter(torched()),
    "expanded": torch.tensor([1.75, 1.5, 1.0]).expand(1, 3)[0],
    "0-d tensors": [torch.tensor(1.75), torch.tensor(1.5), torch.tensor(1.0)],
    "tuple of tensors": (torch.tensor([1.75]), torch.tensor([1.5]), torch.tensor([1.0])),
    "conjugate view": torch.tensor([1.75, 1.5, 1.0]).conj(),
}


@pytest.mark.parametrize("got", LEGIT.values(), ids=LEGIT)
def test_right_numbers_are_right_in_every_form(got):
    expect_close(got, WANT)
    expect_close(got, np.array(WANT))
    expect_close(got, tensor(WANT))


LONE = [2, 2.0, np.float32(2), np.int8(2), np.array(2.0), np.array([2]), [2.0], Fraction(2), Decimal(2)]
LONE += [torch.tensor(2.0), torch.tensor([2]), torch.tensor(2, dtype=torch.int32)]


@pytest.mark.parametrize("got", LONE)
def test_a_lone_number_is_right_in_every_form(got):
    expect_close(got, 2)
    expect_close(got, np.float64(2))


def quietly(make, *args, **options):
    """Make something that its library warns about."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return make(*args, **options)


class Spoof(np.ndarray):
    """An array that calls itself close to everything."""

    def __array_function__(self, function, types_, args, kwargs):
        return True

    def __array_ufunc__(self, *_, **__):
        return np.array(WANT)


class Equal:
    """An object that equals all."""

    def __eq__(self, other):
        return True

    __hash__ = None

    def __array__(self, *_, **__):
        return np.array(WANT)

    def __float__(self):
        return 1.75

    def __len__(self):
        return 3

    def __getitem__(self, index):
        return WANT[index]


class LyingList(list):
    """A list that claims another length."""

    def __len__(self):
        return 3


class Silent(BaseException):
    """Not even an Exception."""


class Angry:
    """An object that raises wherever it is touched."""

    def __getattribute__(self, name):
        raise Silent

    __len__ = __iter__ = __eq__ = __float__ = __array__ = lambda self, *_: Angry.__getattribute__(self, "")
    __hash__ = None


class Masquerade:
    """An object that says that it is an array."""

    __class__ = np.ndarray
    __module__ = "numpy"
    shape, dtype, ndim = (3,), np.dtype("float64"), 1


class SubTensor(torch.Tensor):
    """A tensor with functions of its own."""

    @classmethod
    def __torch_function__(cls, *_, **__):
        return torched()


def endless():
    """Return a list that holds itself."""
    loop = [1.0]
    loop.append(loop)
    return loop


def deep(levels):
    """Return lists within lists."""
    return [1.0] if levels == 0 else [deep(levels - 1)]


MASKED = np.ma.array([1.75, 99.0, 1.0], mask=[False, True, False])
RECORDS = np.array([(1.75,), (1.5,), (1.0,)], dtype=[("x", "f8")])
TRAPS = {
    "nothing": (None, "None; expected numbers. Is there a return at the end?"),
    "empty": ([], "is empty; expected shape (3,)"),
    "empty array": (np.empty((0, 3)), "is empty"),
    "prefix": (WANT[:2], "has shape (2,); expected shape (3,). The first 2 match"),
    "suffix": (WANT[1:], "The last 2 match"),
    "one too many": ([*WANT, 0.0], "has shape (4,); expected shape (3,). The first 3 match"),
    "scalar": (1.75, "is a single number; expected shape (3,)"),
    "row": ([WANT], "has shape (1, 3); expected shape (3,). The numbers are right, their shape is not"),
    "square": (np.full((3, 3), WANT), "has shape (3, 3); expected shape (3,)"),
    "masked": (MASKED, "a numpy.MaskedArray (a subclass of numpy.ndarray)"),
    "matrix": (quietly(np.matrix, WANT), "a numpy.matrix (a subclass of numpy.ndarray)"),
    "recarray": (RECORDS.view(np.recarray), "a numpy.recarray (a subclass of numpy.ndarray)"),
    "structured": (RECORDS, "a numpy.ndarray (not of numbers)"),
    "own array class": (np.array(WANT).view(Spoof), "an object (a subclass of numpy.ndarray)"),
    "own __eq__": (Equal(), "an object; expected numbers"),
    "own __eq__ in a list": ([Equal()] * 3, "an entry of the result is an object"),
    "own list class": (LyingList([*WANT, 7.0]), "an object; expected numbers"),
    "angry": (Angry(), "an object; expected numbers"),
    "masquerade": (Masquerade(), "an object; expected numbers"),
    "own tensor class": (torched().as_subclass(SubTensor), "an object (a subclass of torch.Tensor)"),
    "sparse": (quietly(torched().to_sparse), "a torch.Tensor (not dense)"),
    "bools": ([True, True, True], "is True; expected numbers"),
    "bool array": (np.array([True, False, True]), "is made of True and False"),
    "bool tensor": (torch.tensor([True] * 3), "is made of True and False"),
    "complex": (np.array(WANT) + 5j, "is complex; expected real numbers"),
    "complex number": ([1.75, 1.5, 1 + 0j], "is complex"),
    "NaN": ([math.nan] * 3, "is NaN at all 3 entries"),
    "a NaN": ([1.75, float("nan"), 1.0], "is NaN at 1 of 3 entries, at index [1]"),
    "infinite": ([1.75, 1.5, -math.inf], "is infinite at 1 of 3 entries, at index [2]"),
    "text": (["1.75", "1.5", "1"], "an entry of the result is a str"),
    "text array": (np.array(["1.75", "1.5", "1"]), "a numpy.ndarray (not of numbers)"),
    "bytes": (b"abc", "a bytes; expected numbers"),
    "set": ({1.75, 1.5, 1.0}, "a set; expected numbers. A set has no order: return a list"),
    "dict": ({0: 1.75, 1: 1.5, 2: 1.0}, "a dict; expected numbers. Return its values in a list"),
    "text dict": ({"a": 1.0}, "a dict; expected numbers. Return its values in a list"),
    "generator": ((x for x in WANT), "a generator; expected numbers. Wrap it in list(...)"),
    "map": (map(float, WANT), "a map; expected numbers. Wrap it in list(...)"),
    "reversed": (reversed(WANT), "a list_reverseiterator; expected numbers. Wrap it in list(...)"),
    "accumulate": (itertools.accumulate(WANT), "an itertools.accumulate; expected numbers. Wrap it in"),
    "function": (lambda: WANT, "a function; expected numbers. Call it, and return what it gives"),
    "method": (WANT.copy, "a builtin_function_or_method; expected numbers. Call it"),
    "class": (Equal, "a type; expected numbers. Call it"),
    "module": (types, "a module; expected numbers"),
    "ragged": ([[1.75, 1.5], [1.0]], "is a list whose entries differ in shape"),
    "dates": (np.array(["2026-01-01"], "M8[D]"), "a numpy.ndarray (not of numbers)"),
    "huge int": ([1.75, 1.5, 10**2000], "an entry of the result is an int (an integer of too many digits)"),
    "endless list": (endless(), "nested too deeply"),
    "deep list": (deep(20), "nested too deeply"),
    "figure": (Figure(), "a figure; expected numbers"),
    "held object": (Handle(0, "rl.Episode"), "an object; expected numbers"),
}


@pytest.mark.parametrize(("got", "told"), TRAPS.values(), ids=TRAPS)
def test_a_trap_is_refused_by_name(got, told):
    assert told in reason(got)


@pytest.mark.parametrize(
    ("got", "want"),
    [
        ([0.0, 0.0], [1e-9, 2e-9]),
        (np.zeros(3), np.full(3, 1e-12)),
        (0.0, 1e-9),
        ([1.0, 0.0], [1.0, 1e-9]),
        ([1.0, 1.0, 1.0], [1.0, 1.0, 1e43]),
        ([1.1, 1.1, 1e43], [1.0, 1.0, 1e43]),
        (1e-5, 0.0),
        ([1e-5, 0.0], [0.0, 0.0]),
        (math.nan, 1.0),
        (1.0, math.inf),
        ([2.0] * 4, 2.0),
        ([[2.0]], 2.0),
        (2.0, [2.0]),
        ([], 0.0),
        ([[]], []),
    ],
)
def test_small_numbers_zeros_and_shapes_are_not_excused(got, want):
    reason(got, want)


@pytest.mark.parametrize("size", [1e-9, 1e-3, 1.0, 1e6])
@pytest.mark.parametrize("small", [1.0, 0.1, 0.01, 1e-3])
def test_a_relative_error_of_a_thousandth_is_refused_in_any_entry(size, small, rng):
    want = size * rng.uniform(0.5, 2.0, 9)
    want[4] *= small
    reason(want * 1.001, want)
    for at in range(9):
        got = want.copy()
        got[at] *= 1.001
        reason(got, want)
        reason(got.tolist(), want)


def float32_returns(rewards, gamma):
    total, returns = np.float32(0), np.empty(len(rewards), np.float32)
    for t in reversed(range(len(rewards))):
        returns[t] = total = np.float32(rewards[t]) + np.float32(gamma) * total
    return returns


def float64_returns(rewards, gamma):
    total, returns = 0.0, np.empty(len(rewards))
    for t in reversed(range(len(rewards))):
        returns[t] = total = rewards[t] + gamma * total
    return returns


@pytest.mark.parametrize("steps", [1, 3, 20, 200])
@pytest.mark.parametrize("gamma", [0.5, 0.9, 0.99, 1.0])
def test_honest_single_precision_is_right(steps, gamma, rng):
    for _ in range(20):
        rewards = rng.normal(size=steps)
        got, want = float32_returns(rewards, gamma), float64_returns(rewards, gamma)
        expect_close(got, want)
        expect_close(got.astype(np.float64).tolist(), want)
        discounts = np.float32(gamma) ** np.arange(steps, dtype=np.float32)  # then in double precision
        expect_close([float(discounts[: steps - t].astype(float) @ rewards[t:]) for t in range(steps)], want)


def test_rounding_of_a_reference_where_the_right_number_is_zero_is_excused():
    expect_close(0.0, 2.3 - 0.01 * 230)
    expect_close([0.5, 5e-9, 0.0], [0.5, 0.0, 0.0])
    expect_close([0.0, 1e-7], [0.0, 0.0])


def test_tolerances_given_at_the_call_are_absolute():
    expect_close([100.05, 1.0], [100.0, 1.0], rtol=0, atol=0.1)
    reason([100.05, 1.0], [100.0, 1.0], rtol=0, atol=0.01)


def test_outputs_are_compared_one_by_one():
    ratio, clipped = np.array([1.5, 0.9]), np.array([1.2, 0.9])
    want = (ratio, clipped)
    stacked = torch.tensor(np.stack(want), requires_grad=True)
    for got in (want, list(want), Pair(*want), np.stack(want), stacked, collections.deque(want)):
        expect_close(got, want)
    names = ("ratio", "clipped_ratio")
    assert reason((ratio, ratio), want, name=names).startswith("clipped_ratio is wrong at 1 of 2 entries")
    assert reason((ratio, ratio), want).startswith("output[1] is wrong")
    assert reason((clipped, ratio), want) == "the two outputs are in the wrong order"
    told = "the result holds 3 outputs; expected 2 outputs (ratio, clipped_ratio)"
    assert reason((ratio, clipped, 0), want, name=names) == told
    assert (
        reason(np.array([1.5, 0.9, 1.0]), want) == "the result is an array of shape (3,); expected 2 outputs"
    )
    assert reason(ratio[0], want) == "the result is a number; expected 2 outputs"
    assert reason("left", want) == "the result is a str; expected 2 outputs"
    assert reason(None, want) == "the result is None; expected 2 outputs. Is there a return at the end?"
    assert reason((x for x in want), want).endswith("Wrap it in list(...)")
    expect_close(((0, 1), -0.01, False), ((0, 1), -0.01, False))
    assert reason(((0, 1), -0.01, True), ((0, 1), -0.01, False)) == "output[2] is True, which is wrong here"


def test_truth_values_are_compared_when_they_are_wanted():
    for got in (True, np.True_, np.array(True), torch.tensor([True])):
        expect_close(got, True)
        assert reason(got, False) == "the result is True, which is wrong here"
    for got in (1, 1.0, None, "True", [True], np.array([True, True])):
        assert "expected True or False" in reason(got, True)


def test_a_check_that_wants_what_is_no_number_is_at_fault():
    with pytest.raises(TypeError, match="expect_close cannot compare with this"):
        expect_close(1.0, "1")


def details(got, want):
    with pytest.raises(CheckFailed) as failed:
        expect_close(got, want)
    return failed.value.details


def test_details_show_the_part_around_the_first_wrong_place():
    assert details(2.0, 1.5) == "got 2, expected 1.5"
    told = "got 2, expected 1.5 at index [1]\ngot      [1.75, 2, 1]\nexpected [1.75, 1.5, 1]"
    assert details([1.75, 2.0, 1.0], WANT) == told
    want = np.arange(100.0)
    got = want.copy()
    got[70:] = 0
    assert details(got, want).splitlines()[1:] == [
        "got      [66:74] [66, 67, 68, 69, 0, 0, 0, 0]",
        "expected [66:74] [66, 67, 68, 69, 70, 71, 72, 73]",
    ]
    table = want.reshape(4, 25)
    assert "got      [2, 16:24] [66, 67, 68, 69, 0, 0, 0, 0]" in details(got.reshape(4, 25), table)
    assert details([1 + 3e-4], [1.0]) == "got 1.0003, expected 1"
    assert details([1 + 1e-8], [1.0 + 3e-4]) == "got 1, expected 1.0003"


def test_reasons_hold_no_expected_number_and_no_text_of_the_student():
    secret = type("reward_0_37", (), {})
    told = reason(secret())
    assert "0_37" not in told
    assert "0_37" not in reason(Opaque("rl.reward_0_37", "because 0_37"))
    assert "0_37" not in reason([Handle(3, "reward_0_37")])
    assert "0_37" not in reason("0_37")
    assert "1.5" not in reason([1.75, 7.0, 1.0])


DATA = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.sampled_from([Handle(0, ""), Opaque("", ""), Figure(), Tensor(np.zeros(3, np.float16), "?")])
    | st.sampled_from([np.zeros(s, d) for s in [(), (3,), (0,), (3, 1)] for d in ("?", "u8", "c8", "f4")]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=2), inner)
    ),
    max_leaves=8,
)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(got=DATA, want=st.sampled_from([1.0, WANT, (1.0, WANT), True, np.zeros((3, 1)), []]))
def test_whatever_comes_is_right_or_refused(got, want):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with contextlib.suppress(CheckFailed):
            expect_close(got, want)


def test_gradients_are_compared_and_none_counts_as_zero():
    result = Gradients(0.0, {"a": Tensor(np.array([1.0, 2.0]), "float64"), "b": None, "c": [math.nan]})
    expect_gradient(result, "a", [1.0, 2.0])
    expect_gradient(result, "b", [0.0, 0.0])
    expect_zero_gradient(result, "b")
    expect_zero_gradient(Gradients(0.0, {"a": np.zeros(3)}), "a")
    for check, told in (
        (lambda: expect_gradient(result, "b", [0.0, 1.0]), "no gradient reaches b"),
        (lambda: expect_gradient(result, "left out", [1.0]), "no gradient reaches left out"),
        (lambda: expect_gradient(result, "a", [2.0, 4.0]), "the gradient for a is wrong at all 2 entries"),
        (lambda: expect_zero_gradient(result, "a"), "a gradient reaches a, which is a constant here"),
        (lambda: expect_zero_gradient(result, "c"), "a gradient reaches c"),
    ):
        with pytest.raises(CheckFailed, match=told):
            check()


def test_a_changed_input_is_named_in_the_details_only():
    def double(rewards):
        rewards *= 2
        return rewards

    function = here({"double": double}).double
    function(np.ones(3))
    with pytest.raises(CheckFailed) as failed:
        expect_unchanged(function)
    assert failed.value.reason == "the call changed its input: work on a copy"
    assert failed.value.details == "changed: rewards"


@pytest.fixture
def rng():
    return np.random.default_rng(20261122)
