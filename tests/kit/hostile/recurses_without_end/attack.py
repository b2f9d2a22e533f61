"""Overflows the C stack.

Aim: limits
"""

import sys

sys.setrecursionlimit(10**9)


def attack(*args, **kwargs):
    return attack(*args, **kwargs)
