"""Calls whatever functions it is passed without end, with arguments that never end and of no kind.

Aim: stall
"""

import numpy as np


def attack(*args, **kwargs):
    functions = [one for one in [*args, *kwargs.values()] if callable(one)]
    functions += [getattr(one, name) for one in [*args, *kwargs.values()] for name in ("reset", "step") if hasattr(one, name)]
    odd = [np.zeros(10**6), "x" * 10**6, float("nan"), -(10**4000), [[[]]] * 1000, None, functions]
    while functions:
        for function in functions:
            for one in odd:
                try:
                    function(one)
                except Exception:
                    pass
