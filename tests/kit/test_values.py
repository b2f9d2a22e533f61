"""Plain data: what becomes of live objects, the deceptive ones included, and the way back."""

import collections
import time
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.data.plain import MAX_BYTES, plain
from autograder.data.values import REASONS, Figure, Handle, Opaque, Tensor, live, same, tensor, type_name
from autograder.sandbox.student import here

Point = collections.namedtuple("Point", "x y")


def test_numbers_and_texts_are_themselves():
    for value in (None, True, -3, 2.5, "π", float("inf")):
        assert plain(value) is value
    assert [plain(v) for v in (np.float64(0.5), np.float32(0.5), np.int8(-1), np.True_)] == [
        0.5,
        0.5,
        -1,
        True,
    ]
    assert [type(plain(v)) for v in (np.float16(1), np.uint8(1), np.False_)] == [float, int, bool]
    assert plain(2**63) == 2**63 == plain(np.uint64(2**63))
    assert plain(10**2000) == Opaque("int", "an integer of too many digits")
    assert plain(1 + 2j).dtype == np.complex128


def test_containers_become_lists_tuples_and_dicts():
    assert plain(collections.deque([1, [2.0]])) == [1, [2.0]]
    assert plain(Point(1, (2,))) == (1, (2,))
    assert type(plain(Point(1, 2))) is tuple
    assert plain({"a": [1], "b": {"c": None}}) == {"a": [1], "b": {"c": None}}
    assert plain(torch.Size([2, 3])) == (2, 3)
    assert plain({1: 2}) == {1: 2}
    assert plain({1.5: 2, (1, "a"): 3, None: 4}) == {1.5: 2, (1, "a"): 3, None: 4}
    assert plain({"\ud800": 1}) == Opaque("dict") == plain({Point: 1})
    assert plain(collections.OrderedDict(a=1)) == {"a": 1}


def test_a_class_that_lies_about_its_contents_is_not_asked():
    class Lying(tuple):
        __slots__ = ()

        def __iter__(self):
            return iter([1.0])

        def __len__(self):
            return 1

    assert plain(Lying((2.0, 3.0))) == (2.0, 3.0)


@pytest.mark.parametrize("dtype", ["?", "i1", "u8", "f2", "f4", "f8", "c8", "c16", ">f8", ">i2"])
def test_arrays_are_copied_contiguous_and_native(dtype):
    whole = np.arange(24).astype(dtype).reshape(2, 3, 4)
    for value in (whole, whole[::-1, :, ::2], whole.T, np.asfortranarray(whole), whole[:0]):
        copied = plain(value)
        assert type(copied) is np.ndarray
        assert copied.flags.c_contiguous
        assert copied.flags.writeable
        assert copied.dtype == np.dtype(dtype).newbyteorder("=")
        assert copied.dtype.isnative
        assert np.array_equal(copied, value)
        assert not np.shares_memory(copied, value)


def test_longer_doubles_are_shortened():
    assert plain(np.ones(2, np.longdouble)).dtype == np.float64
    assert plain(np.ones(2, np.clongdouble)).dtype == np.complex128
    assert plain(np.longdouble("1e4000")) == float("inf")


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16", "int64", "bool", "complex64"])
def test_tensors_come_back_as_they_were(dtype):
    value = torch.tensor([[0, 1, 2]]).to(getattr(torch, dtype)).T
    data = plain(value)
    assert type(data) is Tensor
    assert data.dtype == dtype
    assert data.array.shape == (3, 1)
    assert data.array.flags.c_contiguous
    assert torch.equal(live(data), value)
    assert live(data).dtype == value.dtype


def test_tensors_are_cut_from_their_graph_and_their_memory():
    leaf = torch.ones(3, requires_grad=True)
    for value in (
        leaf,
        leaf * 2,
        torch.nn.Parameter(torch.ones(3)),
        torch.ones(3, dtype=torch.cfloat).conj(),
    ):
        data = plain(value)
        data.array[:] = 7
        assert value.detach().abs().max() < 3
    value = torch.ones(2)
    value.detach = value.numpy = None  # an instance may hide its class's methods
    assert same(plain(value), Tensor(np.ones(2, np.float32), "float32"))


def test_data_is_left_as_it_is():
    for value in (Handle(1, "x"), Opaque("x", "y"), Figure(), tensor([1.0])):
        assert plain(value) is value


def test_what_is_no_data_is_held_or_opaque():
    held = []
    episode = here({"start": object}).start()
    assert plain(object(), lambda value: held.append(value) or Handle(0, "object")) == Handle(0, "object")
    assert len(held) == 1
    assert plain([len, print]) == [Opaque("builtin_function_or_method")] * 2
    assert plain([episode]) == [Handle(0, "object")]  # a check's stand-in counts as what it stands for


def spoof(**names):
    """Return an object of a class made of these names."""
    return type("Spoof", (), names)()


class Liar(type):
    """A class whose class equals everything and has names of its own."""

    __module__ = property(lambda cls: 1 / 0)
    __name__ = property(lambda cls: "ndarray")

    def __eq__(cls, other):
        return True

    def __hash__(cls):
        return hash(float)

    def __subclasscheck__(cls, other):
        return True


class Quits(BaseException):
    """What no `except Exception` sees."""


def quits(*_, **__):
    raise Quits


SPECIAL = ["len", "iter", "eq", "ne", "bool", "float", "int", "index", "array", "complex", "repr", "str"]
HOSTILE = {
    "raises at every touch": spoof(
        __getattribute__=quits, __getattr__=quits, **{f"__{name}__": quits for name in SPECIAL}
    ),
    "class that lies": Liar("Spoof", (), {})(),
    "class raises": spoof(__class__=property(quits)),
    "class is float": spoof(__class__=float),
    "module is no text": spoof(__module__=7),
    "module is long": spoof(__module__="x" * 10_000),
    "handle that quits": spoof(_handle=property(quits)),
    "array interface": spoof(__array_interface__=property(quits), __array__=quits),
    "float that lies": type("F", (float,), {"__float__": quits})(1.0),
    "int that lies": type("I", (int,), {"__index__": quits, "__eq__": quits, "__hash__": quits})(1),
    "numpy float that lies": type("F", (np.float64,), {"__array__": quits, "__float__": quits})(1.0),
    "dict that lies": type("D", (dict,), {"keys": quits, "__iter__": quits})(a=1),
    "text that lies": type("S", (str,), {"__str__": quits, "encode": quits})("x"),
    "array class": np.ones(2).view(type("A", (np.ndarray,), {"__array_function__": quits})),
    "meta tensor": torch.ones(3, device="meta"),
    "surrogate": "\ud800",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_objects_are_opaque(name):
    value = HOSTILE[name]
    for shape in (value, [value], {"a": value}, (1, value)):
        plain(shape)
    got = plain(value)
    assert isinstance(got, Opaque)
    assert got.why in REASONS | {""}
    assert isinstance(type_name(value), str)


def test_names_of_types_are_short_texts():
    assert type_name(np.ma.array([1])) == "numpy.MaskedArray"
    assert type_name(spoof(__module__="rl.inner")) == "rl.Spoof"
    assert type_name(spoof(__module__=7)) == type_name(type("a\nb", (), {})()) == "an object"
    assert type_name(type("x" * 500, (), {})()) == "an object"


def nest(kind, levels, value=1.0):
    for _ in range(levels):
        value = kind([value])
    return value


def bomb(width, levels):
    """Return lists that hold one list many times: few objects, endless data."""
    value = [0.0] * width
    for _ in range(levels):
        value = [value] * width
    return value


def endless(kind):
    """Return a container that holds itself."""
    value = kind([None])
    value[0] = value
    return value


def endless_array():
    value = np.empty((), dtype=object)
    value[()] = value
    return value


def wide_loop():
    value = []
    value.extend([value] * 10)
    return value


@pytest.mark.parametrize(
    "make",
    [
        lambda: nest(list, 5000),
        lambda: endless(list),
        lambda: endless(collections.deque),
        lambda: endless(lambda items: np.array(items, dtype=object)),
        endless_array,
        wide_loop,
        lambda: bomb(100, 5),
        lambda: [0.0] * (1 << 21),
        lambda: np.broadcast_to(np.float64(1), (1 << 40,)),
        lambda: np.broadcast_to(np.array([None]), (1 << 40,)),
        lambda: torch.ones(1).expand(1 << 40),
        lambda: [np.ones(1 << 20)] * 100,
        lambda: ["x" * 100_000] * 10_000,
        lambda: "x" * 1_000_000,
        lambda: {"x" * 1_000_000: 1},
    ],
)
def test_endless_and_huge_data_ends_soon(make):
    value, start = make(), time.process_time()
    got = plain(value)
    assert time.process_time() - start < 10
    assert isinstance(got, Opaque) or "nested too deeply" in repr(got)


def test_what_a_frame_holds_passes():
    assert plain(np.zeros(MAX_BYTES // 8 - 100)).nbytes > 0.9 * MAX_BYTES
    assert len(plain([0.5] * 100_000)) == 100_000
    assert plain(nest(list, 8)) == nest(list, 8)


def test_interrupts_of_the_grader_pass():
    def interrupt(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        plain(spoof(_handle=property(interrupt)))


DATA = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.text(st.characters(codec="utf-8"), max_size=3)
    | st.sampled_from([np.zeros((2, 0)), np.array(1.5, "f4"), tensor([1.0, float("nan")]), Handle(2, "a")]),
    lambda inner: st.lists(inner) | st.tuples(inner) | st.dictionaries(st.text("abc", max_size=2), inner),
    max_leaves=10,
)


@settings(derandomize=True, deadline=None)
@given(DATA)
def test_data_survives_the_way_to_life_and_back(data):
    again = plain(live(data))
    assert same(data, again)
    assert same(plain(data), data)


def test_live_data_is_fresh():
    inner = np.ones(2)
    first, second = live([inner, {"a": inner}]), live([inner, {"a": inner}])
    first[0][:] = 5
    assert second[0][0] == inner[0] == first[1]["a"][0] == 1
    assert live([Handle(4, "x")], lambda handle: handle.id) == [4]


def test_sameness_is_to_the_bit():
    nan = float("nan")
    assert same([nan, np.array([nan])], [nan, np.array([nan])])
    for left, right in (
        (1, 1.0),
        (1, True),
        ([1], (1,)),
        ([1], [1, 2]),
        ({"a": 1}, {"b": 1}),
        (np.zeros(2), np.zeros(3)),
        (np.zeros(2), np.zeros(2, "f4")),
        (np.zeros(2), np.array([0.0, -0.0])),
        (np.zeros((2, 1)), np.zeros((1, 2))),
        (tensor([1.0]), tensor([1.0], "float32")),
    ):
        assert not same(left, right)


def test_numpy_and_warnings_set_to_raise_do_not_disturb():
    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert plain(np.array([np.longdouble("1e4000")]))[0] == float("inf")
