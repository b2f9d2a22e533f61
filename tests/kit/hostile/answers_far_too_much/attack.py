"""Answers with 60 MB where a few numbers are asked for.

Aim: limits
"""

import numpy as np


def attack(*args, **kwargs):
    return np.zeros(60_000_000, np.uint8)
