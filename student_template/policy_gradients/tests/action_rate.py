"""The visible checks of `action_rate` for otter: those in checks/. Leave this file as it is."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from checks.kit import expect, expect_close, tensor
from checks.for_otter import Cases

OK_FORMAT = False
name = "action_rate"
case = Cases("policy_gradients", name, 5)


GLOBAL = "torch's global generator was drawn from or reseeded: use the generator given"


def softmax(logits: Any) -> np.ndarray:
    """Return probabilities along the last axis."""
    powers = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


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


def mean_prob(weight: Any, bias: Any, action: int) -> float:
    """Return the probability of an action under a linear policy, averaged over the unit square."""
    middles = (np.arange(100) + 0.5) / 100
    states = np.stack(np.meshgrid(middles, middles), axis=-1)
    logits = states @ np.transpose(weight) + bias
    return float(softmax(logits)[..., action].mean())


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


@case()
def test_only_the_generator_decides_the_rate(student):
    """Equal generators give equal rates, whatever torch's global seed is; a generator moves on.

    Six standard deviations for each of six rates: a right answer fails once in 300 million runs;
    and five rates over 2000 actions are never all equal.
    """
    weight = np.array([[3.0, 0.0], [0.0, 2.0], [0.0, 0.0], [1.0, 1.0]])
    prob = mean_prob(weight, np.zeros(4), 0)

    def judge(ending):
        policy, rates = linear(student, weight, np.zeros(4), ending)[0], []
        for seed, elsewhere in ((3, 1), (3, 2), (4, 1), (5, 1), (6, 1), (7, 1)):
            generator = seeded(student, seed)
            start = numbers(generator.get_state())
            student.make("torch.manual_seed", elsewhere)
            untouched = numbers(student.make("torch.get_rng_state"))
            rates.append(rate_of(student.action_rate(policy, 0, 400, generator)))
            expect_rate(rates[-1], prob, 400)
            drawn = np.any(numbers(generator.get_state()) != start)
            expect(drawn, "the generator given is not drawn from")
            expect(np.all(numbers(student.make("torch.get_rng_state")) == untouched), GLOBAL)
        expect(rates[0] == rates[1], "equal generators give different rates")
        expect(len(set(rates)) > 1, "other generators give the same rate")

    with_either_ending(student, judge)
