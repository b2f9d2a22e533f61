"""Returns generators that never end, and containers that lie about their length.

Aim: limits
"""

import collections
import itertools

turn = itertools.count()


class Long(list):
    def __len__(self):
        return 10**18

    def __iter__(self):
        return itertools.repeat(1.0)


class Keys(collections.UserDict):
    def keys(self):
        return itertools.count()


def attack(*args, **kwargs):
    endless = (
        itertools.count(),
        Long(),
        Keys(),
        (x for x in itertools.repeat(1)),
        [Long()],
        {1: Long()},
        iter(Long()),
    )
    return endless[next(turn) % len(endless)]
