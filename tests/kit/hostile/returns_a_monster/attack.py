"""Returns lists nested and long beyond all limits.

Aim: limits
"""


def attack(*args, **kwargs):
    deep = []
    for _ in range(10**5):
        deep = [deep]
    return [deep, [0.0] * 10**7, "x" * 10**7]
