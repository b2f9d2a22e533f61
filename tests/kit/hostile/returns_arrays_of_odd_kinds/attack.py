"""Returns arrays of records, objects, dates and nothing, arrays in themselves, and views far larger than their memory.

Aim: stall
"""

import itertools

import numpy as np

turn = itertools.count()
within = np.empty(2, object)
within[:] = [within, within]
deep = np.empty(1, object)
for _ in range(5000):
    deep = np.array([deep, None], object)


def attack(*args, **kwargs):
    made = [
        lambda: within, lambda: deep, lambda: np.broadcast_to(1.0, (2**40,)), lambda: np.zeros(3, "f8,i4,O"),
        lambda: np.zeros((0, 2**40)), lambda: np.array(["NaT"] * 3, "M8[ns]"), lambda: np.zeros(4, "V0"),
        lambda: np.lib.stride_tricks.as_strided(np.zeros(1), (2**30, 2**30), (0, 0)), lambda: np.zeros(3, ">f8"),
        lambda: np.zeros(3, np.longdouble), lambda: np.zeros(2, [("a", "f8", (3,))]), lambda: np.zeros(1, "U100000"),
        lambda: np.array(float("nan"), object), lambda: np.empty((1,) * 32), lambda: np.array([2**70, 1], object),
    ]  # fmt: skip
    return made[next(turn) % len(made)]()
