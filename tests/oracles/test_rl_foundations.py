"""rl_foundations against independent libraries, printed values and finite differences.

What comes from a library is called here, not copied. rlax and torchrl are an extra (`oracles`);
the tests that need them are skipped without it.
"""

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.signal import lfilter
from torch.distributions import Categorical

from solutions.rl_foundations import (
    bellman_update,
    discounted_returns,
    length_penalized_reward,
    ppo_clip_ratio,
    reinforce_loss,
)

HANDOUT = Path(__file__).parents[2] / "assignments" / "rl_foundations" / "handout.md"
GAMMAS = (0.0, 0.3, 0.9, 0.99, 1.0)


@pytest.fixture
def rng():
    return np.random.default_rng(2018)


def float64(numbers):
    """Return a float64 tensor that collects a gradient."""
    return torch.tensor(numbers, dtype=torch.float64, requires_grad=True)


class TestDiscountedReturns:
    @pytest.mark.parametrize("gamma", GAMMAS)
    @pytest.mark.parametrize("length", [1, 2, 50, 4000])
    def test_agrees_with_a_recursive_filter(self, rng, gamma, length):
        rewards = rng.normal(size=length)
        want = lfilter([1.0], [1.0, -gamma], rewards[::-1])[::-1]
        np.testing.assert_allclose(discounted_returns(rewards, gamma), want, rtol=1e-9, atol=1e-9)

    def test_sutton_and_barto_exercise_3_8(self):
        np.testing.assert_allclose(discounted_returns([-1, 2, 6, 3, 2], 0.5), [2, 6, 8, 4, 2])

    def test_printed_example_with_two_rewards(self):
        got = discounted_returns([0, 0, 1, 0, 0, 1, 0], 0.9)
        np.testing.assert_allclose(got, [1.40049, 1.5561, 1.729, 0.81, 0.9, 1, 0])

    @pytest.mark.parametrize("gamma", GAMMAS[:-1])
    def test_constant_rewards_make_a_geometric_series(self, gamma):
        left = np.arange(20, 0, -1)
        want = (1 - gamma**left) / (1 - gamma)
        np.testing.assert_allclose(discounted_returns(np.ones(20, dtype=int), gamma), want)

    def test_ends_of_the_contract(self):
        rewards = np.array([1, 2, 3])
        assert discounted_returns(rewards, 0.5).dtype == np.float64
        assert rewards.tolist() == [1, 2, 3]
        assert discounted_returns([], 0.9).shape == (0,)

    @pytest.mark.parametrize("gamma", GAMMAS)
    def test_agrees_with_rlax(self, rng, gamma):
        jax = pytest.importorskip("jax", reason="rlax needs jax, from the extra `oracles`")
        rlax = pytest.importorskip("rlax", reason="rlax comes with the extra `oracles`")
        rewards = rng.normal(size=30)
        with jax.enable_x64(True):
            want = rlax.discounted_returns(rewards, np.full(30, gamma), np.zeros(30))
            np.testing.assert_allclose(discounted_returns(rewards, gamma), want, atol=1e-12)

    @pytest.mark.parametrize("gamma", GAMMAS[1:])  # torchrl's reward2go fails on gamma 0
    def test_agrees_with_torchrl(self, rng, gamma):
        reason = "torchrl comes with the extra `oracles`"
        functional = pytest.importorskip("torchrl.objectives.value.functional", reason=reason)
        rewards = rng.normal(size=30)
        done = torch.zeros(1, 30, 1, dtype=torch.bool)
        done[0, -1] = True
        want = functional.reward2go(torch.from_numpy(rewards).reshape(1, 30, 1), done, gamma)
        np.testing.assert_allclose(discounted_returns(rewards, gamma), want.flatten(), atol=1e-5)


def gridworld(size, jumps, terminals, step_reward, wall_reward):
    """Return transition_probs and rewards of a grid with four certain moves.

    Args:
        size: rows and columns.
        jumps: cell -> (where every move leads, its reward).
        terminals: cells that are never left and pay nothing.
        step_reward: reward of a move inside the grid.
        wall_reward: reward of a move that would leave it, and stays.
    """
    transition_probs = np.zeros((size**2, 4, size**2))
    rewards = np.zeros_like(transition_probs)
    for row, column in np.ndindex(size, size):
        for action, (down, right) in enumerate([(-1, 0), (0, 1), (1, 0), (0, -1)]):
            to_row, to_column = row + down, column + right
            there, reward = (to_row, to_column), step_reward
            if not (0 <= to_row < size and 0 <= to_column < size):
                there, reward = (row, column), wall_reward
            if (row, column) in terminals:
                there, reward = (row, column), 0.0
            there, reward = jumps.get((row, column), (there, reward))
            place = (row * size + column, action, there[0] * size + there[1])
            transition_probs[place], rewards[place] = 1.0, reward
    return transition_probs, rewards


def sweeps(model, gamma, count):
    """Return the values of the random policy after `count` sweeps from zero, as a square."""
    states, actions, _ = model[0].shape
    values, policy = np.zeros(states), np.full((states, actions), 1 / actions)
    for _ in range(count):
        values = bellman_update(values, policy, *model, gamma)
    return values.reshape(math.isqrt(states), -1)


class TestBellmanUpdate:
    def test_sutton_and_barto_example_3_5(self):
        jumps = {(0, 1): ((4, 1), 10.0), (0, 3): ((2, 3), 5.0)}
        model = gridworld(5, jumps, (), step_reward=0.0, wall_reward=-1.0)
        figure_3_2 = [
            [3.3, 8.8, 4.4, 5.3, 1.5],
            [1.5, 3.0, 2.3, 1.9, 0.5],
            [0.1, 0.7, 0.7, 0.4, -0.4],
            [-1.0, -0.4, -0.4, -0.6, -1.2],
            [-1.9, -1.3, -1.2, -1.4, -2.0],
        ]
        np.testing.assert_allclose(sweeps(model, 0.9, 300), figure_3_2, atol=0.0500001)

    @pytest.mark.parametrize(
        ("count", "first_rows"),
        [
            (1, [[0.0, -1.0, -1.0, -1.0], [-1.0, -1.0, -1.0, -1.0]]),
            (2, [[0.0, -1.7, -2.0, -2.0], [-1.7, -2.0, -2.0, -2.0]]),
            (3, [[0.0, -2.4, -2.9, -3.0], [-2.4, -2.9, -3.0, -2.9]]),
            (10, [[0.0, -6.1, -8.4, -9.0], [-6.1, -7.7, -8.4, -8.4]]),
            (1000, [[0.0, -14.0, -20.0, -22.0], [-14.0, -18.0, -20.0, -20.0]]),
        ],
    )
    def test_sutton_and_barto_example_4_1(self, count, first_rows):
        model = gridworld(4, {}, ((0, 0), (3, 3)), step_reward=-1.0, wall_reward=-1.0)
        want = np.array(first_rows + [row[::-1] for row in first_rows[::-1]])
        # The book's figure 4.1 shows one decimal and prints -1.75 as -1.7.
        np.testing.assert_allclose(sweeps(model, 1.0, count), want, atol=0.0500001)

    def test_converges_to_the_solution_of_the_linear_equations(self, rng):
        policy = rng.dirichlet(np.ones(3), 6)
        transition_probs = rng.dirichlet(np.ones(6), (6, 3))
        rewards = rng.normal(size=(6, 3, 6))
        chain = np.einsum("sa,san->sn", policy, transition_probs)
        reward = np.einsum("sa,san,san->s", policy, transition_probs, rewards)
        want = np.linalg.solve(np.eye(6) - 0.9 * chain, reward)
        values = rng.normal(size=6)
        for _ in range(400):
            nearer = bellman_update(values, policy, transition_probs, rewards, 0.9)
            assert np.abs(nearer - want).max() <= 0.9 * np.abs(values - want).max() + 1e-12
            values = nearer
        np.testing.assert_allclose(values, want)

    def test_is_the_average_of_discounted_returns(self):
        """In a chain without choice or chance, values are returns."""
        rewards = np.array([0.5, -1.0, 0.0, 2.0])
        transition_probs, paid = np.zeros((5, 1, 5)), np.zeros((5, 1, 5))
        for t in range(4):
            transition_probs[t, 0, t + 1], paid[t, 0, t + 1] = 1.0, rewards[t]
        transition_probs[4, 0, 4] = 1.0
        values = np.zeros(5)
        for _ in range(4):
            values = bellman_update(values, np.ones((5, 1)), transition_probs, paid, 0.8)
        np.testing.assert_allclose(values[:4], discounted_returns(rewards, 0.8))


class TestReinforceLoss:
    def test_gradient_agrees_with_finite_differences(self, rng):
        log_probs, returns = float64(rng.uniform(-3, 0, 6)), torch.from_numpy(rng.normal(size=6))
        assert torch.autograd.gradcheck(lambda x: reinforce_loss(x, returns), [log_probs])

    def test_returns_get_no_gradient(self, rng):
        log_probs, returns = float64(rng.uniform(-3, 0, 4)), float64(rng.normal(size=4))
        reinforce_loss(log_probs, returns).backward()
        assert returns.grad is None
        np.testing.assert_array_equal(log_probs.grad, -returns.detach())

    def test_averages_to_the_gradient_of_the_expected_return(self, rng):
        """The policy gradient theorem on one step: every action, weighted by its probability."""
        pays = torch.from_numpy(rng.normal(size=5))
        logits = float64(rng.normal(size=5))
        probs = logits.softmax(0).detach()
        losses = [
            probs[a] * reinforce_loss(Categorical(logits=logits).log_prob(torch.tensor([a])), pays[a])
            for a in range(5)
        ]
        (got,) = torch.autograd.grad(sum(losses), [logits])
        step = 1e-6 * torch.eye(5, dtype=torch.float64)
        start = logits.detach()
        up, down = ((start + sign * step).softmax(1) @ pays for sign in (1, -1))
        np.testing.assert_allclose(-got, (up - down) / 2e-6, atol=1e-8)

    # rlax warns of its own softmax, which it uses itself.
    @pytest.mark.filterwarnings("ignore:Rlax softmax:PendingDeprecationWarning")
    def test_agrees_with_rlax(self, rng):
        jax = pytest.importorskip("jax", reason="rlax needs jax, from the extra `oracles`")
        rlax = pytest.importorskip("rlax", reason="rlax comes with the extra `oracles`")
        logits, returns = rng.normal(size=(7, 4)), rng.normal(size=7)
        actions = rng.integers(0, 4, 7)

        def summed(numbers):  # rlax takes the mean over the steps
            return 7 * rlax.policy_gradient_loss(numbers, actions, returns, np.ones(7))

        with jax.enable_x64(True):
            want, slope = jax.value_and_grad(summed)(logits)
        ours = float64(logits)
        log_probs = Categorical(logits=ours).log_prob(torch.from_numpy(actions))
        loss = reinforce_loss(log_probs, torch.from_numpy(returns))
        loss.backward()
        np.testing.assert_allclose(loss.item(), want)
        np.testing.assert_allclose(ours.grad, slope, atol=1e-12)


class TestPpoClipRatio:
    @pytest.mark.parametrize("output", [0, 1])
    @pytest.mark.parametrize("clip_eps", [0.1, 0.2, 0.5])
    def test_gradient_agrees_with_finite_differences(self, output, clip_eps):
        old = torch.tensor([-1.0, -2.0, -800.0, -3.0, -801.0], dtype=torch.float64)
        log_probs = float64(old.numpy() + np.array([-0.9, -0.05, 0.0, 0.05, 0.9]))
        assert torch.autograd.gradcheck(lambda x: ppo_clip_ratio(x, old, clip_eps)[output], [log_probs])

    def test_agrees_with_the_probabilities_of_two_policies(self, rng):
        new, old = (Categorical(logits=torch.from_numpy(rng.normal(size=(9, 4)))) for _ in range(2))
        actions = torch.from_numpy(rng.integers(0, 4, 9))
        ratio, clipped_ratio = ppo_clip_ratio(new.log_prob(actions), old.log_prob(actions))
        chosen = actions[:, None]
        want = (new.probs.gather(1, chosen) / old.probs.gather(1, chosen)).squeeze(1).numpy()
        np.testing.assert_allclose(ratio, want)
        np.testing.assert_allclose(clipped_ratio, np.clip(want, 0.8, 1.2))

    @pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
    def test_no_nan_however_improbable(self, dtype):
        log_probs = torch.tensor([-800.0, -800.0, -1.0, -900.0], dtype=dtype, requires_grad=True)
        old_log_probs = torch.tensor([-800.5, -1.0, -800.0, -900.0], dtype=dtype, requires_grad=True)
        ratio, clipped_ratio = ppo_clip_ratio(log_probs, old_log_probs)
        assert not ratio.isnan().any()
        np.testing.assert_allclose(clipped_ratio.detach(), [1.2, 0.8, 1.2, 1.0], rtol=1e-6)
        clipped_ratio.sum().backward()
        np.testing.assert_allclose(log_probs.grad, [0, 0, 0, 1])
        assert old_log_probs.grad is None

    def test_both_ratios_make_the_loss_of_rlax(self, rng):
        jax = pytest.importorskip("jax", reason="rlax needs jax, from the extra `oracles`")
        rlax = pytest.importorskip("rlax", reason="rlax comes with the extra `oracles`")
        old, advantages = rng.uniform(-4, -1, 12), rng.normal(size=12)
        log_probs = old + rng.normal(0, 0.4, 12)

        def clipped_loss(numbers):
            ratios = jax.numpy.exp(numbers - old)
            return rlax.clipped_surrogate_pg_loss(ratios, advantages, 0.2)

        with jax.enable_x64(True):
            want, slope = jax.value_and_grad(clipped_loss)(log_probs)
        ours, weights = float64(log_probs), torch.from_numpy(advantages)
        ratio, clipped_ratio = ppo_clip_ratio(ours, torch.from_numpy(old))
        loss = -torch.minimum(ratio * weights, clipped_ratio * weights).mean()
        loss.backward()
        np.testing.assert_allclose(loss.item(), want)
        np.testing.assert_allclose(ours.grad, slope, atol=1e-12)


class TestLengthPenalizedReward:
    def test_published_values_at_score_one(self):
        got = length_penalized_reward(1.0, np.array([0, 150, 151, 250, 280]))
        np.testing.assert_allclose(got, [1, 1, 0.99, 0, -0.3], atol=1e-12)

    def test_agrees_with_plain_python(self, rng):
        scores, counts = rng.normal(size=50), rng.integers(0, 400, 50)
        want = [s - 0.02 * max(0, n - 90) for s, n in zip(scores, counts.tolist(), strict=True)]
        np.testing.assert_allclose(length_penalized_reward(scores, counts, 0.02, 90), want)

    def test_numbers_give_a_number(self):
        assert isinstance(length_penalized_reward(2, 280), float)

    def test_small_unsigned_counts_do_not_wrap(self):
        assert length_penalized_reward(1.0, np.array([3], dtype=np.uint8))[0] == 1.0


def handout_numbers():
    """Return what the handout must say, made of computed numbers."""
    last_scored = discounted_returns([0, 0, 0, 1], 0.9)
    yield from (f"| {x:.4g} |\n" for x in last_scored)
    exercise = discounted_returns([-1, 2, 6, 3, 2], 0.5)
    yield "the returns are\n" + ", ".join(f"{x:g}" for x in exercise)
    yield f"0.99**279 = {discounted_returns([0] * 279 + [1], 0.99)[0]:.4f}"

    stop = np.array([[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]]])
    pays = np.array([[[0.0, 0.0], [0.0, 1.0]], [[0.0, 0.0], [0.0, 0.0]]])
    seen, values = [], np.array([4.0, 0.0])
    for _ in range(40):
        values = bellman_update(values, np.full((2, 2), 0.5), stop, pays, 0.5)
        seen.append(values[0])
    yield f"0.5 * (0 + 0.5 * 4) + 0.5 * (1 + 0.5 * 0) = {seen[0]:g}"
    yield f"Further sweeps give {seen[1]:g}, then {seen[2]:g}, and in the end {3 * seen[-1]:g}/3"
    quarter = (seen[1] - seen[-1]) / (seen[0] - seen[-1])
    yield f"where `V = {quarter:g} * V + 0.5`"

    arrivals = np.array([[[0.5, 0.5], [0.2, 0.8]], [[0.0, 1.0], [0.0, 1.0]]])
    paid = np.array([[[0.0, 4.0], [0.0, 2.0]], [[0.0, 0.0], [0.0, 0.0]]])
    for policy, said in (
        ([1.0, 0.0], "0.5 * (0 + 9) + 0.5 * (4 + 18)  = {:g}"),
        ([0.0, 1.0], "0.2 * (0 + 9) + 0.8 * (2 + 18)  = {:g}"),
        ([0.25, 0.75], "0.25 * 15.5 + 0.75 * 17.8       = {:g}"),
    ):
        chosen = np.array([policy, [1.0, 0.0]])
        yield said.format(bellman_update(np.array([10.0, 20.0]), chosen, arrivals, paid, 0.9)[0])

    log_probs = float64([-1.0, -2.0])
    loss = reinforce_loss(log_probs, torch.tensor([3.0, 0.5], dtype=torch.float64))
    loss.backward()
    yield f"-((-1) * 3 + (-2) * 0.5) = {loss.item():g}"
    yield f"`[{log_probs.grad[0]:g}, {log_probs.grad[1]:g}]`"

    logits = float64([0.0, 0.0])
    returns = torch.tensor([2.0], dtype=torch.float64)
    reinforce_loss(Categorical(logits=logits).log_prob(torch.tensor([0])), returns).backward()
    yield f"gradient {logits.grad[0]:g} for its logit and +{logits.grad[1]:g} for the other's"
    moved = (logits - 0.1 * logits.grad).detach()
    yield f"the logits become {moved[0]:g} and {moved[1]:g}"
    yield f"probability {moved.softmax(0)[0]:.4f}"

    for old, new in ((0.4, 0.6), (0.3, 0.33), (0.4, 0.2)):
        at = float64([math.log(new)])
        ratios = ppo_clip_ratio(at, torch.tensor([math.log(old)], dtype=torch.float64))
        slopes = [torch.autograd.grad(one, at, retain_graph=True)[0].item() for one in ratios]
        row = [old, new, *(one.item() for one in ratios), *slopes]
        yield "| " + " | ".join(f"{x:g}" for x in row) + " |"

    table = length_penalized_reward(1.0, np.array([0, 150, 151, 250, 280]))
    yield "| reward | " + " | ".join(f"{x:g}" for x in np.round(table, 12)) + " |"
    yield f"280-token answer scored 2.0 ends at {length_penalized_reward(2.0, 280):.1f}"
    yield f"must score {-length_penalized_reward(0.0, 280):g} more than an answer of 150"


@pytest.mark.parametrize("said", list(handout_numbers()))
def test_handout_says_what_the_functions_compute(said):
    assert said in HANDOUT.read_text(encoding="utf-8")
