"""Answers every call with a dict of keys of one hash, as large as any answer may be.

Aim: limits
"""

M, P1, P2, P5 = 2**64 - 1, 11400714785074694791, 14029467366897019727, 2870177450012600261


def rotated(value, by):
    return (value << by | value >> (64 - by)) & M


def pairs(count):
    found, first = [], 0
    after = rotated((P5 + 77 * P2) & M, 31) * P1 & M
    target = (after + 5 * P2) & M
    while len(found) < count:
        first += 1
        start = rotated((P5 + first * P2) & M, 31) * P1 & M
        second = (target - start) * pow(P2, -1, 2**64) & M
        if second < 2**61 - 1:
            found.append((first, second))
    return found


KEYS = pairs(1_800)


def attack(*args, **kwargs):
    return dict.fromkeys(KEYS, 0)
