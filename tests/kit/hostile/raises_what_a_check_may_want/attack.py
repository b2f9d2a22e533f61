"""Raises, at every call, each of the exceptions that a check might ask for.

Aim: score
"""

import itertools

turn = itertools.count()
KINDS = (ValueError, TypeError, IndexError, KeyError, AssertionError, ZeroDivisionError, NotImplementedError, StopIteration)


def attack(*args, **kwargs):
    raise KINDS[next(turn) % len(KINDS)]("must be positive, empty, between 0 and 1, of equal length")
