"""The visible checks of `reinforce_episode` for otter: those in checks/. Leave this file as it is."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from checks.kit import expect, expect_close, tensor
from checks.for_otter import Cases

OK_FORMAT = False
name = "reinforce_episode"
case = Cases("policy_gradients", name, 5)


UNCHANGED = "the policy given has not changed"


def softmax(logits: Any) -> np.ndarray:
    """Return probabilities along the last axis."""
    powers = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def numbers(value: Any) -> np.ndarray:
    """Return the numbers of a tensor, an array, or a list of either, float64."""
    if isinstance(value, list | tuple):
        return np.array([numbers(item) for item in value])
    return np.array(getattr(value, "array", value), dtype=np.float64)


def tabular(student: Any, logits: Any, ending: Sequence[str]) -> tuple[Any, Any]:
    """Return a policy that looks its logits up, one row for each one-hot state, and its layer."""
    rows = np.array(logits, dtype=np.float64)
    layer = student.make("torch.nn.Linear", *rows.shape, bias=False)
    layer.load_state_dict({"weight": tensor(rows.T, "float32")})
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


def sgd(student: Any, policy: Any, rate: float) -> Any:
    """Return plain gradient descent on the policy's parameters."""
    return student.make("torch.optim.SGD", policy.parameters(), lr=rate)


def expect_rate(rate: float, prob: float, n: int) -> None:
    """Fail unless a rate over n samples fits a probability, within six standard deviations."""
    width = 6 * np.sqrt(prob * (1 - prob) / n) + 0.003
    told = "actions are not taken as often as softmax(policy(state)) says, in states as promised"
    expect(abs(rate - prob) <= width, told, f"{rate:.3g} of {n}; expected about {prob:.3g}")


FORGOTTEN = ("test_remembers_no_earlier_episode",)


@case()
def test_returns_the_plain_sum_of_rewards(student):
    """Rewards 1, 2 and 3 add up to 6, whatever gamma is, and the policy given has moved."""

    def judge(ending):
        for gamma in (0.5, 1.0):
            policy, layer = tabular(student, [[0.0, 1.0]] * 3, ending)
            before = numbers(layer.weight)
            world = student.make("small_envs.Tape", [1.0, 2.0, 3.0])
            optimizer = sgd(student, policy, 0.1)
            expect_close(student.reinforce_episode(world, policy, optimizer, gamma), 6.0)
            expect(world.rewards == [1.0, 2.0, 3.0], "expected one episode of three steps")
            expect(np.any(numbers(layer.weight) != before), UNCHANGED)

    with_either_ending(student, judge)


@case()
def test_remembers_no_earlier_episode(student):
    """A policy is moved as far as one like it was before, whatever another one earned in between."""

    def judge(ending):
        moves = []
        for reward in (2.0, 900.0, 2.0):
            policy, layer = tabular(student, [[0.0, 0.0]], ending)  # either action moves them as far
            world, optimizer = student.make("small_envs.Tape", [reward]), sgd(student, policy, 0.1)
            expect_close(student.reinforce_episode(world, policy, optimizer), reward)
            expect(world.rewards == [reward], "expected one episode of one step")
            moves.append(np.abs(numbers(layer.weight)))
        told = "what earlier episodes earned enters the update: is anything remembered between calls?"
        expect(np.allclose(moves[0], moves[2], rtol=1e-3, equal_nan=True), told)

    with_either_ending(student, judge)


@case()
def test_episodes_of_one_step_learn(student):
    """After a reward the action taken is more probable, after a penalty less; never NaN."""

    def judge(ending):
        changes = []
        for reward in (1.0, -1.0, 0.25, -0.1):
            policy, layer = tabular(student, [[0.3, -0.2, 0.5]], ending)
            before = softmax(numbers(layer.weight).T)[0]
            world = student.make("small_envs.Tape", [reward], n_actions=3)
            optimizer = sgd(student, policy, 0.5)
            expect_close(student.reinforce_episode(world, policy, optimizer), reward)
            after = softmax(numbers(layer.weight).T)[0]
            changes.append((after - before)[world.actions[0]] * np.sign(reward))
            expect(np.isfinite(changes[-1]), "the policy is NaN: one return has no standard deviation")
        told = "the action taken did not become more probable by its reward, or less by its penalty"
        expect(min(changes) > -1e-4, f"{told}, but the contrary: is the loss -log_prob * return?")
        expect(min(changes) > 1e-4, f"{told}: is one return standardised?")

    with_either_ending(student, judge)


@case()
def test_trains_what_it_is_given(student):
    """An episode changes its own policy only, through the optimizer given: at rate 0 not at all."""

    def judge(ending):
        policies = [tabular(student, [[0.2, -0.4], [0.1, 0.6], [0.0, 0.0]], ending) for _ in "abc"]
        optimizers = [sgd(student, policies[k][0], (0.1, 0.1, 0.0)[k]) for k in range(3)]
        for trained in (0, 1, 2, 0):
            before = [numbers(layer.weight) for _, layer in policies]
            world = student.make("small_envs.Tape", [1.0, -2.0, 4.5])
            given = (world, policies[trained][0], optimizers[trained], 0.9)
            expect_close(student.reinforce_episode(*given), 3.5)
            for k, (_, layer) in enumerate(policies):
                moved = np.any(numbers(layer.weight) != before[k])
                expect(moved or k != trained or k == 2, UNCHANGED)
                told = "weights changed that the optimizer given would not have changed"
                expect(not moved or (k == trained and k != 2), told)

    with_either_ending(student, judge)


@case()
def test_samples_from_the_policy(student):
    """Over 600 steps each action comes as often as its probability says; one that has none, never.

    200 of them are the steps of an episode without end, where max_steps is not given. Six standard
    deviations for each of two rates: a right answer fails once in 100 million runs.
    """

    def judge(ending):
        probs = np.array([0.8, 0.2, 1e-12])
        policy, _ = tabular(student, np.log([probs]), ending)
        world = student.make("small_envs.Tape", [0.5], n_actions=3, ends=False)
        optimizer = sgd(student, policy, 0.0)
        for limit, steps in (((), 200), ((400,), 400)):
            got = student.reinforce_episode(world, policy, optimizer, 0.9, *limit)
            expect_close(got, 0.5 * steps)
        actions = world.actions
        told = "every action is the most probable one: sample from softmax(policy(state)) as it is"
        expect(set(actions) != {0}, told)
        told = "two episodes take the very same actions: is torch seeded?"
        expect(actions[:200] != actions[200:400], told)
        expect(2 not in actions, "an action was taken that the policy gives no probability")
        for action, prob in enumerate(probs[:2]):
            expect_rate(actions.count(action) / 600, prob, 600)

    with_either_ending(student, judge)


@case()
def test_stops_in_time(student):
    """Stops when done, and after max_steps, and counts that many rewards."""

    def judge(ending):
        policy, _ = tabular(student, [[0.0, 0.1], [0.2, 0.0]], ending)
        optimizer = sgd(student, policy, 0.01)
        for given, steps in (({"max_steps": 7}, 7), ({"max_steps": 1}, 1)):
            world = student.make("small_envs.Tape", [3.0, 0.25], ends=False)
            got = student.reinforce_episode(world, policy, optimizer, **given)
            expect(len(world.actions) == steps, "an episode without end is not cut at max_steps")
            expect_close(got, 3 + 0.25 * (steps - 1))
        world = student.make("small_envs.Tape", [3.0, 0.25])
        for episode in (1, 2, 3):
            got = student.reinforce_episode(world, policy, optimizer, max_steps=9)
            expect(len(world.actions) == 2 * episode, "expected one episode a call, up to done")
            expect_close(got, 3.25)

    with_either_ending(student, judge)


@case()
def test_no_gradient_is_left_over(student):
    """After an episode with a huge reward, one with reward 0 changes next to nothing."""

    def judge(ending):
        policy, layer = tabular(student, [[0.3, -0.3, 0.1]], ending)
        optimizer, moves = sgd(student, policy, 0.001), []
        for reward in (50.0, 0.0, 0.0):
            before = numbers(layer.weight)
            world = student.make("small_envs.Tape", [reward], n_actions=3)
            expect_close(student.reinforce_episode(world, policy, optimizer), reward)
            moves.append(np.max(np.abs(numbers(layer.weight) - before)))
        expect(moves[0] > 0, UNCHANGED)
        told = "an episode without reward changed the policy: is an older gradient still there?"
        expect(max(moves[1:]) < 0.2 * moves[0], told)

    with_either_ending(student, judge)
