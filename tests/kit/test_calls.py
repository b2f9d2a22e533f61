"""One call on the student's side: fresh inputs, what was changed, gradients, and no traces left."""

import functools
import sys
import warnings

import numpy as np
import pytest
import torch

from autograder.checks.compare import expect_close
from autograder.data.values import Handle, tensor
from autograder.sandbox.ambient import undisturbed
from autograder.sandbox.calls import Call, NotDefined, Objects, WrongOutput, perform
from autograder.sandbox.student import Object, here


def student(**functions):
    return here(functions)


def test_inputs_are_fresh_and_of_the_kind_that_was_sent():
    seen = []

    def look(rewards, deep, tokens):
        seen.append((rewards, deep, tokens))
        rewards[0] = deep["a"][0][0] = tokens[0] = 9
        return rewards

    rewards, deep, tokens = np.ones(2), {"a": [[1.0]]}, tensor([1, 2], "int64")
    for _ in range(2):
        student(look=look).look(rewards, deep, tokens)
    assert rewards[0] == deep["a"][0][0] == tokens.array[0] == 1
    (first, deep_one, tokens_one), (second, *_) = seen
    assert not np.shares_memory(first, second)
    assert deep_one["a"][0][0] == 9
    assert tokens_one.dtype is torch.int64
    assert not tokens_one.requires_grad


def through_data(t):
    t.data[0] = 7


def under_no_grad(t):
    with torch.no_grad():
        t.mul_(2)


CHANGES = {
    "array": lambda a: a.__setitem__(0, 7),
    "array sorted": lambda a: a.sort(),
    "array resized": lambda a: a.resize(5, refcheck=False),
    "array reshaped": lambda a: setattr(a, "shape", (3, 1)),
    "sign of zero": lambda a: np.negative(a, out=a, where=a == 0),
    "list appended": lambda a: a.append(1.0),
    "nested list": lambda a: a[0].append(1.0),
    "list of arrays": lambda a: a[0].fill(7),
    "dict": lambda a: a.update(b=2),
    "tensor": lambda a: a.add_(1),
    "tensor's data": through_data,
    "tensor's array": lambda a: a.numpy().fill(7),
    "tensor under no_grad": under_no_grad,
    "tensor resized": lambda a: a.resize_(1),
}
SENT = {"array": np.array([3.0, 0.0, 2.0]), "tensor": tensor([3.0, 0.0, 2.0]), "sign": np.zeros(2)}
SENT |= {
    "list": [1.0],
    "nested": [[1.0]],
    "list of": [np.zeros(2)],
    "dict": {"a": 1},
    "tensor's": tensor([3.0]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_input_is_noticed(name):
    start = max((start for start in SENT if name.startswith(start)), key=len)

    def change(first, rewards, other=None):
        CHANGES[name](rewards)
        return 1.0

    function = student(change=change).change
    function(0.5, SENT[start])
    assert function.changed_inputs == ("rewards",)
    function(0.5, rewards=SENT[start], other=[1.0])
    assert function.changed_inputs == ("rewards",)


KEPT = [np.array([1.0, np.nan]), np.float64(0.9), [np.float32(1), (1, None)], {"a": np.zeros(0)}, None]
KEPT += [tensor([1.0]), np.asfortranarray(np.ones((2, 3))), np.arange(6)[::2], "text", 3]


@pytest.mark.parametrize("value", KEPT)
def test_an_input_left_alone_is_not_reported(value):
    for keep in (lambda x: None, lambda x: x):  # handing the input back is no change
        function = student(keep=keep).keep
        function(value)
        assert function.changed_inputs == ()


class Evil:
    """A function whose signature is a program."""

    @property
    def __signature__(self):
        raise SystemExit

    def __call__(self, *rewards):
        rewards[1][0] = 5
        return 1.0


def starred(first, *rest, named=None):
    rest[0][0] = 5


@pytest.mark.parametrize(
    ("target", "name"),
    [
        (Evil(), "argument 2"),
        (starred, "argument 2"),
        (functools.partial(starred), "argument 2"),
        (Evil.__call__.__get__(Evil()), "argument 2"),
        (lambda first, rewards: rewards.fill(5), "rewards"),
        (functools.partial(lambda gamma, first, rewards: rewards.fill(5), 0.9), "rewards"),
    ],
)
def test_arguments_are_named_as_far_as_that_is_safe(target, name):
    function = student(f=target).f
    function(np.ones(2), np.zeros(2))
    assert function.changed_inputs == (name,)


def test_objects_stay_and_can_be_used():
    class Episode:
        def __init__(self, start):
            self.state = start

        def step(self, by, other=None):
            self.state = [part + by for part in self.state]
            return self.state, other.state if other else None

    module = student(Episode=Episode)
    one, two = module.Episode([1.0]), module.Episode([5.0])
    assert isinstance(one, Object)
    assert one.step(2.0, other=two) == ([3.0], [5.0])
    assert one.state == [3.0]
    assert module.make("collections.Counter", "aab") == {"a": 2, "b": 1}
    with pytest.raises(AttributeError):
        _ = one.missing


def test_a_name_that_is_missing_is_said():
    with pytest.raises(NotDefined, match="discounted_returns"):
        student().discounted_returns([1.0])


def gradients(f, wrt=("a",), **options):
    arguments = {"a": tensor([1.0, 2.0, 3.0]), "b": tensor([4.0, 5.0, 6.0])}
    return student(f=f).f.with_grad(wrt=wrt, **arguments, **options)


def test_gradients_come_with_the_value():
    result = gradients(lambda a, b: (a * b).sum(), wrt=("a", "b"))
    expect_close(result.value, 32.0)
    expect_close(result.grads["a"], [4.0, 5.0, 6.0])
    expect_close(result.grads["b"], [1.0, 2.0, 3.0])
    result = gradients(lambda a, b: (a + b, a * b), of=1, cotangent=[1.0, 0.0, 0.1])
    expect_close(result.grads["a"], [4.0, 0.0, 0.6])
    expect_close(gradients(lambda a, b: a, wrt=["a"]).grads["a"], [1.0] * 3)


@pytest.mark.parametrize(
    "f",
    [
        lambda a, b: (a * b).sum().item(),
        lambda a, b: (a * b).sum().detach(),
        lambda a, b: (a * b).detach().numpy(),
        lambda a, b: (b * b).sum(),
        lambda a, b: torch.tensor(32.0),
        lambda a, b: None,
        lambda a, b: "text",
        lambda a, b: (a > b).sum(),
        torch.no_grad()(lambda a, b: (a * b).sum()),
    ],
)
def test_a_value_without_a_graph_has_no_gradient(f):
    assert gradients(f).grads == {"a": None}
    assert gradients(f, cotangent=[1.0]).grads == {"a": None}


@pytest.mark.parametrize(
    "f",
    [
        lambda a, b: (0, list((a * b).unbind())),
        lambda a, b: (0, (a * b)[:, None]),
        lambda a, b: torch.stack((b, a * b)),
        lambda a, b: [0, tuple((a * b).split(1))],
    ],
)
def test_gradients_are_taken_in_every_form_of_output(f):
    result = gradients(f, of=1, cotangent=np.array([1.0, 2.0, 3.0]))
    expect_close(result.grads["a"], [4.0, 10.0, 18.0])


@pytest.mark.parametrize(
    ("f", "options", "told"),
    [
        (lambda a, b: a * b, {"of": 7}, "output 8 is missing"),
        (lambda a, b: (a * b,), {"of": 1}, "output 2 is missing: return several, as in return a, b"),
        (lambda a, b: None, {"of": 1}, "output 2 is missing"),
        (lambda a, b: {"ratio": a}, {"of": 1}, "output 2 is missing"),
        (lambda a, b: 1.0, {"of": 0}, "output 1 is missing"),
        (lambda a, b: a * b, {"cotangent": [1.0, 2.0]}, "the result has 3 entries; expected 2"),
    ],
)
def test_an_output_that_is_not_there_is_the_students_error(f, options, told):
    with pytest.raises(WrongOutput, match=told):
        gradients(f, **options)


def test_a_graph_that_is_used_up_is_the_students_error():
    def already_backward(a, b):
        loss = (a * b * a).sum()
        loss.backward()
        return loss

    with pytest.raises(WrongOutput, match="cannot be differentiated"):
        gradients(already_backward)


@pytest.mark.parametrize("value", [[1.0], np.ones(2), tensor([1, 2], "int64"), 1.0])
def test_a_gradient_for_what_has_none_is_the_checks_mistake(value):
    with pytest.raises(TypeError, match=r"with_grad needs a=tensor\(...\) of floats"):
        student(f=lambda a: a).f.with_grad(a=value, wrt=["a"])
    with pytest.raises(TypeError, match="with_grad needs b=tensor"):
        student(f=lambda a: a).f.with_grad(a=value, wrt=["b"])


def test_gradients_do_not_pile_up_from_call_to_call():
    function = student(f=lambda a: (a * a).sum()).f
    for _ in range(3):
        expect_close(function.with_grad(a=tensor([3.0]), wrt=["a"]).grads["a"], [6.0])


def slip():
    """Change what a call can change for the whole process."""
    torch.set_grad_enabled(False)
    torch.set_default_dtype(torch.float64)
    torch.autograd.set_detect_anomaly(True)
    np.seterr(all="raise")
    warnings.simplefilter("error")
    sys.setrecursionlimit(sys.getrecursionlimit() + 500)


def ambient():
    torch_now = torch.is_grad_enabled(), torch.get_default_dtype(), torch.is_anomaly_enabled()
    return torch_now, np.geterr(), list(warnings.filters), sys.getrecursionlimit()


def test_a_slip_in_one_call_does_not_reach_the_next():
    before = ambient()

    def fails():
        slip()
        raise ValueError("a slip")

    module = student(slip=slip, fails=fails, divide=lambda a: (1 / np.array(a)).tolist())
    module.slip()
    assert ambient() == before
    with pytest.raises(ValueError, match="a slip"):
        module.fails()
    assert ambient() == before
    expect_close(gradients(lambda a, b: (a * b).sum()).grads["a"], [4.0, 5.0, 6.0])


def test_what_the_submission_set_while_it_was_loaded_stays_except_gradients_and_dtype():
    with undisturbed():
        slip()
        sys.setrecursionlimit(sys.getrecursionlimit() + 100)
        before = ambient()
        module = student(dtype=lambda: str(torch.zeros(1).dtype), grad=torch.is_grad_enabled)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert module.dtype() == "torch.float32"
            assert module.grad() is True
        assert ambient() == before


def test_torch_is_not_imported_for_it(monkeypatch):
    monkeypatch.delitem(sys.modules, "torch")
    answer = perform(Call("call", "f", (2.0,)), {"f": lambda x: x * 2}, Objects())
    assert answer.value == 4.0
    assert "torch" not in sys.modules


def test_what_a_call_imported_is_set_back_to_its_start(monkeypatch):
    before = ambient()
    loaded = sys.modules["torch"]
    monkeypatch.delitem(sys.modules, "torch")

    def late():
        sys.modules["torch"] = loaded
        slip()

    student(late=late).late()
    assert ambient() == before


def test_handles_stand_for_their_objects():
    objects = Objects()
    held = perform(Call("call", "f"), {"f": object}, objects).value
    assert held == Handle(0, "object")
    same = perform(Call("call", "f", ([held],)), {"f": lambda items: items[0]}, objects).value
    assert objects.find(same) is objects.find(held)
