"""Raises exceptions by the names of the kit's own, and those that end a program.

Aim: feedback
"""

from itertools import count

NAMES = ("CheckFailed", "KitError", "WallLost", "ReferenceFailed", "NotDefined", "NotImplementedError")
OWN = [type(name, (AssertionError,), {"reason": "CARRIED", "details": "CARRIED"}) for name in NAMES]
KINDS = [*OWN, NotImplementedError, KeyboardInterrupt, GeneratorExit, StopIteration, SystemExit, MemoryError]
TURN = count()


def attack(*args, **kwargs):
    raise KINDS[next(TURN) % len(KINDS)]("CARRIED: write your code here")
