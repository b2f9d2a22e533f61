"""The visible checks of `action_rate` for otter: those in checks/. Leave this file as it is."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from checks.kit import expect, expect_close, tensor
from checks.for_otter import Cases

OK_FORMAT = False
name = "action_rate"
case = Cases("policy_gradients", name)


def numbers(value: Any) -> np.ndarray:
    """Return the numbers of a tensor, an array, or a list of either, float64."""
    if isinstance(value, list | tuple):
        return np.array([numbers(item) for item in value])
    return np.array(getattr(value, "array", value), dtype=np.float64)


def linear(student: Any, weight: Any, bias: Any, ending: Sequence[str]) -> tuple[Any, Any]:
    """Return a policy with logits `weight @ state + bias` on the bandit's states, and its layer."""
    layer = student.make("torch.nn.Linear", 2, len(bias))
    layer.load_state_dict({"weight": tensor(weight, "float32"), "bias": tensor(bias, "float32")})
    return finished(student, [layer], ending), layer


def finished(student: Any, layers: Sequence[Any], ending: Sequence[str]) -> Any:
    """Return the layers and the ending as one network."""
    last = [student.make(name, dim=-1) for name in ending]
    return student.make("torch.nn.Sequential", *layers, *last)


def with_either_ending(student: Any, judge: Callable[[Sequence[str]], None]) -> None:
    """Judge with a policy of logits; else with one that ends as the student's own PolicyNetwork.

    A softmax at the end of PolicyNetwork is one slip, judged there: code that fits it is not
    refused a second time. The policies judged with are the library's, so nothing is gained by it.
    The ending is asked for first: then what is asked of a wrong answer is what is asked of a right one.
    """
    ending = own_ending(student)
    try:
        judge([])
    except Exception:  # whatever went wrong, the second reading decides
        if not ending:
            raise
        judge(ending)


def own_ending(student: Any) -> list[str]:
    """Return the library's name for what the student's PolicyNetwork puts after its logits."""
    try:
        out = numbers(student.PolicyNetwork(2, 3)(tensor([[0.2, 0.9], [0.7, 0.1]], "float32")))
    except Exception:  # noqa: BLE001 no network to go by
        return []
    for name, probs in (("torch.nn.Softmax", out), ("torch.nn.LogSoftmax", np.exp(out))):
        if np.all(probs >= 0) and np.allclose(probs.sum(axis=-1), 1.0, atol=1e-4):
            return [name]
    return []


def seeded(student: Any, seed: int) -> Any:
    """Return a generator on the student's side with this seed."""
    generator = student.make("torch.Generator")
    generator.manual_seed(seed)
    return generator


def expect_rate(rate: float, prob: float, n: int) -> None:
    """Fail unless a rate over n samples fits a probability, within six standard deviations."""
    width = 6 * np.sqrt(prob * (1 - prob) / n) + 0.003
    told = "actions are not taken as often as softmax(policy(state)) says, in states as promised"
    expect(abs(rate - prob) <= width, told, f"{rate:.3g} of {n}; expected about {prob:.3g}")


def rate_of(value: Any) -> float:
    """Return the one number of an answer, or fail."""
    array = numbers(value)
    expect(array.size == 1 and array.ndim <= 1, "expected one number")
    return float(array.ravel()[0])


@case()
def test_rates_of_a_policy_that_is_sure(student):
    """A policy that always takes action 1 has rate 1 for it and 0 for the others."""

    def judge(ending):
        policy, _ = linear(student, np.zeros((4, 2)), [0.0, 60.0, 0.0, 0.0], ending)
        for action, want in ((0, 0.0), (1, 1.0), (2, 0.0), (3, 0.0)):
            expect_close(student.action_rate(policy, action, 10, seeded(student, 1)), want)

    with_either_ending(student, judge)


@case()
def test_samples_instead_of_taking_the_best(student):
    """Probabilities 0.1, 0.2, 0.3 and 0.4: of 1500 sampled actions about as many are seen.

    Six standard deviations for each of four rates: a right answer fails once in 20 million runs.
    """

    def judge(ending):
        probs = np.array([0.1, 0.2, 0.3, 0.4])
        policy, _ = linear(student, np.zeros((4, 2)), np.log(probs), ending)
        for action, prob in enumerate(probs):
            rate = student.action_rate(policy, action, 1500, seeded(student, 20 + action))
            expect_rate(rate_of(rate), prob, 1500)

    with_either_ending(student, judge)
