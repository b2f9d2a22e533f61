"""Answers to policy_gradients as public code has them, wrong here; the tags say what is true of each."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Categorical

from autograder.checks import misconception


@misconception("PolicyNetwork", tags=("ends_in_a_softmax", "is_a_dropout_classifier"))
class SoftmaxAtTheEnd(nn.Module):
    """Softmax at the end."""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(state_dim, hidden), nn.Linear(hidden, n_actions)

    def forward(self, x):
        return F.softmax(self.fc2(F.relu(self.fc1(x))), dim=-1)


@misconception("PolicyNetwork", tags=("takes_the_softmax_over_the_batch", "ends_in_a_softmax"))
class SoftmaxOverDimOne(nn.Module):
    """Softmax over dim=1 at the end: a single state raises, too."""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(state_dim, hidden), nn.Linear(hidden, n_actions)

    def forward(self, x):
        return F.softmax(self.fc2(F.relu(self.fc1(x))), dim=1)


@misconception("PolicyNetwork", tags=("has_two_tanh_layers", "uses_tanh", "has_one_layer_more"))
class SpinningUpNetwork(nn.Module):
    """tanh and two hidden layers."""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        sizes, layers = [state_dim, hidden, hidden, n_actions], []
        for j in range(3):
            layers += [nn.Linear(sizes[j], sizes[j + 1]), nn.Tanh() if j < 2 else nn.Identity()]
        self.net = nn.Sequential(*layers)

    def forward(self, x):
        return self.net(x)


@misconception("PolicyNetwork", tags=("returns_a_distribution",))
class GivesACategorical(nn.Module):
    """Returns a Categorical, not logits."""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(state_dim, hidden), nn.ReLU(), nn.Linear(hidden, n_actions))

    def forward(self, x):
        return Categorical(logits=self.net(x))


@misconception("PolicyNetwork", tags=("has_one_layer_more",))
class TwoHiddenLayers(nn.Module):
    """Two hidden layers."""

    def __init__(self, state_dim, n_actions, hidden=64):
        super().__init__()
        self.l1, self.l2 = nn.Linear(state_dim, hidden), nn.Linear(hidden, hidden)
        self.out = nn.Linear(hidden, n_actions)

    def forward(self, x):
        return self.out(torch.relu(self.l2(torch.relu(self.l1(x)))))


@misconception(
    "PolicyNetwork",
    tags=("computes_in_double_precision", "ends_in_a_softmax", "has_one_layer_more", "has_two_tanh_layers"),
)
class DoubleNetwork(nn.Module):
    """float64, softmax, 16 hidden, two layers."""

    def __init__(self, state_dim, n_actions, hidden=16):
        super().__init__()
        self.model = nn.Sequential(
            nn.Linear(state_dim, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(),
            nn.Linear(hidden, n_actions), nn.Softmax(dim=-1),
        ).double()  # fmt: skip

    def forward(self, x):
        return self.model(x)


@misconception(
    "PolicyNetwork",
    tags=(
        "is_a_dropout_classifier",
        "drops_units_at_random",
        "has_128_units_by_default",
        "takes_the_softmax_over_the_batch",
    ),
)
class PytorchExample(nn.Module):
    """Dropout 0.6, softmax, 128 hidden (PyTorch's example)."""

    def __init__(self, state_dim, n_actions, hidden=128):
        super().__init__()
        self.affine1, self.affine2 = nn.Linear(state_dim, hidden), nn.Linear(hidden, n_actions)
        self.dropout = nn.Dropout(p=0.6)

    def forward(self, x):
        return F.softmax(self.affine2(F.relu(self.dropout(self.affine1(x)))), dim=1)


@misconception("action_rate", tags=("samples_with_categorical_too",))
def categorical_rate(policy, action, n, generator):
    """Categorical.sample draws from the global generator."""
    with torch.no_grad():
        dist = Categorical(logits=policy(torch.rand(n, 2, generator=generator)))
        return (dist.sample() == action).float().mean().item()


@misconception(
    "gae_advantages",
    tags=("ignores_terminated_and_bootstrap", "ignores_terminated", "forgets_the_bootstrap_value"),
)
def spinning_up_gae(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """No terminated, no bootstrap value."""
    vals = np.append(values, 0)
    deltas = np.asarray(rewards) + gamma * vals[1:] - vals[:-1]
    out, running = np.zeros_like(deltas), 0
    for t in reversed(range(len(deltas))):
        running = deltas[t] + gamma * gae_lambda * running
        out[t] = running
    return out


@misconception("gae_advantages", tags=("looks_at_the_next_terminated_for_the_value",))
def next_done_for_delta(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """delta looks at dones[t+1], the sum at dones[t]."""
    T = len(rewards)
    adv, last = np.zeros(T), 0
    for t in reversed(range(T)):
        next_value = bootstrap_value if t == T - 1 else values[t + 1]
        mask = 1 - terminated[t + 1] if t < T - 1 else 1 - terminated[t]
        delta = rewards[t] + gamma * next_value * mask - values[t]
        last = delta + gamma * gae_lambda * (1 - terminated[t]) * last
        adv[t] = last
    return adv


@misconception("gae_advantages", tags=("forgets_the_bootstrap_value",))
def no_bootstrap(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """No bootstrap value."""
    gae, advantages, v_next = 0, [], 0
    for r, v, d in zip(reversed(rewards), reversed(values), reversed(terminated), strict=True):
        delta = r + gamma * v_next * (1 - d) - v
        gae = delta + gamma * gae_lambda * (1 - d) * gae
        advantages.insert(0, gae)
        v_next = v
    return np.array(advantages)


@misconception(
    "gae_advantages",
    tags=(
        "reads_terminated_one_step_late",
        "reads_terminated_one_step_late_without_bootstrap",
        "reads_terminated_late_but_for_the_last",
    ),
)
def cleanrl_gae(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """Looks at dones[t+1]: one step early."""
    T = len(rewards)
    advantages, lastgaelam = np.zeros(T), 0
    for t in reversed(range(T)):
        if t == T - 1:
            nextnonterminal, nextvalues = 1.0 - terminated[-1], bootstrap_value
        else:
            nextnonterminal, nextvalues = 1.0 - terminated[t + 1], values[t + 1]
        delta = rewards[t] + gamma * nextvalues * nextnonterminal - values[t]
        advantages[t] = lastgaelam = delta + gamma * gae_lambda * nextnonterminal * lastgaelam
    return advantages


@misconception("gae_advantages", tags=("normalizes_the_advantages",))
def standardised_gae(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """Standardises the advantages."""
    values = np.append(values, bootstrap_value)
    adv, gae = np.zeros(len(rewards)), 0
    for t in reversed(range(len(rewards))):
        delta = rewards[t] + gamma * values[t + 1] * (1 - terminated[t]) - values[t]
        gae = delta + gamma * gae_lambda * (1 - terminated[t]) * gae
        adv[t] = gae
    return (adv - adv.mean()) / (adv.std() + 1e-8)


@misconception("gae_advantages", tags=("forgets_the_bootstrap_value",))
def zero_after_the_last(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """No bootstrap value, by arrays."""
    going_on = 1.0 - np.asarray(terminated, dtype=float)
    next_values = np.concatenate([values[1:], [0.0]])
    delta = rewards + gamma * next_values * going_on - values
    out = np.copy(delta)
    for i in range(len(rewards) - 2, -1, -1):
        out[i] += gamma * gae_lambda * going_on[i] * out[i + 1]
    return out


@misconception(
    "gae_advantages",
    tags=("ignores_terminated_and_bootstrap", "ignores_terminated", "forgets_the_bootstrap_value"),
)
def neither(rewards, values, bootstrap_value, terminated, gamma, gae_lambda):
    """terminated and bootstrap value not looked at."""
    advantage = np.zeros(len(rewards), dtype=np.float64)
    for t in range(len(rewards)):
        discount, a_t = 1, 0
        for k in range(t, len(rewards)):
            following = values[k + 1] if k + 1 < len(rewards) else 0
            a_t += discount * (rewards[k] + gamma * following - values[k])
            discount *= gamma * gae_lambda
        advantage[t] = a_t
    return advantage


@misconception(
    "ppo_clip_loss",
    tags=(
        "is_written_as_in_the_libraries",
        "lets_gradients_into_both_constants",
        "lets_the_ratio_overflow",
        "trains_the_old_policy_too",
        "trains_the_advantages",
    ),
)
def as_in_libraries(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """Correct value, but nothing is detached and the gradient is NaN where exp overflows."""
    ratio = torch.exp(log_probs - old_log_probs)
    surr1 = ratio * advantages
    surr2 = torch.clamp(ratio, 1 - clip_eps, 1 + clip_eps) * advantages
    return -torch.min(surr1, surr2).mean()


@misconception("ppo_clip_loss", tags=("lets_the_ratio_overflow",))
def detached_but_overflows(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """As above, with both constants detached."""
    ratio = (log_probs - old_log_probs.detach()).exp()
    advantages = advantages.detach()
    loss_1 = -advantages * ratio
    loss_2 = -advantages * ratio.clamp(1 - clip_eps, 1 + clip_eps)
    return torch.max(loss_1, loss_2).mean()


@misconception("ppo_clip_loss", tags=("leaves_torch",))
def numpy_ppo(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """NumPy: no gradient."""
    new, old, adv = (x.detach().numpy() for x in (log_probs, old_log_probs, advantages))
    with np.errstate(all="ignore"):
        ratio = np.exp(new - old)
    return -np.minimum(ratio * adv, np.clip(ratio, 1 - clip_eps, 1 + clip_eps) * adv).mean()


@misconception(
    "ppo_clip_loss",
    tags=(
        "forgets_the_minus",
        "lets_the_ratio_overflow",
        "is_written_as_in_the_libraries",
        "lets_gradients_into_both_constants",
    ),
)
def no_minus(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """No minus sign."""
    ratio = torch.exp(log_probs - old_log_probs)
    return torch.mean(torch.minimum(ratio * advantages, ratio.clamp(1 - clip_eps, 1 + clip_eps) * advantages))


@misconception("ppo_clip_loss", tags=("punishes_the_distance_instead",))
def simple_policy_optimisation(log_probs, old_log_probs, advantages, clip_eps=0.2):
    """Another objective (SPO: quadratic in ratio - 1)."""
    ratio = torch.exp(log_probs - old_log_probs.detach())
    adv = advantages.detach()
    return -(ratio * adv - adv.abs() * (ratio - 1).pow(2) / (2 * clip_eps)).mean()


def play(env, policy, max_steps, *, greedy=False):
    """Play one episode, as most code does."""
    state, log_probs, rewards = env.reset(), [], []
    for _ in range(max_steps):
        dist = Categorical(logits=policy(torch.tensor(state, dtype=torch.float32)))
        action = dist.probs.argmax() if greedy else dist.sample()
        log_probs.append(dist.log_prob(action))
        state, reward, done = env.step(action.item())
        rewards.append(reward)
        if done:
            break
    return log_probs, rewards


def returns_of(rewards, gamma):
    """Discounted returns, from the end."""
    R, returns = 0, []
    for r in rewards[::-1]:
        R = r + gamma * R
        returns.insert(0, R)
    return torch.tensor(returns)


def learn(optimizer, loss):
    """One update."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


@misconception("reinforce_episode", tags=("standardises_a_single_return",))
def pytorch_reinforce(env, policy, optimizer, gamma=0.99, max_steps=200):
    """Standardises: an episode of one step has deviation NaN."""
    log_probs, rewards = play(env, policy, max_steps)
    returns = returns_of(rewards, gamma)
    returns = (returns - returns.mean()) / (returns.std() + np.finfo(np.float32).eps.item())
    learn(optimizer, torch.stack([-p * R for p, R in zip(log_probs, returns, strict=True)]).sum())
    return sum(rewards)


@misconception("reinforce_episode", tags=("standardises_a_single_return",))
def standardised_with_1e9(env, policy, optimizer, gamma=0.99, max_steps=200):
    """Standardises: NaN for an episode of one step, and a mean."""
    log_probs, rewards = play(env, policy, max_steps)
    G = returns_of(rewards, gamma)
    G = (G - G.mean()) / (G.std() + 1e-9)
    learn(optimizer, (-torch.stack(log_probs) * G).sum())
    return float(np.sum(rewards))


@misconception(
    "reinforce_episode",
    tags=("credits_all_with_the_discounted_episode", "credits_all_with_the_whole_episode"),
)
def whole_return(env, policy, optimizer, gamma=0.99, max_steps=200):
    """The whole discounted return for every step: no reward-to-go."""
    log_probs, rewards = play(env, policy, max_steps)
    R = sum(gamma**i * r for i, r in enumerate(rewards))
    learn(optimizer, torch.stack([-p * R for p in log_probs]).sum())
    return sum(rewards)


@misconception("reinforce_episode", tags=("takes_the_most_probable_action", "seeds_torch_in_every_episode"))
def greedy_action(env, policy, optimizer, gamma=0.99, max_steps=200):
    """Takes the most probable action."""
    log_probs, rewards = play(env, policy, max_steps, greedy=True)
    learn(optimizer, -(torch.stack(log_probs) * returns_of(rewards, gamma)).sum())
    return sum(rewards)


@misconception("standardize_returns", tags=("leaves_one_return_to_the_formula", "has_an_eps_of_its_own"))
def pytorch_standardise(returns, eps=1e-8):
    """T=1 gives NaN; eps ignored."""
    return (returns - returns.mean()) / (returns.std() + np.finfo(np.float32).eps.item())


@misconception(
    "standardize_returns",
    tags=("divides_by_t_and_forgets_eps", "divides_by_t_in_the_variance", "has_an_eps_of_its_own"),
)
def numpy_standardise(returns, eps=1e-8):
    """Population standard deviation (np.std); eps ignored."""
    r = returns.numpy()
    return torch.from_numpy((r - np.mean(r)) / (np.std(r) + 1e-9))


@misconception(
    "standardize_returns",
    tags=("works_in_place", "leaves_one_return_to_the_formula", "The call changed its input"),
)
def in_place_standardise(returns, eps=1e-8):
    """-= and /= change the input; T=1 gives NaN."""
    returns -= returns.mean()
    returns /= returns.std() + eps
    return returns


@misconception("standardize_returns", tags=("has_a_floor_of_its_own", "leaves_one_return_to_the_formula"))
def floor_standardise(returns, eps=1e-8):
    """Limit of 1e-4 below the standard deviation instead of adding eps; T=1 gives NaN."""
    std = returns.std()
    return (returns - returns.mean()) / (std if std > 1e-4 else std * 0 + 1e-4)


@misconception("standardize_returns", tags=("leaves_one_return_to_the_formula", "forgets_eps"))
def without_eps(returns, eps=1e-8):
    """No eps: equal returns give NaN."""
    return (returns - returns.mean()) / returns.std()


@misconception("standardize_returns", tags=("gives_one_return_back", "has_an_eps_of_its_own"))
def lone_return_back(returns, eps=1e-8):
    """T=1 comes back as it is; eps fixed at 1e-8."""
    if returns.numel() > 1:
        returns = (returns - returns.mean()) / (returns.std() + 1e-8)
    return returns


@misconception(
    "train_bandit",
    tags=("draws_only_states_from_the_generator", "ignores_the_generator"),
)
def categorical_bandit(policy, episodes, optimizer, generator):
    """Categorical.sample draws from the global generator."""
    rewards = []
    for _ in range(episodes):
        dist = Categorical(logits=policy(torch.rand(2, generator=generator)))
        action = dist.sample()
        reward = 1.0 if action.item() == 2 else -0.1
        optimizer.zero_grad()
        (-dist.log_prob(action) * reward).backward()
        optimizer.step()
        rewards.append(reward)
    return rewards
