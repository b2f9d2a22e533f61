import numpy as np
import torch


def discounted_returns(rewards, gamma):
    returns = []
    following = 0.0
    for reward in reversed(list(rewards)):
        following = reward + gamma * following
        returns.insert(0, following)
    return np.array(returns)


def bellman_update(values, policy, transition_probs, rewards, gamma):
    values = np.array(values, dtype=float)
    for state in range(len(values)):
        backup = (transition_probs[state] * (rewards[state] + gamma * values)).sum(axis=1)
        values[state] = policy[state] @ backup
    return values


def reinforce_loss(log_probs, returns):
    return -(log_probs * returns.detach()).sum()


def ppo_clip_ratio(log_probs, old_log_probs, clip_eps=0.2):
    ratio = (log_probs - old_log_probs.detach()).exp()
    return ratio, ratio.clamp(1 - clip_eps, 1 + clip_eps)


def length_penalized_reward(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    return rm_score - penalty_per_token * np.maximum(0, num_tokens - free_tokens)
