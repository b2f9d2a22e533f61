"""Takes all the memory it can get and keeps it; one answer is right, one is wrong in a known way."""

import numpy as np

HELD = []
for size in (64, 16, 4, 1):
    try:
        while True:
            HELD.append(np.ones((size, 2**20), dtype=np.uint8))
    except MemoryError:
        pass
HELD.pop()
HELD.pop()


def discounted_returns(rewards, gamma):
    returns = []
    following = 0.0
    for reward in reversed(list(rewards)):
        following = reward + gamma * following
        returns.insert(0, following)
    return np.array(returns)


def length_penalized_reward(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    return np.asarray(rm_score) - penalty_per_token * np.asarray(num_tokens)
