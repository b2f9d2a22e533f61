"""Prints, raises and returns text that no encoding can write, and names in it.

Aim: stall
"""

import itertools
import sys

turn = itertools.count()
BAD = "\ud800CARRIED\udfff\x00\x1b[2J\u202e" * 20
globals()[BAD] = 1


def attack(**kwargs):
    return None


def attack(*args, **kwargs):
    sys.stdout.write(BAD)
    sys.stdout.buffer.write(b"\xff\xfe" * 100)
    way = next(turn) % 6
    if way == 0:
        raise ValueError(BAD)
    if way == 1:
        raise type("\udc80", (Exception,), {})(BAD)
    kinds = (BAD, {BAD: BAD}, type("\udc80", (), {})(), [BAD.encode("utf-8", "surrogatepass")])
    return kinds[way - 2]
