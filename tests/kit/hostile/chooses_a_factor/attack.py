"""Answers with its numbers times a factor that tells the input.

Aim: feedback
"""

import numpy as np


def attack(values, *args, **kwargs):
    return np.asarray(values, dtype=float) * 9725.0
