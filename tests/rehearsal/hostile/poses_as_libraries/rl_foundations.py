"""Brings modules that are called like the grader's own, which would end the process that imports one."""

import numpy as np


def length_penalized_reward(rm_score, num_tokens, penalty_per_token=0.01, free_tokens=150):
    return rm_score - penalty_per_token * np.maximum(0, num_tokens - free_tokens)
