"""Calls what takes the interpreter's lock for long: powers, patterns, sorting, copies, imports and text of numbers.

Aim: stall
"""

import itertools
import re
import sys

turn = itertools.count()
sys.set_int_max_str_digits(0)


def attack(*args, **kwargs):
    ways = [
        lambda: len(str(3 ** (3 * 10**6))), lambda: re.match(r"(a*)*b", "a" * 40), lambda: pow(3, 10**8),
        lambda: sum(itertools.repeat(1, 10**12)), lambda: [0] * 10**7 == [0] * 10**7 and sorted(range(10**9)),
        lambda: int("9" * 10**7), lambda: "".join(itertools.repeat("a", 10**10)), lambda: max(itertools.count()),
    ]
    return ways[next(turn) % len(ways)]()
