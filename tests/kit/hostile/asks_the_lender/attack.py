"""Asks functions that are lent to it for answers to its own questions, and prints what they say.

Aim: learn
"""

import sys


def attack(*args, **kwargs):
    for function in EVERYTHING():
        if function is not attack:
            value = function(*args, **kwargs)
            print("LEARNED", value)
            return value
    ask = sys._getframe(2).f_globals.get("asking")
    if ask:
        raise RuntimeError(f"CARRIED {ask}")
