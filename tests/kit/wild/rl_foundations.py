"""Answers to rl_foundations as public code has them, wrong here; the tags say what is true of each."""

import numpy as np
import torch

from autograder.checks import misconception


@misconception("bellman_update", tags=("solves_for_the_fixed_point", "sweeps_until_nothing_changes"))
def solve_linear_system(values, policy, transition_probs, rewards, gamma):
    """Solves (I - gamma P) v = r in place of one sweep."""
    p = np.einsum("sa,sat->st", policy, transition_probs)
    r = np.einsum("sa,sat,sat->s", policy, transition_probs, rewards)
    return np.linalg.solve(np.eye(len(p)) - gamma * p + 1e-12 * np.eye(len(p)), r)


@misconception("bellman_update", tags=("sweeps_until_nothing_changes", "solves_for_the_fixed_point"))
def policy_evaluation(values, policy, transition_probs, rewards, gamma, theta=1e-10):
    """The whole policy evaluation, from zeros."""
    V = np.zeros(len(values))
    for _ in range(2000):
        new = np.einsum("sa,sat,sat->s", policy, transition_probs, rewards + gamma * V)
        delta, V = np.max(np.abs(new - V)), new
        if delta < theta:
            break
    return V


@misconception("bellman_update", tags=("uses_new_values_on_the_way",))
def one_sweep_in_place(values, policy, transition_probs, rewards, gamma):
    """The textbook's in-place sweep."""
    V = np.array(values, dtype=float)
    for s in range(policy.shape[0]):
        total = 0
        for a, action_prob in enumerate(policy[s]):
            for s2 in range(len(V)):
                total += action_prob * transition_probs[s, a, s2] * (rewards[s, a, s2] + gamma * V[s2])
        V[s] = total
    return V


@misconception("discounted_returns", tags=("divides_by_vanishing_discounts",))
def multiply_by_negative_powers(rewards, gamma):
    """Multiplies the sums by gamma**-t."""
    rewards = np.asarray(rewards, dtype=float)
    discounts = np.power(float(gamma), np.arange(len(rewards)))
    summed = np.cumsum((rewards * discounts)[::-1])[::-1]
    return summed * np.power(float(gamma), -np.arange(len(rewards), dtype=float))


@misconception("discounted_returns", tags=("standardizes_the_returns",))
def finish_episode(rewards, gamma, eps=np.finfo(np.float32).eps):
    """Standardises, as PyTorch's example does."""
    R, returns = 0, []
    for r in list(rewards)[::-1]:
        R = r + gamma * R
        returns.insert(0, R)
    returns = np.array(returns, dtype=float)
    return (returns - returns.mean()) / (returns.std() + eps)


@misconception("discounted_returns", tags=("standardizes_the_returns", "keeps_integers"))
def discount_and_normalize(rewards, gamma):
    """zeros_like, then mean 0 and deviation 1: the notebook of a course."""
    discounted = np.zeros_like(np.asarray(rewards, dtype=float))
    cumulative = 0.0
    for i in reversed(range(len(rewards))):
        cumulative = cumulative * gamma + rewards[i]
        discounted[i] = cumulative
    discounted -= np.mean(discounted)
    discounted /= np.std(discounted)
    return discounted


@misconception("discounted_returns", tags=("keeps_integers",))
def discount_rewards(r, gamma):
    """zeros_like of integers truncates."""
    r = np.asarray(r)
    discounted_r = np.zeros_like(r)
    running_add = 0
    for t in reversed(range(r.size)):
        running_add = running_add * gamma + r[t]
        discounted_r[t] = running_add
    return discounted_r


@misconception("discounted_returns", tags=("starts_anew_at_every_reward", "keeps_integers"))
def discount_rewards_pong(r, gamma):
    """Starts anew at each reward: the game's own trick."""
    r = np.array(r, dtype=float)
    discounted_r = np.zeros_like(r)
    running_add = 0
    for t in reversed(range(r.size)):
        if r[t] != 0:
            running_add = 0
        running_add = running_add * gamma + r[t]
        discounted_r[t] = running_add
    return discounted_r


@misconception("discounted_returns", tags=("needs_at_least_one_step",))
def last_one_first(rewards, gamma):
    """X[T - 1] of an empty array raises."""
    X = np.array(rewards, dtype=float)
    G = np.zeros(len(X))
    G[len(X) - 1] = X[len(X) - 1]
    for t in range(len(X) - 2, -1, -1):
        G[t] = X[t] + gamma * G[t + 1]
    return G


@misconception("discounted_returns", tags=("counts_the_last_reward_twice",))
def starts_at_the_last(rewards, gamma):
    """R starts at rewards[-1] and the loop adds it again."""
    if len(rewards) == 0:
        return np.array([])
    R, out = float(rewards[-1]), []
    for r in reversed(rewards):
        R = r + gamma * R
        out.append(R)
    return np.array(out[::-1])


@misconception("discounted_returns", tags=("discounts_and_divides_by_the_largest",))
def weights_over_largest(rewards, gamma):
    """gamma**t * r[t] divided by its maximum: no sum over later steps."""
    if len(rewards) == 0:
        return np.array([])
    x = np.array([gamma**t * r for t, r in enumerate(rewards)], dtype=float)
    return x / x.max()


@misconception("discounted_returns", tags=("gives_every_step_the_first_return",))
def one_return_for_all(rewards, gamma):
    """The whole discounted return for every step."""
    total = sum(gamma**i * r for i, r in enumerate(rewards))
    return np.array([total] * len(rewards), dtype=float)


@misconception("discounted_returns", tags=("discounts_from_episode_start",))
def rewards_to_go_of_discounted(rewards, gamma):
    """gamma**t r[t], summed from the end: discounted from the start of the episode."""
    w = np.array([gamma**i * r for i, r in enumerate(rewards)], dtype=float)
    return np.flip(np.flip(w).cumsum())


@misconception("length_penalized_reward", tags=("pays_for_what_is_free",))
def short_pays(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    """max(0, free - n): short responses pay, long ones do not."""
    missing = np.maximum(0, free_tokens - np.asarray(num_tokens))
    return np.asarray(rm_score) - penalty_per_token * missing


@misconception("ppo_clip_ratio", tags=("divides_two_probabilities",))
def ratio_of_exps(log_probs, old_log_probs, clip_eps=0.2):
    """exp(new) / exp(old): 0 / 0 for whole responses."""
    ratio = log_probs.exp() / old_log_probs.detach().exp()
    return ratio, ratio.clamp(1 - clip_eps, 1 + clip_eps)


@misconception(
    "ppo_clip_ratio",
    tags=(
        "adds_a_little_to_the_denominator",
        "lets_the_gradient_into_the_old_policy",
    ),
)
def ratio_with_small_number(log_probs, old_log_probs, clip_eps=0.2):
    """A small number under the fraction, and the old policy keeps its graph."""
    ratio = torch.exp(log_probs) / (torch.exp(old_log_probs) + 1e-10)
    return ratio, torch.clamp(ratio, 1.0 - clip_eps, 1.0 + clip_eps)


@misconception("ppo_clip_ratio", tags=("limits_only_above",))
def minimum_with_upper(log_probs, old_log_probs, clip_eps=0.2):
    """Only an upper limit."""
    ratio = torch.exp(log_probs - old_log_probs.detach())
    return ratio, torch.minimum(ratio, torch.full_like(ratio, 1 + clip_eps))


@misconception("ppo_clip_ratio", tags=("lets_the_gradient_into_the_old_policy",))
def spinning_up_ratio(log_probs, old_log_probs, clip_eps=0.2):
    """As most code has it: nothing detached."""
    ratio = torch.exp(log_probs - old_log_probs)
    return ratio, torch.clamp(ratio, 1 - clip_eps, 1 + clip_eps)


@misconception("reinforce_loss", tags=("standardizes_first", "standardizes_all_but_single_returns"))
def pytorch_example(log_probs, returns):
    """Standardises the returns."""
    returns = (returns - returns.mean()) / (returns.std() + np.finfo(np.float32).eps.item())
    policy_loss = [-log_prob * R for log_prob, R in zip(log_probs, returns.detach(), strict=True)]
    return torch.stack(policy_loss).sum()


@misconception("reinforce_loss", tags=("gives_all_tokens_the_first_return",))
def episode_return_for_all(log_probs, returns):
    """The return of step 0 for every step."""
    return -(log_probs.sum() * returns[0].detach())


@misconception("reinforce_loss", tags=("climbs_and_averages",))
def mean_without_minus(log_probs, returns):
    """No minus sign, and a mean."""
    return torch.mean(log_probs * returns.detach())


@misconception("reinforce_loss", tags=("goes_through_the_probability",))
def log_of_exp(log_probs, returns):
    """log(exp(log_prob)) is -inf for improbable whole responses."""
    probs = torch.exp(log_probs)
    return -torch.sum(torch.log(probs) * returns.detach())


@misconception("reinforce_loss", tags=("lets_the_gradient_into_the_returns",))
def returns_keep_their_graph(log_probs, returns):
    """The returns keep their graph."""
    return torch.sum(-log_probs * returns)


@misconception("reinforce_loss", tags=("averages_over_the_tokens", "lets_the_gradient_into_the_returns"))
def spinning_up_loss(log_probs, returns):
    """A mean, and nothing detached."""
    return -(log_probs * returns).mean()


@misconception("reinforce_loss", tags=("leaves_torch",))
def numpy_loss(log_probs, returns):
    """NumPy: no gradient."""
    return -np.sum(log_probs.detach().numpy() * returns.detach().numpy())
