"""Returns an array whose shape tells the input.

Aim: feedback
"""

import numpy as np


def attack(*args, **kwargs):
    return np.zeros(9725, dtype=np.float32)
