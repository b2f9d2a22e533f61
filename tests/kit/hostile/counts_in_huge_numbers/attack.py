"""Answers with whole numbers of thousands of digits, subnormal floats and arrays without entries.

Aim: limits
"""

import itertools

import numpy as np

turn = itertools.count()


def attack(*args, **kwargs):
    kinds = (
        10**1300, -(10**1300), [10**1300] * 50, 5e-324, -0.0, float("inf"), np.zeros((0, 9725)),
        np.zeros((1,) * 32), np.float16(65504), np.array("9725" * 100), np.array([10**18], "u8"), 1e308 * 10j,
        np.broadcast_to(np.float64(1), (10**9,)), np.lib.stride_tricks.as_strided(np.zeros(1), (10**6, 10**6), (0, 0)),
        np.zeros(3, ">f8"), np.zeros(3, "f8,i4"), np.array([None, [1], {}], object), np.datetime64("NaT"),
    )  # fmt: skip
    return kinds[next(turn) % len(kinds)]
