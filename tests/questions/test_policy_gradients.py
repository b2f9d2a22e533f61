"""Checks of policy_gradients: a policy network, its training by REINFORCE, and PPO's losses.

Training is judged by its outcome. Two kinds of checks see it: exact ones, which read from the
weights what one update did to the actions that were really taken, and so hold for any order of
random draws; and ones with chance in them, whose docstrings state how rarely a right answer fails.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograder.checks import (
    CheckFailed,
    check,
    expect,
    expect_close,
    expect_gradient,
    expect_unchanged,
    expect_zero_gradient,
    tensor,
)


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return probabilities along the last axis."""
    powers = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def weights_of(module: Any) -> np.ndarray:
    """Return the weights of a layer on the student's side, float64."""
    return np.array(module.weight.array, dtype=np.float64)


def table_policy(student: Any, logits: Any, ending: Sequence[str]) -> tuple[Any, Any]:
    """Return a policy that looks its logits up, one row for each one-hot state, and its layer."""
    rows = np.array(logits, dtype=np.float64)
    layer = student.make("torch.nn.Linear", rows.shape[0], rows.shape[1], bias=False)
    layer.load_state_dict({"weight": tensor(rows.T, "float32")})
    return finish(student, [layer], ending), layer


def finish(student: Any, layers: Sequence[Any], ending: Sequence[str]) -> Any:
    """Return the layers and the ending as one network."""
    last = [student.make(name, dim=-1) for name in ending]
    return student.make("torch.nn.Sequential", *layers, *last)


def with_either_ending(student: Any, judge: Callable[[Sequence[str]], None]) -> None:
    """Judge with a policy of logits; else with one that ends as the student's own PolicyNetwork.

    A softmax at the end of PolicyNetwork is one slip, judged there: code that fits it is not
    refused a second time. The policies judged with are the library's, so nothing is gained by it.
    """
    try:
        judge([])
    except Exception:  # whatever went wrong, the second reading decides
        ending = own_ending(student)
        if not ending:
            raise
        judge(ending)


def own_ending(student: Any) -> list[str]:
    """Return the library's name for what the student's PolicyNetwork puts after its logits."""
    try:
        network = student.PolicyNetwork(2, 3)
        out = np.array(network(tensor([[0.2, 0.9], [0.7, 0.1]], "float32")).array)
    except Exception:  # no network to go by
        return []
    for name, probs in (("torch.nn.Softmax", out), ("torch.nn.LogSoftmax", np.exp(out))):
        if np.all(probs >= 0) and np.allclose(probs.sum(axis=-1), 1.0, atol=1e-4):
            return [name]
    return []


def implied_weights(before: np.ndarray, after: np.ndarray, actions: Any, lr: float) -> np.ndarray:
    """Return what each step's log-probability was multiplied with in one SGD step on a table.

    Step t was taken in state t. The gradient of log_prob[t] for the logits of its state is
    `one_hot(action) - probs`, so the change of the table tells the factors, whatever was drawn.
    """
    probs = softmax(before.T)
    taken = np.eye(before.shape[0])[np.array(actions)]
    change = (after - before).T / lr
    expect(bool(np.all(np.isfinite(change))), "the weights are NaN or infinite after the update")
    factors = (change * taken).sum(axis=1) / (1 - (probs * taken).sum(axis=1))
    predicted = factors[:, None] * (taken - probs)
    size = float(np.max(np.abs(predicted))) or 1.0
    expect(
        bool(np.all(np.abs(change - predicted) <= 0.01 * size)),
        "the update does not follow the gradient of the log-probabilities of the actions taken",
    )
    return factors


def fits(factors: np.ndarray, returns: np.ndarray) -> bool:
    """Whether the factors are the returns, up to a positive scale and a shift (1 % of the spread)."""
    if np.ptp(factors) == 0 or np.ptp(returns) == 0:
        return False
    slope, shift = np.polyfit(returns, factors, 1)
    misfit = np.max(np.abs(slope * returns + shift - factors))
    return bool(slope > 0 and misfit <= 0.01 * np.ptp(factors))


def expect_credit(factors: np.ndarray, rewards: np.ndarray, gamma: float) -> None:
    """Fail unless each action was weighed by its discounted return, as it is or standardised.

    The extra factor gamma**t of Sutton and Barto's box is fine, before or after standardising.
    """
    steps = np.arange(len(rewards))
    returns = np.array([np.sum(rewards[t:] * gamma ** steps[: len(rewards) - t]) for t in steps])
    fading = gamma**steps
    right = fits(factors, returns) or fits(factors, fading * returns)
    right = right or (gamma > 0 and fits(factors / fading, returns))
    expect(right, "an action is not weighed by the discounted return from its own step on")


# standardize_returns


@check("standardize_returns", visible=True)
def test_one_two_three(student):
    """[1, 2, 3] has mean 2 and sample standard deviation 1; [2, 6] has mean 4 and root of 8."""
    expect_close(student.standardize_returns(tensor([1.0, 2.0, 3.0])), [-1.0, 0.0, 1.0])
    expect_close(student.standardize_returns(tensor([2.0, 6.0])), [-(0.5**0.5), 0.5**0.5])


@check("standardize_returns", visible=True)
def test_one_return_alone_gives_zero(student):
    """One return alone gives 0 and never NaN; two give what the formula says."""
    for alone in (3.0, -0.25, 0.0):
        expect_close(student.standardize_returns(tensor([alone])), [0.0])
    expect_close(student.standardize_returns(tensor([4.0, 1.0])), [0.5**0.5, -(0.5**0.5)])


@check("standardize_returns")
def test_agrees_on_random_returns(student, reference, rng):
    """Random returns of 2 to 400 steps, any mean and spread."""
    for length, mean, spread in ((2, 0.0, 1.0), (3, -5.0, 0.1), (50, 2.0, 7.0), (400, 0.5, 0.01)):
        returns = tensor(mean + spread * rng.normal(size=length))
        expect_close(student.standardize_returns(returns), reference.standardize_returns(returns))


@check("standardize_returns")
def test_eps_is_added_to_the_standard_deviation(student, rng):
    """A large eps, given by name or by place, and the default one, seen on tiny returns."""
    returns = rng.normal(size=9)
    centred, std = returns - returns.mean(), returns.std(ddof=1)
    expect_close(student.standardize_returns(tensor(returns), eps=0.5), centred / (std + 0.5))
    expect_close(student.standardize_returns(tensor(returns), 2.0), centred / (std + 2.0))
    tiny = 1e-8 * returns
    centred, std = tiny - tiny.mean(), tiny.std(ddof=1)
    expect_close(student.standardize_returns(tensor(tiny)), centred / (std + 1e-8))


@check("standardize_returns")
def test_equal_returns_give_zero(student, reference):
    """Equal returns give 0, with nothing left over for the next call; the input stays as it is."""
    for returns in ([2.0, 2.0], [0.0, 0.0, 0.0], [-0.5] * 20):
        expect_close(student.standardize_returns(tensor(returns)), np.zeros(len(returns)))
    function = student.standardize_returns
    expect_close(
        function(tensor([1.0, -2.0, 4.0])), reference.standardize_returns(tensor([1.0, -2.0, 4.0]))
    )
    expect_unchanged(function)


@check("standardize_returns")
def test_shift_and_scale_do_not_matter(student, rng):
    """A law: mean 0, sample variance 1, and the same for 3 * returns + 7; float32 too."""
    returns = rng.normal(size=30)
    for dtype in ("float64", "float32"):
        plain = np.array(student.standardize_returns(tensor(returns, dtype)).array, dtype=float)
        moved = student.standardize_returns(tensor(3 * returns + 7, dtype))
        expect_close(np.sum(plain**2) / 29, 1.0)
        expect_close(np.mean(plain) + 1.0, 1.0)
        expect(
            bool(np.all(np.argsort(plain) == np.argsort(returns))),
            "the order of the returns is lost",
        )
        # Moving float32 numbers by 7 costs them a digit.
        expect_close(moved, plain, rtol=1e-3, atol=1e-4)


# PolicyNetwork


@check("PolicyNetwork", visible=True)
def test_equal_weights_by_hand(student):
    """All 12 parameters 0.5: 2 hidden units of relu(0.5 * (1 + 3) + 0.5), then the logits."""
    network = student.PolicyNetwork(2, 2, hidden=2)
    for value, want in ((0.5, 0.5 * 2 * 2.5 + 0.5), (-0.5, -0.5)):
        numbers = tensor(np.full(12, value), "float32")
        student.make("torch.nn.utils.vector_to_parameters", numbers, network.parameters())
        expect_close(network(tensor([1.0, 3.0], "float32")), [want, want])


@check("PolicyNetwork", visible=True)
def test_shapes_and_sizes(student):
    """Shapes of states and logits, the default width of 64, and logits that are no probabilities."""
    for network, width in ((student.PolicyNetwork(2, 4), 64), (student.PolicyNetwork(2, 4, 5), 5)):
        vector = student.make("torch.nn.utils.parameters_to_vector", network.parameters())
        expect_close(
            np.size(vector.array), 3 * width + (width + 1) * 4, name="the number of parameters"
        )
        numbers = tensor(np.full(np.size(vector.array), 0.1), "float32")
        student.make("torch.nn.utils.vector_to_parameters", numbers, network.parameters())
        # Each hidden unit is relu(0.1 + 0.1 * (1 + 2)) = 0.4.
        logit = 0.1 + 0.1 * width * 0.4
        expect_close(network(tensor([1.0, 2.0], "float32")), np.full(4, logit))
        expect_close(network(tensor([[1.0, 2.0]] * 3, "float32")), np.full((3, 4), logit))
        expect_close(network(tensor([[[1.0, 2.0]] * 5] * 2, "float32")), np.full((2, 5, 4), logit))


@check("PolicyNetwork")
def test_computes_linear_relu_linear(student, rng):
    """The output is that of the network's own weights, for several sizes, also by name."""
    makers = (
        lambda: student.PolicyNetwork(3, 5, 7),
        lambda: student.PolicyNetwork(hidden=2, n_actions=6, state_dim=4),
        lambda: student.PolicyNetwork(7, 3, hidden=31),
        lambda: student.PolicyNetwork(6, 2),
    )
    sizes = ((3, 7, 5), (4, 2, 6), (7, 31, 3), (6, 64, 2))
    for make, (inputs, hidden, outputs) in zip(makers, sizes, strict=True):
        network = make()
        states = 3 * rng.normal(size=(20, inputs))
        first, first_bias, second, second_bias = layers_of(
            student, network, inputs, hidden, outputs
        )
        want = np.maximum(states @ first + first_bias, 0) @ second + second_bias
        expect_close(
            network(tensor(states, "float32")), want, atol=1e-4
        )  # float32 sums of up to 64 terms
        expect_close(network(tensor(states[3], "float32")), want[3], atol=1e-4)


def layers_of(
    student: Any, network: Any, inputs: int, hidden: int, outputs: int
) -> list[np.ndarray]:
    """Return weights and biases (in, out), (out,) of both layers, told apart by their sizes."""
    found = [
        np.array(part.array, float) for part in student.make("builtins.list", network.parameters())
    ]
    wanted = [(inputs, hidden), (hidden,), (hidden, outputs), (outputs,)]
    layers = []
    for shape in wanted:
        fitting = [part for part in found if part.shape in (shape, shape[::-1])]
        told = "the parameters are not those of two linear layers with biases"
        expect(
            len(fitting) == 1 and len(found) == 4, told, f"shapes {[part.shape for part in found]}"
        )
        layers.append(fitting[0] if fitting[0].shape == shape else fitting[0].T)
    return layers


@check("PolicyNetwork")
def test_gradient_reaches_every_parameter(student, rng):
    """The gradient of the summed logits for all weights and biases."""
    network = student.PolicyNetwork(3, 5, 7)
    states = rng.normal(size=(40, 3))
    first, first_bias, second, _ = layers_of(student, network, 3, 7, 5)
    before = states @ first + first_bias
    back = (before > 0) * second.sum(axis=1)
    want = [
        states.T @ back,
        back.sum(axis=0),
        np.outer(np.maximum(before, 0).sum(axis=0), np.ones(5)),
        np.full(5, 40.0),
    ]
    found = student.make("small_envs.parameter_gradients", network, tensor(states, "float32"))
    for gradient in want:
        shapes = (gradient.shape, gradient.shape[::-1])
        fitting = [part for part in found if part is not None and np.shape(part.array) in shapes]
        expect(len(fitting) == 1, "no gradient reaches some parameters: is anything detached?")
        got = np.array(fitting[0].array, float)
        expect_close(got if got.shape == gradient.shape else got.T, gradient, atol=1e-4)


@check("PolicyNetwork")
def test_networks_differ_and_seeds_repeat(student, rng):
    """Two networks differ, equal global seeds give equal ones, and a network answers twice alike."""
    numbers = []
    for seed in (3, 3, 4):
        student.make("torch.manual_seed", seed)
        pair = [student.PolicyNetwork(3, 5, 7), student.PolicyNetwork(3, 5, 7)]
        numbers.append(
            [student.make("torch.nn.utils.parameters_to_vector", one.parameters()) for one in pair]
        )
    for vector in numbers[0]:
        expect(
            vector.dtype == "float32" and np.size(vector.array) == 68,
            "expected 68 float32 parameters",
        )
    (one, other), (again, _), (third, _) = [[part.array for part in pair] for pair in numbers]
    expect(
        bool(np.mean(one != other) > 0.5),
        "two networks made one after the other have equal weights",
    )
    expect(bool(np.all(one == again)), "equal seeds of torch give different weights")
    expect(bool(np.mean(one != third) > 0.5), "another seed of torch gives the same weights")
    states = rng.normal(size=(6, 3))
    first, first_bias, second, second_bias = layers_of(student, pair[0], 3, 7, 5)
    want = np.maximum(states @ first + first_bias, 0) @ second + second_bias
    for _ in range(2):
        expect_close(pair[0](tensor(states, "float32")), want, atol=1e-4)


# reinforce_episode


@check("reinforce_episode", visible=True)
def test_returns_the_plain_sum_of_rewards(student):
    """Rewards 1, 2 and 3 add up to 6, whatever gamma is, and the policy given has moved."""

    def judge(ending: Sequence[str]) -> None:
        for gamma in (0.5, 1.0):
            policy, layer = table_policy(student, [[0.0, 1.0]] * 3, ending)
            before = weights_of(layer)
            world = student.make("small_envs.Tape", [1.0, 2.0, 3.0])
            optimizer = student.make("torch.optim.SGD", policy.parameters(), lr=0.1)
            expect_close(student.reinforce_episode(world, policy, optimizer, gamma), 6.0)
            expect(world.rewards == [1.0, 2.0, 3.0], "expected one episode of three steps")
            expect(bool(np.any(weights_of(layer) != before)), "the policy given has not changed")

    with_either_ending(student, judge)


@check("reinforce_episode", visible=True)
def test_episodes_of_one_step_learn(student):
    """After a reward the action taken is more probable, after a penalty less; never NaN."""

    def judge(ending: Sequence[str]) -> None:
        for reward in (1.0, -1.0, 0.25, -0.1):
            policy, layer = table_policy(student, [[0.3, -0.2, 0.5]], ending)
            world = student.make("small_envs.Tape", [reward], n_actions=3)
            optimizer = student.make("torch.optim.SGD", policy.parameters(), lr=0.5)
            before = softmax(weights_of(layer).T)[0]
            expect_close(student.reinforce_episode(world, policy, optimizer), reward)
            after = softmax(weights_of(layer).T)[0]
            taken = world.actions[0]
            told = "after one step with a %s the action taken is not %s probable: is one return standardised?"
            words = ("reward", "more") if reward > 0 else ("penalty", "less")
            change = (after[taken] - before[taken]) * np.sign(reward)
            expect(bool(np.isfinite(change) and change > 1e-4), told % words)

    with_either_ending(student, judge)


@check("reinforce_episode")
def test_weighs_each_action_by_its_return(student, rng):
    """What one update did to each action, read from the weights, fits the discounted returns."""

    def judge(ending: Sequence[str]) -> None:
        for gamma in (0.5, 0.9):
            logits, rewards = rng.normal(size=(7, 3)), rng.normal(size=7)
            policy, layer = table_policy(student, logits, ending)
            before = weights_of(layer)
            world = student.make("small_envs.Tape", rewards.tolist(), n_actions=3)
            optimizer = student.make("torch.optim.SGD", policy.parameters(), lr=0.1)
            expect_close(
                student.reinforce_episode(world, policy, optimizer, gamma=gamma), rewards.sum()
            )
            factors = implied_weights(before, weights_of(layer), world.actions, 0.1)
            expect_credit(factors, rewards, gamma)

    with_either_ending(student, judge)


@check("reinforce_episode")
def test_gamma_at_its_ends_and_by_default(student, rng):
    """gamma 0 (an action's own reward), gamma 1 (all later ones), and 0.99 when not given."""

    def judge(ending: Sequence[str]) -> None:
        for gamma, given, length in (
            (0.0, {"gamma": 0.0}, 6),
            (1.0, {"gamma": 1.0}, 6),
            (0.99, {}, 40),
        ):
            logits, rewards = rng.normal(size=(length, 2)), rng.normal(size=length)
            policy, layer = table_policy(student, logits, ending)
            before = weights_of(layer)
            world = student.make("small_envs.Tape", rewards.tolist())
            optimizer = student.make("torch.optim.SGD", policy.parameters(), lr=0.1)
            expect_close(
                student.reinforce_episode(world, policy, optimizer, **given), rewards.sum()
            )
            factors = implied_weights(before, weights_of(layer), world.actions, 0.1)
            expect_credit(factors, rewards, gamma)

    with_either_ending(student, judge)


@check("reinforce_episode")
def test_trains_what_it_is_given(student):
    """Two policies with an optimizer each: one episode changes its own; a learning rate of 0 none."""

    def judge(ending: Sequence[str]) -> None:
        logits = [[0.2, -0.4], [0.1, 0.6], [0.0, 0.0]]
        pairs = []
        for rate in (0.1, 0.1, 0.0):
            policy, layer = table_policy(student, logits, ending)
            optimizer = student.make("torch.optim.SGD", policy.parameters(), lr=rate)
            pairs.append((policy, layer, optimizer))
        for trained in (0, 1, 2, 0):
            before = [weights_of(layer) for _, layer, _ in pairs]
            policy, _, optimizer = pairs[trained]
            world = student.make("small_envs.Tape", [1.0, -2.0, 4.5])
            expect_close(student.reinforce_episode(world, policy, optimizer, 0.9), 3.5)
            for place, (_, layer, _) in enumerate(pairs):
                moved = bool(np.any(weights_of(layer) != before[place]))
                if place == trained != 2:
                    expect(moved, "the policy given has not changed")
                else:
                    expect(not moved, "a policy changed that its own optimizer did not change")

    with_either_ending(student, judge)


@check("reinforce_episode")
def test_samples_from_the_policy(student):
    """Over 4000 steps each action comes as often as its probability says.

    Six standard deviations: a right answer fails in fewer than 1 of 10 million runs.
    """

    def judge(ending: Sequence[str]) -> None:
        logits = np.log([[0.75, 0.05, 0.2]])
        policy, _ = table_policy(student, logits, ending)
        optimizer = student.make("torch.optim.SGD", policy.parameters(), lr=0.0)
        world = student.make("small_envs.Tape", [0.5], n_actions=3, ends=False)
        for _ in range(4):
            got = student.reinforce_episode(world, policy, optimizer, 0.9, 1000)
            expect_close(got, 500.0)
        actions = np.array(world.actions)
        for action, prob in enumerate((0.75, 0.05, 0.2)):
            rate = np.mean(actions == action)
            width = 6 * np.sqrt(prob * (1 - prob) / actions.size)
            told = "the actions taken are not distributed as softmax(policy(state)) says"
            expect(bool(abs(rate - prob) <= width), told, f"action {action}: {rate}, not {prob}")

    with_either_ending(student, judge)


@check("reinforce_episode")
def test_stops_in_time(student):
    """Stops when done and after max_steps, which is 200 by default, and counts that many rewards."""

    def judge(ending: Sequence[str]) -> None:
        policy, _ = table_policy(student, [[0.0, 0.1], [0.2, 0.0]], ending)
        optimizer = student.make("torch.optim.SGD", policy.parameters(), lr=0.01)
        for given, steps in (({"max_steps": 7}, 7), ({"max_steps": 1}, 1), ({}, 200)):
            world = student.make("small_envs.Tape", [3.0, 0.25], ends=False)
            expect_close(
                student.reinforce_episode(world, policy, optimizer, **given), 3 + 0.25 * (steps - 1)
            )
            expect(
                len(world.actions) == steps,
                "an episode that never ends was not cut off at max_steps",
            )
        world = student.make("small_envs.Tape", [3.0, 0.25])
        for episode in (1, 2, 3):
            expect_close(student.reinforce_episode(world, policy, optimizer, max_steps=9), 3.25)
            expect(len(world.actions) == 2 * episode, "expected one episode per call, up to done")

    with_either_ending(student, judge)


@check("reinforce_episode")
def test_no_gradient_is_left_over(student):
    """After an episode with a huge reward, one with reward 0 changes next to nothing."""

    def judge(ending: Sequence[str]) -> None:
        policy, layer = table_policy(student, [[0.3, -0.3, 0.1]], ending)
        optimizer = student.make("torch.optim.SGD", policy.parameters(), lr=0.001)
        start = weights_of(layer)
        for reward in (50.0, 0.0, 0.0):
            before = weights_of(layer)
            world = student.make("small_envs.Tape", [reward], n_actions=3)
            expect_close(student.reinforce_episode(world, policy, optimizer), reward)
            moved = np.max(np.abs(weights_of(layer) - before))
            if reward:
                expect(bool(moved > 0), "the policy given has not changed")
                first = moved
            else:
                told = (
                    "an episode without reward changed the policy: is an old gradient still there?"
                )
                expect(bool(moved < 0.2 * first), told)
        expect(bool(np.all(np.isfinite(start))), "the weights are NaN")

    with_either_ending(student, judge)


@check("reinforce_episode")
def test_learns_the_bandit(student, rng):
    """300 episodes of one step: action 2 has become probable everywhere.

    Measured: no failure in a million runs; see the note in the oracle tests.
    """

    def judge(ending: Sequence[str]) -> None:
        layer = student.make("torch.nn.Linear", 2, 4)
        start = tensor(0.3 * rng.normal(size=(4, 2)), "float32")
        layer.load_state_dict({"weight": start, "bias": tensor(np.zeros(4), "float32")})
        policy = finish(student, [layer], ending)
        optimizer = student.make("torch.optim.SGD", policy.parameters(), lr=1.0)
        world = student.make("small_envs.Bandit", int(rng.integers(10**6)))
        rewards = [student.reinforce_episode(world, policy, optimizer) for _ in range(300)]
        expect_close(rewards, world.rewards)
        expect_bandit_learned(layer)

    with_either_ending(student, judge)


def expect_bandit_learned(layer: Any) -> None:
    """Fail unless a linear policy takes action 2 in all corners of the bandit's states."""
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    bias = np.array(layer.bias.array, dtype=np.float64)
    probs = softmax(corners @ weights_of(layer).T + bias)[:, 2]
    expect(
        bool(np.all(probs > 0.7)),
        "after training the policy does not take the action that pays",
        f"{probs}",
    )


@check("reinforce_episode")
def test_learns_to_echo(student, rng):
    """Episodes of several steps: name the token that is shown, each paid at once.

    Measured: no failure in a million runs; see the note in the oracle tests.
    """

    def judge(ending: Sequence[str]) -> None:
        policy, layer = table_policy(student, 0.3 * rng.normal(size=(3, 3)), ending)
        optimizer = student.make("torch.optim.SGD", policy.parameters(), lr=0.5)
        world = student.make("small_envs.Echo", tokens=3, length=6, seed=int(rng.integers(10**6)))
        totals = [student.reinforce_episode(world, policy, optimizer, 0.2) for _ in range(200)]
        expect_close(totals, np.reshape(world.rewards, (200, 6)).sum(axis=1))
        probs = np.diagonal(softmax(weights_of(layer).T))
        expect(
            bool(np.all(probs > 0.7)),
            "after training the policy does not name the token shown",
            f"{probs}",
        )

    with_either_ending(student, judge)


# gae_advantages


@check("gae_advantages", visible=True)
def test_one_step_ahead_by_hand(student):
    """gae_lambda 0: reward + gamma * next value - value; the last next value is bootstrap_value."""
    rewards, values = np.array([1.0, 0.0, 2.0]), np.array([2.0, 4.0, 1.0])
    got = student.gae_advantages(rewards, values, 6.0, np.array([False, False, False]), 0.5, 0.0)
    expect_close(got, [1 + 2 - 2, 0 + 0.5 - 4, 2 + 3 - 1])


@check("gae_advantages", visible=True)
def test_terminated_in_the_middle_by_hand(student):
    """gamma 0.5, gae_lambda 1: the episode that ends after step 1 hears nothing of what follows."""
    rewards, values = np.array([1.0, 2.0, 4.0, 8.0]), np.array([0.0, 1.0, 2.0, 3.0])
    terminated = np.array([False, True, False, False])
    got = student.gae_advantages(rewards, values, 10.0, terminated, 0.5, 1.0)
    # From the end: 8 + 5 - 3, then 4 + 1.5 - 2 + 0.5 * 10; from step 1: 2 - 1, then 1 + 0.5 - 0 + 0.5 * 1.
    expect_close(got, [2.0, 1.0, 8.5, 10.0])


@check("gae_advantages")
def test_agrees_on_random_rollouts(student, reference, rng):
    """Random roll-outs of 1 to 100 steps, with and without ends in them, at many discounts."""
    for length, gamma, lam in (
        (1, 0.9, 0.8),
        (2, 0.5, 0.3),
        (9, 0.99, 0.95),
        (30, 1.0, 0.7),
        (100, 0.8, 0.9),
    ):
        rewards, values = rng.normal(size=length), rng.normal(size=length)
        for share in (0.0, 0.3):
            call = (rewards, values, float(rng.normal()), rng.random(length) < share, gamma, lam)
            expect_close(student.gae_advantages(*call), reference.gae_advantages(*call))


@check("gae_advantages")
def test_lambda_one_is_return_minus_value(student, rng):
    """A law: at gae_lambda 1 the values in between cancel, and return minus value is left."""
    for gamma in (0.9, 1.0):
        rewards, values = rng.random(12) + 0.5, rng.normal(size=12)
        returns = np.zeros(13)
        returns[12] = bootstrap = float(rng.normal()) + 3
        for t in reversed(range(12)):
            returns[t] = rewards[t] + gamma * returns[t + 1]
        ends = np.zeros(12, dtype=bool)
        got = student.gae_advantages(rewards, values, bootstrap, ends, gamma, 1.0)
        expect_close(got, returns[:12] - values)


@check("gae_advantages")
def test_lambda_and_gamma_zero(student, rng):
    """gae_lambda 0 leaves the one-step errors, gamma 0 the reward minus the value, by name too."""
    rewards, values = rng.normal(size=8), rng.normal(size=8)
    ends = np.array([False, True, False, False, False, False, True, False])
    following = np.append(values[1:], 1.5) * ~ends
    got = student.gae_advantages(
        rewards=rewards,
        values=values,
        bootstrap_value=1.5,
        terminated=ends,
        gamma=0.9,
        gae_lambda=0.0,
    )
    expect_close(got, rewards + 0.9 * following - values)
    expect_close(student.gae_advantages(rewards, values, 1.5, ends, 0.0, 0.9), rewards - values)


@check("gae_advantages")
def test_nothing_passes_an_end(student, reference, rng):
    """A law: a roll-out of two episodes is two roll-outs; an end at the last step ends it too."""
    rewards, values = rng.normal(size=11), rng.normal(size=11)
    ends = np.zeros(11, dtype=bool)
    ends[[4, 10]] = True
    both = student.gae_advantages(rewards, values, 7.0, ends, 0.95, 0.9)
    first = reference.gae_advantages(rewards[:5], values[:5], -3.0, ends[:5], 0.95, 0.9)
    second = reference.gae_advantages(rewards[5:], values[5:], 0.0, ends[5:], 0.95, 0.9)
    expect_close(both, np.concatenate([first, second]))


@check("gae_advantages")
def test_cut_off_is_not_terminated(student, rng):
    """A single step: cut off it counts the bootstrap value, terminated it does not."""
    for terminated in (False, True):
        reward, value, bootstrap = rng.normal(size=3)
        got = student.gae_advantages(
            np.array([reward]),
            np.array([value]),
            float(bootstrap),
            np.array([terminated]),
            0.9,
            0.5,
        )
        expect_close(got, [reward + 0.9 * bootstrap * (not terminated) - value])


@check("gae_advantages")
def test_leaves_the_rollout_alone(student, reference, rng):
    """The same roll-out twice gives the same advantages, and the arrays stay as they are."""
    call = (rng.normal(size=6), rng.normal(size=6), 0.5, rng.random(6) < 0.4, 0.9, 0.6)
    for _ in range(2):
        function = student.gae_advantages
        expect_close(function(*call), reference.gae_advantages(*call))
        expect_unchanged(function)


# ppo_clip_loss


@check("ppo_clip_loss", visible=True)
def test_four_ratios_by_hand(student):
    """Ratios 1.5 and 0.5 with advantages +1 and -1: two are clipped, two are not."""
    log_probs, old = tensor(np.log([1.5, 0.5, 1.5, 0.5])), tensor(np.zeros(4))
    got = student.ppo_clip_loss(log_probs, old, tensor([1.0, 1.0, -1.0, -1.0]))
    # min(1.5, 1.2), min(0.5, 0.8), min(-1.5, -1.2), min(-0.5, -0.8)
    expect_close(got, -(1.2 + 0.5 - 1.5 - 0.8) / 4)


@check("ppo_clip_loss", visible=True)
def test_gradient_of_the_four_ratios(student):
    """The clip removes the gradient on one side only: where the advantage is already served."""
    result = student.ppo_clip_loss.with_grad(
        log_probs=tensor(np.log([1.5, 0.5, 1.5, 0.5])),
        old_log_probs=tensor(np.zeros(4)),
        advantages=tensor([1.0, 1.0, -1.0, -1.0]),
        wrt=["log_probs"],
    )
    expect_gradient(result, "log_probs", [0.0, -0.5 / 4, 1.5 / 4, 0.0])


@check("ppo_clip_loss", visible=True)
def test_float32_overflow_gives_no_nan(student):
    """Log-ratio 100 and advantage 2 in float32: exp overflows, loss and gradient do not care."""
    result = student.ppo_clip_loss.with_grad(
        log_probs=tensor([100.0, 0.0, 0.0], "float32"),
        old_log_probs=tensor([0.0, 0.0, 0.0], "float32"),
        advantages=tensor([2.0, 1.0, -3.0], "float32"),
        wrt=["log_probs"],
    )
    expect_close(result.value, -(2.4 + 1.0 - 3.0) / 3)
    expect_gradient(result, "log_probs", [0.0, -1 / 3, 1.0])


@check("ppo_clip_loss")
def test_agrees_on_random_batches(student, reference, rng):
    """Value and gradient on random batches of 1 to 300, moderate and wide ratios."""
    for size, width in ((1, 0.5), (2, 0.3), (17, 0.4), (300, 0.2), (40, 3.0)):
        old, advantages = -5 * rng.random(size), rng.normal(size=size)
        given = {
            "log_probs": tensor(old + width * rng.normal(size=size)),
            "old_log_probs": tensor(old),
            "advantages": tensor(advantages),
        }
        got = student.ppo_clip_loss.with_grad(**given, wrt=["log_probs"])
        want = reference.ppo_clip_loss.with_grad(**given, wrt=["log_probs"])
        expect_close(got.value, want.value)
        expect_gradient(got, "log_probs", want.grads["log_probs"])


@check("ppo_clip_loss")
def test_gradient_vanishes_on_one_side_only(student, rng):
    """A law: for any clip_eps the gradient is -ratio * advantage / B, and 0 beyond the clip, served."""
    for eps in (0.05, 0.2, 0.5):
        ratio = np.concatenate(
            [
                rng.uniform(0.1, 0.99 - eps, 6),
                rng.uniform(1.01 - eps, 0.99 + eps, 6),
                rng.uniform(1.01 + eps, 3, 6),
            ]
        )
        advantages = np.tile([1.0, -1.0], 9) * rng.uniform(0.5, 2, 18)
        served = ((ratio > 1 + eps) & (advantages > 0)) | ((ratio < 1 - eps) & (advantages < 0))
        old = -3 * rng.random(18)
        result = student.ppo_clip_loss.with_grad(
            log_probs=tensor(old + np.log(ratio)), old_log_probs=tensor(old),
            advantages=tensor(advantages), clip_eps=eps, wrt=["log_probs"],
        )  # fmt: skip
        expect_gradient(result, "log_probs", np.where(served, 0.0, -ratio * advantages / 18))


@check("ppo_clip_loss")
def test_old_log_probs_and_advantages_are_constants(student, reference, rng):
    """No gradient for old_log_probs or advantages, also when they carry a graph."""
    given = {
        "log_probs": tensor(0.3 * rng.normal(size=12)),
        "old_log_probs": tensor(0.3 * rng.normal(size=12)),
        "advantages": tensor(rng.normal(size=12)),
    }
    got = student.ppo_clip_loss.with_grad(**given, wrt=list(given))
    want = reference.ppo_clip_loss.with_grad(**given, wrt=["log_probs"])
    expect_close(got.value, want.value)
    expect_gradient(got, "log_probs", want.grads["log_probs"])
    expect_zero_gradient(got, "old_log_probs")
    expect_zero_gradient(got, "advantages")


@check("ppo_clip_loss")
def test_any_clip_eps(student, rng):
    """clip_eps 0.1 and 0.4 by place and by name, on both sides, and 0.2 when not given."""
    ratio = np.array([0.3, 0.7, 0.85, 0.95, 1.05, 1.15, 1.3, 2.0])
    advantages = rng.normal(size=8)
    old = tensor(-rng.random(8))
    log_probs = tensor(np.log(ratio) + old.array)
    for args, named, eps in (((0.1,), {}, 0.1), ((), {"clip_eps": 0.4}, 0.4), ((), {}, 0.2)):
        clipped = np.clip(ratio, 1 - eps, 1 + eps)
        want = -np.mean(np.minimum(ratio * advantages, clipped * advantages))
        expect_close(
            student.ppo_clip_loss(log_probs, old, tensor(advantages), *args, **named), want
        )


@check("ppo_clip_loss")
def test_log_probs_of_whole_responses(student, rng):
    """Log-probs near -800, where exp gives 0, and log-ratios of 100 and -100: no NaN, right values."""
    shift = np.array([0.1, -0.1, 0.4, -0.4, 100.0, -100.0, -100.0])
    advantages = np.array([1.0, -2.0, 1.0, -2.0, 3.0, 1.0, -1.0]) * rng.uniform(0.5, 2)
    for level in (-800.0, 0.0):
        result = student.ppo_clip_loss.with_grad(
            log_probs=tensor(level + shift), old_log_probs=tensor(np.full(7, level)),
            advantages=tensor(advantages), wrt=["log_probs"],
        )  # fmt: skip
        ratio = np.exp(shift)
        surrogate = np.minimum(ratio * advantages, np.clip(ratio, 0.8, 1.2) * advantages)
        slope = np.array([1, 1, 0, 0, 0, 1, 0]) * -ratio * advantages / 7
        expect_close(result.value, -surrogate.mean())
        expect_gradient(result, "log_probs", slope)


@check("ppo_clip_loss")
def test_a_baseline_leaves_the_expected_gradient(student, rng):
    """A law: at ratio 1, over all actions, advantages + 5 move the logits just as advantages do."""
    probs = np.array([0.5, 0.25, 0.25])
    batch = np.array([0, 0, 1, 2])  # every action as often as its probability says
    log_probs = tensor(np.log(probs[batch]))
    values = rng.normal(size=3)
    moves = []
    for baseline in (0.0, 5.0):
        advantages = values[batch] + baseline
        result = student.ppo_clip_loss.with_grad(
            log_probs=log_probs,
            old_log_probs=log_probs,
            advantages=tensor(advantages),
            wrt=["log_probs"],
        )
        expect_close(result.value, -advantages.mean())
        expect_gradient(result, "log_probs", -advantages / 4)
        moves.append(np.array(result.grads["log_probs"].array) @ (np.eye(3)[batch] - probs))
    expect_close(moves[1], moves[0])


# clip_fraction


@check("clip_fraction", visible=True)
def test_two_of_five_by_hand(student):
    """Of the ratios 0.7, 0.9, 1, 1.1 and 1.3 two lie outside 0.8 to 1.2; of the first four, one."""
    log_probs = np.log([0.7, 0.9, 1.0, 1.1, 1.3])
    expect_close(student.clip_fraction(tensor(log_probs), tensor(np.zeros(5))), 0.4)
    expect_close(student.clip_fraction(tensor(log_probs[:4]), tensor(np.zeros(4))), 0.25)


@check("clip_fraction")
def test_judges_the_ratio_not_its_logarithm(student, rng):
    """Ratios whose logarithm, or whose inverse, lies on the other side of the limit."""
    old = -4 * rng.random(10)
    for ratios, want in (
        ([1.21, 1.215, 1.0, 0.9, 1.1, 0.95, 1.05, 1.02, 0.99, 1.19], 0.2),
        ([0.81, 0.805, 0.815, 1.0, 1.1, 1.3, 0.95, 1.05, 0.9, 0.99], 0.1),
        ([0.79, 0.82, 0.83, 1.0, 1.23, 1.22, 1.24, 1.01, 0.9, 1.1], 0.4),
    ):
        expect_close(student.clip_fraction(tensor(np.log(ratios) + old), tensor(old)), want)


@check("clip_fraction")
def test_agrees_on_random_batches_of_ratios(student, reference, rng):
    """Random batches of 3 to 500, any clip_eps, by place, by name and by default."""
    for size, args, named in (
        (3, (), {}),
        (50, (0.1,), {}),
        (500, (), {"clip_eps": 0.3}),
        (20, (), {}),
    ):
        old = -6 * rng.random(size)
        ratio = np.append(np.exp(0.3 * rng.normal(size=size - 3)), [1.0, 1.8, 1.0])
        near = np.min(np.abs(np.abs(ratio[:, None] - 1) - [0.1, 0.2, 0.3]), axis=1) < 1e-3
        ratio[near] = 1.0
        call = (tensor(old + np.log(ratio)), tensor(old), *args)
        expect_close(student.clip_fraction(*call, **named), reference.clip_fraction(*call, **named))


@check("clip_fraction")
def test_counts_both_sides_alike(student, rng):
    """Only above, only below, and both: a share of the whole batch, not of one side."""
    above, below, inside = (
        rng.uniform(1.25, 4, 40),
        rng.uniform(0.05, 0.75, 40),
        rng.uniform(0.85, 1.15, 40),
    )
    old = -rng.random(120)
    for parts, want in (
        ((above, inside, inside), 1 / 3),
        ((below, inside, inside), 1 / 3),
        ((above, below, inside), 2 / 3),
    ):
        log_ratio = rng.permutation(np.log(np.concatenate(parts)))
        expect_close(student.clip_fraction(tensor(old + log_ratio), tensor(old)), want)


@check("clip_fraction")
def test_fraction_for_whole_responses(student):
    """Log-probs near -800, where exp gives 0, float32 too; the inputs stay as they are."""
    shift = np.array([0.5, 0.1, -0.1, -0.6, 0.0, 0.05, 0.02, 1.0])
    for level, dtype in ((-800.0, "float64"), (-90.0, "float32"), (0.0, "float32")):
        function = student.clip_fraction
        got = function(tensor(level + shift, dtype), tensor(np.full(8, level), dtype))
        expect_close(got, 0.375)
        expect_unchanged(function)


# train_bandit


def fixed_bandit_policy(
    student: Any, weight: Any, bias: Any, ending: Sequence[str]
) -> tuple[Any, Any]:
    """Return a linear policy on two numbers with the given weights, and its layer."""
    layer = student.make("torch.nn.Linear", 2, len(bias))
    layer.load_state_dict({"weight": tensor(weight, "float32"), "bias": tensor(bias, "float32")})
    return finish(student, [layer], ending), layer


def seeded(student: Any, seed: int) -> Any:
    """Return a generator of the student's side with this seed."""
    generator = student.make("torch.Generator")
    generator.manual_seed(seed)
    return generator


@check("train_bandit", visible=True)
def test_a_policy_that_is_sure(student):
    """A policy that always takes action 2 earns 1.0 every time, one that takes another -0.1."""

    def judge(ending: Sequence[str]) -> None:
        for action, reward in ((2, 1.0), (0, -0.1), (1, -0.1), (3, -0.1)):
            bias = np.where(np.arange(4) == action, 60.0, 0.0)
            policy, _ = fixed_bandit_policy(student, np.zeros((4, 2)), bias, ending)
            optimizer = student.make("torch.optim.SGD", policy.parameters(), lr=0.01)
            got = student.train_bandit(policy, 5, optimizer, seeded(student, 1))
            expect_close(got, [reward] * 5)

    with_either_ending(student, judge)


@check("train_bandit", visible=True, weight=2)
def test_300_episodes_teach_action_2(student):
    """Starting from equal probabilities, 300 episodes make action 2 probable in every state.

    Measured: no failure in a million runs; see the note in the oracle tests.
    """

    def judge(ending: Sequence[str]) -> None:
        for seed in (1, 2):
            policy, layer = fixed_bandit_policy(student, np.zeros((4, 2)), np.zeros(4), ending)
            optimizer = student.make("torch.optim.SGD", policy.parameters(), lr=1.0)
            rewards = student.train_bandit(policy, 300, optimizer, seeded(student, seed))
            expect_rewards(rewards, 300)
            expect(
                -0.1 in np.round(rewards[:150], 6), "expected some actions that do not pay at first"
            )
            expect(float(np.mean(rewards[200:])) > 0.5, "the last 100 episodes are not paid well")
            expect_bandit_learned(layer)

    with_either_ending(student, judge)


def expect_rewards(rewards: Any, episodes: int) -> None:
    """Fail unless these are rewards of the bandit, one an episode."""
    array = np.asarray(rewards.array if hasattr(rewards, "array") else rewards)
    expect(
        array.shape in ((episodes,), (episodes, 1)), "expected a list of rewards, one an episode"
    )
    known = np.isclose(array, 1.0) | np.isclose(array, -0.1)
    expect(bool(np.all(known)), "expected rewards of 1.0 and -0.1 only")


@check("train_bandit")
def test_a_network_learns_from_a_bad_start(student, rng):
    """Adam and a network of two layers, started off with action 2 improbable.

    Measured: no failure in a million runs; see the note in the oracle tests.
    """

    def judge(ending: Sequence[str]) -> None:
        first, last = student.make("torch.nn.Linear", 2, 8), student.make("torch.nn.Linear", 8, 4)
        relu = student.make("torch.nn.ReLU")
        first.load_state_dict(
            {
                "weight": tensor(rng.normal(size=(8, 2)), "float32"),
                "bias": tensor(rng.random(8), "float32"),
            }
        )
        last.load_state_dict(
            {
                "weight": tensor(0.3 * rng.normal(size=(4, 8)), "float32"),
                "bias": tensor([1.0, 0.0, -1.0, 0.5], "float32"),
            }
        )
        policy = finish(student, [first, relu, last], ending)
        optimizer = student.make("torch.optim.Adam", policy.parameters(), lr=0.05)
        rewards = student.train_bandit(
            policy, 400, optimizer, seeded(student, int(rng.integers(10**6)))
        )
        expect_rewards(rewards, 400)
        expect(float(np.mean(rewards[300:])) > 0.5, "the last 100 episodes are not paid well")
        states = tensor(rng.random((50, 2)), "float32")
        found = np.array(policy(states).array, dtype=float)
        probs = found if "torch.nn.Softmax" in ending else softmax(found)
        expect(
            bool(np.all(probs[:, 2] > 0.7)),
            "after training the policy does not take the action that pays",
        )

    with_either_ending(student, judge)


@check("train_bandit")
def test_samples_actions_and_states(student):
    """With a learning rate of 0 the rewards tell how states and actions are drawn.

    Six standard deviations: a right answer fails in fewer than 1 of 10 million runs.
    """

    def judge(ending: Sequence[str]) -> None:
        even, corner = np.zeros((4, 2)), np.zeros((4, 2))
        corner[2] = 400.0
        cases = (
            (even, np.log([0.1, 0.4, 0.3, 0.2]), 0.3),  # whatever the state is
            (
                corner,
                np.array([0.0, 0.0, -600.0, 0.0]),
                0.125,
            ),  # action 2 where the sum is above 1.5
        )
        for weight, bias, prob in cases:
            policy, layer = fixed_bandit_policy(student, weight, bias, ending)
            optimizer = student.make("torch.optim.SGD", policy.parameters(), lr=0.0)
            rewards = student.train_bandit(policy, 1500, optimizer, seeded(student, 5))
            expect_rewards(rewards, 1500)
            rate = float(np.mean(np.array(rewards) > 0))
            told = (
                "action 2 is not paid as often as the policy takes it in states drawn from [0, 1)"
            )
            width = 6 * np.sqrt(prob * (1 - prob) / 1500) + 0.005
            expect(abs(rate - prob) <= width, told, f"{rate}, not {prob}")
            expect_close(weights_of(layer), weight)

    with_either_ending(student, judge)


@check("train_bandit")
def test_only_the_generator_decides(student):
    """Equal generators give equal rewards and weights, whatever torch's global seed is."""

    def judge(ending: Sequence[str]) -> None:
        runs = []
        for seed, elsewhere in ((11, 1), (11, 2), (12, 1)):
            policy, layer = fixed_bandit_policy(student, np.zeros((4, 2)), np.zeros(4), ending)
            optimizer = student.make("torch.optim.SGD", policy.parameters(), lr=0.3)
            generator = seeded(student, seed)
            state = generator.get_state().array
            student.make("torch.manual_seed", elsewhere)
            untouched = student.make("torch.get_rng_state").array
            rewards = student.train_bandit(policy, 60, optimizer, generator)
            expect_rewards(rewards, 60)
            runs.append((np.array(rewards), weights_of(layer)))
            expect(
                bool(np.any(generator.get_state().array != state)),
                "the generator given is not drawn from",
            )
            same = bool(np.all(student.make("torch.get_rng_state").array == untouched))
            expect(
                same, "torch's global generator was drawn from or reseeded: use the generator given"
            )
            expect(bool(np.any(runs[-1][1] != 0)), "the policy given has not changed")
        (first, weights), (again, weights_again), (_, other_weights) = runs
        same = np.array_equal(first, again) and np.allclose(weights, weights_again, atol=1e-6)
        expect(same, "equal generators give different results")
        expect(not np.allclose(weights, other_weights), "another generator gives the same result")

    with_either_ending(student, judge)


@check("train_bandit")
def test_goes_on_where_it_was(student):
    """Two policies in turn: each is trained on its own, by its own optimizer, from where it was."""

    def judge(ending: Sequence[str]) -> None:
        pairs = []
        for rate in (1.0, 0.0, 1.0):
            policy, layer = fixed_bandit_policy(student, np.zeros((4, 2)), np.zeros(4), ending)
            pairs.append(
                (policy, layer, student.make("torch.optim.SGD", policy.parameters(), lr=rate))
            )
        generator = seeded(student, 8)
        for trained in (0, 1, 2, 0, 2):
            before = [weights_of(layer) for _, layer, _ in pairs]
            policy, _, optimizer = pairs[trained]
            expect_rewards(student.train_bandit(policy, 150, optimizer, generator), 150)
            for place, (_, layer, _) in enumerate(pairs):
                moved = bool(np.any(weights_of(layer) != before[place]))
                told = (
                    "the policy given has not changed"
                    if place == trained
                    else "another policy changed"
                )
                expect(moved == (place == trained != 1), told)
        expect_bandit_learned(pairs[0][1])
        expect_bandit_learned(pairs[2][1])

    with_either_ending(student, judge)


# action_rate


@check("action_rate", visible=True)
def test_rates_of_a_policy_that_is_sure(student):
    """A policy that always takes action 1 has rate 1 for it and 0 for the others."""

    def judge(ending: Sequence[str]) -> None:
        policy, _ = fixed_bandit_policy(student, np.zeros((4, 2)), [0.0, 60.0, 0.0, 0.0], ending)
        for action, want in ((0, 0.0), (1, 1.0), (2, 0.0), (3, 0.0)):
            expect_close(student.action_rate(policy, action, 10, seeded(student, 1)), want)

    with_either_ending(student, judge)


@check("action_rate", visible=True)
def test_samples_instead_of_taking_the_best(student):
    """Probabilities 0.1, 0.2, 0.3 and 0.4: of 4000 sampled actions about as many are seen.

    Six standard deviations: a right answer fails in fewer than 1 of 10 million runs.
    """

    def judge(ending: Sequence[str]) -> None:
        probs = np.array([0.1, 0.2, 0.3, 0.4])
        policy, _ = fixed_bandit_policy(student, np.zeros((4, 2)), np.log(probs), ending)
        for action in range(4):
            rate = student.action_rate(policy, action, 4000, seeded(student, 20 + action))
            expect_rate(rate, probs[action], 4000)

    with_either_ending(student, judge)


def expect_rate(rate: Any, prob: float, n: int) -> None:
    """Fail unless a rate over n samples fits a probability, within six standard deviations."""
    rate = np.asarray(rate.array if hasattr(rate, "array") else rate, dtype=float)
    expect(rate.size == 1, "expected one number")
    width = 6 * np.sqrt(prob * (1 - prob) / n) + 0.003
    told = "the rate does not fit actions sampled from softmax(policy(state)) in states from [0, 1)"
    expect(bool(np.abs(rate - prob) <= width), told, f"{rate}, not {prob}")


@check("action_rate")
def test_draws_states_from_the_unit_square(student):
    """Policies that go by the state: the rate is the area where the action is taken.

    Six standard deviations: a right answer fails in fewer than 1 of 10 million runs.
    """

    def judge(ending: Sequence[str]) -> None:
        for row, bias, area in (
            ((900.0, 0.0), -270.0, 0.7),
            ((0.0, 900.0), -810.0, 0.1),
            ((600.0, 600.0), -900.0, 0.125),
        ):
            weight = np.array([[0.0, 0.0], [0.0, 0.0], [0.0, 0.0], row])
            policy, _ = fixed_bandit_policy(student, weight, [0.0, 0.0, 0.0, bias], ending)
            expect_rate(student.action_rate(policy, 3, 3000, seeded(student, 4)), area, 3000)

    with_either_ending(student, judge)


@check("action_rate")
def test_counts_n_actions(student):
    """The rate over n actions is a whole number of nths, for any n, and the generator moves on."""

    def judge(ending: Sequence[str]) -> None:
        policy, _ = fixed_bandit_policy(
            student, np.zeros((4, 2)), np.log([0.3, 0.4, 0.2, 0.1]), ending
        )
        generator = seeded(student, 9)
        hits = total = 0
        for n in (1, 2, 3, 7, 11, 53, 333, 1297):
            rate = student.action_rate(policy, 1, n, generator)
            rate = float(np.asarray(rate.array if hasattr(rate, "array") else rate).reshape(-1)[0])
            count = round(rate * n)
            expect(
                abs(rate * n - count) < 1e-3,
                "the rate over n actions is not a whole number of nths",
            )
            hits, total = hits + count, total + n
        expect_rate(hits / total, 0.4, total)

    with_either_ending(student, judge)


@check("action_rate")
def test_only_the_generator_decides_the_rate(student):
    """Equal generators give equal rates, whatever torch's global seed is; the generator moves on."""

    def judge(ending: Sequence[str]) -> None:
        policy, _ = fixed_bandit_policy(
            student, [[3.0, 0], [0, 2.0], [0, 0], [1.0, 1.0]], np.zeros(4), ending
        )
        rates = []
        for seed, elsewhere in ((3, 1), (3, 2), (4, 1), (5, 1), (6, 1), (7, 1)):
            generator = seeded(student, seed)
            state = generator.get_state().array
            student.make("torch.manual_seed", elsewhere)
            untouched = student.make("torch.get_rng_state").array
            rate = student.action_rate(policy, 0, 2000, generator)
            expect_rate(rate, prob, 2000)
            rates.append(
                float(np.asarray(rate.array if hasattr(rate, "array") else rate).reshape(-1)[0])
            )
            expect(
                bool(np.any(generator.get_state().array != state)),
                "the generator given is not drawn from",
            )
            same = bool(np.all(student.make("torch.get_rng_state").array == untouched))
            expect(
                same, "torch's global generator was drawn from or reseeded: use the generator given"
            )
        expect(rates[0] == rates[1], "equal generators give different rates")
        expect(len(set(rates)) > 1, "other generators give the same rate")

    with_either_ending(student, judge)


@check("action_rate")
def test_builds_no_graph(student):
    """While it evaluates, the network builds no graph; after it all is as before."""

    def judge(ending: Sequence[str]) -> None:
        bias = np.log([0.15, 0.25, 0.35, 0.25])
        policy, layer = fixed_bandit_policy(student, np.zeros((4, 2)), bias, ending)
        spy = student.make("small_envs.GraphSpy")
        policy.register_forward_hook(spy)
        expect_rate(student.action_rate(policy, 2, 2000, seeded(student, 6)), 0.35, 2000)
        expect(
            not any(spy.graphs),
            "a graph was built during the evaluation: where is torch.no_grad()?",
        )
        expect(
            student.make("torch.is_grad_enabled"), "gradients are still switched off after the call"
        )
        expect(bool(np.all(weights_of(layer) == 0)), "the evaluation changed the policy")
        policy(tensor([0.5, 0.5], "float32"))
        expect(spy.graphs[-1], "the policy's parameters no longer take gradients after the call")

    with_either_ending(student, judge)
