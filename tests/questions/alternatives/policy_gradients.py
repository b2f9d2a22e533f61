"""Unusual right answers to policy_gradients: none of them may lose a point."""

import collections
import functools
import itertools
import random

import numpy as np
import torch
import torch.nn.functional as F
from scipy.signal import lfilter
from torch import nn
from torch.distributions import Categorical

from autograder.checks import alternative
from solutions.policy_gradients import BANDIT_REWARDS

# standardize_returns


@alternative("standardize_returns")
def standardizes_by_hand(returns, eps=1e-8):
    """Plain Python sums, a list out."""
    numbers = returns.tolist()
    mean = sum(numbers) / len(numbers)
    if len(numbers) < 2:
        return [0.0]
    variance = sum((number - mean) ** 2 for number in numbers) / (len(numbers) - 1)
    return [(number - mean) / (variance**0.5 + eps) for number in numbers]


@alternative("standardize_returns")
def standardizes_in_numpy(returns, eps=1e-8):
    """NumPy with ddof=1, and an array out."""
    numbers = returns.numpy()
    std = numbers.std(ddof=1) if numbers.size > 1 else 0.0
    return (numbers - numbers.mean()) / (std + eps)


@alternative("standardize_returns")
def standardizes_with_std_mean(returns, eps=1e-8):
    """torch.std_mean, with the correction capped for a single return."""
    std, mean = torch.std_mean(returns, correction=min(1, returns.numel() - 1))
    return (returns - mean).div(std + eps)


@alternative("standardize_returns")
def standardizes_with_nan_to_num(returns, eps=1e-8):
    """The variance from its definition; the NaN of a single return is replaced afterwards."""
    centred = returns - torch.mean(returns)
    variance = (centred @ centred) / (len(returns) - 1)
    return torch.nan_to_num(centred / (variance.sqrt() + eps), nan=0.0)


@alternative("standardize_returns")
def standardizes_as_a_column(returns, eps=1e-8):
    """Works on a column and forgets to flatten it."""
    column = returns.clone().unsqueeze(1)
    column -= column.mean(dim=0, keepdim=True)
    return column if len(column) == 1 else column / (column.std(dim=0) + eps)


@alternative("standardize_returns")
def standardizes_in_float32(returns, eps=1e-8):
    """Single precision throughout."""
    small = returns.double().sub(returns.double().mean()).float()
    return small / (small.std() + eps) if small.numel() > 1 else torch.zeros(1)


# PolicyNetwork


@alternative("PolicyNetwork")
class TwoLayersApart(nn.Module):
    """Layers as attributes, the ReLU as a function."""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        self.fc1 = nn.Linear(state_dim, hidden)
        self.fc2 = nn.Linear(hidden, n_actions)

    def forward(self, x):
        return self.fc2(F.relu(self.fc1(x)))


@alternative("PolicyNetwork")
class IsASequential(nn.Sequential):
    """A subclass of nn.Sequential without a forward of its own."""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__(nn.Linear(state_dim, hidden), nn.ReLU(), nn.Linear(hidden, n_actions))


@alternative("PolicyNetwork")
class WritesItsOwnLayers(nn.Module):
    """Bare parameters, stored (in, out), and max(0, x) for the ReLU."""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        self.w2 = nn.Parameter(torch.randn(hidden, n_actions) / hidden**0.5)
        self.b2 = nn.Parameter(torch.zeros(n_actions))
        self.b1 = nn.Parameter(torch.zeros(hidden))
        self.w1 = nn.Parameter(torch.randn(state_dim, hidden) / state_dim**0.5)

    def forward(self, states):
        zero = torch.zeros((), dtype=states.dtype)
        return torch.maximum(states @ self.w1 + self.b1, zero) @ self.w2 + self.b2


@alternative("PolicyNetwork")
class StartsOrthogonal(nn.Module):
    """Orthogonal weights and biases of 0, as many PPO programs have them."""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        self.body, self.head = nn.Linear(state_dim, hidden), nn.Linear(hidden, n_actions)
        for layer, gain in ((self.body, 2**0.5), (self.head, 0.01)):
            nn.init.orthogonal_(layer.weight, gain)
            nn.init.zeros_(layer.bias)

    def forward(self, state):
        hidden = self.body(state).clamp(min=0)
        return self.head(hidden)


@alternative("PolicyNetwork")
class KeepsLayersInAList(nn.Module):
    """A ModuleList, walked through with reduce; takes lists of numbers, too."""

    def __init__(self, state_dim: int, n_actions: int, hidden: int = 64) -> None:
        super(KeepsLayersInAList, self).__init__()  # noqa: UP008 the older form
        sizes = [state_dim, hidden, n_actions]
        layers = [nn.Linear(a, b) for a, b in itertools.pairwise(sizes)]
        self.layers = nn.ModuleList([layers[0], nn.ReLU(inplace=True), layers[1]])

    def forward(self, state):
        state = torch.as_tensor(state, dtype=torch.float32)
        return functools.reduce(lambda x, layer: layer(x), self.layers, state)


@alternative("PolicyNetwork")
class NamesItsStages(nn.Module):
    """Named stages of an ordered dict, registered with add_module."""

    def __init__(self, state_dim, n_actions, hidden=64, **unused):
        super().__init__()
        stages = [("in", nn.Linear(state_dim, hidden)), ("relu", nn.ReLU())]
        self.add_module("body", nn.Sequential(collections.OrderedDict(stages)))
        self.add_module("head", nn.Linear(hidden, n_actions))

    def forward(self, state):
        return F.linear(self.body(state), self.head.weight, self.head.bias)


@alternative("PolicyNetwork")
def is_a_function(state_dim, n_actions, hidden=64):
    """No class at all: a function that builds the network."""
    return nn.Sequential(nn.Linear(state_dim, hidden), nn.ReLU(), nn.Linear(hidden, n_actions))


# reinforce_episode


@alternative("reinforce_episode")
def standardises_longer_episodes(env, policy, optimizer, gamma=0.99, max_steps=200):
    """Standardised returns where there are at least two; Categorical; zero_grad at the end."""
    state, log_probs, rewards = env.reset(), [], []
    for _ in range(max_steps):
        actions = Categorical(logits=policy(torch.FloatTensor(state)))
        action = actions.sample()
        log_probs.append(actions.log_prob(action))
        state, reward, done = env.step(action.item())
        rewards.append(reward)
        if done:
            break
    returns, later = [], 0.0
    for reward in rewards[::-1]:
        later = reward + gamma * later
        returns.insert(0, later)
    returns = torch.FloatTensor(returns)
    if len(returns) > 1:
        returns = (returns - returns.mean()) / (returns.std() + 1e-8)
    loss = -sum(log_prob * factor for log_prob, factor in zip(log_probs, returns, strict=True))
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return sum(rewards)


@alternative("reinforce_episode")
def looks_again_in_one_batch(env, policy, optimizer, gamma=0.99, max_steps=200):
    """Plays without a graph, sampling with NumPy; then one batch, lfilter, and cross entropy."""
    states, actions, rewards, done, state = [], [], [], False, env.reset()
    rng = np.random.default_rng()
    while not done and len(rewards) < max_steps:
        with torch.no_grad():
            probs = policy(torch.tensor([state], dtype=torch.float32)).double().softmax(-1)[0]
        states.append(state)
        actions.append(int(rng.choice(len(probs), p=probs.numpy() / probs.sum().item())))
        state, reward, done = env.step(actions[-1])
        rewards.append(reward)
    returns = lfilter([1], [1, -gamma], np.array(rewards)[::-1])[::-1].copy()
    surprise = F.cross_entropy(policy(torch.tensor(states)), torch.tensor(actions), reduction="none")
    optimizer.zero_grad(set_to_none=False)
    (surprise * torch.from_numpy(returns)).sum().backward()
    optimizer.step()
    return np.sum(rewards)


@alternative("reinforce_episode")
def follows_the_textbook_box(env, policy, optimizer, gamma=0.99, max_steps=200):
    """Sutton and Barto's further factor gamma**t; Gumbel noise for sampling; a tensor out."""
    optimizer.zero_grad()
    state, played = env.reset(), []
    for _ in range(max_steps):
        log_probs = F.log_softmax(policy(torch.tensor(state)), dim=0)
        noise = -torch.empty_like(log_probs).exponential_().log()
        action = int((log_probs.detach() + noise).argmax())
        state, reward, done = env.step(action)
        played.append((log_probs[action], reward))
        if done:
            break
    objective = torch.zeros(())
    for t, (log_prob, _) in enumerate(played):
        credit = sum(gamma**k * reward for k, (_, reward) in enumerate(played[t:]))
        objective = objective + gamma**t * credit * log_prob
    (-objective).backward()
    optimizer.step()
    return torch.tensor([reward for _, reward in played], dtype=torch.float64).sum()


@alternative("reinforce_episode")
def takes_the_mean(env, policy, optimizer, gamma=0.99, max_steps=200):
    """The mean over the steps, a class, random.choices for sampling."""

    class Episode:
        def __init__(self):
            self.log_probs, self.rewards = [], []

        def play(self):
            state, done = env.reset(), False
            for _ in range(max_steps):
                state, done = self.step(state)
                if done:
                    return self
            return self

        def step(self, state):
            log_probs = policy(torch.as_tensor(state)).log_softmax(-1)
            action = random.choices(range(len(log_probs)), log_probs.exp().tolist())[0]
            state, reward, done = env.step(torch.tensor(action))
            self.log_probs.append(log_probs[action])
            self.rewards.append(reward)
            return state, done

    episode = Episode().play()
    backwards = itertools.accumulate(reversed(episode.rewards), lambda later, r: r + gamma * later)
    returns = torch.tensor(list(backwards)[::-1])
    optimizer.zero_grad()
    (-torch.mean(torch.stack(episode.log_probs) * returns)).backward()
    optimizer.step()
    return sum(episode.rewards)


@alternative("reinforce_episode")
def subtracts_the_mean_return(env, policy, optimizer, gamma=0.99, max_steps=200):
    """The episode's mean return as a baseline where there is one; resets once more at the end."""
    state, log_probs, rewards = env.reset(), [], []
    for _ in range(max_steps):
        logits = policy(torch.tensor(state).unsqueeze(0)).squeeze(0)
        action = torch.multinomial(torch.softmax(logits.detach(), 0), 1).item()
        log_probs.append(logits[action] - torch.logsumexp(logits, 0))
        state, reward, done = env.step(action)
        rewards.append(float(reward))
        if done:
            break
    env.reset()
    length = len(rewards)
    powers = np.triu(gamma ** np.abs(np.subtract.outer(np.arange(length), np.arange(length))))
    returns = powers @ np.array(rewards)
    advantages = returns - returns.mean() if length > 1 else returns
    loss = -torch.dot(torch.stack(log_probs), torch.tensor(advantages, dtype=torch.float32))
    policy.zero_grad()
    loss.backward()
    optimizer.step()
    return [sum(rewards)][0]


@alternative("reinforce_episode")
def goes_back_step_by_step(env, policy, optimizer, gamma=0.99, max_steps=200):
    """A backward() for each step, the gradients added up by torch; zero_grad before the roll-out."""
    optimizer.zero_grad()
    state, log_probs, rewards, done = np.float32(env.reset()), [], [], False
    while not done and len(rewards) < max_steps:
        logits = policy(torch.from_numpy(state)[None])[0]
        action = Categorical(probs=logits.softmax(dim=0)).sample()
        log_probs.append(logits.log_softmax(dim=0)[action])
        state, reward, done = env.step(int(action))
        state = np.float32(state)
        rewards.append(reward)
    later = 0.0
    for log_prob, reward in zip(reversed(log_probs), reversed(rewards), strict=True):
        later = reward + gamma * later
        (-log_prob * later).backward()
    optimizer.step()
    return np.float64(np.sum(rewards))


# gae_advantages


@alternative("gae_advantages")
def sums_decayed_errors(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """The definition itself: for each step a sum over the later ones, up to the episode's end."""
    following = np.append(values[1:], bootstrap_value)
    errors = rewards + gamma * np.where(terminated, 0.0, following) - values
    advantages = []
    for t in range(len(rewards)):
        total, weight = 0.0, 1.0
        for k in range(t, len(rewards)):
            total += weight * errors[k]
            weight *= gamma * gae_lambda
            if terminated[k]:
                break
        advantages.append(total)
    return advantages


@alternative("gae_advantages")
def solves_a_linear_system(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """The recursion as a bidiagonal system of equations."""
    on = 1.0 - np.asarray(terminated, dtype=float)
    errors = rewards + gamma * on * np.concatenate([values[1:], [bootstrap_value]]) - values
    system = np.eye(len(errors)) - np.diag(gamma * gae_lambda * on[:-1], 1)
    return np.linalg.solve(system, errors)


@alternative("gae_advantages")
def filters_episode_by_episode(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """scipy's lfilter on each episode of the roll-out, backwards."""
    following = np.append(values[1:], bootstrap_value) * ~terminated
    errors = rewards + gamma * following - values
    parts = np.split(errors, np.flatnonzero(terminated[:-1]) + 1)
    decay = [1.0, -gamma * gae_lambda]
    return np.concatenate([lfilter([1.0], decay, part[::-1])[::-1] for part in parts])


@alternative("gae_advantages")
def mixes_lambda_returns(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """Lambda-returns minus values, by accumulate, in torch's single precision."""
    following = torch.tensor([*values[1:], bootstrap_value], dtype=torch.float32)
    on = torch.tensor(~terminated, dtype=torch.float32)
    now = torch.tensor(rewards, dtype=torch.float32)
    steps = list(zip(now, following, on, strict=True))[::-1]
    returns, later = [], torch.tensor(bootstrap_value, dtype=torch.float32)
    for reward, value, going_on in steps:
        later = reward + gamma * going_on * ((1 - gae_lambda) * value + gae_lambda * later)
        returns.append(later)
    return torch.stack(returns[::-1]) - torch.tensor(values, dtype=torch.float32)


@alternative("gae_advantages")
def recurses_by_accumulate(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """itertools.accumulate over the steps from the end, into a deque, and a column out."""
    following = [*list(values)[1:], bootstrap_value]
    steps = []
    for reward, value, after, ended in zip(rewards, values, following, terminated, strict=True):
        on = 0.0 if ended else 1.0
        steps.append((reward + gamma * after * on - value, gamma * gae_lambda * on))
    backwards = itertools.accumulate(
        reversed(steps), lambda later, step: step[0] + step[1] * later, initial=0.0
    )
    found = collections.deque()
    found.extendleft(itertools.islice(backwards, 1, None))
    return np.array(found).reshape(-1, 1)


@alternative("gae_advantages")
def calls_itself(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """Recursion on the roll-out without its first step."""
    if len(rewards) == 0:
        return []
    rest = calls_itself(rewards[1:], values[1:], bootstrap_value, terminated[1:], gamma, gae_lambda)
    if terminated[0]:
        return [rewards[0] - values[0], *rest]
    following = values[1] if len(values) > 1 else bootstrap_value
    error = rewards[0] + gamma * following - values[0]
    return [error + gamma * gae_lambda * (rest[0] if rest else 0.0), *rest]


# ppo_clip_loss


@alternative("ppo_clip_loss")
def limits_by_the_sign(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """One limit per element, by the advantage's sign, on the log-ratio."""
    a = advantages.detach()
    log_ratio = log_probs - old_log_probs.detach()
    high = torch.where(a >= 0, np.log1p(clip_eps), np.inf)
    low = torch.where(a >= 0, -np.inf, np.log1p(-clip_eps))
    kept = torch.minimum(torch.maximum(log_ratio, low.to(log_ratio)), high.to(log_ratio))
    return -torch.mean(torch.exp(kept) * a)


@alternative("ppo_clip_loss")
def picks_with_a_mask(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """Splits the batch: clipped elements are constants, the others go through exp."""
    with torch.no_grad():
        a, old = advantages.clone(), old_log_probs.clone()
        ratio = torch.exp(log_probs - old)
        served = torch.where(a > 0, ratio > 1 + clip_eps, ratio < 1 - clip_eps)
        fixed = torch.where(a > 0, 1 + clip_eps, 1 - clip_eps) * a
    free = torch.exp((log_probs - old)[~served]) * a[~served]
    return -(free.sum() + fixed[served].sum()) / log_probs.shape[0]


@alternative("ppo_clip_loss")
def loops_over_the_batch(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """A Python loop over the elements, shape (1,) out."""
    total = torch.zeros(1, dtype=log_probs.dtype)
    for new, old, a in zip(log_probs, old_log_probs.tolist(), advantages.tolist(), strict=True):
        if a > 0 and (new - old).item() > np.log1p(clip_eps):
            total = total + (1 + clip_eps) * a
        else:
            ratio = torch.exp(new - old)
            total = total + torch.min(ratio * a, ratio.clamp(1 - clip_eps, 1 + clip_eps) * a)
    return -total / len(log_probs)


@alternative("ppo_clip_loss")
def uses_relus(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """The clip written with relu, and a smooth start far below the overflow."""
    a, log_ratio = advantages.detach(), log_probs - old_log_probs.detach()
    safe = torch.where((a >= 0) & (log_ratio > 1), torch.ones_like(log_ratio), log_ratio)
    ratio = safe.exp()
    over, under = F.relu(ratio - (1 + clip_eps)), F.relu((1 - clip_eps) - ratio)
    return -((ratio - over) * a * (a >= 0) + (ratio + under) * a * (a < 0)).mean()


@alternative("ppo_clip_loss")
class WritesItsOwnGradient(torch.autograd.Function):
    """A gradient by hand, in an autograd.Function behind a constructor."""

    def __new__(cls, log_probs, old_log_probs, advantages, clip_eps=0.2):
        return cls.apply(log_probs, old_log_probs, advantages, clip_eps)

    @staticmethod
    def forward(ctx, log_probs, old_log_probs, advantages, clip_eps):
        ratio = torch.exp(log_probs - old_log_probs)
        plain, clipped = ratio * advantages, ratio.clamp(1 - clip_eps, 1 + clip_eps) * advantages
        ctx.save_for_backward(torch.where(plain <= clipped, -plain / len(ratio), 0.0))
        return -torch.min(plain, clipped).mean()

    @staticmethod
    def backward(ctx, grad):
        (slope,) = ctx.saved_tensors
        return grad * slope, None, None, None


@alternative("ppo_clip_loss")
def limits_the_log_ratio_far_out(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """The log-ratio capped at 20 before exp, as many programs have it; a maximum of losses."""
    advantages = advantages.clone().detach()
    ratio = torch.exp(torch.clamp(log_probs - old_log_probs.data, max=20.0))
    clipped = torch.clamp(ratio, 1.0 - clip_eps, 1.0 + clip_eps)
    return torch.maximum(-advantages * ratio, -advantages * clipped).mean()


# clip_fraction


@alternative("clip_fraction")
def counts_in_numpy(log_probs, old_log_probs, clip_eps=0.2):
    """NumPy, and a count divided by the size."""
    ratio = np.exp(log_probs.numpy() - old_log_probs.numpy())
    return np.count_nonzero(np.abs(ratio - 1) > clip_eps) / ratio.size


@alternative("clip_fraction")
def counts_both_ends(log_probs, old_log_probs, clip_eps=0.2):
    """Two comparisons and an or; a tensor out."""
    ratio = (log_probs - old_log_probs).exp()
    return ((ratio < 1 - clip_eps) | (ratio > 1 + clip_eps)).float().mean()


@alternative("clip_fraction")
def counts_in_a_loop(log_probs, old_log_probs, clip_eps=0.2):
    """Plain Python."""
    pairs = list(zip(log_probs.tolist(), old_log_probs.tolist(), strict=True))
    return sum(abs(np.exp(new - old) - 1) > clip_eps for new, old in pairs) / len(pairs)


@alternative("clip_fraction")
def compares_logarithms(log_probs, old_log_probs, clip_eps=0.2):
    """Never takes exp: the limits become logarithms; shape (1,) out."""
    log_ratio = log_probs - old_log_probs
    outside = (log_ratio > np.log1p(clip_eps)) | (log_ratio < np.log1p(-clip_eps))
    return outside.double().mean().reshape(1)


@alternative("clip_fraction")
def sees_what_the_clamp_changes(log_probs, old_log_probs, clip_eps=0.2):
    """The share of ratios that a clamp changes."""
    ratio = torch.expm1(log_probs - old_log_probs)
    changed = torch.ne(ratio, torch.clamp(ratio, -clip_eps, clip_eps))
    return torch.count_nonzero(changed).item() / changed.numel()


# train_bandit


@alternative("train_bandit")
def draws_all_states_first(policy, episodes, optimizer, generator):
    """All states in one draw, Gumbel noise for the actions, an array out."""
    states = torch.rand(episodes, 2, generator=generator)
    noise = -torch.empty(episodes, 4).exponential_(generator=generator).log()
    rewards = np.zeros(episodes)
    for k in range(episodes):
        actions = Categorical(logits=policy(states[k]))
        action = (actions.logits.detach() + noise[k]).argmax()
        rewards[k] = 1.0 if action == 2 else -0.1
        optimizer.zero_grad()
        (-actions.log_prob(action) * rewards[k]).backward()
        optimizer.step()
    return rewards


@alternative("train_bandit")
def hands_the_seed_to_numpy(policy, episodes, optimizer, generator):
    """NumPy's generator, seeded from the one given; cross entropy with a batch axis of 1."""
    seed = torch.randint(2**31, (1,), generator=generator).item()
    rng, rewards = np.random.default_rng(seed), []
    for _ in range(episodes):
        logits = policy(torch.tensor(rng.random((1, 2)), dtype=torch.float32))
        weights = logits.detach().double().softmax(-1).numpy()[0]
        action = rng.choice(4, p=weights / weights.sum())
        rewards.append(-0.1 + 1.1 * (action == 2))
        optimizer.zero_grad()
        (F.cross_entropy(logits, torch.tensor([action])) * rewards[-1]).backward()
        optimizer.step()
    return rewards


@alternative("train_bandit")
def inverts_the_cumulative_sum(policy, episodes, optimizer, generator):
    """One uniform number an action, looked up in the cumulated probabilities; a baseline."""
    rewards, baseline = [], 0.0
    for _ in range(episodes):
        probs = torch.softmax(policy(torch.rand(2, generator=generator)), dim=0)
        level = torch.rand(1, generator=generator)
        action = min(int(torch.searchsorted(probs.detach().cumsum(0), level)), 3)
        rewards.append(BANDIT_REWARDS[action])
        loss = torch.log(probs[action]) * (baseline - rewards[-1])
        baseline += 0.05 * (rewards[-1] - baseline)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return rewards


@alternative("train_bandit")
class PlaysInAClass:
    """A class whose constructor hands back the rewards, as tensors, from a step of its own."""

    def __new__(cls, policy, episodes, optimizer, generator):
        self = super().__new__(cls)
        self.policy, self.optimizer, self.generator = policy, optimizer, generator
        return [self.play() for _ in range(episodes)]

    def play(self):
        first, second = torch.rand(1, generator=self.generator), torch.rand(1, generator=self.generator)
        log_probs = F.log_softmax(self.policy(torch.cat([first, second])), -1)
        action = torch.multinomial(log_probs.detach().exp(), 1, True, generator=self.generator)
        reward = torch.where(action == 2, 1.0, -0.1)
        (-log_probs.gather(0, action) * reward).sum().backward()
        self.optimizer.step()
        self.optimizer.zero_grad()
        return reward[0]


@alternative("train_bandit")
def keeps_an_environment(policy, episodes, optimizer, generator):
    """An environment inside, closed over the generator, and a REINFORCE update with a closure."""

    def reset():
        return torch.empty(2).uniform_(generator=generator)

    def step(action):
        return {2: 1.0}.get(action, -0.1)

    rewards = collections.deque()
    while len(rewards) < episodes:
        state = reset()
        with torch.no_grad():
            action = torch.multinomial(policy(state).softmax(-1), 1, generator=generator).item()
        rewards.append(step(action))

        def closure(state=state, action=action):
            optimizer.zero_grad()
            loss = -Categorical(logits=policy(state)).log_prob(torch.tensor(action)) * rewards[-1]
            loss.backward()
            return loss

        optimizer.step(closure)
    return list(rewards)


@alternative("train_bandit")
def follows_a_running_mean(policy, episodes, optimizer, generator):
    """A running mean of the rewards as a baseline, begun with the first: its update is 0."""
    rewards, baseline = [], None
    for _ in range(episodes):
        log_probs = policy(torch.rand(1, 2, generator=generator)).log_softmax(dim=-1)
        action = torch.multinomial(log_probs.detach().exp(), 1, generator=generator).squeeze(1)
        rewards.append(1.0 if action.item() == 2 else -0.1)
        baseline = rewards[0] if baseline is None else 0.7 * baseline + 0.3 * rewards[-1]
        optimizer.zero_grad()
        (F.nll_loss(log_probs, action) * (rewards[-1] - baseline)).backward()
        nn.utils.clip_grad_norm_(policy.parameters(), 5.0)
        optimizer.step()
    return torch.tensor(rewards)


# action_rate


@alternative("action_rate")
@torch.no_grad()
def counts_one_by_one(policy, action, n, generator):
    """A loop over the states, under the decorator."""
    hits = 0
    for _ in range(n):
        probs = policy(torch.rand(2, generator=generator)).softmax(-1)
        hits += int(torch.multinomial(probs, 1, generator=generator).item() == action)
    return hits / n


@alternative("action_rate")
def evaluates_in_inference_mode(policy, action, n, generator):
    """inference_mode, evaluation mode, Gumbel noise, and a tensor out."""
    was_training = policy.training
    policy.eval()
    with torch.inference_mode():
        logits = policy(torch.rand(n, 2, generator=generator))
        noise = -torch.log(torch.empty_like(logits).exponential_(generator=generator))
        result = ((logits + noise).argmax(-1) == action).float().mean()
    policy.train(was_training)
    return result


@alternative("action_rate")
def samples_with_numpy(policy, action, n, generator):
    """Uniform numbers from the generator against cumulated probabilities, in NumPy."""
    draws = torch.rand(n, 3, generator=generator, dtype=torch.float64).numpy()
    with torch.no_grad():
        logits = policy(torch.from_numpy(draws[:, :2].astype(np.float32))).numpy()
    cumulated = np.cumsum(np.exp(logits - logits.max(1, keepdims=True)).astype(float), axis=1)
    chosen = (draws[:, 2:] * cumulated[:, -1:] > cumulated).sum(axis=1)
    return np.mean(chosen == action)


@alternative("action_rate")
def counts_with_bincount(policy, action, n, generator):
    """Gradients switched off and on again by hand, and bincount; shape (1,) out."""
    before = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    try:
        probs = F.softmax(policy(torch.rand((n, 2), generator=generator)), dim=1)
        counts = torch.bincount(torch.multinomial(probs, 1, generator=generator)[:, 0], minlength=4)
    finally:
        torch.set_grad_enabled(before)
    return (counts[action] / n).reshape(1)


@alternative("action_rate")
def walks_in_chunks(policy, action, n, generator):
    """Chunks of at most 64 states, with a Categorical fed by a spawned NumPy generator."""
    rng = np.random.default_rng(int(torch.randint(2**62, (), generator=generator)))
    hits, left = 0, n
    while left:
        size = min(left, 64)
        with torch.no_grad():
            probs = policy(torch.tensor(rng.random((size, 2)), dtype=torch.float32)).softmax(-1)
        levels = rng.random((size, 1))
        hits += int(np.sum(np.minimum((probs.numpy().cumsum(1) < levels).sum(1), 3) == action))
        left -= size
    return hits / n
