"""Checks of policy_gradients: a policy network, its training by REINFORCE, and PPO's losses."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from checks.kit import (
    check,
    expect,
    expect_close,
    expect_gradient,
    expect_zero_gradient,
    tensor,
)


UNCHANGED = "the policy given has not changed"


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


def tabular(student: Any, logits: Any, ending: Sequence[str]) -> tuple[Any, Any]:
    """Return a policy that looks its logits up, one row for each one-hot state, and its layer."""
    rows = np.array(logits, dtype=np.float64)
    layer = student.make("torch.nn.Linear", *rows.shape, bias=False)
    layer.load_state_dict({"weight": tensor(rows.T, "float32")})
    return finished(student, [layer], ending), layer


def linear(student: Any, weight: Any, bias: Any, ending: Sequence[str]) -> tuple[Any, Any]:
    """Return a policy with logits `weight @ state + bias` on the bandit's states, and its layer."""
    layer = student.make("torch.nn.Linear", 2, len(bias))
    layer.load_state_dict({"weight": tensor(weight, "float32"), "bias": tensor(bias, "float32")})
    return finished(student, [layer], ending), layer


MIX = np.array([[0, -1, 0, 0], [0, 0, 0, 1], [-1, 0, 0, 0], [0, 0, -1, 0]], dtype=np.float64)


def mixed(student: Any, weight: Any, bias: Any, ending: Sequence[str]) -> tuple[Any, Any]:
    """Return a policy with logits `weight @ state + bias`, and its layer of which `unmixed` tells.

    A frozen layer behind it exchanges the outputs and turns signs. So which weight belongs to which
    action is known to gradients alone: whoever moves weights by hand moves the wrong ones.
    """
    layer, mixer = student.make("torch.nn.Linear", 2, 4), student.make("torch.nn.Linear", 4, 4, bias=False)
    parts = tensor(MIX.T @ np.array(weight), "float32"), tensor(MIX.T @ np.array(bias), "float32")
    layer.load_state_dict({"weight": parts[0], "bias": parts[1]})
    mixer.load_state_dict({"weight": tensor(MIX, "float32")})
    mixer.requires_grad_(False)
    return finished(student, [layer, mixer], ending), layer


def unmixed(layer: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return weight and bias of the logits that a mixed policy has."""
    return MIX @ numbers(layer.weight), MIX @ numbers(layer.bias)


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


def expect_learned(weights: tuple[np.ndarray, np.ndarray]) -> None:
    """Fail unless a linear policy takes action 2 in all corners of the bandit's states."""
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    weight, bias = weights
    probs = softmax(corners @ weight.T + bias)[:, 2]
    told = "after training the policy does not take the action that pays"
    expect(np.all(probs > 0.5), told, f"probabilities {probs}")


FORGOTTEN = ("test_remembers_no_earlier_episode",)


def expect_rewards(rewards: Any, episodes: int) -> np.ndarray:
    """Return rewards of the bandit, one an episode, or fail."""
    array = numbers(rewards)
    told = "expected a list of rewards, one an episode"
    expect(array.shape in ((episodes,), (episodes, 1)), told, f"shape {array.shape}")
    known = np.isclose(array, 1.0) | np.isclose(array, -0.1)
    expect(np.all(known), "expected rewards of 1.0 and -0.1 only")
    return array.ravel()


def rate_of(value: Any) -> float:
    """Return the one number of an answer, or fail."""
    array = numbers(value)
    expect(array.size == 1 and array.ndim <= 1, "expected one number")
    return float(array.ravel()[0])


@check("standardize_returns")
def test_one_two_three(student):
    """0.4, 1.9 and 2.5 have mean 1.6; their differences' squares add up to 2.34, half of it is 1.17."""
    want = np.array([-1.2, 0.3, 0.9]) / 1.17**0.5
    expect_close(student.standardize_returns(tensor([0.4, 1.9, 2.5])), want)
    # 2.1 and 7.3: 2.6 below and above the mean, a sample variance of 2 * 2.6**2
    expect_close(student.standardize_returns(tensor([2.1, 7.3])), [-(0.5**0.5), 0.5**0.5])


@check("standardize_returns")
def test_one_return_alone_gives_zero(student):
    """One return alone gives 0 and never NaN; two give what the formula says."""
    for alone in (3.0, -0.25, 0.0):
        expect_close(student.standardize_returns(tensor([alone])), [0.0])
    expect_close(student.standardize_returns(tensor([4.0, 1.0])), [0.5**0.5, -(0.5**0.5)])


@check("PolicyNetwork")
def test_equal_weights_by_hand(student):
    """All 12 parameters 0.5: two hidden units of relu(0.5 * 1 + 0.5 * 3 + 0.5), then the logits.

    All -0.5: the hidden units are 0 for (1, 3), and 199.5 for (-100, -300).
    """
    network = student.PolicyNetwork(2, 2, hidden=2)
    vector = student.make("torch.nn.utils.parameters_to_vector", network.parameters())
    expect_close(numbers(vector).size, 12, name="the number of parameters")
    for value, logit in ((0.5, 0.5 * 2.5 + 0.5 * 2.5 + 0.5), (-0.5, -0.5)):
        equal = tensor(np.full(12, value), "float32")
        student.make("torch.nn.utils.vector_to_parameters", equal, network.parameters())
        expect_close(network(tensor([1.0, 3.0], "float32")), [logit, logit])
    expect_close(network(tensor([-100.0, -300.0], "float32")), [-200.0, -200.0])


@check("PolicyNetwork")
def test_shapes_and_sizes(student):
    """The number of parameters, 64 hidden units by default, and the shapes of states and logits."""
    for network, hidden in ((student.PolicyNetwork(2, 4), 64), (student.PolicyNetwork(2, 4, 5), 5)):
        vector = student.make("torch.nn.utils.parameters_to_vector", network.parameters())
        count = numbers(vector).size
        expect_close(count, 3 * hidden + (hidden + 1) * 4, name="the number of parameters")
        equal = tensor(np.full(count, 0.1), "float32")
        student.make("torch.nn.utils.vector_to_parameters", equal, network.parameters())
        logit = 0.1 + 0.1 * hidden * 0.4  # each hidden unit is 0.1 * (1 + 2) + 0.1
        for shape in ((), (3,), (2, 5)):
            states = tensor(np.broadcast_to([1.0, 2.0], (*shape, 2)), "float32")
            expect_close(network(states), np.full((*shape, 4), logit))


@check("reinforce_episode")
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


@check("reinforce_episode")
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


@check("reinforce_episode")
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


@check("reinforce_episode")
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


@check("reinforce_episode")
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


@check("reinforce_episode")
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


@check("reinforce_episode")
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


@check("gae_advantages")
def test_one_step_ahead_by_hand(student):
    """gae_lambda 0: reward + gamma * next value - value; the last next value is bootstrap_value."""
    rewards, values = np.array([1.1, -0.4, 2.3]), np.array([2.6, 3.9, 1.2])
    got = student.gae_advantages(rewards, values, 5.5, np.array([False] * 3), 0.5, 0.0)
    # 1.1 + 0.5 * 3.9 - 2.6, -0.4 + 0.5 * 1.2 - 3.9, 2.3 + 0.5 * 5.5 - 1.2
    expect_close(got, [0.45, -3.7, 3.85])


@check("gae_advantages")
def test_terminated_in_the_middle_by_hand(student):
    """gamma 0.6, gae_lambda 0.5: the episode that ends at step 1 hears nothing of what follows."""
    rewards, values = np.array([1.3, 2.1, 0.6, 3.7]), np.array([0.8, 1.4, 2.2, 2.9])
    ends = np.array([False, True, False, False])
    got = student.gae_advantages(rewards, values, 4.5, ends, 0.6, 0.5)
    # From the end: 3.7 + 0.6 * 4.5 - 2.9, then 0.6 + 0.6 * 2.9 - 2.2 + 0.3 * 3.5;
    # 2.1 - 1.4 ends its episode, and 1.3 + 0.6 * 1.4 - 0.8 + 0.3 * 0.7.
    expect_close(got, [1.55, 0.7, 1.19, 3.5])


@check("ppo_clip_loss")
def test_four_ratios_by_hand(student):
    """Five ratios from 0.45 to 1.6 with advantages of both signs: two are clipped, three are not."""
    log_probs, old = tensor(np.log([0.8, 0.09, 0.54, 0.28, 0.33])), tensor(np.log([0.5, 0.2, 0.4, 0.4, 0.3]))
    got = student.ppo_clip_loss(log_probs, old, tensor([0.9, 1.7, -0.4, -1.3, 2.2]))
    # ratios 1.6, 0.45, 1.35, 0.7, 1.1: min(1.44, 1.08), min(0.765, 1.36), min(-0.54, -0.48),
    # min(-0.91, -1.04), min(2.42, 2.42)
    expect_close(got, -(1.08 + 0.765 - 0.54 - 1.04 + 2.42) / 5)


@check("ppo_clip_loss")
def test_gradient_of_the_four_ratios(student):
    """The clip removes the gradient on one side only: where the advantage is already served."""
    result = student.ppo_clip_loss.with_grad(
        log_probs=tensor(np.log([0.8, 0.09, 0.54, 0.28, 0.33])),
        old_log_probs=tensor(np.log([0.5, 0.2, 0.4, 0.4, 0.3])),
        advantages=tensor([0.9, 1.7, -0.4, -1.3, 2.2]),
        wrt=["log_probs"],
    )
    expect_gradient(result, "log_probs", [0.0, -0.765 / 5, 0.54 / 5, 0.0, -2.42 / 5])


@check("ppo_clip_loss")
def test_only_the_policy_learns(student):
    """Ratios 1.1 and 0.9: no gradient reaches old_log_probs or advantages; they are constants."""
    result = student.ppo_clip_loss.with_grad(
        log_probs=tensor(np.log([0.33, 0.18])),
        old_log_probs=tensor(np.log([0.3, 0.2])),
        advantages=tensor([0.7, -1.6]),
        wrt=["log_probs", "old_log_probs", "advantages"],
    )
    expect_gradient(result, "log_probs", [-1.1 * 0.7 / 2, 0.9 * 1.6 / 2])
    expect_zero_gradient(result, "old_log_probs")
    expect_zero_gradient(result, "advantages")


@check("ppo_clip_loss")
def test_float32_overflow_gives_no_nan(student):
    """Log-ratio 100 and advantage 2 in float32: exp overflows, the loss and its gradient do not."""
    result = student.ppo_clip_loss.with_grad(
        log_probs=tensor([100.0, 0.0, 0.0], "float32"),
        old_log_probs=tensor([0.0, 0.0, 0.0], "float32"),
        advantages=tensor([2.0, 1.0, -3.0], "float32"),
        wrt=["log_probs"],
    )
    expect_close(result.value, -(1.2 * 2 + 1 - 3) / 3)
    expect_gradient(result, "log_probs", [0.0, -1 / 3, 3 / 3])


@check("clip_fraction")
def test_two_of_five_by_hand(student):
    """Of the ratios 0.7, 0.9, 1, 1.1 and 1.3 two lie outside 0.8 to 1.2; of the first four, one."""
    log_probs = np.log([0.7, 0.9, 1.0, 1.1, 1.3])
    expect_close(student.clip_fraction(tensor(log_probs), tensor(np.zeros(5))), 0.4)
    expect_close(student.clip_fraction(tensor(log_probs[:4]), tensor(np.zeros(4))), 0.25)


@check("train_bandit")
def test_a_policy_that_is_sure(student):
    """A policy that always takes action 2 earns 1.0 every time, one that takes another -0.1."""

    def judge(ending):
        for action, reward, episodes in ((0, -0.1, 5), (1, -0.1, 5), (3, -0.1, 5), (2, 1.0, 40)):
            policy, layer = linear(student, np.zeros((4, 2)), 60.0 * np.eye(4)[action], ending)
            ledger = student.make("small_envs.Ledger", layer.parameters(), lr=0.01)
            given = (policy, episodes, ledger, seeded(student, 1))
            expect_close(student.train_bandit(*given), [reward] * episodes)
        steps = len(numbers(ledger.gradients))
        expect(steps == 40, "one episode is one step of the optimizer given", f"{steps} steps")
        expect(ledger.rate == 0.01, "the optimizer has another learning rate than before")

    with_either_ending(student, judge)


@check("train_bandit")
def test_60_episodes_teach_action_2(student):
    """After 60 episodes an untrained policy takes action 2 everywhere; a frozen layer stays as it was.

    In 60,000 simulated runs its probability was at least 0.96 in every state, and 0.94 with a running mean
    as baseline; 0.5 is asked.
    """

    def judge(ending):
        policy, layer = mixed(student, np.zeros((4, 2)), np.zeros(4), ending)
        given = (policy, 60, sgd(student, layer, 4.0), seeded(student, 2))
        expect_rewards(student.train_bandit(*given), 60)
        expect_learned(unmixed(layer))

    with_either_ending(student, judge)


@check("train_bandit")
def test_only_the_generator_decides(student):
    """Equal generators give equal rewards and weights, whatever torch's global seed is."""

    def judge(ending):
        runs = []
        for seed, elsewhere in ((11, 1), (11, 2), (12, 1)):
            policy, layer = mixed(student, np.zeros((4, 2)), np.zeros(4), ending)
            optimizer, generator = sgd(student, layer, 0.02), seeded(student, seed)
            start = numbers(generator.get_state())
            student.make("torch.manual_seed", elsewhere)
            untouched = numbers(student.make("torch.get_rng_state"))
            rewards = expect_rewards(student.train_bandit(policy, 20, optimizer, generator), 20)
            runs.append((rewards, numbers(layer.weight)))
            expect(np.any(rewards < 0), "a policy without preference is not paid every time")
            expect(np.any(runs[-1][1] != 0), UNCHANGED)
            drawn = np.any(numbers(generator.get_state()) != start)
            expect(drawn, "the generator given is not drawn from")
            expect(np.all(numbers(student.make("torch.get_rng_state")) == untouched), GLOBAL)
        (first, weights), (again, weights_again), (_, other_weights) = runs
        same = np.allclose(first, again) and np.allclose(weights, weights_again, atol=1e-6)
        expect(same, "equal generators give different results")
        expect(not np.allclose(weights, other_weights), "another generator gives the same result")

    with_either_ending(student, judge)


@check("action_rate")
def test_rates_of_a_policy_that_is_sure(student):
    """A policy that always takes action 1 has rate 1 for it and 0 for the others."""

    def judge(ending):
        policy, _ = linear(student, np.zeros((4, 2)), [0.0, 60.0, 0.0, 0.0], ending)
        for action, want in ((0, 0.0), (1, 1.0), (2, 0.0), (3, 0.0)):
            expect_close(student.action_rate(policy, action, 10, seeded(student, 1)), want)

    with_either_ending(student, judge)


@check("action_rate")
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


@check("action_rate")
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
