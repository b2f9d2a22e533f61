"""Right answers to rl_foundations, written in unusual ways. None of them may lose a point."""

import functools
import itertools
from collections import deque

import numpy as np
import torch
from scipy.signal import lfilter
from torch.nn import functional

from autograder.checks import alternative

# discounted_returns


@alternative("discounted_returns")
def inserts_at_the_front(rewards, gamma):
    """A list that grows at its front, as in many tutorials; a list comes out."""
    returns, later = [], 0.0
    for reward in reversed(rewards):
        later = reward + gamma * later
        returns.insert(0, later)
    return returns


@alternative("discounted_returns")
def appends_to_the_left_of_a_deque(rewards, gamma):
    """A deque comes out."""
    returns = deque()
    for reward in rewards[::-1]:
        returns.appendleft(reward + gamma * (returns[0] if returns else 0))
    return returns


@alternative("discounted_returns")
def accumulates_backwards(rewards, gamma):
    """itertools.accumulate over the reversed rewards; a tuple of Python numbers comes out."""
    backwards = itertools.accumulate(
        (float(reward) for reward in reversed(rewards)),
        lambda later, reward: reward + gamma * later,
    )
    return tuple(reversed(list(backwards)))


@alternative("discounted_returns")
def filters_the_signal(rewards, gamma):
    """A recursive filter of scipy on the reversed rewards."""
    return lfilter([1.0], [1.0, -gamma], np.asarray(rewards, dtype=float)[::-1])[::-1]


@alternative("discounted_returns")
def sums_twice(rewards, gamma):
    """The definition as a double sum, term by term."""
    steps = range(len(rewards))
    return [sum(gamma ** (k - t) * rewards[k] for k in steps[t:]) for t in steps]


@alternative("discounted_returns")
def multiplies_by_a_triangle(rewards, gamma):
    """One product with an upper triangular matrix of discounts."""
    steps = np.arange(len(rewards))
    ahead = steps[None, :] - steps[:, None]
    discounts = np.where(ahead >= 0, float(gamma) ** np.maximum(ahead, 0), 0.0)
    return discounts @ np.asarray(rewards, dtype=float)


@alternative("discounted_returns")
def stays_in_single_precision(rewards, gamma):
    """Computed and returned in float32."""
    returns = np.zeros(len(rewards), dtype=np.float32)
    later = np.float32(0)
    for t in range(len(rewards) - 1, -1, -1):
        later = np.float32(rewards[t]) + np.float32(gamma) * later
        returns[t] = later
    return returns


@alternative("discounted_returns")
def computes_in_torch(rewards, gamma):
    """A float32 torch tensor comes out."""
    rewards = torch.as_tensor(rewards, dtype=torch.float32)
    returns, later = torch.zeros_like(rewards), torch.zeros(())
    for t in reversed(range(rewards.numel())):
        later = rewards[t] + gamma * later
        returns[t] = later
    return returns


@alternative("discounted_returns")
def returns_a_column(rewards, gamma):
    """Shape (T, 1), as a value network's target often has."""
    column = np.zeros((len(rewards) + 1, 1))
    for t in reversed(range(len(rewards))):
        column[t] = rewards[t] + gamma * column[t + 1]
    return column[:-1]


class _Discounter:
    """A discount that can be called."""

    def __init__(self, gamma):
        self.gamma = gamma

    def __call__(self, later, reward):
        return reward + self.gamma * later


@alternative("discounted_returns")
def calls_an_object(rewards, gamma):
    """A class with __call__, reduced over the rewards."""
    discounter = _Discounter(gamma)

    def prepend(returns, reward):
        return [*returns, discounter(returns[-1], reward)]

    # In blocks, because a new list at each of thousands of steps takes long.
    returns, later = [], 0.0
    backwards = list(rewards)[::-1]
    for start in range(0, len(backwards), 50):
        block = functools.reduce(prepend, backwards[start : start + 50], [later])[1:]
        returns, later = returns + block, block[-1]
    return np.array(returns[::-1])


@alternative("discounted_returns")
def doubles_its_reach(rewards, gamma):
    """Vectorised without a loop over steps: windows of 1, 2, 4, ... steps are added up."""
    returns, reach = np.array(rewards, dtype=float), 1
    while reach < len(returns):
        ahead = np.concatenate([returns[reach:], np.zeros(reach)])
        returns, reach = returns + gamma**reach * ahead, 2 * reach
    return returns


# bellman_update


@alternative("bellman_update")
def sums_by_einstein(values, policy, transition_probs, rewards, gamma):
    """A single einsum."""
    return np.einsum("sa,san,san->s", policy, transition_probs, rewards + gamma * values)


@alternative("bellman_update")
def loops_over_everything(values, policy, transition_probs, rewards, gamma):
    """Three loops; a list comes out."""
    num_states, num_actions = policy.shape
    new_values = []
    for s in range(num_states):
        total = 0.0
        for a in range(num_actions):
            for s_next in range(num_states):
                target = rewards[s, a, s_next] + gamma * values[s_next]
                total += policy[s, a] * transition_probs[s, a, s_next] * target
        new_values.append(total)
    return new_values


@alternative("bellman_update")
def averages_over_actions_first(values, policy, transition_probs, rewards, gamma):
    """The chain under the policy first: its rewards and its transition matrix."""
    chain = np.einsum("sa,san->sn", policy, transition_probs)
    reward = np.einsum("sa,san,san->s", policy, transition_probs, rewards)
    return reward + gamma * chain @ values


@alternative("bellman_update")
def multiplies_matrices(values, policy, transition_probs, rewards, gamma):
    """Batched products of rows and columns; shape (S, 1) comes out."""
    expected_rewards = (transition_probs * rewards).sum(axis=2, keepdims=True)
    action_values = expected_rewards + gamma * transition_probs @ values[:, None]
    return (policy[:, None, :] @ action_values)[:, 0]


@alternative("bellman_update")
def contracts_tensors(values, policy, transition_probs, rewards, gamma):
    """tensordot for the future, a weighted average for the rest; a tuple comes out."""
    future = np.tensordot(transition_probs, values, axes=([2], [0]))
    action_values = (transition_probs * rewards).sum(-1) + gamma * future
    return tuple(np.average(action_values, axis=1, weights=policy))


@alternative("bellman_update")
def updates_in_torch(values, policy, transition_probs, rewards, gamma):
    """A float64 torch tensor comes out."""
    values, policy, transition_probs, rewards = map(
        torch.from_numpy, (values, policy, transition_probs, rewards)
    )
    return ((transition_probs * (rewards + gamma * values)).sum(2) * policy).sum(1)


@alternative("bellman_update")
def updates_in_single_precision(values, policy, transition_probs, rewards, gamma):
    """Computed and returned in float32."""
    values, policy, transition_probs, rewards = (
        array.astype(np.float32) for array in (values, policy, transition_probs, rewards)
    )
    targets = rewards + np.float32(gamma) * values
    return np.sum(policy * np.sum(transition_probs * targets, axis=-1), axis=-1)


@alternative("bellman_update")
def fills_a_copy(values, policy, transition_probs, rewards, gamma):
    """Writes into a copy of the values, reading the original; each state is a generator sum."""
    new_values = values.copy()
    for s, choices in enumerate(policy):
        new_values[s] = sum(
            chance * np.dot(transition_probs[s, a], rewards[s, a] + gamma * values)
            for a, chance in enumerate(choices)
            if chance > 0
        )
    return new_values


@alternative("bellman_update")
def takes_the_joint_distribution(values, policy, transition_probs, rewards, gamma):
    """Weighs every (action, next state) pair of a state by its joint probability, flattened."""
    joint = (policy[..., None] * transition_probs).reshape(len(values), -1)
    targets = (rewards + gamma * values[None, None, :]).reshape(len(values), -1)
    return np.array([np.vdot(p, x) for p, x in zip(joint, targets, strict=True)])


@alternative("bellman_update")
def maps_over_states(values, policy, transition_probs, rewards, gamma):
    """functools.partial and map, one state at a time."""

    def backup(values, choices, arrivals, paid):
        return float(choices @ (arrivals * (paid + gamma * values)).sum(axis=1))

    return list(map(functools.partial(backup, values), policy, transition_probs, rewards))


# reinforce_loss


@alternative("reinforce_loss")
def takes_the_dot_product(log_probs, returns):
    """A dot product."""
    return -torch.dot(log_probs, returns.detach())


@alternative("reinforce_loss")
def multiplies_row_by_column(log_probs, returns):
    """A matrix product; shape (1, 1) is squeezed to (1,)."""
    return -(log_probs[None, :] @ returns.detach()[:, None]).squeeze(0)


@alternative("reinforce_loss")
def adds_term_by_term(log_probs, returns):
    """A Python loop that adds one term at a time, as in many tutorials."""
    loss = 0
    for log_prob, returned in zip(log_probs, returns.detach(), strict=True):
        loss = loss - log_prob * returned
    return loss


@alternative("reinforce_loss")
def stacks_the_terms(log_probs, returns):
    """Terms in a list, with the returns as Python numbers."""
    terms = [-log_probs[t] * returns[t].item() for t in range(len(returns))]
    return torch.stack(terms).sum()


@alternative("reinforce_loss")
def leads_the_returns_through_numpy(log_probs, returns):
    """The returns lose their graph by way of NumPy."""
    weights = torch.from_numpy(np.array(returns.detach().numpy()))
    return (-log_probs * weights).sum()


@alternative("reinforce_loss")
def keeps_the_dimension(log_probs, returns):
    """Shape (1,) comes out."""
    with torch.no_grad():
        weights = -returns
    return torch.sum(log_probs * weights, dim=0, keepdim=True)


@alternative("reinforce_loss")
def sums_by_einstein_in_torch(log_probs, returns):
    """An einsum over .data, which carries no graph."""
    return torch.einsum("t,t->", log_probs, returns.data).neg()


@alternative("reinforce_loss")
def averages_and_multiplies(log_probs, returns):
    """The mean times the number of tokens, in float32."""
    products = log_probs.float() * returns.detach().float()
    return -products.mean() * products.numel()


@alternative("reinforce_loss")
def copies_the_returns(log_probs, returns):
    """The returns are copied by way of a list, in double precision; a linear layer does the sum."""
    weights = torch.tensor(returns.tolist(), dtype=torch.float64)
    return functional.linear(log_probs.double(), weights).neg()


class _ReinforceLoss(torch.autograd.Function):
    """The loss with a gradient of its own."""

    @staticmethod
    def forward(context, log_probs, returns):
        context.save_for_backward(returns)
        return -(log_probs * returns).sum()

    @staticmethod
    def backward(context, slope):
        (returns,) = context.saved_tensors
        return -slope * returns, None


@alternative("reinforce_loss")
def brings_its_own_gradient(log_probs, returns):
    """A torch.autograd.Function with a hand-written gradient."""
    return _ReinforceLoss.apply(log_probs, returns)


# ppo_clip_ratio


@alternative("ppo_clip_ratio")
def limits_with_minimum_and_maximum(log_probs, old_log_probs, clip_eps=0.2):
    """minimum and maximum with tensors for limits; a list comes out."""
    ratio = (log_probs - old_log_probs.detach()).exp()
    low, high = torch.full_like(ratio, 1 - clip_eps), torch.full_like(ratio, 1 + clip_eps)
    return [ratio, torch.minimum(torch.maximum(ratio, low), high)]


@alternative("ppo_clip_ratio")
def limits_where_needed(log_probs, old_log_probs, clip_eps=0.2):
    """Two uses of where."""
    ratio = torch.exp(log_probs - old_log_probs.detach())
    capped = torch.where(ratio > 1 + clip_eps, torch.ones_like(ratio) * (1 + clip_eps), ratio)
    return ratio, torch.where(ratio < 1 - clip_eps, torch.ones_like(ratio) * (1 - clip_eps), capped)


@alternative("ppo_clip_ratio")
def limits_the_logarithm(log_probs, old_log_probs, clip_eps=0.2):
    """The limits are set on the log-ratio, as their logarithms."""
    log_ratio = log_probs - old_log_probs.detach()
    limits = np.log([1 - clip_eps, 1 + clip_eps])
    return log_ratio.exp(), log_ratio.clamp(*limits.tolist()).exp()


@alternative("ppo_clip_ratio")
def stacks_both(log_probs, old_log_probs, clip_eps=0.2):
    """One tensor of shape (2, B) comes out."""
    with torch.no_grad():
        constant = old_log_probs.clone()
    ratio = torch.exp(torch.sub(log_probs, constant))
    return torch.stack([ratio, torch.clip(ratio, 1 - clip_eps, 1 + clip_eps)])


@alternative("ppo_clip_ratio")
def limits_token_by_token(log_probs, old_log_probs, clip_eps=0.2):
    """A Python loop over the tokens, with if and else; the limits are plain numbers."""
    ratios, clipped = [], []
    for new, old in zip(log_probs, old_log_probs.tolist(), strict=True):
        ratio = (new - old).exp()
        ratios.append(ratio)
        if ratio.item() > 1 + clip_eps:
            clipped.append(torch.tensor(1 + clip_eps, dtype=ratio.dtype))
        elif ratio.item() < 1 - clip_eps:
            clipped.append(torch.tensor(1 - clip_eps, dtype=ratio.dtype))
        else:
            clipped.append(ratio)
    return torch.stack(ratios), torch.stack(clipped)


@alternative("ppo_clip_ratio")
def limits_with_hardtanh(log_probs, old_log_probs, clip_eps=0.2):
    """hardtanh is a clamp by another name; the exponential is a power of e."""
    ratio = torch.pow(torch.e, log_probs - old_log_probs.detach())
    return ratio, functional.hardtanh(ratio, 1 - clip_eps, 1 + clip_eps)


@alternative("ppo_clip_ratio")
def adds_up_ramps(log_probs, old_log_probs, clip_eps=0.2):
    """The limits as two ramps, one inside the other, around expm1."""
    ratio = 1 + torch.expm1(log_probs - old_log_probs.detach())
    above_low = functional.relu(ratio - (1 - clip_eps))
    return ratio, 1 + clip_eps - functional.relu(2 * clip_eps - above_low)


@alternative("ppo_clip_ratio")
def masks_the_gradient(log_probs, old_log_probs, clip_eps=0.2):
    """Values and slopes apart: inside the limits the ratio, outside a constant."""
    ratio = torch.exp(log_probs - old_log_probs.detach())
    inside = (ratio.detach() - 1).abs() <= clip_eps
    limits = ratio.detach().clamp(1 - clip_eps, 1 + clip_eps)
    return ratio, torch.where(inside, ratio, limits)


@alternative("ppo_clip_ratio")
def computes_ratios_in_single_precision(log_probs, old_log_probs, clip_eps=0.2):
    """Computed and returned in float32, as columns of shape (B, 1)."""
    log_ratio = log_probs.float() - old_log_probs.float().detach()
    ratio = log_ratio.exp()[:, None]
    return ratio, ratio.clamp(1 - clip_eps, 1 + clip_eps)


@alternative("ppo_clip_ratio")
def limits_by_partial(log_probs, old_log_probs, clip_eps=0.2):
    """functools.partial of torch.clamp, over a difference computed by adding a negative."""
    limit = functools.partial(torch.clamp, min=1 - clip_eps, max=1 + clip_eps)
    ratio = torch.exp(torch.stack([log_probs, -old_log_probs.detach()]).sum(dim=0))
    return ratio, limit(ratio)


# length_penalized_reward


@alternative("length_penalized_reward")
def clips_the_extra_tokens(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """np.clip with one end open."""
    extra = np.clip(np.subtract(num_tokens, free_tokens), 0, None)
    return np.subtract(rm_score, np.multiply(penalty_per_token, extra))


@alternative("length_penalized_reward")
def chooses_with_where(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """np.where between the two cases; 0-d arrays come out for numbers."""
    rm_score, num_tokens = np.asarray(rm_score), np.asarray(num_tokens)
    charged = rm_score - penalty_per_token * (num_tokens - free_tokens)
    return np.where(num_tokens > free_tokens, charged, rm_score)


@alternative("length_penalized_reward")
def decides_one_by_one(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """np.vectorize around plain Python."""

    def one(score, count):
        return float(score) if count <= free_tokens else score - (count - free_tokens) * price

    price = penalty_per_token
    return np.vectorize(one, otypes=[float])(rm_score, num_tokens)


@alternative("length_penalized_reward")
def multiplies_by_a_mask(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """The comparison as a number, 0 or 1."""
    over = np.asarray(num_tokens) - free_tokens
    return rm_score - penalty_per_token * over * (over > 0)


@alternative("length_penalized_reward")
def branches_on_the_kind(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """A number for numbers, a list for a batch, by way of broadcast_arrays."""
    if np.ndim(rm_score) == 0 and np.ndim(num_tokens) == 0:
        return rm_score - penalty_per_token * max(0, num_tokens - free_tokens)
    pairs = zip(*np.broadcast_arrays(rm_score, num_tokens), strict=True)
    return [score - penalty_per_token * max(0, count - free_tokens) for score, count in pairs]


@alternative("length_penalized_reward")
def penalizes_in_torch(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """relu in float32; a tensor comes out, of shape () for numbers."""
    rm_score = torch.as_tensor(rm_score, dtype=torch.float32)
    num_tokens = torch.as_tensor(num_tokens, dtype=torch.float32)
    return rm_score - penalty_per_token * functional.relu(num_tokens - free_tokens)


@alternative("length_penalized_reward")
def always_makes_a_batch(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """at_least1d: shape (1,) comes out for numbers."""
    extra = np.atleast_1d(num_tokens) - free_tokens
    extra[extra < 0] = 0
    return np.atleast_1d(rm_score) - penalty_per_token * extra


@alternative("length_penalized_reward")
def takes_the_better_half(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """max(0, x) as (x + abs(x)) / 2."""
    over = np.asarray(num_tokens, dtype=np.float32) - free_tokens
    return rm_score - penalty_per_token * (over + np.abs(over)) / 2


@alternative("length_penalized_reward")
def takes_the_lower_of_two(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """The smaller of the score and the charged score: the same for a price that is not negative."""
    charged = rm_score - penalty_per_token * (np.asarray(num_tokens) - free_tokens)
    return np.minimum(np.asarray(rm_score), charged)


@alternative("length_penalized_reward")
def lowers_a_copy(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """Works in place, but on a copy spread to the full shape first."""
    shape = np.broadcast_shapes(np.shape(rm_score), np.shape(num_tokens))
    reward = np.array(np.broadcast_to(rm_score, shape), dtype=float)
    counts = np.broadcast_to(num_tokens, shape)
    reward[counts > free_tokens] -= penalty_per_token * (counts - free_tokens)[counts > free_tokens]
    return reward
