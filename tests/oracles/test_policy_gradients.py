"""policy_gradients against independent libraries, autograd, and simulations of many trainings.

rlax, torchrl and stable-baselines3 are an extra (`oracles`); what needs them is skipped without it.
The simulations train many policies at once. They are the ground for the thresholds of the checks:
with `runs=1_000_000` in place of a few thousand they gave the figures that the docstrings quote.
"""

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from scipy.optimize import minimize_scalar
from scipy.signal import lfilter
from scipy.stats import binom, zscore
from torch.distributions import Categorical

FOLDER = Path(__file__).parents[2] / "assignments" / "policy_gradients"
sys.path.insert(0, str(FOLDER))

from small_envs import Grid, q_learning  # noqa: E402

from solutions.policy_gradients import (  # noqa: E402
    PolicyNetwork,
    action_rate,
    clip_fraction,
    gae_advantages,
    ppo_clip_loss,
    reinforce_episode,
    standardize_returns,
    train_bandit,
)

HANDOUT = FOLDER / "handout.md"


@pytest.fixture
def rng():
    return np.random.default_rng(2017)


@pytest.fixture(autouse=True)
def one_thread():
    """Train small networks in one thread: more of them only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def leaf(numbers):
    """Return a float64 tensor that collects a gradient."""
    return torch.tensor(numbers, dtype=torch.float64, requires_grad=True)


def softmax(logits):
    """Return probabilities along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def rollout(rng, length, share):
    """Return random arguments for gae_advantages, without the two discounts."""
    values, ends = rng.normal(size=length), rng.random(length) < share
    return rng.normal(size=length), values, float(rng.normal()), ends


class TestStandardizeReturns:
    @pytest.mark.parametrize("length", [2, 3, 100])
    def test_agrees_with_zscore(self, rng, length):
        returns = rng.normal(3, 5, length)
        got = standardize_returns(torch.from_numpy(returns))
        np.testing.assert_allclose(got, zscore(returns, ddof=1), rtol=1e-7)

    def test_one_return_gives_zero_without_a_warning(self):
        assert standardize_returns(torch.tensor([7.0])).tolist() == [0.0]


class TestPolicyNetwork:
    def test_has_as_many_parameters_as_promised(self):
        assert sum(part.numel() for part in PolicyNetwork(2, 4).parameters()) == 452

    def test_probabilities_lose_the_gradient_that_logits_keep(self):
        logits = torch.tensor([0.0, -20.0], requires_grad=True)
        kept = Categorical(logits=logits).log_prob(torch.tensor(1))
        lost = Categorical(probs=logits.softmax(dim=-1)).log_prob(torch.tensor(1))
        assert round(kept.item(), 2) == -20.0
        assert round(lost.item(), 2) == -15.94
        (gradient,) = torch.autograd.grad(kept, logits)
        np.testing.assert_allclose(gradient, [-1.0, 1.0], atol=1e-6)
        (gradient,) = torch.autograd.grad(lost, logits)
        assert gradient.tolist() == [0.0, 0.0]

    def test_a_second_softmax_flattens(self):
        np.testing.assert_allclose(softmax(np.array([0.9, 0.1])), [0.69, 0.31], atol=5e-5)
        assert round(softmax(np.array([1.0, 0.0, 0.0, 0.0]))[0], 4) == 0.4754


class OneState:
    """One step in the only state, paid by the action."""

    def __init__(self, pay):
        self.pay, self.actions = pay, []

    def reset(self):
        return (1.0,)

    def step(self, action):
        self.actions.append(action)
        return (1.0,), self.pay[action], True


class TestReinforceEpisode:
    def test_one_update_by_hand(self):
        for pay, want in ((2.0, 0.5498), (-2.0, 0.4502)):
            policy = torch.nn.Linear(1, 2, bias=False)
            torch.nn.init.zeros_(policy.weight)
            env = OneState((pay, pay))
            optimizer = torch.optim.SGD(policy.parameters(), lr=0.1)
            assert reinforce_episode(env, policy, optimizer) == pay
            probs = policy.weight.detach().flatten().softmax(dim=0)
            assert round(probs[env.actions[0]].item(), 4) == want

    @pytest.mark.parametrize("baseline", [0.0, 0.7, -5.0])
    def test_the_expected_update_is_the_gradient_of_the_expected_reward(self, rng, baseline):
        logits, pay = leaf(rng.normal(size=4)), torch.tensor(rng.normal(size=4))
        (want,) = torch.autograd.grad((logits.softmax(dim=0) * pay).sum(), logits)
        log_probs = logits.log_softmax(dim=0)
        weighted = (log_probs.exp().detach() * (pay - baseline) * log_probs).sum()
        (got,) = torch.autograd.grad(weighted, logits)
        np.testing.assert_allclose(got, want, atol=1e-12)

    def test_the_mean_of_many_updates_is_that_gradient(self):
        torch.manual_seed(5)
        pay, start = (1.0, -0.5, 0.25), torch.tensor([[0.2], [-0.3], [0.4]])
        policy = torch.nn.Linear(1, 3, bias=False)
        optimizer = torch.optim.SGD(policy.parameters(), lr=1.0)
        moves = []
        for _ in range(4000):
            policy.load_state_dict({"weight": start})
            reinforce_episode(OneState(pay), policy, optimizer)
            moves.append((policy.weight.detach() - start).flatten())
        logits = start.flatten().double().requires_grad_()
        (want,) = torch.autograd.grad((logits.softmax(0) * torch.tensor(pay)).sum(), logits)
        np.testing.assert_allclose(torch.stack(moves).mean(dim=0), want, atol=0.05)


class TestGaeAdvantages:
    @pytest.mark.parametrize(("gamma", "gae_lambda"), [(0.99, 0.95), (1.0, 1.0), (0.9, 0.0)])
    @pytest.mark.parametrize("share", [0.0, 0.2])
    def test_agrees_with_rlax(self, rng, gamma, gae_lambda, share):
        jax = pytest.importorskip("jax", reason="rlax needs jax, from the extra `oracles`")
        rlax = pytest.importorskip("rlax", reason="rlax comes with the extra `oracles`")
        rewards, values, bootstrap, ends = rollout(rng, 40, share)
        with jax.enable_x64(True):
            want = rlax.truncated_generalized_advantage_estimation(
                rewards, gamma * ~ends, gae_lambda, np.append(values, bootstrap)
            )
            got = gae_advantages(rewards, values, bootstrap, ends, gamma, gae_lambda)
            np.testing.assert_allclose(got, want, atol=1e-10)

    @pytest.mark.parametrize("share", [0.0, 0.2])
    def test_agrees_with_torchrl(self, rng, share):
        reason = "torchrl comes with the extra `oracles`"
        functional = pytest.importorskip("torchrl.objectives.value.functional", reason=reason)
        rewards, values, bootstrap, ends = rollout(rng, 40, share)

        def column(numbers):
            return torch.from_numpy(np.asarray(numbers)).reshape(1, -1, 1)

        want, _ = functional.generalized_advantage_estimate(
            0.97, 0.9, column(values), column(np.append(values[1:], bootstrap)), column(rewards),
            done=column(ends), terminated=column(ends),
        )  # fmt: skip
        got = gae_advantages(rewards, values, bootstrap, ends, 0.97, 0.9)
        np.testing.assert_allclose(got, want.flatten(), atol=1e-5)  # its discounts are float32

    def test_agrees_with_stable_baselines3(self, rng):
        reason = "stable-baselines3 is not installed"
        buffers = pytest.importorskip("stable_baselines3.common.buffers", reason=reason)
        rewards, values, bootstrap, ends = rollout(rng, 40, 0.2)
        # It marks the first step of an episode where we mark the last one.
        starts = np.append(False, ends[:-1]).astype(np.float32)
        buffer = SimpleNamespace(
            buffer_size=40, gamma=0.97, gae_lambda=0.9, rewards=rewards[:, None], values=values[:, None],
            episode_starts=starts[:, None], advantages=np.zeros((40, 1)),
        )  # fmt: skip
        compute = buffers.RolloutBuffer.compute_returns_and_advantage
        compute(buffer, torch.tensor([bootstrap]), ends[-1:].astype(np.float32))
        got = gae_advantages(rewards, values, bootstrap, ends, 0.97, 0.9)
        np.testing.assert_allclose(got, buffer.advantages[:, 0], atol=1e-5)

    @pytest.mark.parametrize(
        ("gae_lambda", "want"), [(0, [0.1, 0.2, 0.2]), (0.5, [0.25, 0.3, 0.2]), (1, [0.5, 0.4, 0.2])]
    )
    def test_table_of_the_handout(self, gae_lambda, want):
        rollout = (np.array([0.0, 0, 1]), np.array([0.5, 0.6, 0.8]), 0.0)
        got = gae_advantages(*rollout, np.array([False, False, True]), 1.0, gae_lambda)
        np.testing.assert_allclose(got, want)


class TestPpoClipLoss:
    def test_agrees_with_rlax_in_value_and_gradient(self, rng):
        jax = pytest.importorskip("jax", reason="rlax needs jax, from the extra `oracles`")
        rlax = pytest.importorskip("rlax", reason="rlax comes with the extra `oracles`")
        old, advantages = rng.uniform(-4, -1, 50), rng.normal(size=50)
        log_probs = old + rng.normal(0, 0.4, 50)

        def clipped_loss(numbers):
            ratio = jax.numpy.exp(numbers - old)
            return rlax.clipped_surrogate_pg_loss(ratio, advantages, 0.2)

        new = leaf(log_probs)
        loss = ppo_clip_loss(new, torch.from_numpy(old), torch.from_numpy(advantages))
        loss.backward()
        with jax.enable_x64(True):
            value, gradient = jax.value_and_grad(clipped_loss)(jax.numpy.asarray(log_probs))
            assert loss.item() == pytest.approx(float(value), rel=1e-10)
            np.testing.assert_allclose(new.grad, gradient, atol=1e-12)

    @pytest.mark.parametrize("clip_eps", [0.05, 0.2, 0.9])
    def test_passes_gradcheck(self, rng, clip_eps):
        old, advantages = torch.from_numpy(rng.normal(size=20)), torch.from_numpy(rng.normal(size=20))
        new = leaf(old.numpy() + rng.normal(0, 0.5, 20))
        assert torch.autograd.gradcheck(lambda x: ppo_clip_loss(x, old, advantages, clip_eps), new)

    def test_is_what_the_paper_prints(self, rng):
        old, advantages = torch.from_numpy(rng.normal(size=200)), torch.from_numpy(rng.normal(size=200))
        new = old + torch.from_numpy(rng.normal(0, 0.5, 200))
        ratio = torch.exp(new - old)
        printed = torch.minimum(ratio * advantages, ratio.clamp(0.8, 1.2) * advantages).mean()
        torch.testing.assert_close(ppo_clip_loss(new, old, advantages), -printed)

    def test_table_of_the_handout(self):
        new = torch.log(torch.tensor([1.5, 0.5, 1.5, 0.5], dtype=torch.float64)).requires_grad_()
        advantages = torch.tensor([1.0, 1.0, -1.0, -1.0], dtype=torch.float64)
        loss = ppo_clip_loss(new, torch.zeros(4, dtype=torch.float64), advantages)
        loss.backward()
        assert loss.item() == pytest.approx(0.15)
        np.testing.assert_allclose(4 * new.grad, [0, -0.5, 1.5, 0])

    def test_the_formula_as_printed_gives_nan_where_this_does_not(self):
        new = torch.tensor([100.0, 0.1], requires_grad=True)
        ratio, advantages = torch.exp(new), torch.tensor([2.0, 1.0])
        torch.minimum(ratio * advantages, ratio.clamp(0.8, 1.2) * advantages).mean().backward()
        assert new.grad[0].isnan()
        new.grad = None
        ppo_clip_loss(new, torch.zeros(2), advantages).backward()
        assert new.grad[0] == 0.0


def test_clip_fraction_of_the_handout():
    ratio = torch.tensor([0.7, 0.9, 1.0, 1.1, 1.3], dtype=torch.float64)
    assert clip_fraction(ratio.log(), torch.zeros(5, dtype=torch.float64)) == pytest.approx(0.4)


class TestBandit:
    def test_untrained_networks_are_a_coin_toss_under_argmax(self):
        states = torch.rand(100, 2, generator=torch.Generator().manual_seed(0))
        rates = []
        for seed in range(1000):
            torch.manual_seed(seed)
            with torch.no_grad():
                best = PolicyNetwork(2, 4)(states).argmax(dim=-1)
            rates.append((best == 2).double().mean().item())
        assert rates.count(0.0) == pytest.approx(566, abs=5)  # rounding may tip a few of them
        assert rates.count(1.0) == pytest.approx(112, abs=5)

    def test_the_handouts_pace_of_learning(self):
        best, half, nearly = [], [], []
        states = torch.rand(100, 2, generator=torch.Generator().manual_seed(0))
        for seed in range(40):
            torch.manual_seed(seed)
            policy = PolicyNetwork(2, 4, hidden=32)
            optimizer = torch.optim.Adam(policy.parameters(), lr=3e-3)
            generator, shares, rates = torch.Generator().manual_seed(seed), [], []
            for _ in range(130):
                with torch.no_grad():
                    probs = policy(states).softmax(dim=-1)
                shares.append((probs.argmax(dim=-1) == 2).double().mean().item())
                rates.append(probs[:, 2].mean().item())
                train_bandit(policy, 1, optimizer, generator)
            best.append(np.argmax(np.array(shares) >= 0.99))
            half.append(np.argmax(np.array(rates) > 0.5))
            nearly.append(np.argmax(np.array(rates) > 0.9))
        assert 6 <= np.median(best) <= 20
        assert np.median(half) == pytest.approx(35, abs=6)
        assert np.median(nearly) == pytest.approx(77, abs=8)

    def test_rates_fit_probabilities(self):
        policy = torch.nn.Linear(2, 4)
        torch.nn.init.zeros_(policy.weight)
        with torch.no_grad():
            policy.bias.copy_(torch.tensor([0.1, 0.2, 0.3, 0.4]).log())
        rate = action_rate(policy, 3, 20000, torch.Generator().manual_seed(1))
        assert rate == pytest.approx(0.4, abs=0.02)


def steps_of(totals):
    """Return how long episodes were: n steps that arrive collect 1 - 0.01 (n - 1), 200 that do not, -2."""
    totals = np.array(totals)
    return np.where(totals > -1.995, 101 - 100 * totals, 200)


def standardised_episode(env, policy, optimizer, gamma):
    """REINFORCE as the section has it: up to 200 steps, standardised returns."""
    state, log_probs, rewards, done = env.reset(), [], [], False
    while not done and len(rewards) < 200:
        actions = Categorical(logits=policy(torch.tensor(state)))
        action = actions.sample()
        log_probs.append(actions.log_prob(action))
        state, reward, done = env.step(action.item())
        rewards.append(reward)
    returns = lfilter([1.0], [1.0, -gamma], rewards[::-1])[::-1].astype(np.float32)
    weights = standardize_returns(torch.from_numpy(returns.copy()))
    optimizer.zero_grad()
    (-(torch.stack(log_probs) * weights).sum()).backward()
    optimizer.step()
    return sum(rewards)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("episode", "want"),
    [(standardised_episode, [7.5, 7.5, 7.6]), (reinforce_episode, [6.6, 10.9, 16.3])],
)
def test_exercise_2_as_the_lab_tells_it(episode, want):
    for gamma, length in zip((0.5, 0.99, 0.999), want, strict=True):
        lengths = []
        for seed in range(6):
            torch.manual_seed(seed)
            policy = PolicyNetwork(2, 4)
            optimizer = torch.optim.Adam(policy.parameters(), lr=1e-3)
            totals = [episode(Grid(), policy, optimizer, gamma) for _ in range(400)]
            lengths += steps_of(totals[350:]).tolist()
        assert np.mean(lengths) == pytest.approx(length, rel=0.15)


def reinforce_table(episodes, seed):
    """The lab's table of preferences."""
    torch.manual_seed(seed)
    world, table = Grid(one_hot=True), torch.nn.Linear(16, 4, bias=False)
    torch.nn.init.zeros_(table.weight)
    optimizer = torch.optim.SGD(table.parameters(), lr=1.0)
    return [reinforce_episode(world, table, optimizer, 0.9) for _ in range(episodes)]


def reinforce_network(episodes, seed):
    """The lab's network."""
    torch.manual_seed(seed)
    world, network = Grid(), PolicyNetwork(2, 4)
    optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
    return [reinforce_episode(world, network, optimizer, 0.5) for _ in range(episodes)]


def q_learn(episodes, seed):
    """The lab's Q-learning."""
    return q_learning(Grid(one_hot=True), episodes, np.random.default_rng(seed))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("learn", "early", "late"),
    [(q_learn, 12, 6.9), (reinforce_table, 22, 6.3), (reinforce_network, 33, 6.4)],
)
def test_reinforce_and_q_learning_as_the_lab_tells_it(learn, early, late):
    lengths = steps_of([learn(200, seed) for seed in range(5)])
    assert lengths[:, :20].mean() == pytest.approx(early, rel=0.15)
    assert lengths[:, 150:].mean() == pytest.approx(late, rel=0.08)


def draw(probs, rng):
    """Draw one action for each row of probabilities."""
    level = rng.random((*probs.shape[:-1], 1), dtype=np.float32)
    return (probs.cumsum(axis=-1) < level).sum(axis=-1).clip(max=probs.shape[-1] - 1)


def simulate_bandit(runs, rng, blend=0.0, episodes=150, rate=1.0):
    """Train linear policies on the bandit; return the smallest probability of action 2 anywhere.

    `blend` is how fast a running mean of the rewards, subtracted as a baseline, follows them.
    """
    weight = np.zeros((runs, 4, 3), np.float32)
    weight[:, :, :2] = 0.3 * rng.normal(size=(runs, 4, 2))
    every, baseline = np.arange(runs), np.zeros(runs, np.float32)
    for _ in range(episodes):
        states = np.ones((runs, 3), np.float32)
        states[:, :2] = rng.random((runs, 2), dtype=np.float32)
        probs = softmax(np.einsum("ras,rs->ra", weight, states))
        actions, slope = draw(probs, rng), -probs
        slope[every, actions] += 1
        rewards = np.where(actions == 2, 1.0, -0.1).astype(np.float32)
        slope *= (rewards - baseline)[:, None]
        baseline += blend * (rewards - baseline)
        weight += rate * slope[:, :, None] * states[:, None, :]
    corners = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], np.float32)
    return softmax(np.einsum("ras,cs->rca", weight, corners))[:, :, 2].min(axis=1)


def simulate_echo(runs, rng, variant="plain", episodes=100, rate=0.5, gamma=0.2, length=6):
    """Train tables on Echo; return the smallest probability of naming the token shown."""
    logits = (0.3 * rng.normal(size=(runs, 3, 3))).astype(np.float32)
    every, fading = np.arange(runs), (gamma ** np.arange(length)).astype(np.float32)
    for _ in range(episodes):
        shown = rng.integers(3, size=(length, runs))
        rewards = np.zeros((length, runs), np.float32)
        slopes = np.zeros((length, runs, 3), np.float32)
        for t in range(length):
            probs = softmax(logits[every, shown[t]])
            actions, slopes[t] = draw(probs, rng), -probs
            slopes[t, every, actions] += 1
            rewards[t] = np.where(actions == shown[t], 1.0, -0.5)
        returns = rewards.copy()
        for t in reversed(range(length - 1)):
            returns[t] += gamma * returns[t + 1]
        if variant == "standardised":
            deviation = returns.std(axis=0, ddof=1) + 1e-8
            returns = (returns - returns.mean(axis=0)) / deviation
        elif variant == "textbook":
            returns *= fading[:, None]
        elif variant == "mean":
            returns /= length
        for t in range(length):
            logits[every, shown[t]] += rate * returns[t][:, None] * slopes[t]
    return np.diagonal(softmax(logits), axis1=1, axis2=2).min(axis=1)


def simulate_network(runs, rng, episodes=150, rate=0.05):
    """Train networks from a bad start with Adam; return the smallest probability of action 2."""
    parts = [rng.normal(size=(runs, 8, 2)), rng.random((runs, 8)), 0.3 * rng.normal(size=(runs, 4, 8))]
    parts = [*parts, np.tile([1.0, 0.0, -1.0, 0.5], (runs, 1))]
    first, second = ([np.zeros_like(part) for part in parts] for _ in "ab")
    every = np.arange(runs)

    def forward(states):
        units = np.einsum("rhs,r...s->r...h", parts[0], states)
        hidden = np.maximum(units + parts[1].reshape(runs, *[1] * (units.ndim - 2), 8), 0)
        logits = np.einsum("rah,r...h->r...a", parts[2], hidden)
        return hidden, softmax(logits + parts[3].reshape(runs, *[1] * (units.ndim - 2), 4))

    for step in range(1, episodes + 1):
        states = rng.random((runs, 2))
        hidden, probs = forward(states)
        actions = draw(probs, rng)
        slope = probs
        slope[every, actions] -= 1
        slope = slope * np.where(actions == 2, 1.0, -0.1)[:, None]
        back = np.einsum("ra,rah->rh", slope, parts[2]) * (hidden > 0)
        gradients = [back[:, :, None] * states[:, None], back, slope[:, :, None] * hidden[:, None], slope]
        for part, mean, square, gradient in zip(parts, first, second, gradients, strict=True):
            mean += 0.1 * (gradient - mean)
            square += 0.001 * (gradient**2 - square)
            scale = np.sqrt(square / (1 - 0.999**step)) + 1e-8
            part -= rate * mean / (1 - 0.9**step) / scale
    return forward(rng.random((runs, 50, 2)))[1][:, :, 2].min(axis=1)


RATES = [
    (1000, 0.7), (1000, 0.3), (200, 0.25), (150, 0.25), (100, 0.25), (1707, 0.4), (400, 0.45),
    (1500, 0.1), (1500, 0.2), (1500, 0.3), (1500, 0.4), (1000, 0.1), (1000, 0.15), (1000, 0.7),
]  # fmt: skip
UNIFORM = ((np.arange(300) + 0.5) / 300 - 0.5) * np.sqrt(12)  # mean 0, variance 1


def chernoff(log_moment, n):
    """Bound the probability that a sum of n terms leaves 6 * sqrt(n) on either side."""
    found = [
        minimize_scalar(lambda t, sign=sign: log_moment(sign * t) - 6 * t * np.sqrt(n), bounds=(0, 2))
        for sign in (1, -1)
    ]
    return sum(np.exp(one.fun) for one in found)


def log_moment_of_neighbours(t, n):
    """Return the log of E[exp(t * sum of x[k] * x[k + 1])] for n products of uniform numbers."""
    kernel, total = np.exp(t * np.outer(UNIFORM, UNIFORM)) / len(UNIFORM), np.ones(len(UNIFORM))
    scale = 0.0
    for _ in range(n):
        total = kernel @ total
        scale += np.log(total.max())
        total = total / total.max()
    return scale + np.log(total.mean())


class TestThresholdsOfTheChecks:
    """The checks ask for a probability of 0.5 after training."""

    @pytest.mark.parametrize("blend", [0.0, 0.05, 0.3])
    def test_bandit(self, rng, blend):
        assert simulate_bandit(4000, rng, blend).min() > 0.75

    @pytest.mark.parametrize("variant", ["plain", "standardised", "textbook", "mean"])
    def test_echo(self, rng, variant):
        assert simulate_echo(2000, rng, variant).min() > 0.9

    def test_network(self, rng):
        assert simulate_network(1000, rng).min() > 0.97

    @pytest.mark.parametrize(("n", "prob"), RATES)
    def test_six_standard_deviations_are_never_left_by_chance(self, n, prob):
        width = 6 * np.sqrt(prob * (1 - prob) / n) + 0.003
        hits = np.arange(n + 1)
        outside = np.abs(hits / n - prob) > width
        assert binom.pmf(hits[outside], n, prob).sum() < 2e-8

    @pytest.mark.parametrize("n", [150, 300])
    def test_the_unit_square_is_never_left_by_chance(self, n):
        x, products = UNIFORM, np.outer(UNIFORM, UNIFORM)
        bounds = [chernoff(lambda t: n * np.log(np.mean(np.exp(t * x))), n) for _ in range(2)]
        bounds += [chernoff(lambda t: n * np.log(np.mean(np.exp(t * (x**2 - 1)))), n) for _ in range(2)]
        bounds += [chernoff(lambda t: n * np.log(np.mean(np.exp(t * products))), n)]
        bounds += [chernoff(lambda t: log_moment_of_neighbours(t, n - 1), n - 1) for _ in range(2)]
        assert sum(bounds) < 4e-7

    def test_six_of_ten_in_one_half(self):
        for n in range(60, 241):  # of 300 states, those in the half where action 2 is taken
            width = 6 * np.sqrt(n * 0.6 * 0.4) + 1
            hits = np.arange(n + 1)
            assert binom.pmf(hits[np.abs(hits - 0.6 * n) > width], n, 0.6).sum() < 1e-8
        assert binom.cdf(59, 300, 0.5) + binom.sf(240, 300, 0.5) < 1e-20


SAID = [
    "452 parameters", "-15.94", "0.69 and 0.31", "0.4754", "0.5498", "0.4502", "= 0.15", "566 score",
    "112 exactly", "some twelve episodes", "about 35 episodes", "about 77",
]  # fmt: skip


@pytest.mark.parametrize("said", SAID)
def test_the_handout_says_what_is_tested_here(said):
    assert said in HANDOUT.read_text(encoding="utf-8").replace("\n", " ")
