"""Answers with arrays that hold nothing and are half a billion rows long.

Aim: limits
"""

from itertools import count

import numpy as np

SHAPES = [(0, 2**29), (2**29, 0), (0, 2**29, 2), (2**29, 2**20, 0)]
TURN = count()


def attack(*args, **kwargs):
    return np.empty(SHAPES[next(TURN) % len(SHAPES)])
